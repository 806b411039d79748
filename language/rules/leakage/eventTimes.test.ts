/** What stands against the time by which rows happen stands against all that goes by it: windows, groups, joins, and the twin without it. */
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';

interface Parts {
  /** Roles of the event time. */
  readonly at?: string;
  /** Further columns of the events. */
  readonly more?: string;
  readonly tables?: string;
  readonly label?: string;
}

const program = (features: string, { at = '@known(+0d)', more = '', tables = '', label = 'count(pays next 30d) == 0' }: Parts): string => `
source people = csv("people.csv") {
  id     : key
  joined : timestamp  @time @known(+0d)
}
source pays = csv("pays.csv") until 2024-12-31 {
  pay    : key
  person : ref people
  paid   : timestamp  @time @known(+0d)
}
source ev = csv("ev.csv") until 2024-12-31 {
  eid    : key
  person : ref people
  at     : timestamp  @time ${at}
  x      : int immutable
  ${more}
}
${tables}
task t {
  each p in people
  at every month from 2023-01-01 to 2024-10-01
  label gone = ${label}
}
split t by time { train: ..2024-02-29, validate: 2024-05-01..2024-06-30, test: 2024-09-01.., gap: 60d }
features f for t {
  ${features}
}
model m = gradient_boosting(f)
evaluate m on test { auc }
`;

/** The rules that see a leak, each once. */
function leaks(features: string, parts: Parts): string[] {
  const analysis = createAnalysis();
  analysis.setFile('main.cupel', { kind: 'text', text: program(features, parts) });
  const found = analysis.diagnostics('main.cupel').filter(({ severity }) => severity === 'error' || severity === 'warning');
  return [...new Set(found.map(({ rule }) => rule))].filter(rule => rule !== 'missing-baseline').sort();
}

const first = 'table firsts = ev | group by person { f = min(at) } | time f known f';
const joined = 'table seen = pays | inner join ev on person == person as of paid | select pay, person, paid';

const ways: readonly (readonly [string, string, Parts])[] = [
  ['a count', 'n = count(ev last 30d)', {}],
  ['a value of the latest row', 'n = last(x of ev)', {}],
  ['a window over the first row of each', 'n = count(firsts last 30d)', { tables: first }],
  ['… of rows kept by the earliest', 'n = count(kept last 30d)', { tables: 'table kept = ev | dedupe by person keep earliest' }],
  ['… of rows joined as of a moment', 'n = count(seen last 30d)', { tables: joined }],
  [
    'a group that is there with its first row',
    'n = count(kept last 30d)',
    { tables: `${first} | derive k = f | drop f | time k known k`.replace('firsts', 'kept') },
  ],
];

describe('the event time', () => {
  it.each(ways)('as it is: %s', (_, features, parts) => expect(leaks(features, parts)).toEqual([]));

  it.each(ways)('filled in after the outcome: %s', (_, features, parts) =>
    expect(leaks(features, { ...parts, at: '@known(+0d) @after(outcome)' })).toContain('after-outcome'),
  );

  it.each(ways)('overwritten in place: %s', (_, features, parts) =>
    expect(leaks(features, { ...parts, at: '@known(+0d) @current' })).toContain('current-state'),
  );

  it('overwritten in place: the label', () => {
    expect(leaks('n = count(pays last 30d)', { label: 'count(ev next 30d) == 0', at: '@known(+0d) @current' })).toEqual(['current-state']);
    expect(leaks('n = count(pays last 30d)', { label: 'count(ev next 30d) == 0' })).toEqual([]);
  });

  it('overwritten in place, where another column says when rows are known', () => {
    const parts = { at: '@current', more: 'landed : timestamp @known' };
    expect(leaks('n = count(ev last 30d)', parts)).toEqual(['current-state']);
    expect(leaks('n = count(ev last 30d)', { ...parts, at: '' })).toEqual([]);
  });
});

describe('the known time, overwritten in place', () => {
  it.each([
    ['of the row', 'n = count(ev last 30d)', 'landed : timestamp @known'],
    ['of a cell', 'n = sum(y of ev last 30d)', 'told : timestamp\n y : int immutable @known(told)'],
  ])('%s', (_, features, more) => {
    expect(leaks(features, { at: more.startsWith('landed') ? '' : '@known(+0d)', more })).toEqual([]);
    const overwritten = more.replace('timestamp', 'timestamp @current');
    expect(leaks(features, { at: more.startsWith('landed') ? '' : '@known(+0d)', more: overwritten })).toEqual(['current-state']);
  });
});

describe('a time that a table says is known later', () => {
  const restated = (lag: string): string => `table late = ev | derive k = at + ${lag} | known at at k`;

  it.each([
    ['in a window', 'n = count(late last 30d)', '', ['rows-known-late']],
    [
      'in a group',
      'n = count(firsts last 30d)',
      '\ntable firsts = late | group by person { f = min(at) } | time f known f',
      ['rows-known-late', 'time-shifted'],
    ],
  ])('%s', (_, features, more, rules) => {
    expect(leaks(features, { tables: restated('5d') + more })).toEqual(rules);
    expect(leaks(features, { tables: restated('0d') + more })).toEqual([]);
  });
});
