/** Leaks that are put into harmless programs are found at every depth, and a change shows those that are influences. */
import { describe, expect, it } from 'vitest';
import { drawFrom } from '../reference/draw.ts';
import { checked } from './checker.ts';
import { judge } from './judge.ts';
import { allPlants, planted, toldIn } from './planted.ts';
import { harmless } from './plants.ts';
import { shown } from './program.ts';

describe('planted leaks', () => {
  it.each(allPlants.map(plant => [plant.name, plant] as const))('%s', (_name, plant) => {
    for (const depth of [1, 2, 3, 4, 5]) {
      const program = plant.make(drawFrom(depth), depth);
      const said = checked(program);
      const { broken } = said;
      const told = toldIn(said);
      expect({ depth, broken }).toEqual({ depth, broken: [] });
      expect(
        plant.rules.some(rule => told.includes(rule)),
        `${told.join()}\n${shown(program)}`,
      ).toBe(true);
    }
  });

  it('and nothing where none is', () => {
    for (const depth of [1, 2, 3, 4, 5]) {
      const { verdict, isLive, broken } = judge(harmless(drawFrom(depth), depth), depth, {
        clean: { data: 1, rounds: 2 },
        flagged: { data: 1, rounds: 2 },
      });
      expect({ verdict, isLive, broken: [...broken] }).toEqual({ verdict: 'clean', isLive: true, broken: [] });
    }
  });

  it('of one cause are shown by a change', () => {
    const shown = ['@current of the own row', 'where on a late column', 'a gap shorter than the label', 'the first row of each label'];
    const some = allPlants.filter(plant => shown.includes(plant.name));
    const all = planted(1, 1, { rounds: 4, data: 2 }, some);
    expect(all.map(({ name, depth, asked, shown }) => ({ name, depth, asked, shown }))).toEqual(
      all.map(({ name, depth }) => ({ name, depth, asked: 1, shown: 1 })),
    );
  });
});
