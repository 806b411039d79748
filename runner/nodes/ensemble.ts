/** Models made of models: the mean of their scores, or a model that learned from their out-of-fold scores on train. */

import type { EnsembleNode } from '../../language/plan/plan.ts';
import { plural } from '../engine/finding.ts';
import type { FittedModel } from '../learn/learner.ts';
import { scoreMatrix } from '../learn/members.ts';
import { recordPlace } from '../places.ts';
import type { Workbench } from '../workbench.ts';
import { fitOn } from './fitting.ts';
import { emptyOutput, type Step } from './output.ts';
import { heldOutScores } from './scores.ts';
import { fitFindings } from './train.ts';

export async function ensembleStep(bench: Workbench, node: EnsembleNode): Promise<Step> {
  const matrix = await bench.matrix(node.features);
  const names = node.members.map(({ model }) => bench.node(model).name);
  let fitted: FittedModel | null = null;
  let rows = 0;
  if (node.final) {
    const crossfits = node.members.map(({ model, crossfit }) => ({ model, crossfit: crossfit ?? '' }));
    const held = crossfits.map(({ model }) => heldOutScores(bench, model, crossfits, matrix));
    // All members are held out on the same folds, so they have scores of the same rows.
    const common = held[0]?.rows ?? new Int32Array();
    rows = common.length;
    const input = scoreMatrix(
      matrix,
      common,
      held.map(({ scores }) => scores),
    );
    const progress = bench.progress(node);
    const fitting = { ...node.final, balance: null, label: node.label, seed: node.seed };
    fitted = await fitOn(bench, fitting, input, common, null, (done, total, note) => progress(done, total, 'rounds', note));
    bench.keepModel(node.id, fitted);
  }
  const trained = node.members.map(({ model }) => bench.output(model).models[0]);
  const trainedOn = trained[0]?.trainedOn ?? { partition: 'train', rows };
  return {
    output: {
      ...emptyOutput,
      rows: node.final ? rows : trainedOn.rows,
      summary: node.final ? `${node.final.algorithm} over ${names.join(', ')} · ${plural(rows, 'row')} out of fold` : `mean of ${names.join(', ')}`,
      findings: fitted ? fitFindings(fitted, node) : [],
      models: [
        {
          ...recordPlace(node.place),
          name: node.name,
          algorithm: node.final ? 'stacking' : 'blend',
          parameters: node.final ? { final: node.final.algorithm, ...node.final.parameters } : {},
          features: [...new Set(trained.flatMap(model => model?.features ?? []))],
          trainedOn: node.final ? { partition: 'train', rows } : trainedOn,
          members: names,
          choice: null,
        },
      ],
      state: fitted?.state ?? null,
    },
    files: new Map(),
  };
}
