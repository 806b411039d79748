/**
 * What a network reads: numbers, categories as one-hot blocks, and categories placed in a few dimensions of their own (embeddings; Guo and
 * Berkhahn, "Entity Embeddings of Categorical Variables", 2016). A level that train does not have is all zeros either way.
 */
import type { Design } from './design.ts';
import type { Random } from './random.ts';
import type { Layer } from './tensor/network.ts';

export interface Embedding {
  readonly width: number;
  /** Row-major, levels × width. */
  readonly values: Float32Array;
}

/** A column of the design by its place there, and where its inputs of the first layer begin. */
type Slot =
  | { readonly kind: 'number'; readonly of: number; readonly at: number }
  | { readonly kind: 'category'; readonly of: number; readonly at: number; readonly embedding: Embedding | null };

export interface Inputs {
  readonly width: number;
  readonly slots: readonly Slot[];
}

/** `embeddings`: one for each category of the design, in its order; null: one-hot. */
export function inputsOf({ layout }: Design, embeddings: readonly (Embedding | null)[]): Inputs {
  let [width, numbers, categories] = [0, 0, 0];
  const slots = layout.columns.map((column): Slot => {
    const at = width;
    if (column.kind === 'number') {
      width += 1;
      return { kind: 'number', of: numbers++, at };
    }
    const embedding = embeddings[categories] ?? null;
    width += embedding ? embedding.width : column.levels.length;
    return { kind: 'category', of: categories++, at, embedding };
  });
  return { width, slots };
}

/** Categories with more levels than dimensions are placed in them, so that a level has length 1 on average, as a one-hot one has. */
export function initialEmbeddings({ layout }: Design, dimensions: number | null, source: Random): (Embedding | null)[] {
  return layout.columns.flatMap(column => {
    if (column.kind === 'number') return [];
    if (dimensions === null || column.levels.length <= dimensions) return [null];
    const deviation = 1 / Math.sqrt(dimensions);
    return [{ width: dimensions, values: Float32Array.from({ length: column.levels.length * dimensions }, () => deviation * source.normal()) }];
  });
}

/** Rows × width, row-major. */
export function batchInputs({ width, slots }: Inputs, { numbers, categories }: Design, batch: Int32Array): Float32Array {
  const x = new Float32Array(batch.length * width);
  for (const slot of slots) {
    if (slot.kind === 'number') {
      const values = numbers[slot.of]?.values;
      for (let k = 0; k < batch.length; k++) x[k * width + slot.at] = values?.[batch[k] ?? 0] ?? 0;
      continue;
    }
    const codes = categories[slot.of]?.codes;
    for (let k = 0; k < batch.length; k++) {
      const code = codes?.[batch[k] ?? 0] ?? -1;
      if (code < 0) continue;
      if (slot.embedding) x.set(slot.embedding.values.subarray(code * slot.embedding.width, (code + 1) * slot.embedding.width), k * width + slot.at);
      else x[k * width + slot.at + code] = 1;
    }
  }
  return x;
}

/** ∂loss/∂embedding of each embedded category from ∂loss/∂inputs, in the order of the slots. */
export function embeddingSlopes({ width, slots }: Inputs, { categories }: Design, batch: Int32Array, ofInputs: Float32Array): Float32Array[] {
  return slots.flatMap(slot => {
    if (slot.kind === 'number' || !slot.embedding) return [];
    const { embedding } = slot;
    const slopes = new Float32Array(embedding.values.length);
    const codes = categories[slot.of]?.codes;
    for (let k = 0; k < batch.length; k++) {
      const code = codes?.[batch[k] ?? 0] ?? -1;
      if (code < 0) continue;
      for (let d = 0; d < embedding.width; d++) {
        const cell = code * embedding.width + d;
        slopes[cell] = (slopes[cell] ?? 0) + (ofInputs[k * width + slot.at + d] ?? 0);
      }
    }
    return [slopes];
  });
}

/** The outputs of all rows (rows × units of the last layer), a row at a time; one-hot inputs are look-ups. Layers have no norms. */
export function outputsOf(layers: readonly Layer[], { slots }: Inputs, { rows, numbers, categories }: Design): Float64Array {
  const [first, last] = [layers[0], layers.at(-1)];
  if (!first || !last) return new Float64Array();
  const out = new Float64Array(rows * last.units);
  const room = layers.map(layer => new Float64Array(layer.units));
  const add = (into: Float64Array, weights: Float32Array, row: number, factor: number) => {
    const at = row * into.length;
    for (let u = 0; u < into.length; u++) into[u] = (into[u] ?? 0) + factor * (weights[at + u] ?? 0);
  };
  for (let i = 0; i < rows; i++) {
    let active = room[0] ?? new Float64Array();
    active.set(first.biases);
    for (const slot of slots) {
      if (slot.kind === 'number') {
        add(active, first.weights, slot.at, numbers[slot.of]?.values[i] ?? 0);
        continue;
      }
      const code = categories[slot.of]?.codes[i] ?? -1;
      if (code < 0) continue;
      if (!slot.embedding) add(active, first.weights, slot.at + code, 1);
      else
        for (let d = 0; d < slot.embedding.width; d++)
          add(active, first.weights, slot.at + d, slot.embedding.values[code * slot.embedding.width + d] ?? 0);
    }
    for (let k = 1; k < layers.length; k++) {
      const [layer, next] = [layers[k], room[k]];
      if (!layer || !next) break;
      next.set(layer.biases);
      for (let u = 0; u < active.length; u++) if ((active[u] ?? 0) > 0) add(next, layer.weights, u, active[u] ?? 0);
      active = next;
    }
    out.set(active, i * last.units);
  }
  return out;
}
