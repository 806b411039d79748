import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../diagnostic.ts';
import type { ClaimKind } from '../rules/claims/claim.ts';
import { conciseLine } from './concise.ts';
import { jsonLines, jsonReport } from './json.ts';
import { prettyDiagnostic, prettySummary, prettyVerdicts } from './pretty.ts';
import { plainStyle, type Style } from './style.ts';

/** Finds the range of `what` in `text`: the nth occurrence. */
function rangeOf(text: string, what: string) {
  const at = text.indexOf(what);
  if (at < 0) throw new Error(`no ${what}`);
  const position = (offset: number) => {
    const before = text.slice(0, offset).split('\n');
    return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  };
  return { start: position(at), end: position(at + what.length) };
}

function diagnostic(over: Partial<Diagnostic>): Diagnostic {
  return {
    file: 'a.cupel',
    range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
    severity: 'error',
    code: 'CUP3037',
    rule: 'future-window',
    group: 'leakage',
    type: 'L3.1',
    verdict: 'leaks',
    message: '`n` reads the future',
    why: 'The model learns from what it cannot have.',
    help: null,
    label: null,
    related: [],
    fixes: [],
    url: 'https://example.org/rules/future-window',
    fingerprint: 'f00',
    ...over,
  };
}

function pretty(d: Diagnostic, files: Record<string, string>, width = 80, style: Style = plainStyle): string {
  return prettyDiagnostic(d, { width, style, source: file => files[file] ?? null });
}

const churn = `features activity for churn {\n  orders_after = count(orders next 7d)\n}\n`;
const shop = `source orders = csv("o.csv") {\n  order_id : key\n  placed_at : timestamp   @time @known(+0d)\n}\n`;

describe('a finding for people', () => {
  it('shows the place, the lines of both files, why, fix and page', () => {
    const d = diagnostic({
      file: 'churn.cupel',
      range: rangeOf(churn, 'next 7d'),
      message: '`orders_after` reads orders of the 7 days after the cutoff',
      why: 'At prediction time these orders have not been placed, so the model learns from what it cannot have.',
      label: 'rows from the cutoff to 7 days later',
      related: [
        { file: 'churn.cupel', range: rangeOf(churn, 'orders n'), message: 'of this table' },
        { file: 'shop.cupel', range: rangeOf(shop, 'placed_at'), message: 'this is the time that the window follows' },
      ],
      fixes: [{ title: 'count(orders last 7d)', safe: false, edits: [] }],
    });
    expect(pretty(d, { 'churn.cupel': churn, 'shop.cupel': shop })).toBe(
      [
        'error[future-window]: `orders_after` reads orders of the 7 days after the cutoff',
        '   ╭─ churn.cupel:2:31',
        ' 2 │   orders_after = count(orders next 7d)',
        '   │                        ───────━━━━━━━ rows from the cutoff to 7 days later',
        '   │                        ╰ of this table',
        '   │',
        '   ╭─ shop.cupel:3:3',
        ' 3 │   placed_at : timestamp   @time @known(+0d)',
        '   │   ───────── this is the time that the window follows',
        '   │',
        '   why   At prediction time these orders have not been placed, so the model',
        '         learns from what it cannot have.',
        '   fix   count(orders last 7d)                         changes the meaning',
        '   page  cupel explain future-window                   leakage · L3.1 temporal',
      ].join('\n'),
    );
  });

  it('stands under its text after tabs, wide characters and accents', () => {
    const text = '\tname = "日本" + bad\n';
    expect(pretty(diagnostic({ range: rangeOf(text, 'bad') }), { 'a.cupel': text })).toContain(
      [' 1 │     name = "日本" + bad', '   │                     ━━━'].join('\n'),
    );
    const accents = 'x = "e\u0301e\u0301" + bad\n';
    expect(pretty(diagnostic({ range: rangeOf(accents, 'bad') }), { 'a.cupel': accents })).toContain(
      [' 1 │ x = "e\u0301e\u0301" + bad', '   │            ━━━'].join('\n'),
    );
  });

  it('marks an empty place with one caret, also at the end of the text', () => {
    const text = 'x =';
    const end = { line: 0, character: 3 };
    expect(pretty(diagnostic({ range: { start: end, end }, label: 'a value' }), { 'a.cupel': text })).toContain(
      [' 1 │ x =', '   │    ━ a value'].join('\n'),
    );
  });

  it('shows the first and the last line of a long range', () => {
    const text = 'task t {\n  a\n  b\n  c\n  d\n}\n';
    expect(pretty(diagnostic({ range: { start: { line: 0, character: 0 }, end: { line: 5, character: 1 } } }), { 'a.cupel': text })).toContain(
      [' 1 │ task t {', '   │ ━━━━━━━━', '   ┆', ' 6 │ }', '   │ ━'].join('\n'),
    );
  });

  it('shows the part of a wide line that is meant', () => {
    const text = `${'x'.repeat(300)} bad ${'y'.repeat(300)}\n`;
    const out = pretty(diagnostic({ range: rangeOf(text, 'bad') }), { 'a.cupel': text });
    const [source = '', marks = ''] = out.split('\n').slice(2, 4);
    expect(source).toMatch(/^ 1 │ …x+ bad y+…$/);
    expect(marks.indexOf('━')).toBe(source.indexOf('bad'));
    expect(source.length).toBeLessThanOrEqual(80);
  });

  it('shows the meant part of a line of a million characters', () => {
    const text = `${'x'.repeat(500_000)} bad ${'y'.repeat(500_000)}`;
    const [source = '', marks = ''] = pretty(diagnostic({ range: rangeOf(text, 'bad') }), { 'a.cupel': text })
      .split('\n')
      .slice(2, 4);
    expect(marks.indexOf('━')).toBe(source.indexOf('bad'));
    expect(source.length).toBeLessThanOrEqual(80);
  });

  it('never sends control characters of a program to the terminal', () => {
    const text = 'x = "\u001b[31m" bad\u202e\n';
    const out = pretty(diagnostic({ range: rangeOf(text, 'bad'), message: 'no \u001b[2J here' }), { 'a.cupel': text });
    expect(out).not.toMatch(/[\u001b\u202e]/);
    expect(out).toContain(' 1 │ x = "␛[31m" bad<U+202E>');
    expect(out).toContain('   │             ━━━');
  });

  it('stays readable when the file is gone', () => {
    expect(
      pretty(diagnostic({ label: 'here' }), {})
        .split('\n')
        .slice(1, 4),
    ).toEqual(['   ╭─ a.cupel:1:1', '   │ here', '   │']);
  });

  it('carries state in colour and nothing else', () => {
    const style: Style = { ...plainStyle, error: t => `<e>${t}</e>`, dim: t => t };
    expect(pretty(diagnostic({}), { 'a.cupel': 'x' }, 80, style)).toContain('<e>error[future-window]</e>: `n` reads the future');
  });
});

