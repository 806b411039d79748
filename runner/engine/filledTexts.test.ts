/** Texts of any length come out of the engine as they were put in. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VARCHAR } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { textsFrom } from '../learn/texts.ts';
import { openDatabase } from './duckdb.ts';

it('writes short and long texts beside each other, in the order that is asked for', async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'cupel-engine-'));
  const db = await openDatabase({ root: scratch, scratch, threads: 1, memory: null });
  try {
    const kinds = ['', 'a', 'exactly12___', 'thirteen bytes', 'ünï', 'a much longer text, beyond what lies in a row', '日本語日本', '0'];
    const texts = Array.from({ length: 5_000 }, (_, i) => `${kinds[i % kinds.length]}${i % 3 ? '' : i}`);
    const rows = Int32Array.from(texts.keys()).reverse();
    async function* batches() {
      yield { rows: rows.length, columns: [{ texts: textsFrom(texts), rows }] };
    }
    await db.append('"t"', [{ name: 'x', type: VARCHAR }], batches());
    const found = await db.rows('SELECT x FROM t ORDER BY rowid');
    expect(found.map(([text]) => text)).toEqual([...texts].reverse());
    // Short texts are compared with all the bytes of their place.
    const [counted] = await db.rows(`SELECT count(*) FROM t WHERE x = 'a'`);
    expect(Number(counted?.[0])).toBe(texts.filter(text => text === 'a').length);
  } finally {
    db.close();
    rmSync(scratch, { recursive: true, force: true });
  }
});
