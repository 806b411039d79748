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

const signs = (said: string, settings: string, read: string): string =>
  `${said}: write \`${settings}\` behind the path. Where other columns are written otherwise, declare this one as \`text\` and read it in a table, \`derive n = float(${read})\`.`;

describe('a cell that does not fit', () => {
  it.each([
    ['float', '17,99', signs('The decimal sign is the comma here', 'decimal: ","', 'replace(x, ",", ".")')],
    ['int', '2.5', 'Declare the column as `float`, and write `int(round(x))` where a whole number is needed, or correct the data.'],
    ['date', '05.02.2023', 'Say how the file writes dates, such as `date_format: "%d.%m.%Y"` behind its path, or correct the data.'],
    [
      'float',
      '3.855,20',
      signs(
        'The decimal sign is the comma, and points group thousands here',
        'decimal: ",", thousands: "."',
        'replace(replace(x, ".", ""), ",", ".")',
      ),
    ],
    ['float', '1,234.50', signs('The decimal sign is the point, and commas group thousands here', 'thousands: ","', 'replace(x, ",", "")')],
    ['int', "1'234'567", signs('Apostrophes group thousands here', 'thousands: "\'"', 'replace(x, "\'", "")')],
    ['int', '1.234.567', signs('Points group thousands here', 'decimal: ",", thousands: "."', 'replace(replace(x, ".", ""), ",", ".")')],
    [
      'float',
      '12\u00a0345,5',
      signs(
        'The decimal sign is the comma, and spaces group thousands here',
        'decimal: ",", thousands: " "',
        'replace(replace(x, " ", ""), ",", ".")',
      ),
    ],
    ['int', '17,999', signs('Commas group thousands here', 'thousands: ","', 'replace(x, ",", "")')],
    ['float', '17,999', signs('The decimal sign is the comma here', 'decimal: ","', 'replace(x, ",", ".")')],
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
    expect(await said('date', '2023-02-28', {}, format)).toContain('this cell is written as in ISO 8601, and the source says "%d.%m.%Y"');
  });

  it('is written with other signs than the source says', async () => {
    expect(await said('float', '1.5', {}, { decimal: ',' })).toBe(kept + signs('The decimal sign is the point here', 'decimal: "."', 'x'));
    expect(await said('float', '1.234', {}, { decimal: ',' })).toBe(
      kept + signs('Points group thousands here', 'thousands: "."', 'replace(replace(x, ".", ""), ",", ".")'),
    );
    expect(await said('float', '1.23.4', {}, { decimal: ',', thousands: '.' })).toBe(
      `${kept}Correct the data, or declare the type (or date format) that the file has.`,
    );
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
