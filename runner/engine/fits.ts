/**
 * Fitted transforms: what each learns from the training rows of a stage, as aggregates that no order of rows can change. What is learned
 * is plain data; nothing else than it decides how rows are encoded later (`runner/transforms`).
 */
import { aggregate } from '../sql/aggregate.ts';
import { canonical } from '../sql/canonical.ts';
import { float, list, name } from '../sql/write.ts';
import type { Cell } from './duckdb.ts';
import { deviationsOf, type ExactMoments, meanOf, momentsOf, noMoments } from './exactSums.ts';
import { finding, number } from './finding.ts';
import { type FittedStep, inputOf, type Learn, type Stage, shownInput } from './fit.ts';
import { medianSql } from './fitsInOne.ts';
import { kmeansDistance, pca, rfe, select, tfidf } from './fitsTogether.ts';
import type { Session } from './session.ts';
import { targetEncode } from './targetEncode.ts';

async function trainMoments(session: Session, step: FittedStep, { table, answered }: Stage): Promise<ExactMoments> {
  const known = answered.moments.get(step);
  if (known) return known;
  const { inputType: type, scale } = step;
  const [found] = await momentsOf(session, { value: name(inputOf(step)), type, scale, from: table, where: '"~train"', by: [] });
  return found?.moments ?? noMoments;
}

/** What stands in for nulls, as canonical text or a number. */
async function fillOf(session: Session, step: FittedStep, stage: Stage): Promise<Cell> {
  const input = name(inputOf(step));
  const type = step.inputType;
  const where = '"~train"';
  switch (step.settings['method']) {
    case 'mean': {
      return meanOf(await trainMoments(session, step, stage));
    }
    case 'median': {
      const known = stage.answered.medians.get(step);
      if (known !== undefined) return known;
      const [row] = await session.db.rows(`SELECT ${medianSql(step, where)} FROM ${stage.table}`);
      return row?.[0] ?? null;
    }
    case 'mode': {
      const value = { op: 'column', type, name: inputOf(step), of: null } as const;
      const found = aggregate({ aggregate: 'mode', value, parameters: {}, type, scale: step.scale }, { value: input, where, rank: '', event: '' });
      const [row] = await session.db.rows(
        `SELECT CASE WHEN m IS NOT NULL THEN ${canonical('m', type)} END FROM (SELECT ${found} AS m FROM ${stage.table})`,
      );
      return row?.[0] ?? null;
    }
    default: {
      const constant = step.settings['value'] ?? null;
      return typeof constant === 'object' ? null : constant;
    }
  }
}

/** What every entity had on its training rows, in the order of cutoffs. */
async function entitiesOf(session: Session, step: FittedStep, { table, types }: Stage): Promise<Record<string, [number[], string[]]>> {
  const [input = '', entity = '', cutoff = ''] = step.inputs.map(name);
  const who = canonical(entity, types.get(step.inputs[1] ?? '') ?? 'text');
  const rows = await session.db.rows(
    `SELECT ${who} AS e, epoch_us(${cutoff}) AS t, ${canonical(input, step.inputType)} FROM ${table} WHERE "~train" AND ${input} IS NOT NULL AND ${entity} IS NOT NULL AND ${cutoff} IS NOT NULL ORDER BY e, t`,
  );
  const found: Record<string, [number[], string[]]> = Object.create(null);
  for (const [who, at, value] of rows) {
    const series = (found[String(who)] ??= [[], []]);
    series[0].push(Number(at));
    series[1].push(String(value));
  }
  return found;
}

