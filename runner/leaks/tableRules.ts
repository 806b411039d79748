/** Rules that are decided in the engine's tables, by the kind of the step. */
import type { DataRuleSettings } from '../../language/catalogue/dataRules.ts';
import { entryOf, type Session } from '../engine/session.ts';
import { hiddenUnits } from './hiddenUnits.ts';
import { immatureLabels } from './immatureLabels.ts';
import { joinFanout } from './joinFanout.ts';
import { lateLabels } from './lateLabels.ts';
import { laterTrain } from './laterTrain.ts';
import { literals } from './literals.ts';
import type { Looking } from './looking.ts';
import type { Measured } from './measured.ts';
import { unstableKeys } from './unstableKeys.ts';
import { warmUp } from './warmUp.ts';

/** `isEntity`: observations are made of the rows of this table. */
export async function tableRules(session: Session, id: string, isEntity: boolean, settings: DataRuleSettings): Promise<readonly Measured[]> {
  const { node } = entryOf(session, id);
  const of: Looking = { session, settings, isEntity };
  switch (node.kind) {
    case 'scan':
      return unstableKeys(of, node);
    case 'relation':
      return joinFanout(of, node);
    case 'check':
      return [];
    case 'frame':
      return [...(await immatureLabels(of, node)), ...(await lateLabels(of, node))];
    case 'split':
      return [...(await laterTrain(of, node)), ...(await hiddenUnits(of, node))];
    case 'features':
      return [...(await warmUp(of, node)), ...(await literals(of, node))];
  }
}
