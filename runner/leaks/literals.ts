/**
 * Numbers typed into a program that are a figure of all rows of the column they stand beside: the mean, a quantile, the greatest value. Somebody
 * computed it over the rows of test too. How likely a number meets one of the figures by chance follows from how exactly it is written.
 */
import { thresholdOf } from '../../language/catalogue/dataRules.ts';
import type { FeaturesNode, PlanExpr, PlanPlace, PlanType } from '../../language/plan/plan.ts';
import { columnsOf, count, nodeOf } from '../engine/session.ts';
import { isDecimal, list, name } from '../sql/write.ts';
import type { Looking } from './looking.ts';
import { type Measured, measured } from './measured.ts';
import { featureOf } from './warmUp.ts';

const rule = 'literal-from-data';

/** A number beside a column, in any call. */
interface Beside {
  readonly value: number;
  readonly column: string;
  readonly table: string;
  readonly subject: string;
  readonly place: PlanPlace;
}

const quantileName = (p: number): string => (p === 50 ? 'the median' : `the ${p}% quantile`);

const figures = [
  ['the mean', x => `avg(${x})`],
  ['the standard deviation', x => `stddev_samp(${x})`],
  ['the least value', x => `min(${x})`],
  ['the greatest value', x => `max(${x})`],
  ...[1, 5, 10, 25, 50, 75, 90, 95, 99].map((p): readonly [string, (x: string) => string] => [
    quantileName(p),
    x => `quantile_cont(${x}, ${p / 100})`,
  ]),
] as const satisfies readonly (readonly [string, (x: string) => string])[];

const isNumeric = (type: PlanType): boolean => type === 'int' || type === 'float' || isDecimal(type);

function literalsIn(expr: PlanExpr, tableOf: (of: string | null) => string | null, at: Pick<Beside, 'subject' | 'place'>): readonly Beside[] {
  if (expr.op !== 'call') return [];
  const found = expr.args.flatMap(arg => literalsIn(arg, tableOf, at));
  const columns = expr.args.flatMap(arg => (arg.op === 'column' && isNumeric(arg.type) ? [arg] : []));
  const numbers = expr.args.flatMap(arg => (arg.op === 'literal' && typeof arg.value === 'number' && isNumeric(arg.type) ? [arg.value] : []));
  const pairs = columns.flatMap(({ name: column, of }) => {
    const table = tableOf(of);
    return table === null || column.includes('#') ? [] : numbers.map(value => ({ ...at, value, column, table }));
  });
  return [...found, ...pairs];
}

/** Half a unit of the last digit that is written; null for numbers that people choose: whole tens, few digits. */
function halfDigit(value: number): number | null {
  const text = String(Math.abs(value));
  if (text.includes('e')) return null;
  const digits = text.replace('.', '').replace(/^0+/, '');
  const isRound = !text.includes('.') && /0$/.test(text);
  const places = text.includes('.') ? (text.split('.')[1] ?? '').length : 0;
  if ((digits.length < 3 && places < 3) || isRound) return null;
  return 0.5 * 10 ** -places;
}

export async function literals({ session, settings }: Looking, node: FeaturesNode): Promise<readonly Measured[]> {
  const frame = nodeOf(session, node.frame, 'frame');
  const wanted: Beside[] = [];
  for (const step of node.steps) {
    if (step.kind !== 'row') continue;
    const feature = node.features.find(f => f.column === step.output || f.raw.column === step.output);
    const at = { subject: feature?.name ?? step.output, place: feature?.place ?? node.place };
    wanted.push(...literalsIn(step.value, of => (of === null ? frame.relation : null), at));
  }
  for (const window of node.windows) {
    for (const { value, where } of window.aggregates) {
      const feature = featureOf(node, window);
      const at = { subject: feature?.name ?? node.name, place: feature?.place ?? node.place };
      for (const expr of [value, where]) if (expr) wanted.push(...literalsIn(expr, of => (of === null ? window.relation : null), at));
    }
  }
  const asked = wanted.filter(({ value }) => halfDigit(value) !== null);
  const threshold = thresholdOf(settings, rule, 'chance');
  const base = { rule, declaration: node.name, measure: 'chance that a number like this meets a figure of its column', threshold } as const;
  if (asked.length === 0) return [measured({ ...base, place: node.place, figure: 1, n: 0 })];
  const found: Measured[] = [];
  for (const one of asked) {
    const has = columnsOf(session, one.table).some(c => c.name === one.column);
    if (!has) continue;
    const x = `CAST(${name(one.column)} AS DOUBLE)`;
    const [row = []] = await session.db.rows(`SELECT count(${x}), ${list(figures.map(([, sql]) => sql(x)))} FROM ${name(one.table)}`);
    const [n = 0] = row.slice(0, 1).map(count);
    const values = row.slice(1).map(v => (v === null ? Number.NaN : Number(v)));
    const half = halfDigit(one.value) ?? 0;
    const met = figures.findIndex((_, i) => Math.abs((values[i] ?? Number.NaN) - one.value) <= half * 1.000001);
    const quantile = (p: number): number => values[figures.findIndex(([figure]) => figure === quantileName(p))] ?? 0;
    const spread = quantile(95) - quantile(5);
    // Of numbers anywhere in the bulk of the column, those that are as near to one of the figures.
    const chance = Math.min(1, (asked.length * figures.length * 2 * half) / Math.max(spread, 2 * half));
    const isMet = met >= 0 && chance <= threshold;
    const written = figures[met]?.[0] ?? '';
    found.push(
      measured({
        ...base,
        subject: one.subject,
        place: one.place,
        figure: met >= 0 ? chance : 1,
        n,
        fault: isMet
          ? {
              severity: 'warning',
              message: `${one.value} is ${written} of \`${one.column}\` over all rows, those of test with them.`,
              help: `Let a fitted step find it on train: \`${one.column} |> standardize\`, \`|> impute(mean)\`, \`|> winsorize\`.`,
              count: n,
            }
          : null,
      }),
    );
  }
  return found;
}