const impute: Learn = async (session, step, stage) => {
  if (step.settings['method'] === 'forward')
    return { state: { transform: 'impute', method: 'forward', entities: await entitiesOf(session, step, stage) }, findings: [] };
  const method = String(step.settings['method']);
  const fill = await fillOf(session, step, stage);
  const found =
    fill === null && method !== 'constant'
      ? [
          finding(
            'warning',
            'all-null',
            step.place,
            `\`${shownInput(step)}\` has no value on the training rows, so nothing can stand in for the missing ones.`,
            'Leave the feature out, or write `impute(constant, value: …)`.',
          ),
        ]
      : [];
  return { state: { transform: 'impute', method, fill: typeof fill === 'bigint' ? String(fill) : fill }, findings: found };
};

const standardize: Learn = async (session, step, stage) => {
  const moments = await trainMoments(session, step, stage);
  const mean = meanOf(moments);
  const deviation = moments.n === 0n ? 0 : Math.sqrt(deviationsOf(moments) / Number(moments.n));
  return {
    state: { transform: 'standardize', mean, deviation },
    findings: mean !== null && deviation === 0 ? [constantFeature(step, 'makes it 0')] : [],
  };
};

const constantFeature = (step: FittedStep, effect: string) =>
  finding(
    'info',
    'constant-feature',
    step.place,
    `\`${shownInput(step)}\` has one value on all training rows, so \`${step.transform}\` ${effect}.`,
    'Leave the feature out.',
  );

/** The levels on train as canonical text, in the order of their values. */
async function levelsOf(session: Session, step: FittedStep, stage: Stage, most: number | null = null): Promise<string[]> {
  const input = name(inputOf(step));
  const rows = await session.db.rows(
    `SELECT ${canonical('x', step.inputType)} FROM (SELECT DISTINCT ${input} AS x FROM ${stage.table} WHERE "~train" AND ${input} IS NOT NULL) ORDER BY x${most === null ? '' : ` LIMIT ${most}`}`,
  );
  return rows.map(row => String(row[0]));
}

/** A column a level: beyond so many, neither matrix nor model would come to an end. */
const mostLevels = 10_000;

const oneHot: Learn = async (session, step, stage) => {
  const levels = await levelsOf(session, step, stage, mostLevels + 1);
  if (levels.length <= mostLevels) return { state: { transform: 'one_hot', levels }, findings: [] };
  const tooMany = finding(
    'error',
    'too-many-columns',
    step.place,
    `\`${shownInput(step)}\` has more than ${number(mostLevels)} levels on the training rows, too many for a column of each.`,
    `Encode it as one number, \`${shownInput(step)} |> target_encode\`, or among fewer columns, \`|> hash_encode(64)\`.`,
  );
  return { state: { transform: 'one_hot', levels: [] }, findings: [tooMany] };
};

const ordinal: Learn = async (session, step, stage) => {
  const declared = step.settings['levels'];
  const levels = Array.isArray(declared) ? declared.map(String) : await levelsOf(session, step, stage);
  return { state: { transform: 'ordinal', levels }, findings: [] };
};

/**
 * Type 7 of Hyndman and Fan, over the training rows; null where no row has a value. The engine picks values, for where it interpolates
 * between equal ones it may miss them by the last digit, and bins would fall apart at ties.
 */
async function quantilesOf(session: Session, step: FittedStep, stage: Stage, shares: readonly number[]): Promise<readonly (number | null)[]> {
  const value = `CAST(${name(inputOf(step))} AS DOUBLE)`;
  const [row] = await session.db.rows(`SELECT count(${value}) FILTER (WHERE "~train") FROM ${stage.table}`);
  const n = Number(row?.[0] ?? 0);
  if (n === 0) return shares.map(() => null);
  const positions = shares.map(share => (n - 1) * share);
  const ranks = [...new Set(positions.flatMap(position => [Math.floor(position), Math.ceil(position)]))];
  const picked = ranks.map(rank => `quantile_disc(${value}, ${float((rank + 0.5) / n)}) FILTER (WHERE "~train")`);
  const [found = []] = await session.db.rows(`SELECT ${list(picked)} FROM ${stage.table}`);
  const at = (rank: number): number => Number(found[ranks.indexOf(rank)]);
  return positions.map(position => {
    const below = Math.floor(position);
    return at(below) + (position - below) * (at(Math.ceil(position)) - at(below));
  });
}

