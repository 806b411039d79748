/** The guarantee `fitted-on-evaluation`: other values in judged rows move nothing that is learned, and no other row's score. */
import { describe, expect, it } from 'vitest';
import { wholeRun } from '../wholeRun.ts';
import { scoresOf } from './scored.ts';

const program = (features: string): string => `source rows = csv("rows.csv") {
  id   : key
  team : text
  kind : category
  note : text
  x    : float?
  z    : float
  y    : bool
}
task t { each r in rows, label y }
split t at random { test: 30%, validate: 20%, seed: 3 }
features f for t { ${features} }
model m = logistic_regression(f)
evaluate m on test { auc }
evaluate m on validate { auc }
`;

interface Row {
  readonly id: string;
  readonly values: readonly (string | number | boolean)[];
}

const rows: readonly Row[] = Array.from({ length: 240 }, (_, i) => {
  const x = ((i * 37) % 101) / 100;
  const words = `w${i % 7} w${i % 5} w${i % 3}`;
  return { id: `k${i}`, values: [`g${i % 20}`, `c${i % 6}`, words, i % 11 === 0 ? '' : x, ((i * 71) % 89) / 89, x + ((i * 53) % 97) / 97 > 1] };
});
const csv = (all: readonly Row[]): string => `id,team,kind,note,x,z,y\n${all.map(({ id, values }) => [id, ...values].join(',')).join('\n')}\n`;

const sets = [
  'x |> impute(median) |> standardize, z |> min_max, kind |> one_hot, team |> target_encode(folds: 3)',
  'x |> impute(mean) |> winsorize |> robust_scale, kind |> frequency_encode, note |> tfidf(max_terms: 5)',
  'a = z |> quantile_bin(bins: 4) |> one_hot, b = x |> indicator, xi = x |> impute(median), more = z * 24, both = [z, more] |> pca(components: 1)',
];

describe('what is learned', () => {
  it.each(sets)('of %s is the same whatever the judged rows hold', async features => {
    const text = program(features);
    const run = (all: readonly Row[]) =>
      wholeRun(text, { 'rows.csv': csv(all) }, async ran => ({ scores: await scoresOf(ran), state: ran.model('m') }));
    const before = await run(rows);
    const judged = [...new Set(before.scores.map(([, id]) => id))];
    const changed = new Set(judged.filter((_, i) => i % 2 === 0));
    expect(changed.size).toBeGreaterThan(30);
    const after = await run(
      rows.map(({ id, values }) => (changed.has(id) ? { id, values: ['g999', 'c999', 'w999 w998', 1e6, -1e6, values[5] !== true] } : { id, values })),
    );
    const rest = ({ scores }: typeof before) => scores.filter(([, id]) => !changed.has(id));
    expect(rest(after)).toEqual(rest(before));
    expect(after.state['state']).toEqual(before.state['state']);
    expect(after.scores.filter(([, id]) => changed.has(id))).not.toEqual(before.scores.filter(([, id]) => changed.has(id)));
  });
});
