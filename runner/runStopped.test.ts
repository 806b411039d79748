import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { at, execute, plan, project, setUp, store, useProject } from '../test/smallRun.ts';
import type { RunEvent } from './events.ts';
import type { FindingRecord } from './record.ts';
import { run } from './run.ts';
import { sha256 } from './store/files.ts';

useProject();

describe('a run that does not come to its end', () => {
  const error: FindingRecord = { ...at(3), severity: 'error', rule: 'bad-header', message: 'No column `x`', help: 'Add it.', count: 1 };

  it('stops at an error in the data, says where, and leaves no run behind', async () => {
    const events: RunEvent[] = [];
    const failing = execute(plan(), {
      behave: node => (node.kind === 'split' ? { findings: [error] } : {}),
      onEvent: e => events.push(e),
    });
    await expect(failing).rejects.toMatchObject({ name: 'RunFailed', code: 'findings', message: 'No column `x`', place: at(3) });
    expect(events.at(-1)).toMatchObject({ event: 'run-failed', node: 'split t', code: 'findings', help: 'Add it.' });
    expect(events.some(e => e.event === 'finding')).toBe(true);
    expect(readdirSync(store('runs'))).toEqual([]);
    const after = await execute(plan());
    expect(after.record.nodes.filter(n => n.status === 'cached').map(n => n.id)).toEqual(['scan rows', 'frame t']);
  });

  it('keeps rows that were taken out where people can look', async () => {
    const { events } = await execute(plan(), { behave: node => (node.kind === 'split' ? { quarantined: 3 } : {}) });
    const [name = ''] = readdirSync(store('quarantine'));
    expect(name).toMatch(/^t-[0-9a-f]{8}\.csv$/);
    const artifact = { event: 'artifact', kind: 'quarantine', path: `.cupel/quarantine/${name}` };
    expect(events.find(e => e.event === 'artifact')).toMatchObject(artifact);
    expect((await execute(plan())).events.find(e => e.event === 'artifact')).toMatchObject(artifact);
  });

  it('stops at a check that must hold', async () => {
    const check = {
      ...at(2),
      table: 'rows',
      claim: 'count() >= 1000',
      passed: false,
      failing: 0,
      total: 200,
      value: 200,
      severity: 'error',
    } as const;
    const failing = execute(plan(), { behave: node => (node.kind === 'frame' ? { detail: { kind: 'check', checks: [check] } } : {}) });
    await expect(failing).rejects.toMatchObject({ message: '`count() >= 1000` does not hold of `rows`: it is 200.', place: at(2) });
  });

  it('is cancelled while its last step is told: nothing of it is kept', async () => {
    const controller = new AbortController();
    const events: RunEvent[] = [];
    const failing = execute(plan(), {
      signal: controller.signal,
      onEvent: e => {
        events.push(e);
        if (e.event === 'metric') controller.abort();
      },
    });
    await expect(failing).rejects.toMatchObject({ code: 'cancelled' });
    expect(readdirSync(store('runs'))).toEqual([]);
    const evaluation = events.find(e => e.event === 'metric');
    expect(events.at(-1)).toMatchObject({ event: 'run-failed', node: evaluation && 'node' in evaluation ? evaluation.node : '' });
    expect((await execute(plan())).record.leakage.length).toBeGreaterThan(0);
  });

  it('is cancelled between steps and within them', async () => {
    const controller = new AbortController();
    const failing = execute(plan(), {
      signal: controller.signal,
      onEvent: e => {
        if (e.event === 'node-started' && e.node === 'features f') controller.abort();
      },
    });
    await expect(failing).rejects.toMatchObject({ code: 'cancelled' });
    expect(readdirSync(store('runs'))).toEqual([]);
    expect((await execute(plan())).record.nodes.filter(n => n.status === 'cached')).toHaveLength(3);
  });

  it('a disk that cannot be written is no bug', async () => {
    writeFileSync(project('.cupel'), '');
    await expect(execute(plan())).rejects.toMatchObject({ code: 'resources' });
  });

  it('a bug stays what it is', async () => {
    const events: RunEvent[] = [];
    const failing = execute(plan(), {
      behave: node => {
        if (node.kind === 'frame') throw new TypeError('oops');
        return {};
      },
      onEvent: e => events.push(e),
    });
    await expect(failing).rejects.toBeInstanceOf(TypeError);
    expect(events.at(-1)).toMatchObject({ event: 'run-failed', code: 'bug', message: 'oops' });
  });

  it.each(['the engine does not close', 'what was run cannot be remembered'])('is no such run once its record is in its place: %s', async what => {
    const { options, machinery } = setUp({});
    const close = async (): Promise<void> => {
      throw new Error('the engine does not close');
    };
    const engine: typeof machinery.engine = async at => ({ ...(await machinery.engine(at)), ...(what.startsWith('the engine') && { close }) });
    if (what.startsWith('what')) mkdirSync(store('cache', 'last', `${sha256('a.cupel').slice(0, 32)}.json`), { recursive: true });
    const events: RunEvent[] = [];
    const record = await run(plan(), options, event => events.push(event), { ...machinery, engine });
    expect(events.filter(({ event }) => event.startsWith('run-'))).toMatchObject([
      { event: 'run-started' },
      { event: 'run-finished', id: record.id },
    ]);
    expect(readdirSync(store('runs'))).toEqual([record.id]);
    expect(readdirSync(store('scratch'))).toEqual([]);
  });
});
