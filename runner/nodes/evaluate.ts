/** Judges a model on a partition: the reading is entered, then figures, differences, segments, drift, claims, and the predictions themselves. */

import { join } from 'node:path';
import type { EvaluateNode, PlanPlace } from '../../language/plan/plan.ts';
import { plural } from '../engine/finding.ts';
import type { ReadPart } from '../engine/relational.ts';
import { classMetricName, predictedClasses } from '../judge/classes.ts';
import { confusionOf } from '../judge/confusion.ts';
import type { Figure } from '../judge/judge.ts';
import { placesWhere } from '../learn/rows.ts';
import { recordPlace } from '../places.ts';
import type { ClaimRecord, ConfusionRecord, FindingRecord, MetricRecord, RecordPlace } from '../record.ts';
import { featuresOf, type Workbench } from '../workbench.ts';
import { claimRecord, type Measured, metricsIn } from './claims.ts';
import { driftOf } from './drift.ts';
import { type Figures, figuresOf, type JudgedRows, judgedRows, scoresOf } from './judged.ts';
import { emptyOutput, type Step } from './output.ts';
import { enterReading } from './readings.ts';
import { gather } from './rows.ts';
import { thresholdOf } from './scores.ts';
import { bySegment } from './segmentOrder.ts';

/** The file of an evaluation, among the files of its step. */
export const predictionsName = 'predictions';

export async function evaluateStep(bench: Workbench, node: EvaluateNode): Promise<Step> {
  // It opens while rows are scored.
  bench.engine().catch(() => undefined);
  const judged = await judgedRows(bench, node);
  const rowsRead = await enterReading(bench, node, judged);
  // Every figure reads the scores; what the features alone tell is worked out beside.
  const scoring = scoresOf(bench, node.model, judged);
  scoring.catch(() => undefined);
  const measure = await driftOf(bench, node, judged);
  await scoring;
  const drifting = measure();
  drifting.catch(() => undefined);
  const figures = figuresOf(bench, judged, bench.plan.seed);
  // The engine writes them while the figures of all rows are worked out.
  const { handed, writing } = writePredictions(bench, node, judged);
  await handed;
  const whole = await wholeMetrics(bench, node, judged, figures).finally(() => writing.catch(() => undefined));
  const predictions = await writing;
  const bySegments = await segmentsOf(bench, node, judged, figures);
  const metrics = [...whole, ...bySegments.metrics];
  const confusions = [...(node.confusion ? [await confusionRecord(bench, node, judged, node.confusion, null)] : []), ...bySegments.confusions];
  const gaps = await gapsOf(bench, node);
  const drift = await drifting;
  const claims: ClaimRecord[] = [];
  for (const claim of node.claims) {
    claims.push(
      await claimRecord(node.name, claim, {
        figure: async (model, metric, against) => only(await figures.of(model, [metric], against)),
        drift: drift.largest,
        elsewhere: (evaluation, metric) => figureOf(bench, evaluation, metric),
      }),
    );
  }
  claims.push(...bySegments.claims);
  return {
    output: {
      ...emptyOutput,
      rows: judged.rows.length,
      summary: summaryOf(metrics, claims, judged.rows.length),
      findings: [...gaps, ...findingsOf(node, judged)],
      metrics,
      confusions,
      claims,
      drift: drift.records,
      ...(rowsRead !== null && { rowsRead }),
    },
    files: new Map([[predictionsName, predictions]]),
  };
}

/** What is read of observations beside their features. */
const partsOf = ({ name, place, where, segments }: EvaluateNode): ReadPart[] => [
  ...(where ? [{ what: `The condition of \`${name}\``, place, expr: where }] : []),
  ...segments.map(s => ({ what: `\`${s.text}\` of \`${name}\``, place: s.place, expr: s.by })),
];

async function gapsOf(bench: Workbench, node: EvaluateNode): Promise<readonly FindingRecord[]> {
  const parts = partsOf(node);
  return parts.length === 0 ? [] : (await bench.tables(node.features)).gaps(node.features, parts);
}

/** The metrics that are asked for, then those that claims alone read; each with its difference to the baseline. */
async function wholeMetrics(bench: Workbench, node: EvaluateNode, judged: JudgedRows, figures: Figures): Promise<MetricRecord[]> {
  const asked = new Map<string, RecordPlace>(node.metrics.map(m => [m.metric, recordPlace(m.place)]));
  for (const { metric, claim } of metricsIn(node.claims, node.model)) if (!asked.has(metric)) asked.set(metric, recordPlace(claim.place));
  const found = await figures.of(node.model, [...asked.keys()], node.baseline);
  const byFold = judged.fold === null ? null : await foldFigures(node, judged.fold, [...asked.keys()], figures);
  return [...asked].map(([metric, place], i) => ({
    ...metricRecord(bench, node, metric, null, place, found[i]),
    ...(byFold?.[i] && { folds: byFold[i] }),
  }));
}

