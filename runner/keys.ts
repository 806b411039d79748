/**
 * Keys of steps: what a result was made from. The key is the step's whole definition without places, the keys of what it reads, the
 * content of its files and the version of this implementation; equal keys mean equal results. The fingerprint is the same for
 * definitions that differ in names only, and is what records and the ledger show.
 */
import type { Plan, PlanNode } from '../language/plan/plan.ts';
import type { Content } from './contents.ts';
import { canonicalWithoutPlaces } from './store/canonical.ts';
import { sha256 } from './store/files.ts';

/** Raised whenever a step may give another result for the same definition and data. */
export const implementation = 11;

export interface StepKeys {
  readonly key: string;
  readonly fingerprint: string;
  /** Of the definition alone, to tell a changed step from changed data. */
  readonly definition: string;
}

/** `contents`: of the sources, by node id. `engines`: what else a kind of step depends on, such as the tensor backend. */
export function stepKeys(
  plan: Plan,
  contents: ReadonlyMap<string, Pick<Content, 'sha256'>>,
  dependsOn: (node: PlanNode) => string,
): ReadonlyMap<string, StepKeys> {
  const keys = new Map<string, StepKeys>();
  for (const node of plan.nodes) {
    const inputs = node.inputs.map(id => keys.get(id) ?? unknownInput(node.id, id));
    const { fingerprint, ...own } = node;
    const definition = sha256(canonicalWithoutPlaces(own));
    const data = contents.get(node.id)?.sha256 ?? '';
    const with_ = dependsOn(node);
    keys.set(node.id, {
      key: sha256(JSON.stringify([implementation, definition, data, with_, inputs.map(i => i.key)])),
      fingerprint: sha256(JSON.stringify([implementation, fingerprint, data, with_, inputs.map(i => i.fingerprint)])),
      definition,
    });
  }
  return keys;
}

function unknownInput(id: string, input: string): never {
  throw new Error(`The plan puts ${id} before ${input}, which it reads`);
}
