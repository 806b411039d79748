/** What the checker takes to tell rows without a key apart is what the plan tells them apart by, on drawn tables. */
import { expect, it } from 'vitest';
import { createAnalysis } from '../../language/createAnalysis.ts';
import { planned } from './checker.ts';
import { generate } from './generate.ts';
import { textsOf } from './program.ts';
import { nodesOf } from './run.ts';

it('is the same in both', () => {
  const found = { kept: 0, gone: 0 };
  for (let seed = 1; seed <= 150; seed++) {
    const program = generate(seed);
    const plan = planned(program);
    if (typeof plan === 'string') continue;
    const analysis = createAnalysis();
    for (const { file, text } of textsOf(program)) analysis.setFile(file, { kind: 'text', text });
    for (const { id, name, key, identity, place } of nodesOf(plan, 'relation')) {
      const relation = id === `relation ${name}` && key === null ? analysis.program().relation(place.file, name) : null;
      if (relation?.apart === undefined) continue;
      if (relation.apart === null) found.gone++;
      else {
        found.kept++;
        expect([seed, name, identity]).toEqual([seed, name, relation.apart]);
      }
    }
  }
  expect(found.kept).toBeGreaterThan(20);
  expect(found.gone).toBeGreaterThan(10);
});