/** Mean and deviation over folds of each metric; none where a fold has no figure. */
async function foldFigures(
  node: EvaluateNode,
  fold: Int32Array,
  metrics: readonly string[],
  figures: Figures,
): Promise<(MetricRecord['folds'] | undefined)[]> {
  const folds = [...new Set(fold)].sort((a, b) => a - b);
  const found: (readonly Figure[])[] = [];
  for (const one of folds) {
    const within = placesWhere(fold.length, i => fold[i] === one);
    found.push(await figures.of(node.model, metrics, null, within));
  }
  return metrics.map((_, i) => {
    const values = found.flatMap(figure => figure[i]?.value ?? []);
    if (values.length < folds.length || values.length < 2) return undefined;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { count: values.length, mean, deviation: Math.sqrt(squares / (values.length - 1)) };
  });
}

interface OfSegments {
  readonly metrics: MetricRecord[];
  readonly confusions: ConfusionRecord[];
  readonly claims: ClaimRecord[];
}

async function segmentsOf(bench: Workbench, node: EvaluateNode, judged: JudgedRows, figures: Figures): Promise<OfSegments> {
  const all: OfSegments = { metrics: [], confusions: [], claims: [] };
  for (const segment of node.segments) {
    const { names, codes } = await (await bench.tables(node.features)).segments(node.features, segment.by);
    const within = new Map<number, number[]>();
    judged.rows.forEach((row, i) => {
      const code = codes[row] ?? 0;
      const list = within.get(code);
      if (list) list.push(i);
      else within.set(code, [i]);
    });
    const ordered = [...within.keys()].sort((a, b) => bySegment(names[a] ?? null, names[b] ?? null));
    const parts = ordered.map(code => ({ name: `${segment.text} = ${names[code] ?? 'null'}`, rows: Int32Array.from(within.get(code) ?? []) }));
    for (const { name, rows } of parts) {
      const found = await figures.of(node.model, segment.metrics, null, rows);
      segment.metrics.forEach((metric, i) => {
        all.metrics.push(metricRecord(bench, node, metric, name, recordPlace(segment.place), found[i]));
      });
      if (segment.confusion) all.confusions.push(await confusionRecord(bench, node, judged, segment.confusion, { name, rows }));
    }
    for (const claim of segment.claims ?? []) {
      // A claim about segments of which there are none is not met.
      for (const { name, rows } of parts.length > 0 ? parts : [{ name: segment.text, rows: new Int32Array() }]) {
        const figure = async (model: string, metric: string, against: string | null) => only(await figures.of(model, [metric], against, rows));
        all.claims.push(await claimRecord(node.name, claim, { figure, drift: async () => null, elsewhere: () => nothing }, name));
      }
    }
  }
  return all;
}

const nothing = { value: null, low: null, high: null };

/** The figure of another evaluation, which has been judged before. */
function figureOf(bench: Workbench, evaluation: string, metric: string): Measured {
  const node = bench.node(evaluation);
  const name = node.kind === 'evaluate' && node.label.classes ? classMetricName(metric) : metric;
  return bench.output(evaluation).metrics.find(m => m.metric === name && m.segment === null) ?? nothing;
}

/** What stands for labels and predictions in a table of them. */
function classNames({ kind, positive, classes }: EvaluateNode['label']): readonly string[] {
  if (classes) return classes;
  return kind === 'binary' && positive !== null ? [`not ${positive}`, positive] : ['false', 'true'];
}

async function confusionRecord(
  bench: Workbench,
  node: EvaluateNode,
  judged: JudgedRows,
  place: PlanPlace,
  segment: { readonly name: string; readonly rows: Int32Array } | null,
): Promise<ConfusionRecord> {
  const threshold = thresholdOf(bench, node.model);
  const predicted = predictedOf(node.label, await scoresOf(bench, node.model, judged), threshold);
  const { label, weight } = judged.matrix;
  const pick = (values: Float64Array): Float64Array => (segment ? gather(values, segment.rows) : values);
  const classes = classNames(node.label);
  return {
    ...recordPlace(place),
    evaluation: node.name,
    model: bench.node(node.model).name,
    partition: node.partition,
    segment: segment?.name ?? null,
    threshold: node.label.classes ? null : threshold,
    classes,
    counts: confusionOf(pick(gather(label, judged.rows)), pick(predicted), weight && pick(gather(weight, judged.rows)), classes.length),
    n: segment?.rows.length ?? judged.rows.length,
  };
}

