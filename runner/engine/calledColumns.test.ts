/** Columns that the engine hands over and takes back, as they lie in memory. */
import { DOUBLE, type DuckDBConnection, DuckDBInstance, INTEGER, STRUCT, TINYINT } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Called, mostRows, registerCalled } from './calledColumns.ts';

let instance: DuckDBInstance;
let db: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  db = await instance.connect();
});
afterAll(() => {
  db.closeSync();
  instance.closeSync();
});

describe('functions that statements call with columns', () => {
  it('see the values of every type, in batches', async () => {
    const seen: (readonly [number, number, number, string])[] = [];
    registerCalled(db, {
      name: 'see',
      parameters: ['int8', 'int32', 'float64', 'text'],
      gives: TINYINT,
      everyRow: true,
      call(rows, [small, whole, float, text]) {
        expect(rows).toBeLessThanOrEqual(mostRows);
        const bytes = new Uint8Array((text as Called).buffer, (text as Called).byteOffset, 16 * rows);
        for (let i = 0; i < rows; i++) {
          const length = (text as Called)[4 * i] as number;
          const letters = new TextDecoder().decode(bytes.slice(16 * i + 4, 16 * i + 4 + length));
          seen.push([small?.[i] as number, whole?.[i] as number, float?.[i] as number, letters]);
        }
        return null;
      },
    });
    const read = await db.runAndReadAll(
      "SELECT count(see(CAST(i % 7 - 3 AS TINYINT), CAST(i * 1000 AS INTEGER), i / 8, 'n' || i)) FROM range(5000) t(i)",
    );
    expect(read.getRows()).toEqual([[5000n]]);
    const expected = Array.from({ length: 5000 }, (_, i) => [(i % 7) - 3, i * 1000, i / 8, `n${i}`]);
    expect(seen.sort((a, b) => a[1] - b[1])).toEqual(expected);
  });

  it('give the fields of a struct, null where a row has none', async () => {
    const fields = [new Int32Array(mostRows), new Float64Array(mostRows)] as const;
    registerCalled(db, {
      name: 'half',
      parameters: ['int32'],
      gives: STRUCT({ whole: INTEGER, rest: DOUBLE }),
      everyRow: false,
      call(rows, [column]) {
        const missing: number[] = [];
        for (let i = 0; i < rows; i++) {
          const value = column?.[i] as number;
          if (value % 5 === 4) missing.push(i);
          fields[0][i] = value >> 1;
          fields[1][i] = (value % 2) / 2;
        }
        return { fields, missing };
      },
    });
    const read = await db.runAndReadAll(
      'SELECT i, half(i).whole, half(i).rest FROM (SELECT CAST(i AS INTEGER) AS i FROM range(5000) t(i)) ORDER BY i',
    );
    expect(read.getRows()).toEqual(Array.from({ length: 5000 }, (_, i) => (i % 5 === 4 ? [i, null, null] : [i, i >> 1, (i % 2) / 2])));
  });

  it('are called for every row where that is asked', async () => {
    let rows = 0;
    registerCalled(db, {
      name: 'tally',
      parameters: ['int32'],
      gives: TINYINT,
      everyRow: true,
      call(many) {
        rows += many;
        return null;
      },
    });
    await db.run('SELECT count(tally(1::INTEGER)) FROM range(3000)');
    expect(rows).toBe(3000);
  });

  it('end the statement when they fail', async () => {
    registerCalled(db, {
      name: 'fails',
      parameters: ['int32'],
      gives: TINYINT,
      everyRow: true,
      call() {
        throw new Error('No such number.');
      },
    });
    await expect(db.run('SELECT count(fails(CAST(i AS INTEGER))) FROM range(10) t(i)')).rejects.toThrow('No such number.');
  });
});
