/** A model that is judged on the partition of a split it did not learn on: whose rows these are, by what it has learned, and against what. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../runner/engine/duckdb.ts';
import { interpret } from './reference/interpret.ts';
import { planOf } from './semantics/program.ts';
import { type WholeRun, wholeRun } from './wholeRun.ts';

const day = (i: number): string => new Date(Date.UTC(2023, 0, 1) + i * 2 * 86_400e3).toISOString().slice(0, 10);
const row = (i: number): string => {
  const [amount, noise] = [((i * 37) % 101) / 100, ((i * 53) % 97) / 97];
  return [
    `k${String(i).padStart(3, '0')}`,
    day(i),
    amount.toFixed(2),
    'abcde'[(i * 7) % 5],
    amount + noise > 1,
    i % 11 === 0 ? '' : noise.toFixed(3),
  ].join(',');
};
const count = 400;
const data = { 'loans.csv': `loan,granted,amount,kind,repaid,rate\n${Array.from({ length: count }, (_, i) => row(i)).join('\n')}\n` };

const spring = 'test: 2023-10-01..2024-03-31';
const program = (body: string, train = '..2023-06-30'): string => `source loans = csv("loans.csv") until 2025-12-31 {
  loan    : key
  granted : timestamp @time @known(+0d)
  amount  : float immutable
  kind    : category { "a", "b", "c", "d", "e" } immutable
  repaid  : bool @known(+30d)
  rate    : float? immutable
}
task late { each l in loans, at granted, label repaid }
split late by time { train: ..2023-06-30, validate: 2023-08-01..2023-08-31, test: 2024-09-01.., gap: 30d }
split spring for late by time { train: ${train}, ${spring}, gap: 30d }
features f for late { amount |> standardize, kind |> target_encode, rate |> impute(mean) }
model usual = baseline(f)
${body}
`;
const m = 'model m = logistic_regression(f) { threshold: max f1 on validate }\n';

type Judged = readonly (readonly [loan: string, score: number])[];

async function judgedBy({ folder }: WholeRun, evaluation: string): Promise<Judged> {
  const db = await openDatabase({ root: folder, scratch: join(folder, 'scratch'), threads: 1, memory: null });
  try {
    const rows = await db.rows(`SELECT loan, score FROM '${join(folder, 'predictions', `${evaluation}.parquet`)}' ORDER BY loan`);
    return rows.map(([loan, score]) => [String(loan), Number(score)]);
  } finally {
    db.close();
  }
}

const namesOf = (judged: Judged): readonly string[] => judged.map(([loan]) => loan);

/** Those of the other split, by their dates. */
const springLoans = Array.from({ length: count }, (_, i) => i)
  .filter(i => day(i) >= '2023-10-01' && day(i) <= '2024-03-31')
  .map(i => `k${String(i).padStart(3, '0')}`);

describe('a model on the test rows of another split', () => {
  it('is judged on those rows, which the reference finds too', async () => {
    const text = program(`${m}evaluate m on test { auc }\nevaluate m on spring.test { auc, confusion, by kind { auc } }`);
    const own = await wholeRun(text, data, async ran => {
      const [ours, theirs] = [await judgedBy(ran, 'm on test'), await judgedBy(ran, 'm on spring.test')];
      expect(namesOf(theirs)).toEqual(springLoans);
      expect(namesOf(ours).some(loan => springLoans.includes(loan))).toBe(false);
      const figures = ran.record.metrics.filter(({ segment }) => segment === null);
      expect(figures.map(({ evaluation, n }) => [evaluation, n])).toEqual([
        ['m on test', ours.length],
        ['m on spring.test', springLoans.length],
      ]);
      const parts = ran.record.metrics.filter(({ segment }) => segment !== null);
      expect(parts.reduce((sum, { n }) => sum + n, 0)).toBe(springLoans.length);
      expect(ran.record.confusions[0]?.counts.flat().reduce((sum, n) => sum + n, 0)).toBe(springLoans.length);
      const { drift } = ran.record;
      expect(new Set(drift.map(({ evaluation, current }) => `${evaluation} ${current.n}`))).toEqual(
        new Set([`m on test ${ours.length}`, `m on spring.test ${springLoans.length}`]),
      );
      expect(new Set(drift.map(({ reference }) => reference.n)).size).toBe(1);
      expect(ran.record.ledger.map(({ partition }) => partition)).toEqual(['late.test', 'spring.test']);
      return namesOf(theirs);
    });
    const plan = planOf(text);
    const node = plan.nodes.find(({ name }) => name === 'm on spring.test');
    const outcomes = interpret(plan, path => String(data[path as keyof typeof data]));
    const table = node?.kind === 'evaluate' ? outcomes.get(node.split)?.table : undefined;
    const interpreted = table?.rows.filter(of => of['#partition'] === 'test').map(of => String(of['loan']));
    expect(interpreted?.sort()).toEqual(own);
  });

  it('by what it has learned on its own training rows', async () => {
    const body = `${m}evaluate m on spring.test { auc }`;
    const of = (text: string) => wholeRun(text, data, ran => judgedBy(ran, text.includes('m on spring') ? 'm on spring.test' : 'm on test'));
    const judged = await of(program(body));
    // What the other split would learn from changes nothing.
    expect(await of(program(body, '..2023-03-31'))).toEqual(judged);
    // A model of one split with the training rows of the one and the test rows of the other.
    const whole = program(`${m}evaluate m on test { auc }`)
      .replace('test: 2024-09-01..', spring)
      .replace(', validate: 2023-08-01..2023-08-31', '')
      .replace(' { threshold: max f1 on validate }', '');
    expect(await of(whole)).toEqual(judged);
  });

  it('with a condition, a baseline, and members of which one is learned again', async () => {
    const text = program(`${m}model n = naive_bayes(f) { refit: train_and_validate }
model both = blend(m, n)
evaluate both on spring.test where kind in { "a", "b" } { auc, auc - m.auc > -1 }
evaluate m on spring.test where kind in { "a", "b" } as half { auc }`);
    await wholeRun(text, data, async ran => {
      const half = springLoans.filter(loan => 'ab'.includes('abcde'[(Number(loan.slice(1)) * 7) % 5] ?? ''));
      expect(namesOf(await judgedBy(ran, 'both on spring.test'))).toEqual(half);
      expect(ran.record.metrics.every(({ n }) => n === half.length)).toBe(true);
      const figure = (evaluation: string) => ran.record.metrics.find(metric => metric.evaluation === evaluation && metric.metric === 'auc');
      expect(ran.record.claims[0]?.value).toBeCloseTo((figure('both on spring.test')?.value ?? 0) - (figure('half')?.value ?? 0), 12);
      expect(figure('half')?.baseline?.model).toBe('usual');
    });
  });
});
