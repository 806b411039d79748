/** What a rule that is decided in the engine's tables looks with. */
import type { DataRuleSettings } from '../../language/catalogue/dataRules.ts';
import type { Session } from '../engine/session.ts';

export interface Looking {
  readonly session: Session;
  readonly settings: DataRuleSettings;
  /** Observations are made of the rows of this table. */
  readonly isEntity: boolean;
}
