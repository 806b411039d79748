/**
 * What the checker says about a drawn program, and what the reference interpreter makes of it: observations, partitions, matrices, and for
 * every fit and choice a digest of all that it reads. A learner is a function of what it reads, so equal digests are equal models.
 */
import { createAnalysis, type Plan } from '../../language/index.ts';
import { lower } from '../../language/plan/lower.ts';
import type { FeatureStep, FeaturesNode, FrameNode, PlanExpr, PlanNode, ScanNode, SplitNode } from '../../language/plan/plan.ts';
import { check } from '../reference/checks.ts';
import { features } from '../reference/features.ts';
import { frame } from '../reference/frame.ts';
import { relation } from '../reference/relations.ts';
import { scan } from '../reference/scan.ts';
import { identityText, split } from '../reference/split.ts';
import type { Row, Table, Value } from '../reference/table.ts';
import { mainFile, type SoundProgram, textsOf } from './program.ts';
import { contentOf, type Data, type SourceRow, type SourceSpec } from './schema.ts';

// ---------------------------------------------------------------- the checker

export interface Checked {
  readonly plan: Plan | null;
  /** Names of the leakage rules that say something, each once. */
  readonly leaks: readonly string[];
  /** Of these, the ones that only name an assumption. */
  readonly assumed: readonly string[];
  /** What else is wrong: the generator's fault. */
  readonly broken: readonly string[];
  /** The messages, for reports. */
  readonly told: readonly string[];
}

const nowhere = { file: mainFile, range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } };

const known = new WeakMap<SoundProgram, Checked>();

export function checked(program: SoundProgram): Checked {
  const found = known.get(program) ?? analysed(program);
  known.set(program, found);
  return found;
}

