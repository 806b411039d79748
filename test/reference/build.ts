/** Builders of small plans: nodes with everything that a test does not care about filled in, and plans with their fingerprints. */
import { fingerprinted, type PlanDraft, planFingerprint } from '../../language/plan/fingerprint.ts';
import {
  type CheckNode,
  type FeaturesNode,
  type FrameNode,
  type Plan,
  type PlanCheckClaim,
  type PlanColumn,
  type PlanExpr,
  type PlanFeature,
  type PlanLabel,
  type PlanPlace,
  type PlanType,
  type PlanWindow,
  planVersion,
  type RelationNode,
  type ScanColumn,
  type ScanNode,
  type SplitNode,
} from '../../language/plan/plan.ts';
import { type DurationValue, microsPerDay } from '../../language/text/duration.ts';

export const place: PlanPlace = { file: 'plan.cupel', range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } };

export const days = (n: number): DurationValue => ({ months: 0, micros: n * microsPerDay });
export const months = (n: number): DurationValue => ({ months: n, micros: 0 });
export const hours = (n: number): DurationValue => ({ months: 0, micros: (n * microsPerDay) / 24 });
export const instant = (iso: string): number => Date.parse(iso) * 1000;

// ---------------------------------------------------------------- expressions

type Literal = Extract<PlanExpr, { op: 'literal' }>['value'];

export const literal = (value: Literal, type: PlanType): PlanExpr => ({ op: 'literal', type, value });
export const column = (name: string, type: PlanType, of: string | null = null): PlanExpr => ({ op: 'column', type, name, of });
export const call = (fn: string, type: PlanType, ...args: PlanExpr[]): PlanExpr => ({ op: 'call', type, fn, args });
export const window = (id: string, type: PlanType): PlanExpr => ({ op: 'window', type, id });
export const cutoff: PlanExpr = { op: 'cutoff', type: 'timestamp' };
export const int = (value: number): PlanExpr => literal(value, 'int');
export const float = (value: number): PlanExpr => literal(value, 'float');
export const text = (value: string): PlanExpr => literal(value, 'text');
export const lasting = (value: DurationValue): PlanExpr => literal(value, 'duration');
export const known = (name: string): PlanExpr => column(name, 'timestamp');

/** The cell where it is known before the cutoff (`le`: by it), else null. */
export const masked = (value: PlanExpr, when: PlanExpr, by: 'lt' | 'le' = 'lt', until: PlanExpr = cutoff): PlanExpr =>
  call('if', value.type, call(by, 'bool', when, until), value, literal(null, value.type));

export const overAll = (aggregate: string, type: PlanType, value: PlanExpr | null, where: PlanExpr | null = null): PlanExpr => ({
  op: 'aggregate',
  type,
  aggregate,
  value,
  where,
  parameters: {},
  scale: 40,
});

// ---------------------------------------------------------------- nodes

type Draft<K extends PlanDraft['kind']> = Extract<PlanDraft, { kind: K }>;
type Needed<N, K extends keyof N> = Pick<N, K> & Partial<N>;

export const scanColumn = (name: string, type: PlanType, extra: Partial<ScanColumn> = {}): ScanColumn => ({
  name,
  type,
  nullable: true,
  min: null,
  max: null,
  levels: null,
  pattern: null,
  unique: false,
  pii: false,
  place,
  ...extra,
});

export const scanNode = ({ name, columns, ...extra }: Needed<ScanNode, 'name' | 'columns'>): Draft<'scan'> => ({
  id: `scan ${name}`,
  name,
  kind: 'scan',
  place,
  inputs: [],
  connector: 'csv',
  path: `${name}.csv`,
  options: {
    delimiter: ',',
    header: true,
    nulls: [''],
    decimal: '.',
    dateFormat: null,
    timestampFormat: null,
    encoding: 'utf-8',
    compression: 'auto',
    zone: 'UTC',
  },
  columns,
  hidden: [],
  key: null,
  identity: columns.map(c => c.name),
  until: null,
  ...extra,
});

export const relationNode = ({
  name,
  base,
  steps,
  columns,
  ...extra
}: Needed<RelationNode, 'name' | 'base' | 'steps' | 'columns'>): Draft<'relation'> => ({
  id: `relation ${name}`,
  name,
  kind: 'relation',
  place,
  inputs: [...new Set([base, ...steps.flatMap(step => ('right' in step ? [step.right] : []))])],
  base,
  steps,
  columns,
  key: null,
  identity: columns.map(c => c.name),
  ...extra,
});

