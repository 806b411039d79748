import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { EvaluateNode } from '../language/plan/plan.ts';
import { aucOf, claim, execute, lasting, plan, project, type Ran, rows, store, useProject } from '../test/smallRun.ts';

useProject();

describe('a run', () => {
  it('ends with a record, its events and the predictions', async () => {
    const { record, events } = await execute(plan({ claims: [claim('gate', 0.7)] }));
    expect(record.id).toMatch(/^20261121-[0-9a-f]{4}$/);
    expect(record.nodes.map(n => n.status)).toEqual(new Array(8).fill('computed'));
    expect(record.models.map(m => m.name)).toEqual(['usual', 'logistic', 'best']);
    expect(record.models[2]?.choice).toMatchObject({ chosen: 'logistic', partition: 'validate' });
    expect(record.metrics.map(m => [m.metric, m.segment])).toEqual([
      ['brier', null],
      ['auc', null],
      ['auc', 'half = high'],
      ['auc', 'half = low'],
    ]);
    expect(record.metrics[1]?.baseline).toMatchObject({ model: 'usual' });
    expect(record.claims).toMatchObject([{ claim: 'auc >= 0.7', passed: true, severity: 'gate' }]);
    expect(record.drift.map(d => d.kind)).toEqual(['feature', 'score', 'label']);
    expect(record.features).toMatchObject([{ set: 'f', name: 'x', nulls: 0, rows: 100 }]);
    expect(record.ledger).toMatchObject([{ partition: 'test', readings: 1, models: 1 }]);
    expect(events.map(e => e.event).filter(e => e.startsWith('run'))).toEqual(['run-started', 'run-finished']);
    expect(JSON.parse(readFileSync(store('runs', record.id, 'run.json'), 'utf8'))).toEqual(record);
    expect(readdirSync(store('runs', record.id, 'predictions'))).toEqual(['best on test.parquet']);
    expect(JSON.parse(readFileSync(store('runs', record.id, 'models', 'logistic.json'), 'utf8'))).toMatchObject({
      version: 2,
      name: 'logistic',
      trainedOn: { partition: 'train', rows: 100 },
      sources: [{ name: 'rows', sha256: record.sources[0]?.sha256 }],
      scoring: { threshold: 0.5, model: { kind: 'trained', encoding: 'features f', state: { kind: 'logistic_regression' } } },
    });
    expect(existsSync(store('scratch')) ? readdirSync(store('scratch')) : []).toEqual([]);
  });

  it('is the same twice, opens no engine the second time, and reads test once', async () => {
    const first = await execute(plan());
    const second = await execute(plan());
    expect(lasting(second.record)).toEqual(lasting(first.record));
    expect(second.log).toEqual([]);
    expect(second.record.nodes.every(n => n.status === 'cached')).toBe(true);
    expect(second.record.id).toBe(`${first.record.id}-2`);
    expect(second.record.ledger).toMatchObject([{ partition: 'test', readings: 1, models: 1 }]);
    const told = (ran: Ran) => ran.events.filter(e => ['metric', 'claim', 'drift', 'finding', 'check'].includes(e.event));
    expect(told(second)).toEqual(told(first));
    expect(readFileSync(store('runs', second.record.id, 'predictions', 'best on test.parquet'), 'utf8')).toBe(
      readFileSync(store('runs', first.record.id, 'predictions', 'best on test.parquet'), 'utf8'),
    );
    const forced = await execute(plan(), { force: true });
    expect(lasting(forced.record)).toEqual(lasting(first.record));
    expect(forced.log).toContain('execute features f');
  });

  it('recomputes what changed and restores the tables it needs', async () => {
    await execute(plan());
    const { record, log } = await execute(plan({ l2: 0.1 }));
    expect(record.nodes.filter(n => n.status === 'computed').map(n => n.id)).toEqual(['train logistic', 'choose best', 'evaluate best on test']);
    expect(log.filter(l => l.startsWith('execute'))).toEqual([]);
    expect(log).toContain('restore features f');
    expect(record.ledger).toMatchObject([{ partition: 'test', readings: 2, models: 2 }]);
  });

  it('recomputes everything when the data change', async () => {
    const first = await execute(plan());
    writeFileSync(project('rows.csv'), rows(240));
    const second = await execute(plan());
    expect(second.record.nodes.every(n => n.status === 'computed')).toBe(true);
    expect(second.record.sources[0]?.sha256).not.toBe(first.record.sources[0]?.sha256);
  });

  it('takes places from the text as it is now, not as it was when the result was kept', async () => {
    await execute(plan({ claims: [claim('gate', 0.7)] }));
    const { record } = await execute(plan({ line: 30, claims: [claim('gate', 0.7)] }));
    expect(record.nodes.every(n => n.status === 'cached')).toBe(true);
    expect(record.metrics.map(m => m.range.start.line)).toEqual([39, 20, 40, 40]);
    expect(record.drift.map(d => d.range.start.line)).toEqual([34, 38, 38]);
    expect(record.models.map(m => m.range.start.line)).toEqual([35, 36, 37]);
    expect(record.sources.map(o => [o.file, o.range.start.line])).toEqual([['a.cupel', 30]]);
    expect(record.partitions.map(o => [o.file, o.range.start.line])).toEqual([['a.cupel', 32]]);
  });

  it('finds a damaged cache entry and computes it again', async () => {
    const first = await execute(plan());
    for (const folder of readdirSync(store('cache')).filter(f => f.length === 2)) {
      for (const file of readdirSync(store('cache', folder))) truncateSync(store('cache', folder, file), 50);
    }
    const second = await execute(plan());
    expect(second.record.nodes.every(n => n.status === 'computed')).toBe(true);
    expect(lasting(second.record)).toEqual(lasting(first.record));
  });

  it('does not disturb another run in the same folder', async () => {
    const both = await Promise.all([execute(plan()), execute(plan())]);
    const [one, two] = both;
    expect(new Set(both.map(b => b.record.id)).size).toBe(2);
    expect(lasting(one.record)).toEqual(lasting(two.record));
    expect(readdirSync(store('runs')).length).toBe(2);
    expect((await execute(plan())).record.ledger).toMatchObject([{ partition: 'test', readings: 1, models: 1 }]);
  });

  it('a failed gate is in the record; the run itself is whole', async () => {
    const { record } = await execute(plan({ claims: [claim('gate', 0.999), claim('warn', 0.999)] }));
    expect(record.claims.map(c => [c.passed, c.severity])).toEqual([
      [false, 'gate'],
      [false, 'warn'],
    ]);
    expect(record.claims[0]?.low).toBeLessThan(record.claims[0]?.value ?? 0);
  });

  it('a difference claim is judged on the same rows and has an interval', async () => {
    const difference: EvaluateNode['claims'][number] = {
      ...claim('gate', 0.1),
      text: 'auc - usual.auc >= 0.10',
      left: { op: 'arithmetic', operator: '-', left: aucOf('choose best'), right: aucOf('train usual') },
    };
    const { record } = await execute(plan({ claims: [difference] }));
    const [found] = record.claims;
    const auc = record.metrics.find(m => m.metric === 'auc' && m.segment === null);
    expect(found?.value).toBeCloseTo((auc?.value ?? 0) - 0.5, 12);
    expect(found?.low).toBeLessThan(found?.value ?? 0);
  });

  it('a claim about the bound or the drift compares those', async () => {
    const bound = { ...claim('gate', 0), text: 'low(auc)', left: { op: 'bound', side: 'low', of: aucOf('choose best') } } as const;
    const drift = { ...claim('gate', 0), text: 'drift', left: { op: 'drift', subject: 'features', test: 'psi' }, comparison: '<' } as const;
    const none = { ...drift, left: { op: 'drift', subject: 'features', test: 'chi_square' } } as const;
    const { record } = await execute(plan({ claims: [bound, drift, none] }));
    expect(record.claims[0]?.value).toBe(record.metrics.find(m => m.metric === 'auc')?.low);
    expect(record.claims[1]?.value).toBe(record.drift[0]?.statistic);
    expect(record.claims[2]).toMatchObject({ value: null, passed: false });
  });
});