function analysed(program: SoundProgram): Checked {
  const analysis = createAnalysis();
  const texts = textsOf(program);
  for (const { file, text } of texts) analysis.setFile(file, { kind: 'text', text });
  const files = texts.map(({ file }) => file);
  const found = files.flatMap(file => analysis.diagnostics(file));
  const isLeakage = (group: string): boolean => group === 'leakage' || group === 'validity';
  const told = found.filter(d => isLeakage(d.group));
  const broken = found.filter(d => !isLeakage(d.group) && d.severity === 'error').map(d => `${d.rule}: ${d.message}`);
  let plan: Plan | null = null;
  if (broken.length === 0) {
    try {
      plan = lower(analysis.program(), mainFile, [], () => nowhere, files);
    } catch (error) {
      broken.push(`plan: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const names = (verdict: boolean): string[] => [...new Set(told.filter(d => (d.verdict === 'assumed') === verdict).map(d => d.rule))];
  const standing = files.flatMap(file => analysis.verdicts(file));
  const stands = standing.some(({ assumed }) => assumed > 0) ? ['verdicts'] : [];
  return { plan, leaks: names(false), assumed: [...names(true), ...stands], broken, told: told.map(d => `${d.rule}: ${d.message}`) };
}

// ---------------------------------------------------------------- execution

/** Programs are drawn without scores of models as features. */
const predicted = (): never => {
  throw new Error('A score of a model is no feature here.');
};

export type Partitions = ReadonlyMap<string, string>;

/** Of each split node, the partition of each observation. */
export type Pins = ReadonlyMap<string, Partitions>;

export interface Observation {
  readonly id: string;
  readonly identity: string;
  readonly cutoff: number | null;
  readonly row: Row;
}

export interface Executed {
  readonly plan: Plan;
  readonly tables: ReadonlyMap<string, Table>;
  /** Of each frame, all candidates. */
  readonly candidates: ReadonlyMap<string, readonly Observation[]>;
  /** Of each split node, all candidates. */
  readonly assigned: ReadonlyMap<string, Partitions>;
  readonly pins: Pins | null;
}

export const observationId = (row: Row): string => `${identityText(row)}@${String(row['#cutoff'] ?? '')}`;

const observation = (row: Row): Observation => ({
  id: observationId(row),
  identity: identityText(row),
  cutoff: typeof row['#cutoff'] === 'number' ? row['#cutoff'] : null,
  row,
});

const ready = (table: Table): Table => ({ ...table, rows: table.rows.map(row => ({ ...row, '#state': 'ready' })) });

const partitionsIn = (table: Table): Partitions => new Map(table.rows.map(row => [observationId(row), String(row['#partition'])]));

/** The ready rows with the partitions that they had before; new observations belong to none. */
const pinned = (table: Table, partitions: Partitions): Table => ({
  columns: [...table.columns, { name: '#partition', type: 'text' }],
  rows: table.rows
    .filter(row => row['#state'] === 'ready' && partitions.has(observationId(row)))
    .map(row => ({ ...row, '#partition': partitions.get(observationId(row)) ?? 'none' })),
});

/** Rows as a scan reads them, by the rows they were drawn as: a change leaves most of them as they are. */
const readRows = new WeakMap<ScanNode, WeakMap<SourceRow, readonly Row[]>>();

function scanned(node: ScanNode, source: SourceSpec, rows: readonly SourceRow[]): Table {
  const known = readRows.get(node) ?? new WeakMap<SourceRow, readonly Row[]>();
  readRows.set(node, known);
  const fresh = rows.filter(row => !known.has(row));
  const { columns } = scan(node, []).table;
  for (const row of fresh) known.set(row, scan(node, contentOf(source, [row])).table.rows);
  return { columns, rows: rows.flatMap(row => known.get(row) ?? []) };
}

/** What was computed of an execution stays with it: all changes are held against one. */
function remembered<A extends readonly string[], T>(compute: (executed: Executed, ...key: A) => T): (executed: Executed, ...key: A) => T {
  const all = new WeakMap<Executed, Map<string, T>>();
  return (executed, ...key) => {
    const known = all.get(executed) ?? new Map<string, T>();
    all.set(executed, known);
    const name = key.join(' ');
    const there = known.get(name);
    if (there !== undefined) return there;
    const value = compute(executed, ...key);
    known.set(name, value);
    return value;
  };
}

/** Executes all that a plan says about tables. Without pins, observations are divided as the plan says. */
export function execute(
  plan: Plan,
  sources: readonly SourceSpec[],
  data: Data,
  pins: Pins | null = null,
  depth: 'observations' | 'all' = 'all',
): Executed {
  const tables = new Map<string, Table>();
  const candidates = new Map<string, readonly Observation[]>();
  const assigned = new Map<string, Partitions>();
  const tableOf = (id: string): Table => {
    const table = tables.get(id);
    if (!table) throw new Error(`Node ${id} is read before it is computed.`);
    return table;
  };
  for (const node of plan.nodes) {
    switch (node.kind) {
      case 'scan': {
        const source = sources.find(s => s.name === node.name);
        if (!source) throw new Error(`There is no source ${node.name}.`);
        tables.set(node.id, scanned(node, source, data[source.name] ?? []));
        break;
      }
      case 'relation':
        tables.set(node.id, relation(node, tableOf));
        break;
      case 'check':
        tables.set(node.id, check(node, null, tableOf).table);
        break;
      case 'frame': {
        const { table } = frame(node, tableOf);
        tables.set(node.id, table);
        candidates.set(node.id, table.rows.map(observation));
        break;
      }
      case 'split': {
        const base = tableOf(node.frame);
        const pin = pins?.get(node.id);
        if (!pin) assigned.set(node.id, partitionsIn(split(node, ready(base))));
        tables.set(node.id, pin ? pinned(base, pin) : split(node, base));
        break;
      }
      case 'features':
        if (depth === 'all')
          tables.set(
            node.id,
            features(node, nodeOf(plan, node.frame, 'frame'), nodeOf(plan, node.split, 'split'), tableOf(node.split), tableOf, predicted),
          );
        break;
    }
  }
  return { plan, tables, candidates, assigned, pins };
}

export function nodeOf<K extends PlanNode['kind']>(plan: Plan, id: string, kind: K): Extract<PlanNode, { kind: K }> {
  const node = plan.nodes.find(n => n.id === id);
  if (node?.kind !== kind) throw new Error(`The plan has no ${kind} node ${id}.`);
  return node as Extract<PlanNode, { kind: K }>;
}

export const nodesOf = <K extends PlanNode['kind']>(plan: Plan, kind: K): readonly Extract<PlanNode, { kind: K }>[] =>
  plan.nodes.filter((node): node is Extract<PlanNode, { kind: K }> => node.kind === kind);

// ---------------------------------------------------------------- row-level columns

const reads = (expr: PlanExpr, names: ReadonlySet<string>): boolean =>
  expr.op === 'column' ? expr.of === 'set' && names.has(expr.name) : expr.op === 'call' ? expr.args.some(arg => reads(arg, names)) : false;

/** The steps of a feature set that nothing fitted goes into. */
export function rowSteps(node: FeaturesNode): readonly FeatureStep[] {
  const fitted = new Set<string>();
  return node.steps.filter(step => {
    const isFitted = step.kind !== 'row' || reads(step.value, fitted);
    if (isFitted) fitted.add(step.output);
    return !isFitted;
  });
}

/** Whole-number, float and text values as one text each. */
export const cellText = (value: Value | undefined): string =>
  typeof value === 'bigint' ? `${value}n` : typeof value === 'object' ? JSON.stringify(value) : String(value);

const rowText = (row: Row, names: readonly string[]): string => names.map(name => cellText(row[name])).join('\u0001');

export type Cells = ReadonlyMap<string, string>;

/** Texts of rows by observation; of several rows of one observation in one order. */
function byObservation(observations: readonly Row[], text: (i: number) => string): Cells {
  const found = new Map<string, string[]>();
  observations.forEach((row, i) => {
    const id = observationId(row);
    const texts = found.get(id);
    if (texts) texts.push(text(i));
    else found.set(id, [text(i)]);
  });
  return new Map([...found].map(([id, texts]) => [id, texts.length === 1 ? (texts[0] ?? '') : texts.sort().join('\u0002')]));
}

/** Of every candidate, labelled or not, the values before any fit. */
export const rowLevel = remembered((executed: Executed, id: string): Cells => {
  const node = nodeOf(executed.plan, id, 'features');
  const { plan, tables } = executed;
  const frameNode: FrameNode = nodeOf(plan, node.frame, 'frame');
  const splitNode: SplitNode = nodeOf(plan, node.split, 'split');
  const all = tables.get(node.frame);
  if (!all) throw new Error('The observations are not computed.');
  const rows: Table = {
    columns: [...all.columns, { name: '#partition', type: 'text' }],
    rows: all.rows.map(row => ({ ...row, '#partition': 'none' })),
  };
  const steps = rowSteps(node);
  const tableOf = (id: string): Table => tables.get(id) ?? rows;
  const table = features({ ...node, steps, features: [] }, frameNode, splitNode, rows, tableOf, predicted);
  const names = steps.map(step => step.output);
  return byObservation(rows.rows, i => rowText(table.rows[i] ?? {}, names));
});

// ---------------------------------------------------------------- matrices

/** The rows of a feature set as they go into fits: all outputs, label and weight, by observation. `null` partition: all rows, without labels. */
export function matrix(executed: Executed, id: string, partitions: readonly string[] | null, outputs: readonly string[] | null = null): Cells {
  const node = nodeOf(executed.plan, id, 'features');
  const frameNode = nodeOf(executed.plan, node.frame, 'frame');
  const rows = executed.tables.get(node.split)?.rows ?? [];
  const table = executed.tables.get(id);
  const names = outputs ?? table?.columns.map(c => c.name) ?? [];
  const wanted = rows.flatMap((row, i) => (partitions === null || partitions.includes(String(row['#partition'])) ? [i] : []));
  const own = partitions === null ? [] : ['#partition', '#label', ...(frameNode.weight === undefined ? [] : [frameNode.weight])];
  return byObservation(
    wanted.map(i => rows[i] ?? {}),
    at => {
      const i = wanted[at] ?? 0;
      return `${rowText(rows[i] ?? {}, own)}|${rowText(table?.rows[i] ?? {}, names)}`;
    },
  );
}

/** The rows that fits, or fits and choices, may read of a set. */
export const learnedFrom = remembered((executed: Executed, id: string, reach: 'train' | 'validate') =>
  matrix(executed, id, reach === 'train' ? ['train'] : ['train', 'validate']),
);

const textOfCells = (cells: Cells): string =>
  [...cells]
    .map(([id, text]) => `${id}\u0003${text}`)
    .sort()
    .join('\n');

// ---------------------------------------------------------------- fits and choices

/** Which rows something was learned or chosen on. */
export type Reach = 'train' | 'validate' | 'test';

export interface Digest {
  readonly text: string;
  readonly reach: Reach;
}

const order: readonly Reach[] = ['train', 'validate', 'test'];
const wider = (a: Reach, b: Reach): Reach => (order.indexOf(a) >= order.indexOf(b) ? a : b);

/** Of every fit and every choice in the plan, all that it reads. */
export const digests = remembered((executed: Executed): ReadonlyMap<string, Digest> => {
  const { plan } = executed;
  const made = new Map<string, Digest>();
  const rowsOf = (id: string, partitions: readonly string[]): Digest => {
    const { method } = nodeOf(plan, nodeOf(plan, id, 'features').split, 'split');
    const text = textOfCells(matrix(executed, id, partitions));
    if (method.kind === 'fold') return { text, reach: method.pool.includes('validate') ? 'validate' : 'train' };
    if (method.kind === 'merged') return { text, reach: partitions.includes('test') ? 'test' : 'validate' };
    return {
      text,
      reach: partitions.reduce<Reach>((reach, p) => wider(reach, p === 'test' ? 'test' : p === 'validate' ? 'validate' : 'train'), 'train'),
    };
  };
  const fold = (id: string): Digest => rowsOf(id, ['train', 'validate']);
  const of = (id: string): Digest => made.get(id) ?? { text: '', reach: 'train' };
  const together = (...parts: readonly Digest[]): Digest => ({
    text: parts.map(part => part.text).join('\n--\n'),
    reach: parts.reduce<Reach>((reach, part) => wider(reach, part.reach), 'train'),
  });
  /** The rows on which something is chosen; folds are those of the crossfit. */
  const chosenOn = (set: string, on: string): Digest[] => (on === 'folds' ? [] : [rowsOf(set, [on])]);
  const setOf = (id: string): string => {
    const node = plan.nodes.find(n => n.id === id);
    if (node?.kind === 'train' || node?.kind === 'ensemble') return node.features;
    if (node?.kind === 'finish') return setOf(node.model);
    if (node?.kind === 'choose') return setOf(node.candidates[0] ?? '');
    throw new Error(`${id} is no model.`);
  };
  for (const node of plan.nodes) {
    switch (node.kind) {
      case 'train': {
        const { earlyStop, tuned } = node;
        const stops = earlyStop ? [...chosenOn(node.features, earlyStop.on), ...earlyStop.folds.map(fold)] : [];
        made.set(node.id, together(rowsOf(node.features, ['train']), ...(tuned === null ? [] : [of(tuned)]), ...stops));
        break;
      }
      case 'tune':
        made.set(node.id, together(...node.folds.map(id => (node.partition === 'folds' ? fold(id) : rowsOf(id, ['train', node.partition])))));
        break;
      case 'crossfit':
        made.set(node.id, together(of(node.model), ...node.folds.map(fold)));
        break;
      case 'finish': {
        const { threshold } = node;
        const on = threshold && threshold.kind !== 'value' ? chosenOn(setOf(node.model), threshold.on) : [];
        const again = node.refit === null ? [] : [rowsOf(node.refit, ['train'])];
        made.set(node.id, together(of(node.model), ...(node.crossfit === null ? [] : [of(node.crossfit)]), ...on, ...again));
        break;
      }
      case 'ensemble':
        made.set(
          node.id,
          together(
            rowsOf(node.features, ['train']),
            ...node.members.flatMap(({ model, crossfit }) => [of(model), ...(crossfit === null ? [] : [of(crossfit)])]),
          ),
        );
        break;
      case 'choose':
        made.set(
          node.id,
          together(
            ...node.candidates.map(of),
            ...node.candidates.flatMap(id => chosenOn(setOf(id), node.partition)),
            ...node.crossfits.map(({ crossfit }) => of(crossfit)),
            ...node.refit.map(({ features: id }) => rowsOf(id, ['train'])),
          ),
        );
        break;
    }
  }
  return made;
});
