/** Rules that are decided in the engine's tables, by the kind of the step. */
import type { DataRuleSettings } from '../../language/catalogue/dataRules.ts';
import { entryOf, type Session } from '../engine/session.ts';
import type { Measured } from './measured.ts';

export async function tableRules(session: Session, id: string, _settings: DataRuleSettings): Promise<readonly Measured[]> {
  const { node } = entryOf(session, id);
  switch (node.kind) {
    default:
      return [];
  }
}
