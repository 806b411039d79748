/** What the steps of a feature set read of every row: columns, windows and rows along refs by name, what fits need to know, and what models say. */
import { type FeatureStep, type FeaturesNode, outerOf } from '../../language/plan/plan.ts';
import type { Scope } from '../sql/expression.ts';
import { interval, name } from '../sql/write.ts';
import { columnsOf as columnsMade } from '../transforms/steps.ts';
import { isTimeless, labelNumber } from './frame.ts';
import type { ExecuteContext } from './relational.ts';
import { beside, nodeOf, type Session } from './session.ts';
import { ownText, uniform } from './split.ts';

type PredictedStep = Extract<FeatureStep, { kind: 'predicted' }>;

/** Names for what the steps read of observations, in the order in which it is asked for. */
export interface Leaves {
  readonly scope: Scope;
  readonly items: readonly string[];
}

export function leavesOf(observed: Scope): Leaves {
  const items: string[] = [];
  const leaf = (sql: string): string => {
    const found = items.indexOf(sql);
    return name(`~l${found < 0 ? items.push(sql) - 1 : found}`);
  };
  return {
    items,
    scope: {
      column: (wanted, of) => (of === 'set' ? name(wanted) : leaf(observed.column(wanted, of))),
      window: id => leaf(observed.window?.(id) ?? ''),
      get cutoff() {
        return leaf(observed.cutoff ?? '');
      },
    },
  };
}

export const isFitted = (node: FeaturesNode): boolean => node.steps.some(step => step.kind === 'fitted');

/** What only fits read. */
const facts = ['"~y"', '"~cutoff"', '"~ripe"', '"~draw"'];

export const factsOf = (node: FeaturesNode): readonly string[] => (isFitted(node) ? facts : []);

/** What every round carries along beside the columns of the set. */
export const carriedOf = (node: FeaturesNode): readonly string[] => ['"#row"', '"~train"', ...factsOf(node)];

/** What fits need to know of every row: partition, label, cutoff, when the label was decided, and its draw for folds. */
export function rowFacts(session: Session, node: FeaturesNode): readonly string[] {
  const frame = nodeOf(session, node.frame, 'frame');
  const method = outerOf(nodeOf(session, node.split, 'split'));
  const { label } = frame;
  const ripe = label && { months: label.horizon.months + label.delay.months, micros: label.horizon.micros + label.delay.micros };
  const text = method.kind === 'group' ? ownText(method.group, 'b') : 'b."#identity"';
  const draw = method.kind === 'time' ? 'CAST(0 AS DOUBLE)' : uniform(`'${method.seed}|fold|' || ${text}`);
  const row = ['b."#row"', `b."#partition" = 'train' AS "~train"`];
  if (!isFitted(node)) return row;
  // Where there are no times, their nulls take a byte.
  const times = isTimeless(frame)
    ? { cutoff: 'CAST(NULL AS BOOLEAN)', ripe: 'CAST(NULL AS BOOLEAN)' }
    : { cutoff: 'b."#cutoff"', ripe: ripe ? `b."#cutoff" + ${interval(ripe)}` : 'CAST(NULL AS TIMESTAMP)' };
  return [...row, `${labelNumber(frame, 'b."#label"')} AS "~y"`, `${times.cutoff} AS "~cutoff"`, `${times.ripe} AS "~ripe"`, `${draw} AS "~draw"`];
}

export const predictedSteps = (node: FeaturesNode): readonly PredictedStep[] => node.steps.filter(step => step.kind === 'predicted');

interface Said {
  readonly items: readonly string[];
  /** SQL of whether a row can be learned from. */
  readonly fit: string;
  /** Behind the observations `b`. */
  readonly joins: string;
  readonly tables: readonly string[];
}

/** What models say of observations, loaded beside them: `b` are those of the split, in whose order the predictions stand. */
export async function saidOf(session: Session, node: FeaturesNode, { predictions, learned }: ExecuteContext): Promise<Said> {
  const steps = predictedSteps(node);
  const empty = steps.flatMap(columnsMade).map(column => `CAST(NULL AS DOUBLE) AS ${name(column.name)}`);
  const [some] = predictions?.values() ?? [];
  if (!predictions || !some) return { items: empty, fit: 'TRUE', joins: '', tables: [] };
  const table = beside(node.id, 'said');
  const rows = some.others.length / some.each;
  const columns: Float64Array[] = [Float64Array.from({ length: rows }, (_, row) => row)];
  const load = (values: Float64Array, each: number, place: number): string =>
    `"~said".c${columns.push(Float64Array.from({ length: rows }, (_, row) => values[row * each + place] ?? Number.NaN)) - 1}`;
  const items: string[] = [];
  const held: string[] = [];
  for (const step of steps) {
    const of = predictions.get(step.output);
    if (!of) throw new Error(`Nothing is predicted for ${step.output}.`);
    for (const [place, column] of columnsMade(step).entries()) {
      const others = load(of.others, of.each, place);
      const train = learned ? others : load(of.train, of.each, place);
      if (!learned) held.push(`${train} IS NOT NULL`);
      items.push(`CASE WHEN b."#partition" = 'train' THEN ${train} ELSE ${others} END AS ${name(column.name)}`);
    }
  }
  await session.db.load(table, columns);
  const places = `SELECT "#row", row_number() OVER (ORDER BY "#row") - 1 AS "~place" FROM ${name(node.split)}`;
  return {
    items,
    fit: held.length ? `(b."#partition" <> 'train' OR (${held.join(' AND ')}))` : 'TRUE',
    joins: ` LEFT JOIN (${places}) "~places" ON "~places"."#row" = b."#row" LEFT JOIN ${table} "~said" ON "~said".c0 = "~places"."~place"`,
    tables: [table],
  };
}
