/** Figures of models on one set of rows: each metric is judged once, alone or paired with another model. */
import type { CrossfitOf, EvaluateNode } from '../../language/plan/plan.ts';
import { type Figure, judge } from '../judge/judge.ts';
import type { Matrix } from '../learn/matrix.ts';
import { placesWhere } from '../learn/rows.ts';
import { labelOf, type Workbench } from '../workbench.ts';
import { foldScores } from './crossfit.ts';
import { gather, gatherEach, gatherIds, rowsIn } from './rows.ts';
import { heldOutScores, thresholdOf } from './scores.ts';

export interface JudgedRows {
  /** The feature set whose partition it is. */
  readonly features: string;
  readonly partition: string;
  readonly matrix: Matrix;
  /** Rows of the matrix that are judged. */
  readonly rows: Int32Array;
  /** Their positions among the labelled rows of the partition. */
  readonly positions: Int32Array;
  /** How many classes the label has, where those are several. */
  readonly classes: number | null;
  /** Where the partition is `folds`: whose scores they are. */
  readonly crossfits: readonly CrossfitOf[];
  /** Of each row, where the partition is `folds`. */
  readonly fold: Int32Array | null;
}

type Judging = Pick<EvaluateNode, 'features' | 'rowsOf' | 'partition' | 'where' | 'crossfits'>;

/** The labelled rows of a partition, or those of them that the condition keeps. */
export async function judgedRows(bench: Workbench, { features: own, rowsOf, partition, where, crossfits }: Judging): Promise<JudgedRows> {
  const keep = where === null ? null : await (await bench.tables(own)).where(own, where);
  const features = rowsOf ?? own;
  const matrix = await bench.matrix(features);
  const [first] = crossfits;
  const held = partition === 'folds' && first ? foldScores(bench, first.crossfit, matrix.rows) : null;
  const all = held ? held.rows : rowsIn(matrix, partition);
  const positions = placesWhere(all.length, i => keep === null || keep[all[i] ?? 0] === 1);
  const classes = labelOf(bench, features)?.classes?.length ?? null;
  const rows = gatherIds(all, positions);
  return { features, partition, matrix, rows, positions, classes, crossfits, fold: held && gatherIds(held.fold, positions) };
}

/** A model's scores of the judged rows; of several classes one a class, row-major. */
export async function scoresOf(bench: Workbench, model: string, judged: JudgedRows): Promise<Float64Array> {
  const { features, partition, positions, classes, matrix, crossfits } = judged;
  const scores = partition === 'folds' ? heldOutScores(bench, model, crossfits, matrix).scores : await bench.scores(model, features, partition);
  return gatherEach(scores, positions, classes ?? 1);
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
          threshold: thresholdOf(bench, model),
          ...(against !== null && { baselineThreshold: thresholdOf(bench, against) }),
        },
        seed,
      );
    },
  };
}
