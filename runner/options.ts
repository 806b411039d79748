/** What a host gives a run beside the plan. */
import type { DataRuleSettings } from '../language/catalogue/dataRules.ts';
import type { BackendName } from './learn/tensor/backend.ts';
import type { FindingRecord, RunCall } from './record.ts';

export interface RunOptions {
  /** Places and sources of the plan are relative to it. */
  readonly projectDir: string;
  readonly storeDir: string;
  readonly threads: number;
  /** As `4GB`; null: the engine's default. */
  readonly memory: string | null;
  readonly backend: BackendName | 'auto';
  /** Compute every step, whatever the cache holds. */
  readonly force: boolean;
  /** Thresholds of leakage rules that are decided on data, where they are not the defaults. */
  readonly leakage?: DataRuleSettings;
  readonly signal: AbortSignal;
  /** The texts that were planned. */
  readonly program: readonly { readonly path: string; readonly sha256: string }[];
  /** What asked for the run, so that its record says how to repeat it; null where no command did. */
  readonly call: RunCall | null;
  /** A finding as the project and the text see it: of another severity, allowed with a reason, or not at all (null). */
  readonly judge?: (finding: FindingRecord) => FindingRecord | null;
  /** `now` in milliseconds of a clock that never goes back. Time enters the record's id and timing only. */
  readonly clock: { readonly now: () => number; readonly date: () => Date };
}
