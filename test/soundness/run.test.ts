/** Drawn rows are taken as a scan would read them from a file, which is left out because there are so many. */
import { expect, it } from 'vitest';
import { drawFrom } from '../reference/draw.ts';
import { scan } from '../reference/scan.ts';
import { planned } from './checker.ts';
import { randomData } from './data.ts';
import { generate } from './generate.ts';
import { nodesOf, scanned } from './run.ts';
import { contentOf, pathOf } from './schema.ts';

it('rows are those of their text', () => {
  let compared = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const program = generate(seed);
    const plan = planned(program);
    if (typeof plan === 'string') continue;
    const data = randomData(drawFrom(seed), program.sources);
    for (const node of nodesOf(plan, 'scan')) {
      const source = program.sources.find(s => pathOf(s) === node.path);
      if (!source) throw new Error(`There is no source ${node.name}.`);
      const rows = data[source.name] ?? [];
      expect(scanned(node, source, rows)).toEqual(scan(node, contentOf(source, rows)).table);
      compared += rows.length;
    }
  }
  expect(compared).toBeGreaterThan(200);
});
