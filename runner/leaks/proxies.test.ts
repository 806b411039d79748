import { describe, expect, it } from 'vitest';
import { random } from '../learn/random.ts';
import { findings, type Table } from './fixtures/tables.ts';

/** 600 rows whose label follows `x` a little, with further columns made of the label. */
function table(further: Readonly<Record<string, (y: number, i: number) => number>>, strength = 1): Table {
  const draw = random(5);
  const rows = 600;
  const x = Float64Array.from({ length: rows }, draw.normal);
  const label = x.map(value => (strength * value + draw.normal() > 0.5 ? 1 : 0));
  const made = Object.entries(further).map(([name, value]) => ({
    kind: 'number' as const,
    name,
    values: label.map((y, i) => value(y, i)),
  }));
  return {
    columns: [{ kind: 'number', name: 'x', values: x }, ...made],
    types: ['float', ...made.map(({ name }) => (name === 'id' ? ('int' as const) : ('float' as const)))],
    label,
    entity: Int32Array.from(x.keys()),
    partition: Uint8Array.from(x.keys(), i => (i % 10 < 3 ? 2 : 0)),
  };
}

const faults = async (of: Table) =>
  (await findings(of)).flatMap(({ rule, subject, fault }) => (fault ? [`${fault.severity}[${rule}] ${subject}`] : []));
const noise = random(9);

describe('a feature that gives the label away', () => {
  it('is an error where it decides it, a warning where it nearly does', async () => {
    expect(await faults(table({ proxy: y => y + 0.1 * noise.normal() }))).toEqual(['error[target-proxy] proxy']);
    expect(await faults(table({ proxy: y => y + 0.33 * noise.normal() }))).toEqual(['warning[target-proxy] proxy']);
  });

  it('is nothing where all others together know as much', async () => {
    const easy = table({ a: (_, i) => i, b: (_, i) => i });
    const [x] = easy.columns;
    const values = x?.kind === 'number' ? x.values : new Float64Array();
    const clear = { ...easy, label: values.map(value => (value > 0.5 ? 1 : 0)) };
    const also = (sign: number) => ({
      kind: 'number' as const,
      name: `like ${sign}`,
      values: values.map(value => sign * value + 0.02 * noise.normal()),
    });
    expect(await faults({ ...clear, columns: [...clear.columns.slice(0, 1), also(1), also(-1)] })).toEqual([]);
  });

  it('does not hide another one', async () => {
    const found = await faults(table({ one: y => y + 0.1 * noise.normal(), two: y => 3 * y + 0.2 * noise.normal() }));
    expect(found).toEqual(['error[target-proxy] one', 'error[target-proxy] two']);
  });

  it('says which features it is held against', async () => {
    const told = async (of: Table) => (await findings(of)).flatMap(({ fault, against }) => (fault ? [`${against} | ${fault.message}`] : []));
    const [one] = await told(table({ one: y => y + 0.1 * noise.normal() }));
    expect(one).toMatch(/^all other features together \| .* where all other features together reach 0\.\d+\.$/);
    const [first] = await told(table({ one: y => y + 0.1 * noise.normal(), two: y => 3 * y + 0.2 * noise.normal() }));
    expect(first).toMatch(/^the features that are not suspects together \| .* where the features that are not suspects together reach 0\.\d+\.$/);
  });

  it('is held against nothing where it is the only one', async () => {
    const { columns, types, ...rest } = table({ one: y => y + 0.1 * noise.normal() });
    const [told] = (await findings({ ...rest, columns: columns.slice(1), types: types.slice(1) })).filter(({ fault }) => fault !== null);
    expect(told?.against).toBeUndefined();
    expect(told?.fault?.message).toMatch(/^`one` alone nearly decides the label: .* [\d.]+ on train\.$/);
  });

  it('is said to be its nulls where it is these that tell', async () => {
    const found = await faults(table({ body: y => (y === 1 ? Number.NaN : Math.floor(noise.uniform() * 300)) }));
    expect(found).toEqual(['error[missingness-proxy] body']);
  });
});

describe('a column with a value for every row', () => {
  it('is a key that nobody declared', async () => {
    expect(await faults(table({ id: (_, i) => 1000 + i }))).toEqual(['warning[key-as-feature] id']);
  });

  it('is none where whole numbers differ because their range is wide', async () => {
    expect(await faults(table({ id: (_, i) => (i * 7919 * 104729) % 1_000_003 }))).toEqual([]);
  });
});

describe('rows of train in test', () => {
  it('are found where they are equal, and where they were shaken a little', async () => {
    const draw = random(2);
    const plain = table({ b: () => draw.normal(), c: () => draw.normal(), d: () => draw.normal(), e: () => draw.normal() });
    for (const [shake, expected] of [
      [0, ['error[duplicates-across-split] null']],
      [0.01, ['error[near-duplicates-across-split] null']],
      [2, []],
    ] as const) {
      const label = plain.label.slice();
      const columns = plain.columns.map(c => ({ ...c, values: c.kind === 'number' ? c.values.slice() : new Float64Array() }));
      for (let i = 0; i < 600; i += 10) {
        for (const column of columns) column.values[i] = (column.values[i + 5] ?? 0) + shake * draw.normal();
        label[i] = label[i + 5] ?? 0;
      }
      expect(await faults({ ...plain, columns: columns as Table['columns'], label })).toEqual(expected);
    }
  });
});
