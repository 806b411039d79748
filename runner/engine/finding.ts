/** Findings: what is wrong with the data, in the user's nouns, with a remedy to type. Never a value of a column tagged pii. */
import type { PlanPlace, ScanNode } from '../../language/plan/plan.ts';
import { grouped } from '../../language/text/grouped.ts';
import type { FindingRecord } from '../record.ts';

export function finding(
  severity: FindingRecord['severity'],
  rule: string,
  place: PlanPlace,
  message: string,
  help: string | null,
  count = 1,
): FindingRecord {
  return { severity, rule, file: place.file, range: place.range, message, help, count };
}

/** Where what is wrong with a source's files is said. */
export const pathPlace = (node: ScanNode): PlanPlace => node.pathPlace ?? node.place;

export const hasError = (findings: readonly FindingRecord[]): boolean => findings.some(f => f.severity === 'error');

export const number = grouped;

export const plural = (n: number, one: string, many = `${one}s`): string => `${number(n)} ${n === 1 ? one : many}`;

/** Names in backticks, the first few. */
export const names = (all: readonly string[], most = 8): string =>
  `${all
    .slice(0, most)
    .map(name => `\`${name}\``)
    .join(', ')}${all.length > most ? ` and ${number(all.length - most)} more` : ''}`;

/** A piece of a program within a message: set off, unless backticks within it do so already. */
export const inCode = (code: string): string => (code.includes('`') ? code : `\`${code}\``);
