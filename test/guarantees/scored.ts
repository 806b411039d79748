/** The scores that a run wrote, by evaluation and row. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { WholeRun } from '../wholeRun.ts';

/** `file id` with the score, one entry a judged row; rows that are judged twice are there twice. */
export async function scoresOf({ folder }: WholeRun): Promise<readonly (readonly [file: string, id: string, score: number])[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const found: [string, string, number][] = [];
    for (const file of readdirSync(join(folder, 'predictions')).sort()) {
      const reader = await connection.runAndReadAll(`SELECT id, score FROM '${join(folder, 'predictions', file)}' ORDER BY ALL`);
      for (const [id, score] of reader.getRowsJS()) found.push([file, String(id), Number(score)]);
    }
    return found;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
