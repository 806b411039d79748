/** What comes late does not influence clean programs that wait for it. */
import { expect, it } from 'vitest';
import { heldBack } from './heldBack.ts';
import { judge } from './judge.ts';

it.each(heldBack)('%s', (_, program) => {
  const { checked, isLive, broken } = judge(program, 1, { clean: { data: 3, rounds: 6 }, flagged: null });
  expect({ said: [...checked.leaks, ...checked.assumed, ...checked.broken], isLive, broken: [...broken] }).toEqual({
    said: [],
    isLive: true,
    broken: [],
  });
});
