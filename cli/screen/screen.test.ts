import { describe, expect, it } from 'vitest';
import { plainStyle } from '../../language/report/style.ts';
import { displayWidth } from '../../language/report/width.ts';
import type { RunRecord } from '../../runner/record.ts';
import { bar, figure, percentage, seconds, signed, sparkline } from './figures.ts';
import { resultLines } from './results.ts';
import { finishedLine, parted, runningLine } from './steps.ts';

const at = (line: number, character: number) => ({
  file: 'churn.cupel',
  range: { start: { line, character }, end: { line, character: character + 1 } },
});
const options = {
  width: 80,
  style: plainStyle,
  shown: (f: string) => f,
  verbose: false,
  quiet: false,
  folder: '.cupel/runs/20261121-7f3a',
  quarantine: [],
};

it('a summary that is too long goes on below, and loses no figure', () => {
  const summary = 'train 18,000 · validate 8,151 · test 4,633 · 4,078 left out';
  expect(parted(summary, 80)).toEqual([summary]);
  expect(parted(summary, 50)).toEqual(['train 18,000 · validate 8,151 · test 4,633', '4,078 left out']);
  expect(parted('gradient_boosting', 10)).toEqual(['gradient_…']);
  const [first = '', ...rest] = finishedLine({ kind: 'split', name: 'churn', seconds: 0, cached: false, summary, warns: false }, options).split('\n');
  expect(displayWidth(first)).toBe(80);
  expect(rest).toEqual([`${' '.repeat(first.indexOf('train'))}4,078 left out`]);
});

describe('figures', () => {
  it.each([
    [0.8571, '0.857'],
    [-0.0121, '−0.012'],
    [0, '0.000'],
    [0.00012, '0.00012'],
    [12.345, '12.35'],
    [123.45, '123.5'],
    [1234567, '1,234,567'],
    [-0.0001, '−0.00010'],
  ])('%f is %s', (value, text) => expect(figure(value)).toBe(text));
  it('differences have a sign, times a unit', () => {
    expect([signed(0.357), signed(-0.012), signed(0)]).toEqual(['+0.357', '−0.012', '0.000']);
    expect([seconds(0.94), seconds(72), seconds(3720)]).toEqual(['0.9 s', '1 min 12 s', '1 h 2 min']);
  });
  it.each([
    [0.972, '97.2%'],
    [1, '100%'],
    [0, '0%'],
    [0.99996, '99.996%'],
    [0.00004, '0.004%'],
    [0.5, '50.0%'],
  ])('a share of %f is %s', (value, text) => expect(percentage(value)).toBe(text));
  it('bars and sparklines', () => {
    expect(bar(0.55, 10)).toBe('━━━━━╸────');
    expect([bar(0, 4), bar(1, 4), bar(7, 4)]).toEqual(['────', '━━━━', '━━━━']);
    expect(sparkline([0, 0.5, 1], 1)).toBe('▁▅█');
    expect(sparkline([0, 0], 0)).toBe('▁▁');
  });
});

describe('steps', () => {
  it('finished ones say what, how much and how long, in 80 columns', () => {
    const step = { kind: 'scan', name: 'orders', seconds: 0.94, cached: false, summary: '5,012,113 rows · parquet · 3 files', warns: false };
    const line = finishedLine(step, options);
    expect(line).toBe('  ✓ orders             5,012,113 rows · parquet · 3 files                  0.9 s');
    expect(displayWidth(finishedLine({ ...step, kind: 'check', warns: true, summary: 'x'.repeat(200) }, options))).toBe(80);
    expect(finishedLine({ ...step, cached: true }, options)).toMatch(/cached$/);
  });
  it('running ones show how far and how long still', () => {
    const step = { kind: 'train', name: 'gbt', done: 17, total: 40, unit: 'trials', note: 'best auc 0.861', elapsed: 30 };
    expect(runningLine(step, 2, options)).toBe('  ⠹ gbt                17/40 trials · best auc 0.861    ━━━━━───────   41 s left');
    expect(displayWidth(runningLine({ ...step, total: 0 }, 0, { ...options, width: 50 }))).toBeLessThanOrEqual(50);
  });
});

