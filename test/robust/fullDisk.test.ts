/** A disk that fills up at any moment ends the run as "could not finish", and leaves a store from which the next run goes on. */
import { rmSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RunEvent } from '../../runner/events.ts';
import { openStore } from '../../runner/store/store.ts';
import { claim, execute, lasting, plan, store, useProject } from '../smallRun.ts';

/** From the call with that number on, nothing can be written any more: removing and reading still work. */
const disk = vi.hoisted(() => ({ calls: 0, fullFrom: Number.POSITIVE_INFINITY }));

vi.mock('node:fs/promises', async original => {
  const real = await original<typeof import('node:fs/promises')>();
  const write = (): void => {
    if (++disk.calls >= disk.fullFrom) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  };
  const writing =
    <A extends readonly unknown[], R>(action: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      write();
      return action(...args);
    };
  return {
    ...real,
    mkdir: writing(real.mkdir as (path: string) => Promise<string | undefined>),
    rename: writing(real.rename),
    copyFile: writing(real.copyFile),
    link: writing(real.link),
    writeFile: writing(real.writeFile),
    async open(path: string, flags: string) {
      if (flags !== 'r') write();
      const handle = await real.open(path, flags);
      const content = handle.writeFile.bind(handle);
      // Half of it is there when the disk is full.
      handle.writeFile = async (data: string) => {
        if (disk.calls + 1 >= disk.fullFrom) await content(data.slice(0, data.length >> 1));
        write();
        return content(data);
      };
      return handle;
    },
  };
});

useProject();
afterEach(() => {
  disk.fullFrom = Number.POSITIVE_INFINITY;
});

const given = plan({ claims: [claim('gate', 0.5)] });

describe('a disk that is full', () => {
  it('at any moment ends the run, and the next one is as if there had been none', async () => {
    const whole = await execute(given);
    let ended = 0;
    let failure: unknown = null;
    for (let from = 1; from === 1 || failure !== null; from += from > 100 ? 1 : 4) {
      rmSync(store(), { recursive: true });
      const events: RunEvent[] = [];
      disk.calls = 0;
      disk.fullFrom = from;
      failure = await execute(given, { onEvent: e => events.push(e) }).then(
        () => null,
        error => error,
      );
      disk.fullFrom = Number.POSITIVE_INFINITY;
      const { runs, ledger } = await openStore(store());
      if (failure !== null) {
        ended++;
        expect(failure, `from call ${from}`).toMatchObject({
          name: 'RunFailed',
          code: 'resources',
          help: expect.stringContaining('Free some space'),
        });
        expect(events.at(-1)).toMatchObject({ event: 'run-failed', message: expect.stringContaining('the disk is full') });
        expect(await runs.list()).toEqual([]);
      }
      expect((await ledger.read()).damaged).toEqual([]);
      expect(lasting((await execute(given)).record)).toEqual(lasting(whole.record));
    }
    expect(ended).toBeGreaterThan(15);
  });
});