const minMax: Learn = async (session, step, stage) => {
  const value = `CAST(${name(inputOf(step))} AS DOUBLE)`;
  const [row = []] = await session.db.rows(`SELECT min(${value}) FILTER (WHERE "~train"), max(${value}) FILTER (WHERE "~train") FROM ${stage.table}`);
  const [low, high] = row;
  if (typeof low !== 'number' || typeof high !== 'number') return { state: { transform: 'min_max', centre: null }, findings: [] };
  const isConstant = high === low;
  return {
    state: { transform: 'min_max', centre: low, scale: isConstant ? 1 : high - low, clip: step.settings['clip'] === true },
    findings: isConstant ? [constantFeature(step, 'makes it 0')] : [],
  };
};

/** The share that a setting names. */
const share = (step: FittedStep, setting: string): number => Number(step.settings[setting]);

const robustScale: Learn = async (session, step, stage) => {
  const [median, low, high] = await quantilesOf(session, step, stage, [0.5, share(step, 'low'), share(step, 'high')]);
  if (median == null || low == null || high == null) return { state: { transform: 'robust_scale', centre: null }, findings: [] };
  return { state: { transform: 'robust_scale', centre: median, scale: high === low ? 1 : high - low }, findings: [] };
};

const winsorize: Learn = async (session, step, stage) => {
  const [low = null, high = null] = await quantilesOf(session, step, stage, [share(step, 'low'), share(step, 'high')]);
  return { state: { transform: 'winsorize', low, high }, findings: [] };
};

const quantileBin: Learn = async (session, step, stage) => {
  const bins = Number(step.settings['bins']);
  const found = await quantilesOf(
    session,
    step,
    stage,
    Array.from({ length: bins + 1 }, (_, i) => i / bins),
  );
  const edges = [...new Set(found.flatMap(edge => edge ?? []))];
  // The outermost edges are the least and the greatest value; the bins at the ends are open.
  return { state: { transform: 'quantile_bin', learned: edges.length > 0, edges: edges.slice(1, -1) }, findings: [] };
};

const frequencyEncode: Learn = async (session, step, stage) => {
  const input = name(inputOf(step));
  const rows = await session.db.rows(
    `SELECT CASE WHEN x IS NOT NULL THEN ${canonical('x', step.inputType)} END, n FROM (SELECT ${input} AS x, count(*) AS n FROM ${stage.table} WHERE "~train" GROUP BY x) ORDER BY x NULLS LAST`,
  );
  const total = rows.reduce((sum, row) => sum + Number(row[1]), 0);
  const levels = rows.flatMap(([level, n]) => (level === null || level === undefined ? [] : [[String(level), Number(n) / total] as const]));
  return { state: { transform: 'frequency_encode', levels: Object.fromEntries(levels) }, findings: [] };
};

/** What its settings say is all that it needs. */
const fromSettings: Learn = async (_session, step) => ({ state: { ...step.settings, transform: step.transform }, findings: [] });

const learners: Readonly<Record<string, Learn>> = {
  impute,
  indicator: fromSettings,
  standardize,
  min_max: minMax,
  robust_scale: robustScale,
  winsorize,
  quantile_bin: quantileBin,
  one_hot: oneHot,
  ordinal,
  frequency_encode: frequencyEncode,
  target_encode: targetEncode,
  hash_encode: fromSettings,
  cyclic: fromSettings,
  columns: fromSettings,
  tfidf,
  kmeans_distance: kmeansDistance,
  pca,
  select,
  rfe,
};

export const learn: Learn = (session, step, stage, inputs) => {
  const learner = learners[step.transform];
  if (!learner) throw new Error(`There is no transform ${step.transform}.`);
  return learner(session, step, stage, inputs);
};
