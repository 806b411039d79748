/**
 * What the ledger says of a run's test partitions: how often they were read, whether a figure is the best of several that are not shown
 * beside it, and whether somebody changed the ledger. Rules 4 and 50 of the catalogue, and the count behind every test score.
 */
import { metrics as catalogue } from '../../language/catalogue/metrics.ts';
import type { EvaluateNode } from '../../language/plan/plan.ts';
import { luckOf, widening } from '../judge/luck.ts';
import { recordPlace } from '../places.ts';
import type { FindingRecord, MetricRecord, RunRecord } from '../record.ts';
import { countReadings, entriesOf, type LedgerFigure, type LedgerState, type PartitionId } from '../store/ledger.ts';
import type { Workbench } from '../workbench.ts';
import type { StepOutput } from './output.ts';
import { artifactOf, enter, partitionOf } from './readings.ts';

/** From the fourth on, the best of so many figures is expected to lie more than one standard error above its truth. */
const manyRuns = 4;
/** The best of three. */
const manyFigures = 3;

interface Judged {
  readonly node: EvaluateNode;
  readonly of: PartitionId;
  readonly artifact: string;
  readonly rows: string | null;
  /** The first metric that has a value: what the evaluation is about. */
  readonly metric: MetricRecord | null;
}

export interface LedgerFacts {
  readonly ledger: RunRecord['ledger'];
  /** What is found, each at its evaluation. */
  readonly told: readonly Told[];
}

interface Told {
  readonly node: EvaluateNode;
  readonly finding: FindingRecord;
}

/** Enters what the evaluations of this run gave, and says what the ledger makes of it. */
export async function ledgerFacts(bench: Workbench, outputs: ReadonlyMap<string, StepOutput>): Promise<LedgerFacts> {
  const judged = bench.plan.nodes.flatMap(node =>
    node.kind === 'evaluate' && node.partition === 'test' ? [judgedOf(bench, node, outputs.get(node.id))] : [],
  );
  for (const { node, rows, artifact } of judged) {
    if (rows === null) continue;
    await enter(bench, node, rows);
    await bench.store.ledger.addFigures({ rows, artifact }, figuresOf(outputs.get(node.id)));
  }
  const [first] = judged;
  if (!first) return { ledger: [], told: [] };
  const state = await bench.store.ledger.read();
  const partitions = [...new Map(judged.map(one => [JSON.stringify(one.of), one.of])).values()];
  const ledger = partitions.map(of => ({
    partition: partitions.length === 1 ? of.partition : `${of.split}.${of.partition}`,
    task: of.task,
    evaluations: judged.filter(one => one.of.task === of.task && one.of.split === of.split && one.of.file === of.file).map(one => one.node.name),
    ...countReadings(state.entries, of),
  }));
  const shown = (artifact: string): ReadonlySet<string> =>
    new Set(judged.flatMap(one => (one.artifact === artifact ? Object.keys(figuresOf(outputs.get(one.node.id))) : [])));
  const best = judged.flatMap(one => {
    const ofModels = bestOfMany(one, judged, state);
    return ofModels.length > 0 ? ofModels : oneOfManyMetrics(one, shown(one.artifact), state);
  });
  const isBest = (of: PartitionId): boolean => best.some(({ node }) => JSON.stringify(partitionOf(bench.plan, node)) === JSON.stringify(of));
  const again = partitions.filter(of => !isBest(of)).flatMap(of => readAgain(of, judged, state));
  return { ledger, told: [...best, ...again, ...changed(first.node, state)] };
}

function judgedOf(bench: Workbench, node: EvaluateNode, output: StepOutput | undefined): Judged {
  const metric = output?.metrics.find(m => m.segment === null && m.value !== null) ?? null;
  return { node, of: partitionOf(bench.plan, node), artifact: artifactOf(bench, node), rows: output?.rowsRead ?? null, metric };
}

function figuresOf(output: StepOutput | undefined): Readonly<Record<string, LedgerFigure>> {
  const whole = (output?.metrics ?? []).filter(m => m.segment === null);
  return Object.fromEntries(whole.flatMap(({ metric, value, low, high }) => (value === null ? [] : [[metric, { value, low, high }]])));
}

