/**
 * The matrices of a run, each in a file of its own: made from the tables when a step first reads one, or taken from the cache, and read
 * column by column. What is in memory of them is little, whatever their size.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FeaturesNode } from '../language/plan/plan.ts';
import type { RelationalEngine } from './engine/relational.ts';
import { type RawColumn, readMatrixFile, type StoredMatrix, writeColumnFile } from './learn/columnFile.ts';
import type { Matrix } from './learn/matrix.ts';
import { storing } from './store/files.ts';

export interface Matrices {
  readonly matrix: (features: FeaturesNode) => Promise<Matrix>;
  readonly raw: (features: FeaturesNode) => Promise<readonly RawColumn[]>;
  /** The file, finished. */
  readonly file: (features: FeaturesNode) => Promise<string>;
  /** As `file`; null where it is without the columns behind the features. */
  readonly wholeFile: (features: FeaturesNode) => Promise<string | null>;
  /** Gives back the file and what is in memory; the matrix, where there is one. */
  readonly release: (features: string) => Promise<Matrix | null>;
}

interface Given {
  /** A folder of this run alone. */
  readonly folder: string;
  /** The engine with the tables of the set. */
  readonly tables: (features: string) => Promise<RelationalEngine>;
  /** Gives back tables that a matrix is made without. */
  readonly shed: (features: string) => Promise<void>;
  /** Puts the file of an earlier run at the path; false where there is none. */
  readonly restore: (features: string, path: string) => Promise<boolean>;
}

export function matricesOf({ folder, tables, shed, restore }: Given): Matrices {
  const files = new Map<string, Promise<StoredMatrix>>();
  const raws = new Map<string, Promise<readonly RawColumn[]>>();
  const places = new Map<string, string>();
  let made = 0;

  async function write(node: FeaturesNode, path: string): Promise<void> {
    const engine = await tables(node.id);
    await shed(node.id);
    const file = writeColumnFile(path);
    try {
      const matrix = await engine.matrix(node.id, file.keep);
      // Of parts nobody asks what the columns were before they were fitted.
      const raw = node.part ? null : await engine.rawColumns(node.id, matrix, file.keep);
      // With what its feature set says about rows that fits make up.
      file.finish(node.resample ? { ...matrix, resample: node.resample } : matrix, raw);
    } finally {
      file.close();
    }
  }

  function stored(node: FeaturesNode): Promise<StoredMatrix> {
    return once(files, node.id, () =>
      storing('write the matrix', async () => {
        const path = join(folder, `matrix-${made++}`);
        places.set(node.id, path);
        if (!(await restore(node.id, path))) await write(node, path);
        return readMatrixFile(path);
      }),
    );
  }

  return {
    matrix: async node => (await stored(node)).matrix,
    raw: node =>
      once(raws, node.id, async () => {
        const { matrix, raw } = await stored(node);
        return raw ?? (await tables(node.id)).rawColumns(node.id, matrix);
      }),
    file: async node => {
      await stored(node);
      return places.get(node.id) ?? '';
    },
    wholeFile: async node => {
      const { raw } = await stored(node);
      return raw === null ? null : (places.get(node.id) ?? null);
    },
    async release(features) {
      const known = await files.get(features);
      const path = places.get(features);
      files.delete(features);
      raws.delete(features);
      if (path !== undefined) rmSync(path, { force: true });
      return known?.matrix ?? null;
    },
  };
}

function once<T>(made: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = made.get(key);
  if (known) return known;
  const value = make();
  made.set(key, value);
  return value;
}
