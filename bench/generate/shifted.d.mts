export const numbers: readonly string[];
export const levels: readonly number[];
export const categories: readonly string[];
export const shifted: readonly string[];
export function windowColumns(
  seed: number,
  rows: number,
  moved: boolean,
): Generator<{ readonly name: string; readonly values: Float64Array | Int32Array }>;
export function writeWindows(folder: string, rows: number, seed?: number): void;