function record(over: Partial<RunRecord>): RunRecord {
  return {
    version: 1,
    id: '20261121-7f3a',
    plan: 'p',
    seed: 42,
    program: [],
    call: null,
    engine: { relational: 'duckdb 1.5.6', tensor: 'wasm', threads: 1, node: '20.20.2', platform: 'linux x64' },
    sources: [],
    nodes: [],
    checks: [],
    partitions: [],
    models: [],
    tunings: [],
    features: [],
    metrics: [],
    confusions: [],
    claims: [],
    drift: [],
    findings: [],
    leakage: [],
    ledger: [],
    timing: { started: '', seconds: 12.84, nodes: {} },
    ...over,
  };
}

const metric = (name: string, value: number | null, over = {}) => ({
  ...at(57, 2),
  evaluation: 'gbt on test',
  model: 'gbt',
  partition: 'test',
  metric: name,
  segment: null,
  value,
  low: value === null ? null : value - 0.006,
  high: value === null ? null : value + 0.006,
  method: value === null ? 'one class only' : 'delong',
  n: 100,
  baseline: null,
  ...over,
});

describe('the end of a run', () => {
  it('shows figures, claims, what moved, and the failed gate last', () => {
    const lines = resultLines(
      record({
        nodes: [
          { id: 'scan orders', kind: 'scan', name: 'orders', status: 'cached', rows: 1, fingerprint: 'f', ...at(0, 0) },
          { id: 'train gbt', kind: 'train', name: 'gbt', status: 'computed', rows: 1, fingerprint: 'f', ...at(0, 0) },
        ],
        metrics: [
          metric('auc', 0.857, { baseline: { model: 'rate_now', difference: 0.357, low: 0.3, high: 0.4, p: 1e-9 } }),
          metric('lift(10%)', 4.6),
          metric('auc', null, { segment: 'plan = pro' }),
        ],
        claims: [
          { ...at(57, 2), declaration: 'gbt on test', claim: 'auc >= 0.75', value: 0.857, low: 0.851, high: 0.863, passed: true, severity: 'gate' },
          { ...at(58, 23), declaration: 'gbt on test', claim: 'lift(10%) >= 5', value: 4.6, low: 4.4, high: 4.8, passed: false, severity: 'gate' },
          { ...at(59, 2), declaration: 'gbt on test', claim: 'brier <= 0.05', value: 0.071, low: null, high: null, passed: false, severity: 'warn' },
        ],
        drift: [
          {
            ...at(30, 2),
            evaluation: 'gbt on test',
            subject: 'spend_90d',
            kind: 'feature',
            reference: { name: 'train', n: 1000 },
            current: { name: 'test', n: 500 },
            test: 'psi',
            statistic: 0.31,
            threshold: 0.09,
            p: 0.0001,
            drifted: true,
            expectedFalseAlarms: 0.05,
            histogram: { reference: [0, 0.1, 0.4, 0.5, 0, 0, 0], current: [0, 0, 0.1, 0.4, 0.5, 0, 0] },
          },
          {
            ...at(31, 2),
            evaluation: 'gbt on test',
            subject: 'score',
            kind: 'score',
            reference: { name: 'train', n: 1000 },
            current: { name: 'test', n: 500 },
            test: 'psi',
            statistic: 0.01,
            threshold: 0.09,
            p: 0.5,
            drifted: false,
            expectedFalseAlarms: 0.05,
            histogram: { reference: [1], current: [1] },
          },
        ],
        checks: [
          { ...at(20, 2), table: 'orders', claim: 'complete(status) >= 98%', passed: false, failing: 3, total: 100, value: 0.972, severity: 'warn' },
        ],
        findings: [{ ...at(9, 0), severity: 'warning', rule: 'null-labels', message: '12 observations have no label', help: null, count: 12 }],
        ledger: [{ partition: 'test', task: 'churn', evaluations: [], readings: 3, models: 3, runs: 2 }],
      }),
      options,
    );
    expect(lines).toEqual([
      '  gbt on test                    95% interval     against rate_now',
      '    auc                  0.857   0.851 – 0.863    +0.357 (p < 0.001)',
      '    lift(10%)            4.600   4.594 – 4.606',
      '    auc · plan = pro         —   one class only',
      '    ✓ auc >= 0.75                        0.857                  churn.cupel:58:3',
      '    ✗ lift(10%) >= 5                     4.600                 churn.cupel:59:24',
      '    ! brier <= 0.05                      0.071                  churn.cupel:60:3',
      '',
      '  drift train → test    1 of 1 feature moved (0.05 expected by chance)',
      '    score held',
      '    spend_90d           ▁▂▇█▁▁▁ → ▁▁▂▇█▁▁   psi 0.310 > 0.090',
      '',
      '  ! 12 observations have no label   churn.cupel:10:1 · null-labels',
      '  ! orders: complete(status) >= 98%   97.2% · null in 3 of 100 rows',
      '    churn.cupel:21:3',
      '',
      '  test rows read 3 times, by 3 models in 2 runs so far',
      '  run 20261121-7f3a   12.8 s, 1 of 2 steps from cache',
      '  .cupel/runs/20261121-7f3a',
      '',
      '✗ lift(10%) >= 5   4.600 (4.400 – 4.800)   churn.cupel:59:24',
    ]);
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(80);
  });
  it('shows rows by label and prediction, as many classes as there is room for', () => {
    const confusion = { ...at(57, 2), evaluation: 'gbt on test', model: 'gbt', partition: 'test', segment: null, n: 100 };
    const two = {
      ...confusion,
      threshold: 0.4,
      classes: ['false', 'true'],
      counts: [
        [1203, 87],
        [102, 310.5],
      ],
    };
    const many = Array.from({ length: 12 }, (_, i) => `level number ${i}`);
    const twelve = { ...confusion, segment: 'plan = pro', threshold: null, classes: many, counts: many.map((_, i) => many.map((__, j) => i * j)) };
    const lines = resultLines(record({ confusions: [two, twelve] }), options);
    expect(lines.slice(2, 6)).toEqual([
      '  confusion, rows by label, columns by prediction: predicted from 0.400 on',
      '                false    true',
      '    false       1,203      87',
      '    true          102   310.5',
    ]);
    expect(lines.join('\n')).toContain('… 9 more classes in run.json');
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(80);
  });
  it('tells training rows that are left out in one line, and in full when asked', () => {
    const message = '2,340 training rows of `activity` are left out of the fit: no label was decided before the first block of cutoffs.';
    const remark = { severity: 'info' as const, help: null };
    const findings = [
      { ...at(41, 12), ...remark, rule: 'first-block', message, help: 'Give `target_encode` a `prior:` to keep them.', count: 2340 },
      { ...at(9, 0), ...remark, rule: 'no-partner', message: '3 rows have no partner', count: 3 },
    ];
    const lines = (verbose: boolean) => resultLines(record({ findings }), { ...options, verbose });
    expect(lines(false).slice(0, 2)).toEqual([
      '  · 2,340 training rows left out: `target_encode` has no `prior`',
      '    churn.cupel:42:13 · first-block',
    ]);
    expect(lines(false)[2]).toBe('  1 remark more with --verbose');
    expect(lines(true).join('\n')).toContain('are left out of the fit');
    expect(lines(true).join('\n')).not.toContain('has no `prior`');
  });

  it('says in one phrase why a difference above its threshold counts as none', () => {
    const moved = {
      evaluation: 'gbt on test',
      kind: 'feature' as const,
      p: 1e-9,
      expectedFalseAlarms: 0.05,
      histogram: { reference: [1], current: [1] },
    };
    const sizes = { reference: { name: 'train', n: 1e6 }, current: { name: 'test', n: 1e6 } };
    const lines = resultLines(
      record({
        drift: [
          { ...at(30, 2), ...moved, ...sizes, subject: 'spend', test: 'ks', statistic: 0.012, threshold: 0.003, drifted: false },
          { ...at(31, 2), ...moved, ...sizes, subject: 'visits', test: 'ks', statistic: 0.2, threshold: 0.003, drifted: true },
        ],
      }),
      { ...options, verbose: true },
    );
    expect(lines.slice(3, 6)).toEqual([
      '    spend               █ → █               ks 0.012 > 0.003, but small',
      '    visits              █ → █               ks 0.200 > 0.003',
      '    small: so many rows tell apart what has hardly moved; below psi 0.1 it held',
    ]);
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(80);
  });
  it('quiet says only what must be acted on', () => {
    expect(resultLines(record({ metrics: [metric('auc', 0.9)] }), { ...options, quiet: true })).toEqual([]);
  });

  it('how much figures differ from fold to fold', () => {
    const folds = { count: 3, mean: 0.9117, deviation: 0.0342 };
    const lines = resultLines(record({ metrics: [metric('auc', 0.917, { folds }), metric('f1', 0.7)] }), options);
    expect(lines).toContain('    mean ± deviation over 3 folds: auc 0.912 ± 0.034');
    expect(resultLines(record({ metrics: [metric('auc', 0.917)] }), options).join()).not.toContain('±');
  });
});
