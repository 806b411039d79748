/** What is said about cells that do not fit comes with the remedy for how they are spelled. */
import { describe, expect, it } from 'vitest';
import type { ScanNode } from '../../language/plan/plan.ts';
import { onEngine } from '../../test/engine.ts';
import { planOf, scanColumn, scanNode } from '../../test/reference/build.ts';

type Column = Partial<ScanNode['columns'][number]>;

/** The remedies for one bad cell in the column `x`. */
async function said(
  kind: Parameters<typeof scanColumn>[1],
  cell: string,
  column: Column = {},
  options: Partial<ScanNode['options']> = {},
): Promise<string> {
  const node = scanNode({ name: 'rows', columns: [scanColumn('id', 'text', { nullable: false }), scanColumn('x', kind, column)], key: 'id' });
  const plan = planOf({ ...node, options: { ...node.options, ...options } });
  return onEngine(plan, { 'rows.csv': `id,x\na,"${cell}"\nb,\n` }, async ({ results }) =>
    (results.get('scan rows')?.findings ?? []).map(f => f.help).join(),
  );
}

const kept = 'These cells read as null and are kept in the quarantine. ';

describe('a cell that does not fit', () => {
  it.each([
    ['float', '17,99', 'Where the file writes decimals with a comma, say `decimal: ","` behind its path; else correct the data.'],
    [
      'int',
      '2.0',
      'The file writes whole numbers with a decimal sign: declare the column as `float`, and write `int(x)` where a whole number is needed.',
    ],
    ['date', '05.02.2023', 'Say how the file writes dates, such as `date_format: "%d.%m.%Y"` behind its path, or correct the data.'],
    [
      'float',
      '3.855,20',
      'The file groups thousands: declare the column as `text` and read the number in a table, `derive n = float(replace(replace(x, ".", ""), ",", "."))`.',
    ],
    [
      'float',
      '1,234.50',
      'The file groups thousands: declare the column as `text` and read the number in a table, `derive n = float(replace(x, ",", ""))`.',
    ],
    [
      'int',
      "1'234'567",
      'The file groups thousands: declare the column as `text` and read the number in a table, `derive n = float(replace(x, "\'", ""))`.',
    ],
    ['float', '17,999', 'Where the file writes decimals with a comma, say `decimal: ","` behind its path; else correct the data.'],
    ['int', 'n/a', 'Where this means that there is no value, say so behind the path: `nulls: ["", "n/a"]`, and add `?` to the type.'],
    ['date', '-', 'Where this means that there is no value, say so behind the path: `nulls: ["", "-"]`, and add `?` to the type.'],
    ['bool', 'Ja', 'Declare the column as a category of its levels: `category { "Ja", … }`; as a label, it says `positive: "Ja"`.'],
    ['float', 'old', 'Correct the data, or declare the type (or date format) that the file has.'],
  ] as const)('of a %s written %s', async (kind, cell, help) => expect(await said(kind, cell)).toBe(kept + help));

  it('is no day although the format is declared', async () => {
    const format = { dateFormat: '%d.%m.%Y' };
    expect(await said('date', '31.02.2023', {}, format)).toBe(
      `${kept}There is no such day, or it is not written as "%d.%m.%Y": correct the data, or the format.`,
    );
    expect(await said('date', 'n/a', {}, format)).toContain('`nulls: ["", "n/a"]`');
  });

  it('is a level in other letters', async () => {
    expect(await said('text', 'nein', { levels: ['Ja', 'Nein'] })).toBe(
      `${kept}Capitals count: where "nein" means "Nein", declare the column as \`text\` and write \`derive level = lower(x)\` in a table.`,
    );
    expect(await said('text', 'none', { levels: ['Ja', 'Nein'] })).toBe(`${kept}Add the level to the declaration, or correct the data.`);
  });

  it('is never shown where it is personal', async () => {
    expect(await said('text', 'nein', { levels: ['Ja', 'Nein'], pii: true })).not.toContain('nein');
  });
});
