/**
 * Fits that need more than sums: what they learn is worked out over the training rows in the order of identity and cutoff, so that it
 * depends neither on threads nor on the order of a file.
 */
import { checkpoints } from '../learn/checkpoint.ts';
import { LearnCancelled } from '../learn/learner.ts';
import { cast, float, list, name } from '../sql/write.ts';
import { eliminated } from '../transforms/eliminate.ts';
import { lloyd, type Points, plusPlus } from '../transforms/kmeans.ts';
import type { InputColumn } from '../transforms/outputs.ts';
import { components } from '../transforms/pca.ts';
import { best, type SelectBy, scoresOf } from '../transforms/select.ts';
import { vocabularyOf } from '../transforms/terms.ts';
import type { Reader } from './duckdb.ts';
import { finding, number } from './finding.ts';
import type { Fit, FittedStep, Learn, Stage } from './fit.ts';
import { termRows } from './formulas.ts';
import { EngineError } from './relational.ts';
import type { Session } from './session.ts';

/** Rows in which no input is null. */
interface Training {
  readonly points: Points;
  readonly label: Float64Array;
  readonly rows: number;
}

async function trainingRows(session: Session, stage: Stage, inputs: readonly InputColumn[]): Promise<Training> {
  const present = ['"~train"', ...inputs.map(input => `${name(input.name)} IS NOT NULL`)].join(' AND ');
  const [row] = await session.db.rows(`SELECT count(*) FROM ${stage.table} WHERE ${present}`);
  const rows = Number(row?.[0] ?? 0);
  const items = [...inputs.map(input => cast(name(input.name), input.type, 'float')), `coalesce("~y", ${float(Number.NaN)})`];
  const readers = items.map((): Reader => 'float64');
  const columns = await session.db.columns(`SELECT ${list(items)} FROM ${stage.table} WHERE ${present} ORDER BY "#row"`, rows, readers);
  const found = columns.map(column => column as Float64Array);
  return { points: found.slice(0, -1), label: found.at(-1) ?? new Float64Array(), rows };
}

/** Fits a few milliseconds at a time. */
async function paused<T>(stage: Stage, work: (pause: () => Promise<void> | null) => Promise<T>): Promise<T> {
  try {
    return await work(checkpoints(stage.cancelled));
  } catch (error) {
    throw error instanceof LearnCancelled ? new EngineError('cancelled', 'The run was cancelled.') : error;
  }
}

const nothing = (step: FittedStep, state: Omit<Fit['state'], 'transform'>): Fit => ({
  state: { transform: step.transform, ...state },
  findings: [
    finding(
      'warning',
      'all-null',
      step.place,
      `No training row has a value in every column that \`${step.transform}\` reads, so it learns nothing.`,
      'Fill missing values first: `x |> impute(median)`.',
    ),
  ],
});

export const kmeansDistance: Learn = async (session, step, stage, inputs) => {
  const clusters = Number(step.settings['clusters']);
  const { points, rows } = await trainingRows(session, stage, inputs);
  if (rows === 0) return nothing(step, { centres: [] });
  const start = plusPlus(points, rows, clusters, Number(step.settings['seed']));
  const rounds = Number(step.settings['max_iterations']);
  const { centres, settled } = await paused(stage, pause => lloyd(points, rows, start, rounds, pause));
  const findings = settled
    ? []
    : [
        finding(
          'warning',
          'not-converged',
          step.place,
          `The centres of \`${step.transform}\` still moved after ${number(rounds)} rounds.`,
          `Give it more: \`max_iterations: ${rounds * 4}\`.`,
        ),
      ];
  return { state: { transform: step.transform, centres }, findings };
};

/** Beyond it, the matrix of covariances and what is done with it take minutes. */
const widest = 2000;

const tooWide = (step: FittedStep, what: string, columns: number, help: string, most = widest) =>
  finding('error', 'too-many-columns', step.place, `\`${what}\` takes ${number(most)} columns at most, and here are ${number(columns)}.`, help);

export const pca: Learn = async (session, step, stage, inputs) => {
  if (inputs.length > widest) {
    const found = tooWide(step, 'pca', inputs.length, 'Keep the best first: `… |> select(500) |> pca(20)`.');
    return { state: { transform: step.transform, mean: [], weights: [] }, findings: [found] };
  }
  const { points, rows } = await trainingRows(session, stage, inputs);
  if (rows === 0) return nothing(step, { mean: [], weights: [] });
  const count = Number(step.settings['components']);
  const { mean, weights, variances } = await paused(stage, pause => components(points, count, step.settings['whiten'] === true, pause));
  return { state: { transform: step.transform, mean, weights, variances }, findings: [] };
};

export const select: Learn = async (session, step, stage, inputs) => {
  const wanted = Number(step.settings['columns']);
  const everything = { keep: inputs.map((_, i) => i) };
  if (inputs.length <= wanted) return { state: { transform: step.transform, ...everything }, findings: [] };
  const by = step.settings['by'] as SelectBy;
  if (by === 'lasso' && inputs.length > widest) {
    const found = tooWide(step, 'select(by: lasso)', inputs.length, 'Choose by `mutual_information` or `f_score`, which look at each column alone.');
    return { state: { transform: step.transform, keep: [] }, findings: [found] };
  }
  const { points, label, rows } = await trainingRows(session, stage, inputs);
  if (rows === 0) return nothing(step, { keep: everything.keep.slice(0, wanted) });
  const scores = await paused(stage, pause => scoresOf(by, points, label, stage.label === 'binary', wanted, pause));
  return { state: { transform: step.transform, keep: best(scores, wanted) }, findings: [] };
};

/** Beyond it, solving so many systems takes minutes. */
const widestEliminated = 500;

export const rfe: Learn = async (session, step, stage, inputs) => {
  const wanted = Number(step.settings['columns']);
  const everything = inputs.map((_, i) => i);
  if (inputs.length <= wanted) return { state: { transform: step.transform, keep: everything }, findings: [] };
  if (inputs.length > widestEliminated) {
    const help = `Keep the best first: \`… |> select(${widestEliminated}) |> rfe(${wanted})\`.`;
    return { state: { transform: step.transform, keep: [] }, findings: [tooWide(step, 'rfe', inputs.length, help, widestEliminated)] };
  }
  const { points, label, rows } = await trainingRows(session, stage, inputs);
  if (rows === 0) return nothing(step, { keep: everything.slice(0, wanted) });
  return { state: { transform: step.transform, keep: await paused(stage, pause => eliminated(points, label, wanted, pause)) }, findings: [] };
};

export const tfidf: Learn = async (session, step, stage, [input]) => {
  if (!input) throw new Error(`${step.output} reads no text.`);
  const [all] = await session.db.rows(`SELECT count(*) FROM ${stage.table} WHERE "~train"`);
  const [most, least] = [Number(step.settings['max_terms']), Number(step.settings['min_rows'])];
  const found = await session.db.rows(
    `SELECT t, count(*) AS n, count(DISTINCT r) AS rows FROM (${termRows(input, stage.table, '"~train"')}) GROUP BY t HAVING rows >= ${least} ORDER BY n DESC, t LIMIT ${most}`,
  );
  const counts = found.map(([term, count, rows]) => ({ term: String(term), count: Number(count), rows: Number(rows) }));
  const { terms, weights } = vocabularyOf(counts, Number(all?.[0] ?? 0), most, least);
  const findings =
    terms.length === 0
      ? [finding('warning', 'no-terms', step.place, 'No term occurs in enough training rows, so `tfidf` makes no column.', 'Lower `min_rows`.')]
      : [];
  return { state: { transform: step.transform, terms, weights }, findings };
};
