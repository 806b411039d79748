/** Rows counted by label and prediction: what every figure at a threshold is made of. */

/**
 * By label, then by prediction: as many rows and columns as there are classes. Both are indices of classes; rows without a label are left out.
 * With weights, sums of them in the order of the rows.
 */
export function confusionOf(label: Float64Array, predicted: Float64Array, weight: Float64Array | null, classes: number): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < label.length; i++) {
    const row = counts[label[i] ?? Number.NaN];
    const at = predicted[i] ?? Number.NaN;
    if (row && at in row) row[at] = (row[at] ?? 0) + (weight?.[i] ?? 1);
  }
  return counts;
}
