/** Figures of models on one set of rows: each metric is judged once, alone or paired with another model. */
import { type Figure, judge } from '../judge/judge.ts';
import type { Matrix } from '../learn/matrix.ts';
import { labelOf, type Workbench } from '../workbench.ts';
import { gather, gatherEach, gatherIds, rowsIn } from './rows.ts';

export interface JudgedRows {
  readonly features: string;
  readonly partition: string;
  readonly matrix: Matrix;
  /** Rows of the matrix that are judged. */
  readonly rows: Int32Array;
  /** Their positions among the labelled rows of the partition. */
  readonly positions: Int32Array;
  /** How many classes the label has, where those are several. */
  readonly classes: number | null;
}

/** The labelled rows of a partition, or those of them that `keep` marks with 1. */
export async function judgedRows(bench: Workbench, features: string, partition: string, keep: Uint8Array | null): Promise<JudgedRows> {
  const matrix = await bench.matrix(features);
  const all = rowsIn(matrix, partition);
  const positions = Int32Array.from(all.keys()).filter(i => keep === null || keep[all[i] ?? 0] === 1);
  const classes = labelOf(bench, features)?.classes?.length ?? null;
  return { features, partition, matrix, rows: positions.map(i => all[i] ?? 0), positions, classes };
}

/** A model's scores of the judged rows; of several classes one a class, row-major. */
export async function scoresOf(bench: Workbench, model: string, { features, partition, positions, classes }: JudgedRows): Promise<Float64Array> {
  return gatherEach(await bench.scores(model, features, partition), positions, classes ?? 1);
}

export interface Figures {
  /** `against`: the model to compare with on the same rows. `within`: indices into the judged rows, such as those of a segment. */
  readonly of: (model: string, metrics: readonly string[], against: string | null, within?: Int32Array) => Promise<readonly Figure[]>;
}

export function figuresOf(bench: Workbench, judged: JudgedRows, seed: number): Figures {
  const label = gather(judged.matrix.label, judged.rows);
  const entity = gatherIds(judged.matrix.entity, judged.rows);
  const weight = judged.matrix.weight === null ? null : gather(judged.matrix.weight, judged.rows);
  const scores = (model: string) => scoresOf(bench, model, judged);
  return {
    of: async (model, metrics, against, within) => {
      const pick = (values: Float64Array, each = 1) => (within === undefined ? values : gatherEach(values, within, each));
      const each = judged.classes ?? 1;
      return judge(
        metrics,
        {
          label: pick(label),
          score: pick(await scores(model), each),
          ...(judged.classes !== null && { classes: judged.classes }),
          entity: within === undefined ? entity : gatherIds(entity, within),
          weight: weight === null ? null : pick(weight),
          baseline: against === null ? null : pick(await scores(against), each),
        },
        seed,
      );
    },
  };
}
