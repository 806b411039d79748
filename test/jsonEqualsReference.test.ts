/** Random JSON, damaged here and there, is read by the engine as by the plain reading of `test/reference/scan.ts`. */
import { describe, expect, it } from 'vitest';
import type { PlanType, ScanNode } from '../language/plan/plan.ts';
import { onEngine } from './engine.ts';
import { planOf, scanColumn, scanNode } from './reference/build.ts';
import { drawFrom } from './reference/draw.ts';
import { scan } from './reference/scan.ts';

const types: Readonly<Record<string, PlanType>> = {
  whole: 'int',
  real: 'float',
  flag: 'bool',
  word: 'text',
  day: 'date',
  moment: 'timestamp',
  money: { decimal: [18, 2] },
  must: 'int',
};
const columns = Object.entries(types).map(([name, type]) => scanColumn(name, type, { nullable: name !== 'must' }));

const cells = [
  ...['0', '-7', '42', '3.0', '1e2', '1.5', '-0.25', '1e-7', '2.50', '0.1', '12345678901234.56', '9007199254740993', '-9223372036854775808'],
  ...['1E400', '0.005', '1e15', '99999999999999999999'],
  ...['true', 'false', 'null', '{}', '{"a":1}', '[]', '[1,"x"]'],
  ...['"12"', '"-1.5"', '"yes"', '"NA"', '""', '" x "', '"{"', '"null"', '"é\\u00e9\\n\\"q\\""', '"2024-02-29"', '"2024-02-30"'],
  ...['"2024-02-29T10:00:00Z"', '"2024-02-29 10:00"', '"2024-02-29T10:00:00+02:00"', '"10.00"', '"1e3"', '"Infinity"'],
];
const damaged = ['{"whole":', '[1]', '7', '"x"', '{"must":1}}', '  ', '', 'null', '{"must" 1}'];

describe('random JSON', () => {
  it.each([11, 12, 13, 14, 15, 16])('is read as the reference reads it (seed %i)', async seed => {
    const draw = drawFrom(seed);
    const object = (): string => {
      const names = draw.some(Object.keys(types), 4, 8);
      const items = names.map(
        name => `"${name}"${draw.pick([':', ' : '])}${name === 'must' && draw.chance(0.8) ? draw.int(0, 99) : draw.pick(cells)}`,
      );
      return `{${items.join(draw.pick([',', ', ']))}}`;
    };
    const all = `{${Object.keys(types)
      .map(name => `"${name}":1`)
      .join(',')}}`;
    const lines = [all, ...Array.from({ length: 250 }, object)];
    const asLines = lines.map(line => (draw.chance(0.05) ? `${draw.pick(damaged)}\n${line}` : line)).join('\n');
    for (const [path, content] of [
      ['all.jsonl', asLines],
      ['all.json', `[${lines.join(',\n')}]`],
    ] as const) {
      const node = scanNode({ name: 'all', connector: 'json', path, columns });
      const plan = planOf({ ...node, options: { ...node.options, nulls: ['NA'] } });
      const expected = scan(plan.nodes[0] as ScanNode, content);
      await onEngine(
        plan,
        { [path]: content },
        async ({ rows, results }) => {
          const found = results.get('scan all');
          expect(found?.findings.filter(f => f.severity === 'error')).toEqual([]);
          expect(await rows('scan all')).toEqual(expected.table.rows);
          expect(found?.detail).toMatchObject({ quarantinedRows: expected.badRows });
        },
        1 + (seed % 2),
      );
    }
  });
});
