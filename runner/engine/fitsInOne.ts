/**
 * What several fits of a round ask of the training rows, asked in one statement: to read the rows takes about as long as to add them up. A column
 * that this does not answer is asked for by its own fit, which also says what is wrong with it.
 */
import { list, name } from '../sql/write.ts';
import type { Cell } from './duckdb.ts';
import { type ExactMoments, momentsTogether } from './exactSums.ts';
import { type Answered, type FittedStep, inputOf } from './fit.ts';
import { isOverflow } from './overflow.ts';
import type { Session } from './session.ts';

export const notAnswered: Answered = { moments: new Map(), medians: new Map() };

/** Columns of one statement. The values of a median are all in memory. */
const atOnce = { sums: 12, medians: 3 };

const asksMoments = ({ transform, settings }: FittedStep): boolean =>
  transform === 'standardize' || (transform === 'impute' && settings['method'] === 'mean');

const asksMedian = ({ transform, settings }: FittedStep): boolean => transform === 'impute' && settings['method'] === 'median';

/** SQL of the median of a column over the rows where the condition holds. */
export const medianSql = (step: FittedStep, where: string): string =>
  `quantile_cont(CAST(${name(inputOf(step))} AS DOUBLE), 0.5) FILTER (WHERE ${where})`;

/** `tableOf`: what holds the columns that the step reads. */
export async function answersFor(session: Session, steps: readonly FittedStep[], tableOf: (step: FittedStep) => string): Promise<Answered> {
  const moments = new Map<FittedStep, ExactMoments>();
  const medians = new Map<FittedStep, Cell>();
  const where = '"~train"';
  try {
    for (const [from, asked] of together(steps.filter(asksMedian), tableOf, atOnce.medians)) {
      const [row = []] = await session.db.rows(`SELECT ${list(asked.map(step => medianSql(step, where)))} FROM ${from}`);
      for (const [i, step] of asked.entries()) medians.set(step, row[i] ?? null);
    }
    for (const [from, asked] of together(steps.filter(asksMoments), tableOf, atOnce.sums)) {
      const columns = asked.map(step => ({ value: name(inputOf(step)), type: step.inputType, scale: step.scale }));
      const found = await momentsTogether(session, columns, { from, where });
      for (const [i, step] of asked.entries()) {
        const own = found[i];
        if (own) moments.set(step, own);
      }
    }
  } catch (error) {
    if (!isOverflow(error)) throw error;
  }
  return { moments, medians };
}

/** Steps of one table, no more than are asked at once; a step alone asks by itself. */
function together(steps: readonly FittedStep[], tableOf: (step: FittedStep) => string, most: number): (readonly [string, readonly FittedStep[]])[] {
  const byTable = new Map<string, FittedStep[]>();
  for (const step of steps) byTable.set(tableOf(step), [...(byTable.get(tableOf(step)) ?? []), step]);
  return [...byTable].flatMap(([from, all]) => {
    const parts: (readonly [string, readonly FittedStep[]])[] = [];
    for (let at = 0; at < all.length; at += most) parts.push([from, all.slice(at, at + most)]);
    return parts.filter(([, part]) => part.length > 1);
  });
}
