/** A data file that goes away or changes while it is read: the run ends at its source, and gives no figure of half of each. */
import { appendFileSync, mkdtempSync, readdirSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planned } from '../../language/plan/testPlan.ts';
import type { RunEvent } from '../../runner/events.ts';
import { type Machinery, machineryOf } from '../../runner/machinery.ts';
import { run } from '../../runner/run.ts';
import { runOptions } from '../runOptions.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cupel-changing-'));
  const rows = Array.from({ length: 50 }, (_, i) => `r${i},${i}`);
  writeFileSync(join(root, 'rows.csv'), ['id,n', ...rows, ''].join('\n'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const program = `source other = csv("other.csv") {
  id : key
  n  : int
}
source rows = csv("rows.csv") {
  id : key
  n  : int
}
table all = rows | derive m = n + 1
`;

/** Runs with something done to the files just before, or just after, the engine reads the source. */
function running(happens: 'before' | 'after', what: (file: string) => void) {
  writeFileSync(join(root, 'other.csv'), 'id,n\na,1\n');
  const options = runOptions(root);
  const real = machineryOf(options);
  const machinery: Machinery = {
    ...real,
    engine: async scratch => {
      const engine = await real.engine(scratch);
      return {
        ...engine,
        execute: async (node, context) => {
          const isIt = node.id === 'scan rows';
          if (isIt && happens === 'before') what(join(root, 'rows.csv'));
          const result = await engine.execute(node, context);
          if (isIt && happens === 'after') what(join(root, 'rows.csv'));
          return result;
        },
      };
    },
  };
  const events: RunEvent[] = [];
  return { events, ended: run(planned({ main: program }), options, event => events.push(event), machinery) };
}

const deeds: readonly (readonly [what: string, doing: (file: string) => void, says: string, help: string])[] = [
  ['vanishes', unlinkSync, '`rows.csv` vanished while it was read', 'Put the file back and run again.'],
  ['grows', file => appendFileSync(file, 'r50,50\n'), '`rows.csv` changed while it was read', 'Run again when nothing writes to the file.'],
  ['is cut', file => truncateSync(file, 100), '`rows.csv` changed while it was read', 'Run again when nothing writes to the file.'],
  ['is emptied', file => writeFileSync(file, ''), '`rows.csv` changed while it was read', 'Run again when nothing writes to the file.'],
  [
    'becomes something else',
    file => writeFileSync(file, 'name;size\n"'),
    '`rows.csv` changed while it was read',
    'Run again when nothing writes to the file.',
  ],
];

describe('a file that', () => {
  it.each(deeds.flatMap(([what, ...rest]) => (['before', 'after'] as const).map(when => [what, when, ...rest] as const)))(
    '%s %s it is read',
    async (_, when, doing, message, help) => {
      const { events, ended } = running(when, doing);
      const place = { file: 'main.cupel', range: { start: { line: 4, character: 7 }, end: { line: 4, character: 11 } } };
      await expect(ended).rejects.toMatchObject({ name: 'RunFailed', code: 'resources', message, help, place });
      expect(events.at(-1)).toMatchObject({ event: 'run-failed', code: 'resources', message, place });
      expect(readdirSync(join(root, '.cupel/runs'))).toEqual([]);
      // Nothing of what was read is kept for the next run.
      writeFileSync(join(root, 'rows.csv'), 'id,n\nr1,7\n');
      const again = running('after', () => undefined);
      expect((await again.ended).nodes.map(n => [n.name, n.rows])).toEqual([
        ['other', 1],
        ['rows', 1],
        ['all', 1],
      ]);
    },
  );
});
