/** The end of a network: from its outputs to the loss of a label and to predictions. */
import { normalised } from './classes.ts';
import { type LabelKind, LearnError } from './learner.ts';
import { logistic } from './linearModel.ts';

export interface Head {
  readonly label: LabelKind;
  /** One, or one a class. */
  readonly outputs: number;
  /** From a number label to the network's scale. */
  readonly centre: number;
  readonly scale: number;
}

export function headOf(label: LabelKind, classes: number, values: Float64Array): Head {
  return { label, outputs: label === 'classes' ? classes : 1, ...(label === 'number' ? standard(values) : { centre: 0, scale: 1 }) };
}

function standard(values: Float64Array): { centre: number; scale: number } {
  const centre = values.reduce((total, value) => total + value, 0) / values.length;
  const scale = Math.sqrt(values.reduce((total, value) => total + (value - centre) ** 2, 0) / values.length);
  return { centre, scale: scale > 0 ? scale : 1 };
}

/** The outputs whose prediction is the weighted mean of the label, or the weighted shares of the classes. `y`: on the network's scale. */
export function initialOutputs({ label, outputs }: Head, y: Float64Array, w: Float64Array): readonly number[] {
  const weights = w.reduce((total, value) => total + value, 0);
  if (label === 'classes') {
    const shares = new Float64Array(outputs);
    for (let i = 0; i < y.length; i++) shares[y[i] ?? 0] = (shares[y[i] ?? 0] ?? 0) + (w[i] ?? 0) / weights;
    // A class that train does not have starts far below the others, and every step moves it further.
    return Array.from(shares, share => Math.log(share > 0 ? share : 1e-6));
  }
  const mean = y.reduce((total, value, i) => total + value * (w[i] ?? 0), 0) / weights;
  if (label === 'binary') return [Math.log(mean / (1 - mean))];
  if (label === 'number') return [mean];
  if (mean > 0 && y.every(value => value >= 0)) return [Math.log(mean)];
  throw new LearnError('label', 'The label is a count, and below 0 in some training rows or 0 in all.', 'Declare it as a number, or mend the label.');
}

/** ∂loss/∂output of one row, times `factor`: of logistic, softmax, half squared and Poisson loss alike, the prediction less the label. */
export function addSlopes({ label, outputs }: Head, z: Float32Array, at: number, y: number, factor: number, out: Float32Array): void {
  const value = z[at] ?? 0;
  if (label === 'classes') {
    const p = normalised(Float64Array.from(z.subarray(at, at + outputs)), outputs);
    for (let k = 0; k < outputs; k++) out[at + k] = factor * ((p[k] ?? 0) - Number(k === y));
  } else if (label === 'binary') out[at] = factor * (logistic(value) - y);
  else out[at] = factor * ((label === 'number' ? value : Math.exp(Math.min(value, 30))) - y);
}

export function meanLoss({ label, outputs }: Head, z: Float64Array, y: Float64Array, w: Float64Array): number {
  let total = 0;
  let weights = 0;
  for (let i = 0; i < y.length; i++) {
    const [output, target, weight] = [z[i * outputs] ?? 0, y[i] ?? 0, w[i] ?? 0];
    weights += weight;
    if (label === 'classes') {
      let most = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < outputs; k++) most = Math.max(most, z[i * outputs + k] ?? 0);
      let sum = 0;
      for (let k = 0; k < outputs; k++) sum += Math.exp((z[i * outputs + k] ?? 0) - most);
      total += weight * (most + Math.log(sum) - (z[i * outputs + target] ?? 0));
    } else if (label === 'binary') total += weight * (Math.max(output, 0) + Math.log1p(Math.exp(-Math.abs(output))) - target * output);
    else total += weight * (label === 'number' ? (output - target) ** 2 : Math.exp(output) - target * output);
  }
  return total / weights;
}

export function predictions({ label, outputs, centre, scale }: Head, z: Float64Array): Float64Array {
  if (label === 'classes') return normalised(z, outputs);
  return z.map(value => (label === 'binary' ? logistic(value) : label === 'count' ? Math.exp(value) : value * scale + centre));
}
