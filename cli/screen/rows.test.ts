/** Rows of a table as they are shown in a terminal. */
import { describe, expect, it } from 'vitest';
import { plainStyle } from '../../language/report/style.ts';
import { rowLines } from './rows.ts';

describe('rows for people', () => {
  const width = 44;
  const columns = ['identity', 'cutoff', 'label', 'spent'];
  const lines = (identity: string) => rowLines({ columns, rows: [[identity, '2024-01-01', '1', '2.5']], total: 1 }, { width, style: plainStyle });

  it('leave out what there is no room for, and say what', () =>
    expect(lines('p'.repeat(32))).toEqual([
      `  ${'identity'.padEnd(32)}`.trimEnd(),
      `  ${'p'.repeat(32)}`,
      '',
      '  1 row · not shown: cutoff, label, spent',
    ]));

  it('without a key have the beginning of their hash', () =>
    expect(lines('0001debef8b96fa972749072e7cd109f')).toEqual([
      '  identity   cutoff      label  spent',
      '  0001debe…  2024-01-01      1    2.5',
      '',
      '  1 row',
    ]));

  it('whose hashes begin alike are told apart', () => {
    const alike = ['0001debef8b96fa972749072e7cd109f', '0001debef8b900a972749072e7cd109f'];
    const [, ...shown] = rowLines({ columns: ['identity'], rows: alike.map(hash => [hash]), total: 2 }, { width, style: plainStyle });
    expect(shown.slice(0, 2)).toEqual(['  0001debef8b96…', '  0001debef8b90…']);
  });
});
