/** An assumption that several features share is told once. */
import { expect, it } from 'vitest';
import type { SheetEvidence } from './argument.ts';
import { groupsOf, nameOf } from './groups.ts';
import type { SheetClaim } from './sheet.ts';

const range = { start: { line: 3, character: 0 }, end: { line: 3, character: 9 } };

const assumed = (message: string): SheetEvidence => ({ kind: 'text', message, file: 'a.cupel', range, rule: 'unknown-availability', fix: null });

const claim = (subject: string | null, evidence: readonly SheetEvidence[], verdict: SheetClaim['verdict'] = 'assumed'): SheetClaim => ({
  declaration: 'features f',
  subject,
  says: 'it holds',
  verdict,
  file: 'a.cupel',
  range,
  evidence,
});

const told = (...claims: readonly SheetClaim[]): string[] => groupsOf(claims).map(of => `${nameOf(of)} | ${of.evidence.map(e => e.message).join()}`);

it('groups assumptions by what they rest on', () => {
  const [orders, tickets] = [assumed('orders'), assumed('tickets')];
  expect(told(claim('n', [orders]), claim('k', [tickets]), claim('share', [orders, tickets]), claim(null, [orders]))).toEqual([
    'features f: n, share | orders',
    'features f: k, share | tickets',
    'features f | orders',
  ]);
});

it('leaves claims apart that leak or hold', () => {
  const orders = assumed('orders');
  expect(told(claim('n', [orders], 'leaks'), claim('m', [orders], 'leaks'), claim('k', []))).toEqual([
    'features f, n | orders',
    'features f, m | orders',
    'features f, k | ',
  ]);
});
