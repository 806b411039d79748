/** What `check` found, as every format receives it; and the counts that all of them share. */
import type { Diagnostic, Severity } from '../diagnostic.ts';
import type { Standing } from '../rules/verdicts.ts';
import type { Waived } from '../rules/waive.ts';

export type VerdictCount = Standing;

export interface CheckReport {
  /** `cupel 0.1.0`. */
  readonly tool: string;
  /** How many files were checked. */
  readonly files: number;
  readonly diagnostics: readonly Diagnostic[];
  /** Findings that comments allow. */
  readonly waived: readonly Waived[];
  readonly verdicts: readonly VerdictCount[];
}

export const severities: readonly Severity[] = ['error', 'warning', 'info', 'hint'];

export function countBySeverity(diagnostics: readonly Diagnostic[]): Record<Severity, number> {
  const counts = { error: 0, warning: 0, info: 0, hint: 0 };
  for (const d of diagnostics) counts[d.severity]++;
  return counts;
}

/** `1 error`, `2 warnings`; `info` has no plural that reads well. */
export function countOf(count: number, noun: string): string {
  const plural = count === 1 || noun === 'info' ? noun : noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${groupDigits(count)} ${plural}`;
}

/** 1234567 → 1,234,567. */
export function groupDigits(value: number): string {
  const [whole = '', fraction] = String(value).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
