/**
 * Target encoding: the mean label of each level, shrunk towards the overall mean by empirical Bayes as scikit-learn's TargetEncoder with
 * smooth="auto" does (Micci-Barreca, SIGKDD Explorations 3(1), 2001, section 3). Out of fold on train, so that no row sees its own label;
 * in a split by time each block of cutoffs learns from labels that were decided strictly before the block starts.
 */
import { canonical } from '../sql/canonical.ts';
import { float, list, name } from '../sql/write.ts';
import { deviationsOf, type ExactMoments, momentsOf, noMoments, quotient } from './exactSums.ts';
import { type FittedStep, inputOf, type Learn, type Stage } from './fit.ts';
import { beside, type Session } from './session.ts';

/** Where the rows of a fold learn from: sums by level and by bin, of which each fold takes some. */
interface Sums {
  readonly levels: ReadonlyMap<string | null, ReadonlyMap<number, ExactMoments>>;
}

const plus = (a: ExactMoments, b: ExactMoments): ExactMoments => ({
  n: a.n + b.n,
  sum: a.sum + b.sum,
  squares: a.squares + b.squares,
  // A sum over no rows has no denominator of its own.
  denominator: b.n === 0n ? a.denominator : b.denominator,
});

const together = (bins: ReadonlyMap<number, ExactMoments>, takes: (bin: number) => boolean): ExactMoments =>
  [...bins].reduce((all, [bin, moments]) => (takes(bin) ? plus(all, moments) : all), noMoments);

interface Encoding {
  readonly mean: number;
  readonly levels: ReadonlyMap<string, number>;
}

/** Null without rows to learn from. */
function encoding({ levels }: Sums, takes: (bin: number) => boolean): Encoding | null {
  const own = new Map([...levels].map(([level, bins]) => [level, together(bins, takes)]));
  const all = [...own.values()].reduce(plus, noMoments);
  if (all.n === 0n) return null;
  const mean = quotient(all.sum, all.n * all.denominator);
  const variance = deviationsOf(all) / Number(all.n);
  const values = new Map<string, number>();
  for (const [level, found] of own) {
    if (level === null || found.n === 0n) continue;
    const n = Number(found.n);
    const weighed = variance * n + deviationsOf(found) / n;
    // Without any variance both means are the same.
    const weight = weighed === 0 ? 0 : (variance * n) / weighed;
    values.set(level, weight * quotient(found.sum, found.n * found.denominator) + (1 - weight) * mean);
  }
  return { mean, levels: values };
}

async function sumsBy(session: Session, step: FittedStep, stage: Stage, bin: string): Promise<Sums> {
  const input = name(inputOf(step));
  const level = `CASE WHEN ${input} IS NOT NULL THEN ${canonical(input, step.inputType)} END`;
  const values = { value: '"~y"', type: 'float', scale: step.scale, from: stage.table, where: '"~train"', by: [level, bin] } as const;
  const levels = new Map<string | null, Map<number, ExactMoments>>();
  for (const { keys, moments } of await momentsOf(session, values)) {
    const [found, place] = keys;
    const key = found === null || found === undefined ? null : String(found);
    const bins = levels.get(key) ?? new Map<number, ExactMoments>();
    bins.set(Number(place), moments);
    levels.set(key, bins);
  }
  return { levels };
}

/** The first cutoff of each block: the distinct cutoffs of train in runs as equal in number as can be. */
async function blockStarts(session: Session, stage: Stage, folds: number): Promise<bigint[]> {
  const rows = await session.db.rows(`SELECT DISTINCT epoch_us("~cutoff") AS c FROM ${stage.table} WHERE "~train" ORDER BY c`);
  const cutoffs = rows.map(row => BigInt(row[0] as bigint));
  return cutoffs.filter((_, i) => i === 0 || Math.floor((i * folds) / cutoffs.length) !== Math.floor(((i - 1) * folds) / cutoffs.length));
}

