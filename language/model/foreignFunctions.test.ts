import { describe, expect, it } from 'vitest';
import { entryOf, laterWord } from '../catalogue/catalogue.ts';
import { foreignFunctionHelp } from './foreignFunctions.ts';
import { typed } from './testScope.ts';

describe('functions of other languages', () => {
  it.each([
    ['coalesce(age, 0)', 'coalesce', '`x ?? 0`'],
    ['isnull(age)', 'isnull', '`x == null`'],
    ['NOW()', 'NOW', '`cutoff`'],
    ['datediff(signed_up, cutoff)', 'datediff', '`days(a, b)`'],
    ['iif(active, 1, 2)', 'iif', '`if c then a else b`'],
    ['cast(name)', 'cast', '`float(x)`'],
  ])('%s', (text, name, help) => {
    const [found, ...others] = typed(text).found;
    expect(others).toEqual([]);
    expect(found).toMatchObject({ rule: 'unknown-function', message: `There is no function \`${name}\`.`, fixes: [] });
    expect(found?.help).toContain(help);
  });

  it('none of them is one of ours, and of ours none has such a help', () => {
    for (const name of ['coalesce', 'nvl', 'is_null', 'missing', 'datediff', 'today', 'iif', 'countif', 'cast', 'rand']) {
      expect(foreignFunctionHelp(name)).not.toBeNull();
      for (const family of ['function', 'aggregate', 'transform'] as const) expect([name, entryOf(family, name)]).toEqual([name, null]);
      expect([name, laterWord('function', name)]).toEqual([name, null]);
    }
    expect(foreignFunctionHelp('log1p')).toBeNull();
    expect(foreignFunctionHelp('toString')).toBeNull();
  });
});

describe('a value where a choice stands', () => {
  it.each([
    ['age |> impute(0)', 'constant, value: 0'],
    ['age |> impute(-1)', 'constant, value: -1'],
    ['city |> impute("none")', 'constant, value: "none"'],
  ])('%s', (text, constant) => {
    const [found] = typed(text).found;
    expect(found).toMatchObject({
      rule: 'setting-out-of-range',
      help: `Write \`${constant}\`.`,
      fixes: [{ safe: false, edits: [{ text: constant }] }],
    });
    expect(typed(text.replace(/\(.*\)/, `(${constant})`)).problems).toEqual([]);
  });
});