describe('the end of a check', () => {
  const report = {
    tool: 'cupel 0.1.0',
    files: 2,
    diagnostics: [diagnostic({}), diagnostic({ severity: 'warning' }), diagnostic({ severity: 'warning' })],
    waived: [],
    verdicts: [],
  };
  it('counts', () => {
    expect(prettySummary(report, 31.4, plainStyle)).toBe('1 error, 2 warnings in 2 files (31 ms)');
    expect(prettySummary({ ...report, files: 1, diagnostics: [] }, null, plainStyle)).toBe('Nothing found in 1 file');
  });
  it('gives each declaration its verdict, under its file', () => {
    const v = (declares: ClaimKind, declaration: string, leaks: number, needsData = 0) => ({
      file: 'churn.cupel',
      declares,
      declaration,
      proved: 9,
      assumed: 2,
      needsData,
      leaks,
    });
    expect(
      prettyVerdicts([v('task', 'churn', 0, 1), v('features', 'activity', 1), v('model', 'gbt', 0, 3)], { style: plainStyle, width: 80 }),
    ).toEqual([
      'churn.cupel',
      '  task churn          9 proved · 2 assumed · 1 needs data',
      '  features activity   1 leak · 9 proved · 2 assumed',
      '  model gbt           9 proved · 2 assumed · 3 need data',
    ]);
    const [, narrow = ''] = prettyVerdicts([v('model', 'a_name_that_is_longer_than_the_screen_is_wide', 2, 12)], { style: plainStyle, width: 60 });
    expect(narrow).toContain('2 leaks · 9 proved · 2 assumed · 12 need data');
    expect(narrow.length).toBeLessThanOrEqual(72);
  });
});

describe('findings for programs', () => {
  it('is one line in the concise form, counted from 1', () => {
    expect(conciseLine(diagnostic({ range: { start: { line: 41, character: 17 }, end: { line: 41, character: 20 } }, message: 'two\nlines' }))).toBe(
      'a.cupel:42:18: error[future-window] two lines',
    );
  });
  it('counts from 0 in JSON and leaves out what a rule does not have', () => {
    const report = { tool: 'cupel 0.1.0', files: 1, diagnostics: [diagnostic({ type: null, verdict: null })], waived: [], verdicts: [] };
    const parsed = JSON.parse(jsonReport(report));
    expect(parsed).toMatchObject({ version: 1, files: 1, summary: { error: 1, warning: 0, info: 0, hint: 0 } });
    expect(parsed.diagnostics[0].range.start).toEqual({ line: 0, character: 0 });
    expect(Object.keys(parsed.diagnostics[0])).not.toContain('verdict');
    expect(jsonLines(report).map(l => JSON.parse(l).kind)).toEqual(['diagnostic', 'summary']);
  });
});