interface Folds {
  /** SQL of a training row's fold. */
  readonly fold: string;
  readonly encodings: readonly (Encoding | null)[];
  readonly all: Encoding | null;
  /** Whether rows of the fold may have the level: others are never looked up. */
  readonly occurs: (fold: number, level: string) => boolean;
}

/** How a training row finds its fold, and what each fold learns from. */
async function foldsOf(session: Session, step: FittedStep, stage: Stage): Promise<Folds> {
  const folds = Number(step.settings['folds'] ?? 5);
  if (!stage.inTime) {
    const fold = `CAST(floor("~draw" * ${folds}) AS INTEGER)`;
    const sums = await sumsBy(session, step, stage, fold);
    return {
      fold,
      encodings: Array.from({ length: folds }, (_, own) => encoding(sums, bin => bin !== own)),
      all: encoding(sums, () => true),
      occurs: (own, level) => sums.levels.get(level)?.has(own) ?? false,
    };
  }
  const starts = await blockStarts(session, stage, folds);
  const after = (time: string, operator: string): string =>
    `(${starts.map(start => `CAST(epoch_us(${time}) ${operator} ${start} AS INTEGER)`).join(' + ') || '0'})`;
  // A label is in the bin of the last block that may not use it: block b learns from the bins before its own.
  const sums = await sumsBy(session, step, stage, `coalesce(${after('"~ripe"', '>=')}, ${starts.length + 1})`);
  return {
    fold: `(${after('"~cutoff"', '>=')} - 1)`,
    encodings: starts.map((_, block) => encoding(sums, bin => bin <= block)),
    all: encoding(sums, () => true),
    occurs: () => true,
  };
}

/** Rows outside train are encoded by all of train: that is the state. Training rows join the encoding of their fold. */
export const targetEncode: Learn = async (session, step, stage) => {
  const prior = typeof step.settings['prior'] === 'number' ? step.settings['prior'] : null;
  const { fold, encodings, all, occurs } = await foldsOf(session, step, stage);
  const table = beside(stage.id, `encoding ${step.output}`);
  await session.db.run(`CREATE OR REPLACE TABLE ${table} ("~level" VARCHAR, "~fold" INTEGER, "~value" DOUBLE)`);
  const rows: [string | null, number, number | null][] = [];
  // Fold -1 is for rows outside train; a null level stands for null and unseen ones.
  for (const [index, found] of [all, ...encodings].entries()) {
    rows.push([null, index - 1, prior ?? found?.mean ?? null]);
    for (const [level, value] of found?.levels ?? []) if (index === 0 || occurs(index - 1, level)) rows.push([level, index - 1, value]);
  }
  await session.db.insert(table, rows);
  const input = name(inputOf(step));
  const own = `CASE WHEN s."~train" THEN ${fold} ELSE -1 END`;
  const [known, rest] = [name(`known ${step.output}`), name(`rest ${step.output}`)];
  const join = [
    `LEFT JOIN ${table} ${known} ON ${known}."~level" = CASE WHEN s.${input} IS NOT NULL THEN ${canonical(`s.${input}`, step.inputType)} END AND ${known}."~fold" = ${own}`,
    `LEFT JOIN ${table} ${rest} ON ${rest}."~level" IS NULL AND ${rest}."~fold" = ${own}`,
  ].join(' ');
  const empty = encodings.flatMap((found, i) => (found === null ? [i] : []));
  return {
    state: { transform: 'target_encode', mean: all?.mean ?? null, prior, levels: Object.fromEntries(all?.levels ?? []) },
    findings: [],
    outOfFold: {
      sql: `coalesce(${known}."~value", ${rest}."~value", ${prior === null ? 'CAST(NULL AS DOUBLE)' : float(prior)})`,
      join,
      tables: [table],
      ...(empty.length && prior === null ? { leftOut: `s."~train" AND ${fold} IN (${list(empty.map(String))})` } : {}),
    },
  };
};
