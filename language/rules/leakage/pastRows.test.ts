/** The own label in windows to the past: the observed row may be one of their rows, or they lead to what its label is read from. */
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';

function errorsIn(text: string): string[] {
  const analysis = createAnalysis();
  analysis.setFile('main.cupel', { kind: 'text', text });
  return analysis.diagnostics('main.cupel').flatMap(({ rule, severity }) => (severity === 'error' || severity === 'warning' ? [rule] : []));
}

interface Parts {
  readonly tables?: string;
  readonly each?: string;
  readonly at?: string;
  readonly label: string;
  readonly feature: string;
}

const rules = ({ tables = '', each = 'loans', at = 'day', label, feature }: Parts): string[] =>
  errorsIn(`source shops = csv("s.csv") until 2024-12-31 { shop_id : key, opened : timestamp @time @known(+0d), rated : timestamp, score : int @known(rated) }
source outcomes = csv("o.csv") until 2024-12-31 { of : key, ended : timestamp @time @known(+0d), lost : float immutable }
source loans = csv("l.csv") until 2024-12-31 {
  loan   : key
  shop   : ref shops
  day    : timestamp @time @known(+0d)
  kind   : text immutable
  amount : float immutable
  closed : timestamp
  paid   : float? @known(closed)
}
${tables}
task t { each v in ${each}, at ${at}, label later = ${label}, delay: 40d }
split t by time { train: ..2024-05-31, test: 2024-09-01.., gap: 60d }
features f for t { x = ${feature} }
model m = baseline(f)
evaluate m on test { rmse }
`);

const derived = ['label-derived-feature'];

describe('a label that may be known by the cutoff, in rows that lead to where it stands', () => {
  const joined = 'table side = shops | select shop_id, score | rename score as rating\ntable j = loans | join side on shop == shop_id';
  const ended = 'table j = loans | join outcomes on loan == of';
  it.each<[string, Parts, readonly string[]]>([
    ['the label and the feature of one join', { tables: joined, each: 'j', label: 'rating', feature: 'max(rating of j via shop last 30d)' }, derived],
    ['… along the ref', { tables: joined, each: 'j', label: 'rating', feature: 'max(shop.score of loans via shop last 30d)' }, derived],
    ['… another column of it', { tables: joined, each: 'j', label: 'rating', feature: 'max(amount of j via shop last 30d)' }, []],
    [
      'rows that are joined one to one lead each to its own',
      { tables: ended, each: 'j', label: 'lost', feature: 'max(lost of j via shop last 30d)' },
      [],
    ],
    [
      '… and the own row is one of them',
      { tables: ended, each: 'j', at: 'day + 5d', label: 'lost', feature: 'max(lost of j via shop last 30d)' },
      derived,
    ],
    [
      '… but asks for others',
      { tables: ended, each: 'j', at: 'day + 5d', label: 'lost', feature: 'max(lost of j via shop last 30d where loan != v.loan)' },
      [],
    ],
    [
      'what the label compares with the past',
      {
        tables: joined,
        each: 'shops',
        at: 'every month from 2024-01-01 to 2024-12-01',
        label: '(sum(amount of loans next 7d) ?? 0) - (max(rating of j last 30d) ?? 0)',
        feature: 'score',
      },
      [],
    ],
  ])('%s', (_, parts, expected) => expect(rules(parts)).toEqual(expected));
});

describe('the observed row in a window to the past', () => {
  const own = (feature: string, more: Partial<Parts> = {}): string[] => rules({ at: 'day + 5d', label: 'paid', feature, ...more });
  it.each<[string, string, Partial<Parts>, readonly string[]]>([
    ['whose label may be known by then', 'max(paid of loans via shop last 30d)', {}, derived],
    ['that begins after it', 'max(paid of loans via shop last 4d)', {}, []],
    ['that ends before it', 'max(paid of loans via shop last 30d lag 5d)', {}, []],
    ['that begins at its moment', 'max(paid of loans via shop last 5d)', {}, derived],
    ['at its own time', 'max(paid of loans via shop last 30d)', { at: 'day' }, []],
    ['that asks for others', 'max(paid of loans via shop last 30d where loan != v.loan)', {}, []],
    ['… in other words', 'max(paid of loans via shop last 30d where not (loan == v.loan))', {}, []],
    ['… for those of days before it', 'max(paid of loans via shop last 30d where day < v.day)', {}, []],
    ['… for those of its day too', 'max(paid of loans via shop last 30d where day <= v.day)', {}, derived],
    ['whose label is asked to be open at the cutoff', 'max(paid of loans via shop last 30d)', { each: 'loans where paid == null' }, []],
    ['… of which that is not asked', 'max(paid of loans via shop last 30d)', { each: 'loans where amount > 0' }, derived],
    ['of rows of another kind', 'max(paid of loans via shop last 30d where kind == "b")', { each: 'loans where kind == "a"' }, []],
    ['another cell of it', 'max(amount of loans via shop last 30d)', {}, []],
  ])('%s', (_, feature, more, expected) => expect(own(feature, more)).toEqual(expected));
});

describe('conditions on what is known later', () => {
  const next = (each: string, where: string): string[] =>
    rules({ each, label: `sum(amount of loans via shop next 7d where ${where}) ?? 0`, feature: 'amount' });
  it.each([
    ['hold of one row at the cutoff and not any more for the label', 'loans where paid == null', 'paid != null', derived],
    ['… with a default', 'loans where (paid ?? 0) <= 3', '(paid ?? 0) > 3', derived],
    ['of what is known with the row hold of it for good', 'loans where kind == "a"', 'kind == "b"', []],
    ['beside one of what is known with the row', 'loans where kind == "a" and paid == null', 'kind == "b" and paid != null', []],
  ])('%s', (_, each, where, expected) => expect(next(each, where)).toEqual(expected));
});
