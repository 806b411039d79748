/** The guarantee `selection-before-split`: which columns are chosen, and the model on them, rests on the training rows alone. */
import { describe, expect, it } from 'vitest';
import { wholeRun } from '../wholeRun.ts';
import { scoresOf } from './scored.ts';

const noise = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'] as const;
const program = (by: string): string => `source rows = csv("rows.csv") {
  id : key
  x  : float
  ${noise.map(name => `${name} : float`).join('\n  ')}
  y  : bool
}
task t { each r in rows, label y }
split t at random { test: 40%, seed: 3 }
features f for t { best = [x, ${noise.join(', ')}] |> select(2, by: ${by}) }
model m = logistic_regression(f)
evaluate m on test { auc }
`;

const drawn = (i: number, k: number): number => (((i + 1) * (37 + 12 * k)) % 101) / 100;
const rows = Array.from({ length: 200 }, (_, i) => ({
  id: `k${i}`,
  x: drawn(i, 0),
  noise: noise.map((_, k) => drawn(i, k + 1)),
  y: drawn(i, 0) + drawn(i, 9) / 2 > 0.7,
}));
type Row = (typeof rows)[number];
const csv = (all: readonly Row[]): string => `id,x,${noise.join(',')},y\n${all.map(r => [r.id, r.x, ...r.noise, r.y].join(',')).join('\n')}\n`;

describe('the choice of columns', () => {
  it.each(['f_score', 'mutual_information', 'lasso'])('by %s is the same whatever the judged rows hold', async by => {
    const run = (all: readonly Row[]) =>
      wholeRun(program(by), { 'rows.csv': csv(all) }, async ran => ({ scores: await scoresOf(ran), state: ran.model('m') }));
    const before = await run(rows);
    const judged = new Set(before.scores.map(([, id]) => id));
    expect(judged.size).toBeGreaterThan(40);
    // In the judged rows another column now says all about the label.
    const changed = rows.map(row =>
      judged.has(row.id) ? { ...row, x: 0.5, noise: row.noise.map((n, k) => (k === 3 ? (row.y ? 9 : -9) : n)) } : row,
    );
    const after = await run(changed);
    expect(after.state['state']).toEqual(before.state['state']);
    expect(after.scores).not.toEqual(before.scores);
  });
});
