/** What a run is executed with: the relational engine and the tensor backend, loaded when first needed, and their names. */
import type { PlanNode } from '../language/plan/plan.ts';
import type { RelationalEngine } from './engine/relational.ts';
import { expectedBackend, loadTensor, type Tensor } from './learn/tensor/backend.ts';
import type { RunOptions } from './options.ts';

export interface Versions {
  /** `duckdb 1.5.6`. */
  readonly relational: string;
  readonly tensor: string;
}

export interface Machinery {
  /** What is going to be used, as far as can be told without loading tensors. */
  readonly versions: () => Promise<Versions>;
  /** `sourceBytes`: of what is going to be read. */
  readonly engine: (scratch: string, sourceBytes?: number) => Promise<RelationalEngine>;
  readonly tensor: () => Promise<Tensor>;
}

/** Whether a step needs tensors. */
export function learnsNet(node: PlanNode): boolean {
  return (node.kind === 'train' || node.kind === 'tune') && node.algorithm === 'neural_net';
}

/** What else than definition and data the result of a step depends on. */
export function dependsOn({ relational, tensor }: Versions): (node: PlanNode) => string {
  return node => {
    switch (node.kind) {
      case 'train':
      case 'tune':
        return learnsNet(node) ? tensor : '';
      case 'crossfit':
      case 'finish':
      case 'ensemble':
      case 'choose':
      case 'evaluate':
        return '';
      default:
        return relational;
    }
  };
}

export function machineryOf({ projectDir, threads, memory, backend, signal }: RunOptions): Machinery {
  return {
    versions: async () => {
      const { engineName } = await import('./engine/duckdb.ts');
      return { relational: engineName, tensor: expectedBackend(backend) };
    },
    engine: async (scratch, sourceBytes = 0) => {
      const { openEngine } = await import('./engine/engine.ts');
      return openEngine({ root: projectDir, scratch, threads, memory, sourceBytes, cancelled: () => signal.aborted });
    },
    tensor: () => loadTensor(backend),
  };
}
