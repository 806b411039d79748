/** One line a finding, stable, for editors and scripts that read `file:line:col`. Counts from 1. */
import type { Diagnostic } from '../diagnostic.ts';
import { printable } from './width.ts';

export function conciseLine(d: Diagnostic): string {
  const { line, character } = d.range.start;
  return `${d.file}:${line + 1}:${character + 1}: ${d.severity}[${d.rule}] ${printable(d.message).replace(/\s*\n\s*/g, ' ')}`;
}