export const claim = (claimed: PlanCheckClaim['claim'], severity: PlanCheckClaim['severity'] = 'error'): PlanCheckClaim => ({
  text: claimed.kind,
  place,
  severity,
  claim: claimed,
});

export const checkNode = ({ name, table, claims, ...extra }: Needed<CheckNode, 'name' | 'table' | 'claims'>): Draft<'check'> => ({
  id: `check ${name}`,
  name,
  kind: 'check',
  place,
  inputs: [...new Set([table, ...claims.flatMap(c => (c.claim.kind === 'refers' ? [c.claim.table] : []))])],
  table,
  claims,
  key: null,
  pii: [],
  ...extra,
});

export const windowOf = ({ relation, link, aggregates, ...extra }: Needed<PlanWindow, 'relation' | 'link' | 'aggregates'>): PlanWindow => ({
  relation,
  link,
  event: '#event',
  known: '#known',
  from: null,
  to: days(0),
  knownWithin: days(0),
  aggregates,
  tie: [],
  ...extra,
});

export const label = ({ value, ...extra }: Needed<PlanLabel, 'value'>): PlanLabel => ({
  name: 'label',
  kind: value.type === 'bool' ? 'binary' : 'number',
  positive: null,
  windows: [],
  paths: [],
  value,
  horizon: days(0),
  delay: days(0),
  place,
  ...extra,
});

export const frameNode = ({ name, relation, ...extra }: Needed<FrameNode, 'name' | 'relation'>): Draft<'frame'> => ({
  id: `frame ${name}`,
  name,
  kind: 'frame',
  place,
  inputs: [
    ...new Set([
      relation,
      ...(extra.paths ?? []).map(p => p.relation),
      ...(extra.label?.windows ?? []).map(w => w.relation),
      ...(extra.label?.paths ?? []).map(p => p.relation),
      ...(extra.ripeFrom ?? []).map(r => r.relation),
    ]),
  ],
  relation,
  where: null,
  paths: [],
  cutoffs: { kind: 'none' },
  known: null,
  key: null,
  identity: [],
  label: null,
  until: null,
  ripeFrom: [],
  ...extra,
});

export const splitNode = ({ name, frame, method, ...extra }: Needed<SplitNode, 'name' | 'frame' | 'method'>): Draft<'split'> => ({
  id: `split ${name}`,
  name,
  kind: 'split',
  place,
  inputs: [frame],
  frame,
  method,
  ...extra,
});

export const feature = (name: string, kind: 'number' | 'category', raw: PlanFeature['raw'] = { column: name, kind }): PlanFeature => ({
  name,
  column: name,
  raw,
  kind,
  place,
});

export const rowStep = (output: string, value: PlanExpr): FeaturesNode['steps'][number] => ({ kind: 'row', output, type: value.type, value });

export const fittedStep = (
  output: string,
  transform: string,
  input: string,
  inputType: PlanType,
  settings: Extract<FeaturesNode['steps'][number], { kind: 'fitted' }>['settings'] = {},
): FeaturesNode['steps'][number] => ({ kind: 'fitted', output, transform, inputs: [input], inputType, settings, scale: 40, place });

export const featuresNode = ({
  name,
  split,
  frame,
  steps,
  features,
  ...extra
}: Needed<FeaturesNode, 'name' | 'split' | 'frame' | 'steps' | 'features'>): Draft<'features'> => ({
  id: `features ${name}`,
  name,
  kind: 'features',
  place,
  inputs: [...new Set([split, frame, ...(extra.windows ?? []).map(w => w.relation), ...(extra.paths ?? []).map(p => p.relation)])],
  split,
  frame,
  windows: [],
  paths: [],
  steps,
  features,
  ...extra,
});

/** Nodes in the order in which they are given: each after its inputs. */
export function planOf(...drafts: readonly PlanDraft[]): Plan {
  const nodes = fingerprinted(drafts);
  const plan = { version: planVersion, program: ['plan.cupel'], seed: 0, nodes } as const;
  return { ...plan, fingerprint: planFingerprint(plan) };
}

export const columns = (types: Readonly<Record<string, PlanType>>): PlanColumn[] => Object.entries(types).map(([name, type]) => ({ name, type }));
