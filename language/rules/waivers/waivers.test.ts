/** Comments that allow findings: where they count, what they need, and what a project's severities do to findings. */
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';
import { format } from '../../syntax/format.ts';
import type { RuleSeverity } from '../waive.ts';
import { whyNotSet } from '../waive.ts';

const shop = (features: string, before = ''): string => `source customers = csv("c.csv") {
  customer_id : key, signed_up : timestamp @time @known(+0d)
  plan        : text  @current
  note        : text  @after(outcome)
}
source orders = csv("o.csv") until 2024-12-31 {
  customer  : ref customers
  placed_at : timestamp  @time @known(+0d)
}
task churn { each c in customers, at every month from 2023-01-01 to 2024-10-01, label gone = count(orders next 60d) == 0 }
split churn by time { train: ..2024-02-29, test: 2024-09-01.., gap: 60d }
${before}features f for churn {
${features}
}
model m = baseline(f)
evaluate m on test { auc }
`;

function said(
  text: string,
  severities: Readonly<Record<string, RuleSeverity>> = {},
  file = 'main.cupel',
  more: Readonly<Record<string, string>> = {},
) {
  const analysis = createAnalysis();
  analysis.setSeverities(severities);
  for (const [path, other] of Object.entries({ [file]: text, ...more })) analysis.setFile(path, { kind: 'text', text: other });
  return {
    found: analysis.diagnostics(file).map(d => `${d.severity}[${d.rule}] ${d.range.start.line}`),
    waived: analysis.waived(file).map(d => `${d.rule} ${d.range.start.line}: ${d.reason}`),
    fixes: analysis.diagnostics(file).flatMap(d => d.fixes),
  };
}

describe('a waiver', () => {
  it.each([
    ['behind the code', '  plan  // cupel: allow current-state because "audited"', 'current-state 12: audited'],
    ['above it', '  // cupel: allow current-state because "audited"\n  plan', 'current-state 13: audited'],
    ['above it and another comment', '  // cupel: allow current-state because "audited"\n\n  /// The plan.\n  plan', 'current-state 15: audited'],
    ['with other spaces', '  plan  //cupel:allow   current-state  because   "audited"  ', 'current-state 12: audited'],
    ['with a quote in the reason', '  plan  // cupel: allow current-state because "an \\"audit\\""', 'current-state 12: an "audit"'],
    [
      'of several rules',
      '  x = plan == note  // cupel: allow current-state, after-outcome because "audited"',
      'after-outcome 12: audited, current-state 12: audited',
    ],
  ])('%s allows the finding', (_, features, waived) => {
    expect(said(shop(features)).found).toEqual([]);
    expect(said(shop(features)).waived.sort().join(', ')).toBe(waived);
  });

  it.each([
    [
      'in another line',
      '  plan\n  // cupel: allow current-state because "audited"\n  pi = 3',
      ['warning[current-state] 12', 'warning[unused-waiver] 13'],
    ],
    ['without a reason', '  plan  // cupel: allow current-state', ['warning[current-state] 12', 'warning[waiver-without-reason] 12']],
    ['with an empty reason', '  plan  // cupel: allow current-state because " "', ['warning[current-state] 12', 'warning[waiver-without-reason] 12']],
    [
      'with a reason that is not closed',
      '  plan  // cupel: allow current-state because "x',
      ['warning[current-state] 12', 'warning[waiver-without-reason] 12'],
    ],
    ['of another rule', '  plan  // cupel: allow future-window because "x"', ['warning[current-state] 12', 'warning[unused-waiver] 12']],
    ['of no rule', '  plan  // cupel: allow plans because "x"', ['warning[current-state] 12', 'warning[unknown-waiver] 12']],
    [
      'of what gives a program its meaning',
      '  plan  // cupel: allow type-mismatch because "x"',
      ['warning[current-state] 12', 'warning[unknown-waiver] 12'],
    ],
    ['that says something else', '  plan  // cupel: ignore', ['warning[current-state] 12', 'warning[unknown-waiver] 12']],
    ['in a text', '  x = plan == "// cupel: allow current-state because \'x\'"', ['warning[current-state] 12']],
  ])('%s allows nothing', (_, features, found) => {
    expect(said(shop(features)).found).toEqual(found);
    expect(said(shop(features)).waived).toEqual([]);
  });

  it('of which one part is unused says so of that part and keeps the other', () => {
    const { found, waived, fixes } = said(shop('  plan  // cupel: allow current-state, future-window because "audited"'));
    expect(found).toEqual(['warning[unused-waiver] 12']);
    expect(waived).toEqual(['current-state 12: audited']);
    expect(fixes).toEqual([]);
  });

  it('of what only a run can tell counts as used', () => {
    const text = shop('  n = count(orders last 30d)  // cupel: allow target-proxy, test-reread because "looked into"');
    expect(said(text)).toMatchObject({ found: [], waived: [] });
    expect(whyNotSet('target-proxy', 'off')).toBeNull();
  });

  it('survives the layout', () => {
    const text = shop('  // cupel: allow current-state because "audited"\n  plan\n  n = count(orders   last 30d)');
    expect(said(format(text)).found).toEqual([]);
    expect(said(format(text)).waived).toHaveLength(1);
  });

  it('counts where the finding stands, whichever file caused it', () => {
    const common = 'def held(c) = c == "pro"  // cupel: allow current-state because "audited"\n';
    const text = `import { held } from "./common.cupel"\n${shop('  x = held(plan)')}`;
    const { found } = said(text, {}, 'main.cupel', { 'common.cupel': common });
    const there = said(common, {}, 'common.cupel', { 'main.cupel': text });
    expect([...found, ...there.found]).toHaveLength(2);
    expect(found).toEqual(['warning[current-state] 13']);
    expect(there.found).toEqual(['warning[unused-waiver] 0']);
  });

  it('of an error lets the program run', () => {
    const analysis = createAnalysis();
    analysis.setFile('main.cupel', { kind: 'text', text: shop('  x = note == "a"  // cupel: allow after-outcome because "a trial"') });
    expect(analysis.plan('main.cupel', []).plan).not.toBeNull();
  });
});

describe('severities of a project', () => {
  it('raise, lower and turn off', () => {
    expect(said(shop('  plan'), { 'current-state': 'error' }).found).toEqual(['error[current-state] 12']);
    expect(said(shop('  plan'), { 'current-state': 'hint' }).found).toEqual(['hint[current-state] 12']);
    expect(said(shop('  plan'), { 'current-state': 'off' })).toMatchObject({ found: [], waived: [] });
    expect(said(shop('  plan  // cupel: allow current-state because "audited"'), { 'current-state': 'off' }).found).toEqual([]);
    expect(said(shop('  plan  // cupel: allow current-state'), { 'waiver-without-reason': 'error' }).found).toContain(
      'error[waiver-without-reason] 12',
    );
  });

  it('cannot hide what takes the meaning of a program away', () => {
    expect(whyNotSet('current-state', 'off')).toBeNull();
    expect(whyNotSet('unknown-name', 'warning')).toContain('always an error');
    expect(whyNotSet('unknown-name', 'error')).toBeNull();
    expect(whyNotSet('no-such', 'off')).toContain('no rule');
  });
});
