/** Trains one model on the training rows of its feature set. */
import type { TrainNode } from '../../language/plan/plan.ts';
import { learnerNamed } from '../learn/registry.ts';
import { recordPlace } from '../places.ts';
import type { FindingRecord } from '../record.ts';
import { featuresOf, type Workbench } from '../workbench.ts';
import { emptyOutput, type Step } from './output.ts';
import { rowsIn } from './rows.ts';

export async function trainStep(bench: Workbench, node: TrainNode): Promise<Step> {
  const { label } = node;
  const matrix = await bench.matrix(node.features);
  const rows = rowsIn(matrix, 'train');
  const progress = bench.progress(node);
  const model = await learnerNamed(node.algorithm).fit(
    matrix,
    rows,
    node.earlyStop === null ? null : rowsIn(matrix, node.earlyStop.on),
    node.parameters,
    {
      label: label.kind,
      classes: label.classes ?? null,
      seed: node.seed,
      threads: bench.options.threads,
      earlyStop: node.earlyStop?.rounds ?? null,
      tensor: bench.tensor,
      progress: (done, total, note) => progress(done, total, 'rounds', note),
      cancelled: bench.isCancelled,
    },
  );
  bench.keepModel(node.id, model);
  const findings = model.findings.map(
    (f): FindingRecord => ({ ...recordPlace(node.place), severity: 'warning', rule: f.rule, message: f.message, help: f.help, count: 1 }),
  );
  const features = featuresOf(bench, node.features).features.map(f => f.name);
  return {
    output: {
      ...emptyOutput,
      rows: rows.length,
      summary: `${node.algorithm} · ${rows.length.toLocaleString('en-US')} rows`,
      findings,
      models: [
        {
          ...recordPlace(node.place),
          name: node.name,
          algorithm: node.algorithm,
          parameters: node.parameters,
          features,
          trainedOn: { partition: 'train', rows: rows.length },
          choice: null,
        },
      ],
      state: model.state,
    },
    files: new Map(),
  };
}
