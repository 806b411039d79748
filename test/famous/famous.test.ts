/**
 * Famous cases of leakage: each is caught at its place, its honest twin is quiet, and both are run, so that what the leak pretended can be
 * read beside what the data deserve.
 */
import { describe, expect, it } from 'vitest';
import { diagnostic, told } from '../semantics/program.ts';
import { wholeRun } from '../wholeRun.ts';
import { allowed, type FamousCase, versionOf } from './famousCase.ts';
import { outcomeCases } from './outcomes.ts';
import { timeCases } from './times.ts';
import { unitCases } from './units.ts';

const atLeastWarnings = (text: string): string[] => told(text).filter(line => !line.startsWith('info'));

async function scoreOf(text: string, { files, metric }: FamousCase): Promise<number> {
  const record = await wholeRun(text, files, ran => ran.record);
  return record.metrics.find(m => m.metric === metric && m.segment === null)?.value ?? Number.NaN;
}

describe.each([...outcomeCases, ...timeCases, ...unitCases].map(one => [one.name, one] as const))('%s', (_, one) => {
  const [leaky, honest] = [versionOf(one, one.leaky), versionOf(one, one.honest)];

  it('is an error at its place, and the twin is quiet', () => {
    expect(atLeastWarnings(leaky)).toEqual([`${one.severity ?? 'error'} ${one.rule} «${one.at}»`]);
    expect(atLeastWarnings(honest)).toEqual([]);
  });

  it('pretends what the data do not deserve', async () => {
    const [low, high] = one.deserves;
    const pretended = await scoreOf(allowed(leaky, diagnostic(leaky, one.rule)), one);
    const deserved = await scoreOf(honest, one);
    expect({ deserved, between: deserved >= low && deserved <= high }).toEqual({ deserved, between: true });
    expect(pretended).toBeGreaterThanOrEqual(one.pretends);
  });
});
