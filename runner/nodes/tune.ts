/** Searches settings: each trial is learned on every fold and judged on what the fold holds out. The best mean figure wins. */
import { metricEntry } from '../../language/catalogue/metricCalls.ts';
import type { TuneNode } from '../../language/plan/plan.ts';
import { RunFailed } from '../failure.ts';
import { judge } from '../judge/judge.ts';
import { predictInSteps } from '../learn/predict.ts';
import { derivedSeed, random } from '../learn/random.ts';
import { nextPoint, type Trial } from '../learn/search.ts';
import { recordPlace } from '../places.ts';
import type { Workbench } from '../workbench.ts';
import { fitOn, foldFindings, usableFolds, withRounds } from './fitting.ts';
import { emptyOutput, type Step } from './output.ts';
import { gather, gatherIds, rowsIn } from './rows.ts';

interface Judged {
  readonly value: number | null;
  readonly rounds: number | null;
}

/** The mean over folds; null where one has no figure. */
async function judged(bench: Workbench, node: TuneNode, folds: readonly string[], point: Trial['point'], stop: () => void): Promise<Judged> {
  const fitting = { ...node, parameters: { ...node.parameters, ...point } };
  let [sum, rounds] = [0, 0];
  for (const fold of folds) {
    stop();
    const matrix = await bench.matrix(fold);
    const held = rowsIn(matrix, 'validate');
    const watching = node.earlyStop && { rows: held, rounds: node.earlyStop.rounds };
    const model = await fitOn(bench, fitting, matrix, rowsIn(matrix, 'train'), watching, () => undefined);
    rounds += model.rounds ?? 0;
    const [figure] = judge(
      [node.metric],
      {
        label: gather(matrix.label, held),
        score: await predictInSteps(model, matrix, held, bench.isCancelled),
        entity: gatherIds(matrix.entity, held),
        weight: matrix.weight && gather(matrix.weight, held),
        baseline: null,
      },
      node.seed,
    );
    if (figure?.value == null) return { value: null, rounds: null };
    sum += figure.value;
  }
  return { value: sum / folds.length, rounds: node.earlyStop ? Math.round(rounds / folds.length) : null };
}

export async function tuneStep(bench: Workbench, node: TuneNode): Promise<Step> {
  const folds = await usableFolds(bench, node.folds, node.label);
  if (node.part && folds.length === 0) return { output: { ...emptyOutput, summary: 'nothing to learn from' }, files: new Map() };
  const findings = node.part ? [] : foldFindings(node, node.folds.length, folds.length);
  const sign = metricEntry(node.metric)?.better === 'lower' ? -1 : 1;
  const source = random(derivedSeed(node.seed, 'tune'));
  const progress = bench.progress(node);
  const trials: (Trial & Judged)[] = [];
  const told = (): string | null => {
    const best = bestOf(trials);
    return best ? `best ${node.metric} ${shown(sign * (best.value ?? 0))}` : null;
  };
  for (let i = 0; i < node.trials; i++) {
    progress(i, node.trials, 'trials', told());
    const point = nextPoint(node.space, node.method, trials, source);
    // The same point again has the same figure.
    const known = trials.find(trial => JSON.stringify(trial.point) === JSON.stringify(point));
    const found = known ?? (await judged(bench, node, folds, point, () => bench.assertGoing()));
    trials.push({ point, rounds: found.rounds, value: known ? known.value : found.value === null ? null : sign * found.value });
  }
  const best = bestOf(trials);
  if (!best && node.part) return { output: { ...emptyOutput, summary: 'nothing to choose by' }, files: new Map() };
  if (!best) {
    throw new RunFailed(
      'findings',
      `No settings of \`${node.name}\` have a figure for ${node.metric} on ${node.partition}.`,
      'Compare them by another metric, or cut fewer folds.',
      recordPlace(node.place),
    );
  }
  const chosen = withRounds({ ...node, parameters: best.point }, best.rounds).parameters;
  const figure = sign * (best.value ?? 0);
  const words = Object.entries(best.point).map(([name, value]) => `${name} ${value}`);
  return {
    output: {
      ...emptyOutput,
      rows: trials.length,
      summary: `${words.join(' · ')} · ${node.metric} ${shown(figure)} on ${node.partition}, of ${trials.length} trials`,
      findings,
      tuned: chosen,
      tunings: node.part
        ? []
        : [
            {
              ...recordPlace(node.place),
              model: node.name,
              metric: node.metric,
              partition: node.partition,
              method: node.method,
              chosen: best.point,
              value: figure,
              trials: trials.map(({ point, value }) => ({ parameters: point, value: value === null ? null : sign * value })),
            },
          ],
    },
    files: new Map(),
  };
}

/** The first of the greatest. */
const bestOf = <T extends Trial>(trials: readonly T[]): T | null =>
  trials.reduce<T | null>((best, trial) => (trial.value !== null && (best?.value == null || trial.value > best.value) ? trial : best), null);

const shown = (value: number): string => String(Number(value.toPrecision(4)));
