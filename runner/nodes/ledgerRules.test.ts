/** What runs say of a ledger that grows with them: readings again, the best of many, entries that are changed or gone. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { execute, plan, type Ran, store, useProject } from '../../test/smallRun.ts';

useProject();

const about = ({ record }: Ran) => record.findings.filter(f => ['test-reread', 'best-of-many', 'ledger-changed'].includes(f.rule));
const rules = (ran: Ran) => about(ran).map(({ severity, rule, count }) => `${severity} ${rule} ${count}`);
/** The more the coefficient is held, the worse the figures that are no ranks. */
const withPenalty = (l2: number) => execute(plan({ l2 }));

describe('reading test again', () => {
  it('is silent for the first run, and for the same once more', async () => {
    expect(rules(await withPenalty(1))).toEqual([]);
    expect(rules(await withPenalty(1))).toEqual([]);
  });

  it('is told from the second run on, and is a warning from the fourth', async () => {
    await withPenalty(0.5);
    const second = await withPenalty(50);
    expect(rules(second)).toEqual(['info test-reread 2']);
    expect(about(second)[0]?.message).toMatch(/^The test rows of `\w+` have been read in 2 runs, by 2 models: .* 0\.6 standard errors/);
    expect(rules(await withPenalty(500))).toEqual(['info test-reread 3']);
    expect(rules(await withPenalty(5000))).toEqual(['warning test-reread 4']);
  });

  it('names the best of many with its corrected interval', async () => {
    await withPenalty(500);
    await withPenalty(50);
    const third = await withPenalty(0.5);
    expect(rules(third)).toEqual(['warning best-of-many 3']);
    expect(about(third)[0]?.message).toMatch(
      /^`brier` of `best on test` is the best of 3 figures on the same test rows: corrected for that its 95% interval is .* is luck\.$/,
    );
    // From the cache it says the same.
    expect(rules(await withPenalty(0.5))).toEqual(['warning best-of-many 3']);
  });
});

describe('many metrics of one model', () => {
  const asking = (...metrics: readonly string[]) => {
    const of = plan({ l2: 0.5 });
    const nodes = of.nodes.map(node =>
      node.kind === 'evaluate' && node.partition === 'test'
        ? { ...node, fingerprint: metrics.join(), metrics: metrics.map(metric => ({ metric, place: node.place })) }
        : node,
    );
    return execute({ ...of, nodes });
  };

  it('are named where they were read and are not shown any more', async () => {
    expect(rules(await asking('auc'))).toEqual([]);
    expect(rules(await asking('brier', 'auc'))).toEqual([]);
    expect(rules(await asking('average_precision', 'auc'))).toEqual([]);
    const last = await asking('log_loss');
    expect(rules(last)).toEqual(['warning best-of-many 4']);
    expect(about(last)[0]?.message).toBe(
      '4 metrics of this model were read on the test rows of `best on test`, and `auc`, `average_precision`, `brier` of them are not shown any more.',
    );
    expect(rules(await asking('auc', 'average_precision', 'brier', 'log_loss'))).toEqual([]);
  });
});

describe('a ledger that somebody changed', () => {
  const names = () => readdirSync(store('ledger')).sort();
  const path = (name: string) => join(store('ledger'), name);
  const kindOf = (name: string): string => JSON.parse(readFileSync(path(name), 'utf8')).kind;

  it('is told where an entry was taken out or rewritten', async () => {
    await withPenalty(0.5);
    const [reading = ''] = names().filter(name => kindOf(name) === 'reading');
    await withPenalty(50);
    const text = readFileSync(path(reading), 'utf8');
    writeFileSync(path(reading), text.replace('"best"', '"other"'));
    const rewritten = await withPenalty(50);
    expect(about(rewritten).map(f => f.message)).toContain(`The ledger entry ${reading} was changed after it was written and is not counted`);
    rmSync(path(reading));
    expect(about(await withPenalty(50)).map(f => f.message)).toContain(`The ledger entry ${reading} is gone, although others follow it`);
  });

  it('gets back what the cache shows was read', async () => {
    const { record } = await withPenalty(0.5);
    rmSync(store('ledger'), { recursive: true });
    expect((await withPenalty(0.5)).record.ledger).toEqual(record.ledger);
  });
});
