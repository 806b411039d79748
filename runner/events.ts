/** The typed event stream of a run: one event a line under `run --format jsonl`. */
import type { CheckRecord, ClaimRecord, DriftRecord, FindingRecord, LeakageRecord, MetricRecord, RecordPlace, RunRecord } from './record.ts';

interface OfNode extends RecordPlace {
  readonly node: string;
}

export type RunEvent =
  | {
      readonly event: 'run-started';
      readonly id: string;
      readonly nodes: readonly { readonly id: string; readonly kind: string; readonly name: string }[];
      readonly engine: RunRecord['engine'];
    }
  /** `part`: made for folds, and nothing that was declared. */
  | (OfNode & { readonly event: 'node-started'; readonly kind: string; readonly name: string; readonly part?: true })
  | (OfNode & { readonly event: 'progress'; readonly done: number; readonly total: number; readonly unit: string; readonly note: string | null })
  /** `summary` is one line for people: `8 features`, `train 612,004 · validate 187,330`. */
  | (OfNode & {
      readonly event: 'node-finished';
      readonly kind: string;
      readonly name: string;
      readonly rows: number;
      readonly seconds: number;
      readonly cached: boolean;
      readonly summary: string;
      readonly part?: true;
    })
  | (OfNode & { readonly event: 'check'; readonly check: CheckRecord })
  | (OfNode & { readonly event: 'metric'; readonly metric: MetricRecord })
  | (OfNode & { readonly event: 'drift'; readonly drift: DriftRecord })
  | (OfNode & { readonly event: 'claim'; readonly claim: ClaimRecord })
  | (OfNode & { readonly event: 'finding'; readonly finding: FindingRecord })
  | (OfNode & { readonly event: 'leakage'; readonly leakage: LeakageRecord })
  /** `path`: from the project's folder, with `/`; whole where the store lies elsewhere. */
  | (OfNode & { readonly event: 'artifact'; readonly path: string; readonly kind: 'predictions' | 'model' | 'quarantine' })
  | { readonly event: 'run-finished'; readonly id: string; readonly record: RunRecord }
  | {
      readonly event: 'run-failed';
      readonly id: string;
      /** The step that was running; null before the first and behind the last. */
      readonly node: string | null;
      readonly code: 'findings' | 'cancelled' | 'resources' | 'bug';
      readonly message: string;
      readonly help: string | null;
      readonly place: RecordPlace | null;
    };

export type Emit = (event: RunEvent) => void;
