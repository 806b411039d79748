/**
 * Fingerprints: what a node computes, apart from what it is called and where it is written. Equal fingerprints mean equal results on
 * equal data, so a stored result may be used again.
 */
import type { Plan, PlanNode, PlanPlace } from './plan.ts';
import { sha256 } from './sha256.ts';

/** Raised when the same definition would now give another result. */
const implementation: { readonly [K in PlanNode['kind']]: number } = {
  scan: 1,
  relation: 1,
  check: 1,
  frame: 1,
  split: 1,
  features: 1,
  tune: 1,
  train: 1,
  crossfit: 1,
  finish: 1,
  ensemble: 1,
  choose: 1,
  evaluate: 1,
};

type DraftOf<N> = N extends PlanNode ? Omit<N, 'fingerprint'> : never;
/** A node before its fingerprint. */
export type PlanDraft = DraftOf<PlanNode>;

type Json = number | string | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** JSON with sorted keys and no space: equal data, equal text. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

const ofNodeOnly: ReadonlySet<string> = new Set(['id', 'name', 'inputs', 'fingerprint', 'part']);
const words: ReadonlySet<string> = new Set(['place', 'pathPlace', 'text']);
const references: ReadonlySet<string> = new Set([
  'relation',
  'base',
  'right',
  'table',
  'frame',
  'split',
  'features',
  'model',
  'candidates',
  'baseline',
  'others',
  'folds',
  'tuned',
  'crossfit',
  'refit',
  'evaluation',
  'rowsOf',
]);

/** Whatever its name: where something stands is not part of what it is. */
export const isPlace = (value: unknown): value is PlanPlace =>
  typeof value === 'object' && value !== null && 'file' in value && 'range' in value && Object.keys(value).length === 2;

function normalised(value: unknown, key: string, fingerprints: ReadonlyMap<string, string>): Json {
  if (typeof value === 'string') return (references.has(key) ? fingerprints.get(value) : undefined) ?? value;
  if (Array.isArray(value)) return value.map(item => normalised(item, key, fingerprints));
  if (isPlace(value)) return true;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([name]) => !words.has(name) && !(key === 'label' && name === 'name'));
    return Object.fromEntries(entries.map(([name, item]) => [name, normalised(item, name, fingerprints)]));
  }
  return value as number | boolean | null;
}

/** Equal for what means the same, wherever it is written. */
export const definitionOf = (value: unknown): string => canonicalJson(normalised(value, '', new Map()));

/** `fingerprints` holds those of the node's inputs, by id. Names of columns count: stored tables are read by them. */
function fingerprintOf(node: PlanDraft, fingerprints: ReadonlyMap<string, string>): string {
  const definition = Object.fromEntries(Object.entries(node).filter(([name]) => !ofNodeOnly.has(name)));
  const inputs = node.inputs.map(id => fingerprints.get(id) ?? id);
  return sha256(canonicalJson([node.kind, implementation[node.kind], inputs, normalised(definition, '', fingerprints)]));
}

/** Drafts in an order in which each comes after its inputs. */
export function fingerprinted(drafts: readonly PlanDraft[]): PlanNode[] {
  const fingerprints = new Map<string, string>();
  return drafts.map(draft => {
    const fingerprint = fingerprintOf(draft, fingerprints);
    fingerprints.set(draft.id, fingerprint);
    return { ...draft, fingerprint };
  });
}

/** Of what the plan computes: nodes that are only renamed leave it as it is. */
export const planFingerprint = (plan: Pick<Plan, 'version' | 'seed' | 'nodes'>): string =>
  sha256(canonicalJson([plan.version, plan.seed, plan.nodes.map(node => node.fingerprint)]));
