/** Random models over a feature set: what is learned, what is chosen, on which rows. */
import type { Draw } from '../reference/draw.ts';
import type { SplitShape, TaskShape } from './drawTask.ts';
import { type Declaration, declaration } from './program.ts';

/** `other`: whether there is another split, on whose test the model is judged too. */
export function drawModels(draw: Draw, risk: number, set: string, task: TaskShape, split: SplitShape, other: boolean): readonly Declaration[] {
  const linear = task.isBinary ? 'logistic_regression' : 'ridge';
  const metric = task.isBinary ? draw.pick(['auc', 'log_loss']) : 'rmse';
  const on = draw.chance(risk) ? ' on test' : '';
  const canChoose = split.hasValidate || split.hasFolds;
  const settings: string[] = ['trees: 5'];
  if (split.hasValidate && draw.chance(0.25)) settings.push(`early_stop: 2 on ${on ? 'test' : 'validate'}`);
  if (draw.chance(0.2)) settings.push(`tune { depth: 2..4, trials: 2, by: ${metric} }`);
  if (task.isBinary && draw.chance(0.2)) settings.push(`calibrate: ${draw.pick(['isotonic', 'platt'])}`);
  if (task.isBinary && canChoose && draw.chance(0.3)) settings.push(`threshold: max f1${on}`);
  if (task.isBinary && draw.chance(0.2)) settings.push(`balance: ${draw.pick(['class_weight', 'undersample', 'oversample'])}`);
  const isRefit = split.hasValidate && draw.chance(0.15);
  if (isRefit) settings.push('refit: train_and_validate');
  const models = [
    declaration('usual', `model usual = baseline(${set})`, 'plain', []),
    declaration('trees', `model trees = gradient_boosting(${set})`, 'block', settings),
  ];
  let judged = 'trees';
  if (draw.chance(0.2)) {
    models.push(declaration('forest', `model forest = random_forest(${set})`, 'block', ['trees: 3']));
    const word = draw.chance(0.5) ? `stacking(trees, forest) { final: ${linear} }` : 'blend(trees, forest)';
    models.push(declaration('stack', `model stack = ${word}`, 'plain', []));
    judged = 'stack';
  }
  if (canChoose && !(isRefit && !draw.chance(risk)) && !(judged === 'stack' && !split.hasValidate) && draw.chance(0.4)) {
    models.push(declaration('champion', `model champion = best of usual, ${judged} by ${metric}${on}`, 'plain', []));
    judged = 'champion';
  }
  const rows = draw.chance(risk / 3) ? 'train' : 'test';
  const claims = judged !== 'trees' && draw.chance(0.3) ? [`${metric} - trees.${metric} >= -1`] : [];
  if (!other || draw.chance(0.5)) models.push(declaration('evaluation', `evaluate ${judged} on ${rows}`, 'block', [metric, ...claims]));
  if (other) models.push(declaration('elsewhere', `evaluate ${judged} on other.${rows}`, 'block', [metric, ...claims]));
  return models;
}