function metricRecord(
  bench: Workbench,
  node: EvaluateNode,
  metric: string,
  segment: string | null,
  place: RecordPlace,
  found: Figure | undefined,
): MetricRecord {
  const figure = only(found === undefined ? [] : [found]);
  const baseline = node.baseline === null || figure.baseline === null ? null : { model: bench.node(node.baseline).name, ...figure.baseline };
  return {
    ...place,
    evaluation: node.name,
    model: bench.node(node.model).name,
    partition: node.partition,
    metric: node.label.classes ? classMetricName(metric) : metric,
    segment,
    value: figure.value,
    low: figure.low,
    high: figure.high,
    method: figure.method,
    n: figure.n,
    baseline,
  };
}

function only(figures: readonly Figure[]): Figure {
  const [figure] = figures;
  if (!figure) throw new Error('A metric was judged and has no figure');
  return figure;
}

/** Of a part of a partition; the partition itself is the split's to speak of. */
function findingsOf(node: EvaluateNode, { rows, matrix }: JudgedRows): FindingRecord[] {
  if (node.where === null) return [];
  const finding = (rule: string, message: string): FindingRecord[] => [
    {
      ...recordPlace(node.place),
      severity: 'warning',
      rule,
      message,
      help: `Widen the condition after \`where\`, or the partition.`,
      count: rows.length,
    },
  ];
  if (rows.length === 0) return finding('empty-partition', `\`${node.name}\` has no rows with a label to judge on`);
  const labels = gather(matrix.label, rows);
  if ((node.label.kind === 'binary' || node.label.kind === 'classes') && labels.every(label => label === labels[0])) {
    return finding(
      'one-class',
      `${rows.length === 1 ? 'The only row' : `All ${plural(rows.length, 'row')}`} of \`${node.name}\` ${rows.length === 1 ? 'has one' : 'have the same'} label, so auc and recall say nothing`,
    );
  }
  return [];
}

function summaryOf(metrics: readonly MetricRecord[], claims: readonly ClaimRecord[], rows: number): string {
  const first = metrics.find(m => m.value !== null);
  const figure = first?.value === undefined || first.value === null ? [] : [`${first.metric} ${first.value.toFixed(3)}`];
  const held = claims.filter(c => c.passed).length;
  const claimed = claims.length === 0 ? [] : [`${held} of ${plural(claims.length, 'claim')} ${held === 1 || claims.length === 1 ? 'holds' : 'hold'}`];
  return [plural(rows, 'row'), ...figure, ...claimed].join(' · ');
}

/** The class of each row, by its index; the value itself of a number. */
function predictedOf({ kind, classes }: EvaluateNode['label'], score: Float64Array, threshold: number): Float64Array {
  if (classes) return Float64Array.from(predictedClasses(score, classes.length));
  return kind === 'binary' ? score.map(s => (s >= threshold ? 1 : 0)) : score;
}

interface Writing {
  /** When the engine has the rows, or there is nothing more to wait for. */
  readonly handed: Promise<void>;
  /** The file, when it is written. */
  readonly writing: Promise<string>;
}

function writePredictions(bench: Workbench, node: EvaluateNode, judged: JudgedRows): Writing {
  let handedOver: () => void = () => undefined;
  const handed = new Promise<void>(resolve => {
    handedOver = resolve;
  });
  const writing = written(bench, node, judged, handedOver).finally(handedOver);
  // Told where it is awaited.
  writing.catch(() => undefined);
  return { handed, writing };
}

async function written(bench: Workbench, node: EvaluateNode, judged: JudgedRows, handedOver: () => void): Promise<string> {
  const score = await scoresOf(bench, node.model, judged);
  const frame = bench.node(featuresOf(bench, node.features).frame);
  const path = join(bench.scratch, `predictions-${bench.keys(node.id).key.slice(0, 16)}.parquet`);
  await (await bench.engine()).writePredictions(path, {
    matrix: judged.matrix,
    rows: judged.rows,
    key: frame.kind === 'frame' ? (frame.key ?? 'identity') : 'identity',
    score,
    predicted: predictedOf(node.label, score, thresholdOf(bench, node.model)),
    label: node.label,
    isLabelled: true,
    handedOver,
  });
  return path;
}
