/**
 * A clean program that a change can influence is a hole in the checker. The short form of `npm run fuzz:leakage`; a program that is found
 * here is made small with `--explain SEED`.
 */
import { describe, expect, it } from 'vitest';
import { generate } from './generate.ts';
import { judge } from './judge.ts';
import { addTo, emptyReport } from './report.ts';

const programs = 300;

describe('programs drawn at random', () => {
  const report = emptyReport();
  for (let seed = 1; seed <= programs; seed++)
    addTo(report, seed, judge(generate(seed), seed, { clean: { data: 1, rounds: 3 }, flagged: { data: 1, rounds: 1 } }));

  it('are clean only where nothing that may not matter does', () => {
    expect(report.holes).toEqual([]);
  });

  it('are well-typed, and many of them clean with rows to learn from and to judge on', () => {
    expect(report.verdicts.broken).toBeLessThan(programs * 0.08);
    expect(report.live).toBeGreaterThanOrEqual(programs * 0.4);
    expect(report.verdicts.leaks).toBeGreaterThanOrEqual(programs * 0.2);
  });

  it('that are flagged are influenced, the more so the more changes are tried', () => {
    const counts = [...report.rules.values()];
    const said = counts.reduce((sum, { alone }) => sum + alone, 0);
    expect(counts.reduce((sum, { aloneConfirmed }) => sum + aloneConfirmed, 0)).toBeGreaterThan(said * 0.4);
  });
});
