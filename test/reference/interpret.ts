/**
 * The reference interpreter: executes the relational nodes of a plan row by row, with nothing but arrays. It is the oracle of every
 * faster path, so it is written to be read, not to be fast. Learning and judging have references of their own.
 */
import type { FrameNode, Plan, PlanNode, PlanPlace, ScanNode, SplitNode } from '../../language/plan/plan.ts';
import { type ClaimResult, check } from './checks.ts';
import { features, type PredictedStep } from './features.ts';
import { type FrameResult, frame } from './frame.ts';
import { predicted } from './predictions.ts';
import { relation } from './relations.ts';
import { type FileContent, type ScanResult, scan } from './scan.ts';
import { split } from './split.ts';
import type { Table } from './table.ts';
import { noting } from './values.ts';

export type NodeOutcome =
  | ({ readonly kind: 'scan' } & ScanResult)
  | { readonly kind: 'relation'; readonly table: Table }
  | { readonly kind: 'check'; readonly table: Table; readonly claims: readonly ClaimResult[] }
  /** All candidates; see `FrameNode`. */
  | ({ readonly kind: 'frame' } & FrameResult)
  /** The ready rows with `#partition`. */
  | { readonly kind: 'split'; readonly table: Table }
  /** The columns of the set, row by row as in the split's table. */
  | { readonly kind: 'features'; readonly table: Table };

const ofKind = <K extends PlanNode['kind']>(plan: Plan, id: string, kind: K): Extract<PlanNode, { kind: K }> => {
  const node = plan.nodes.find(n => n.id === id);
  if (node?.kind !== kind) throw new Error(`The plan has no ${kind} node ${id}.`);
  return node as Extract<PlanNode, { kind: K }>;
};

/** The declared end of the source that a table without further steps is read from. */
function declaredEnd(plan: Plan, id: string): number | null {
  const node = plan.nodes.find(n => n.id === id);
  if (node?.kind === 'scan') return node.until;
  if (node?.kind === 'check') return declaredEnd(plan, node.table);
  return node?.kind === 'relation' ? declaredEnd(plan, node.base) : null;
}

/** On how many rows or observations the calculation at a place has no value, by node. */
export type Gaps = Map<string, Map<string, Set<object>>>;

export const placeKey = (place: PlanPlace | undefined): string => (place ? `${place.range.start.line}:${place.range.start.character}` : 'nowhere');

/** `gaps` is filled on the way. */
export function interpret(plan: Plan, read: (path: string, node: ScanNode) => FileContent, gaps: Gaps = new Map()): ReadonlyMap<string, NodeOutcome> {
  const outcomes = new Map<string, NodeOutcome>();
  for (const node of plan.nodes) {
    const own = new Map<string, Set<object>>();
    gaps.set(node.id, own);
    noting(
      ({ place }, origin) => {
        const origins = own.get(placeKey(place)) ?? new Set();
        own.set(placeKey(place), origins.add(origin));
      },
      () => interpretNode(plan, node, read, outcomes),
    );
  }
  return outcomes;
}

function interpretNode(plan: Plan, node: PlanNode, read: (path: string, node: ScanNode) => FileContent, outcomes: Map<string, NodeOutcome>): void {
  const tableOf = (id: string): Table => {
    const outcome = outcomes.get(id);
    if (!outcome) throw new Error(`Node ${id} is read before it is computed.`);
    return outcome.table;
  };
  switch (node.kind) {
    case 'scan':
      outcomes.set(node.id, { kind: 'scan', ...scan(node, read(node.path, node)) });
      break;
    case 'relation':
      outcomes.set(node.id, { kind: 'relation', table: relation(node, tableOf) });
      break;
    case 'check':
      outcomes.set(node.id, { kind: 'check', ...check(node, declaredEnd(plan, node.table), tableOf) });
      break;
    case 'frame':
      outcomes.set(node.id, { kind: 'frame', ...frame(node, tableOf) });
      break;
    case 'split':
      outcomes.set(node.id, { kind: 'split', table: split(node, tableOf(node.frame)) });
      break;
    case 'features': {
      const frameNode: FrameNode = ofKind(plan, node.frame, 'frame');
      const splitNode: SplitNode = ofKind(plan, node.split, 'split');
      const rows = tableOf(node.split);
      const asked = (step: PredictedStep) => predicted(plan, node, step, rows, tableOf);
      outcomes.set(node.id, { kind: 'features', table: features(node, frameNode, splitNode, rows, tableOf, asked) });
      break;
    }
    case 'train':
    case 'choose':
    case 'evaluate':
      break;
  }
}
