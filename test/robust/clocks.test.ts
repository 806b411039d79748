/** Clocks that stand, jump or run backwards change names and timings of runs, never a figure, and no result is taken for another. */
import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { run } from '../../runner/run.ts';
import { openSourceHashes } from '../../runner/store/sources.ts';
import { lasting, plan, project, rows, setUp, store, useProject } from '../smallRun.ts';

useProject();

const dates = ['2026-11-21T10:00:00Z', '1970-01-01T00:00:00Z', '2099-12-31T23:59:59Z', '2026-11-21T10:00:00Z', '2026-11-20T10:00:00Z'];

describe('a clock', () => {
  it('that jumps between runs gives them other names and the same figures', async () => {
    const records = [];
    for (const [i, date] of dates.entries()) {
      const { options, machinery } = setUp({ force: i % 2 === 0 });
      records.push(await run(plan(), { ...options, clock: { now: options.clock.now, date: () => new Date(date) } }, () => undefined, machinery));
    }
    for (const record of records) expect(lasting(record)).toEqual(lasting(records[0] ?? record));
    expect(records.map(r => r.id.replace(/-[0-9a-f]{4}/, ''))).toEqual(['20261121', '19700101', '20991231', '20261121-2', '20261120']);
    for (const { id } of records) expect(JSON.parse(readFileSync(store('runs', id, 'run.json'), 'utf8')).id).toBe(id);
  });

  it.each([
    ['stands', () => 0],
    [
      'jumps',
      (() => {
        let at = 0;
        return () => (at += at % 2 ? 1e15 : 1);
      })(),
    ],
  ])('that %s within a run is only its timing', async (_, now) => {
    const { options, machinery } = setUp({});
    const record = await run(plan(), { ...options, clock: { now, date: options.clock.date } }, () => undefined, machinery);
    const usual = await run(plan(), options, () => undefined, machinery);
    expect(lasting(record)).toEqual(lasting(usual));
    expect(record.timing.seconds).toBeGreaterThanOrEqual(0);
  });

  it('behind which a file changes does not hide the change', async () => {
    const file = project('rows.csv');
    const folder = project('hashes');
    const second = 1_000_000_000n;
    const at = (shift: bigint) => openSourceHashes(folder, () => BigInt(Date.now()) * 1_000_000n + shift * second);
    const before = await at(3600n).of(file);
    // As long as before, with the time of change that it had: only the file system's own time tells.
    const content = readFileSync(file, 'utf8');
    const when = new Date('2020-01-01T00:00:00Z');
    utimesSync(file, when, when);
    const touched = await at(3600n).of(file);
    expect(touched?.sha256).toBe(before?.sha256);
    writeFileSync(file, content.replace('r0000,0', 'r0000,1'));
    utimesSync(file, when, when);
    // Whatever the clock says by now, and whoever asks.
    for (const shift of [-100_000n, 0n, 3600n, 1_000_000n]) expect((await at(shift).of(file))?.sha256).not.toBe(before?.sha256);
  });

  it('that is behind the times of files takes nothing from memory', async () => {
    const folder = project('hashes');
    const past = openSourceHashes(folder, () => 0n);
    const first = await past.of(project('rows.csv'));
    writeFileSync(project('rows.csv'), rows(200, 1));
    expect((await past.of(project('rows.csv')))?.sha256).not.toBe(first?.sha256);
  });
});