/** Figures of other artifacts on the same rows that this run does not show: the best among them all was chosen by luck too. */
function bestOfMany(one: Judged, all: readonly Judged[], state: LedgerState): Told[] {
  const { metric, rows, node } = one;
  if (metric === null || metric.value === null || rows === null) return [];
  const shown = new Set(all.map(({ artifact }) => artifact));
  const found = entriesOf(state.entries, one.of).flatMap((entry): (readonly [string, number])[] => {
    const figure = entry.rows === rows && !shown.has(entry.artifact) ? state.figures.get(entry)?.[metric.metric] : undefined;
    return figure ? [[entry.artifact, figure.value]] : [];
  });
  const others = [...new Map(found).values()];
  const value = metric.value;
  const isBest = others.every(other => (isHigherBetter(metric.metric) ? value >= other : value <= other));
  const count = others.length + 1;
  if (count < manyFigures || !isBest) return [];
  const finding: FindingRecord = {
    ...recordPlace(node.place),
    severity: 'warning',
    rule: 'best-of-many',
    message: `\`${metric.metric}\` of \`${node.name}\` is the best of ${count} figures on the same test rows${corrected(metric, count)}.`,
    help: 'Report the corrected interval, or judge once on test rows that no choice has seen.',
    count,
  };
  return [{ node, finding }];
}

/** Metrics that were read of this very model and are not shown any more: what is shown may be the one that it does best by. */
function oneOfManyMetrics({ metric, rows, node, artifact, of }: Judged, shown: ReadonlySet<string>, state: LedgerState): Told[] {
  const own = entriesOf(state.entries, of).filter(entry => entry.rows === rows && entry.artifact === artifact);
  const read = new Set(own.flatMap(entry => Object.keys(state.figures.get(entry) ?? {})));
  const hidden = [...read].filter(name => !shown.has(name));
  if (metric === null || hidden.length + 1 < manyFigures) return [];
  const count = hidden.length + shown.size;
  const names = hidden.sort().map(name => `\`${name}\``);
  const finding: FindingRecord = {
    ...recordPlace(node.place),
    severity: 'warning',
    rule: 'best-of-many',
    message: `${count} metrics of this model were read on the test rows of \`${node.name}\`, and ${names.join(', ')} of them are not shown any more.`,
    help: 'Show all that were read: which metric counts is chosen before test is read.',
    count,
  };
  return [{ node, finding }];
}

/** `; for the best of 5 its 95% interval is 0.81 to 0.89, and 0.012 of it is luck`. */
function corrected({ value, low, high }: MetricRecord, count: number): string {
  if (value === null || low === null || high === null) return '';
  const wider = widening(count);
  const luck = (luckOf(count) * (high - low)) / (2 * 1.959964);
  const [from, to] = [value - (value - low) * wider, value + (high - value) * wider];
  return `: corrected for that its 95% interval is ${from.toPrecision(3)} to ${to.toPrecision(3)}, and up to ${luck.toPrecision(2)} of it is luck`;
}

function readAgain(of: PartitionId, all: readonly Judged[], state: LedgerState): Told[] {
  const { runs, models } = countReadings(state.entries, of);
  const own = all.find(one => JSON.stringify(one.of) === JSON.stringify(of));
  if (runs < 2 || !own) return [];
  const many = runs >= manyRuns;
  const luck = `the best of them is expected to lie up to ${luckOf(runs).toFixed(1)} standard errors above its truth by luck alone`;
  const finding: FindingRecord = {
    ...recordPlace(own.node.place),
    severity: many ? 'warning' : 'info',
    rule: 'test-reread',
    message: `The test rows of \`${of.task}\` have been read in ${runs} runs, by ${models} models: ${luck}.`,
    help: 'Choose on `validate` or on folds, and read test once at the end; after many readings only new test rows tell more.',
    count: runs,
  };
  return [{ node: own.node, finding }];
}

function changed(node: EvaluateNode, { damaged, missing }: LedgerState): Told[] {
  const finding = (message: string): Told => ({
    node,
    finding: {
      ...recordPlace(node.place),
      severity: 'warning',
      rule: 'ledger-changed',
      message,
      help: 'Take it back from version control: `git checkout -- .cupel/ledger`.',
      count: 1,
    },
  });
  return [
    ...damaged.map(name => finding(`The ledger entry ${name} was changed after it was written and is not counted`)),
    ...missing.map(hash => finding(`The ledger entry ${hash}.json is gone, although others follow it`)),
  ];
}

const isHigherBetter = (metric: string): boolean => catalogue.find(({ name }) => name === /^\w+/.exec(metric)?.[0])?.better !== 'lower';
