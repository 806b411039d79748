/** What a famous case of leakage is: a program in two versions that differ in the cause alone, over the same small data. */
import type { Diagnostic } from '../../language/index.ts';
import { randomOf } from '../damage.ts';
import type { Files } from '../engine.ts';

export interface FamousCase {
  readonly name: string;
  /** Where it was published. */
  readonly published: string;
  readonly files: Files;
  /** `⟨CAUSE⟩` stands where the versions differ. */
  readonly program: string;
  readonly leaky: string;
  readonly honest: string;
  readonly rule: string;
  /** An error where it is left out. */
  readonly severity?: 'warning';
  /** The text at fault. */
  readonly at: string;
  /** Figures of `m on test`: what the leak pretends at least, and between what the honest version lies. */
  readonly metric: string;
  readonly pretends: number;
  readonly deserves: readonly [low: number, high: number];
}

export const versionOf = ({ program }: FamousCase, cause: string): string => program.replaceAll('⟨CAUSE⟩', cause);

/** The program with its leak allowed, in words, so that it runs. */
export function allowed(text: string, { rule, range }: Diagnostic): string {
  const lines = text.split('\n');
  lines[range.start.line] = `${lines[range.start.line]}  // cupel: allow ${rule} because "what it is worth is to be seen"`;
  return lines.join('\n');
}

export interface Draws {
  /** From 0 to below 1. */
  readonly share: () => number;
  /** Standard normal (Box and Muller, 1958). */
  readonly normal: () => number;
  readonly chance: (p: number) => boolean;
  /** 0 to below n. */
  readonly below: (n: number) => number;
}

export function drawsOf(seed: number): Draws {
  const share = randomOf(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - share())) * Math.cos(2 * Math.PI * share());
  return { share, normal, chance: p => share() < p, below: n => Math.floor(share() * n) };
}

type Cell = string | number | boolean | null;

/** Comma-separated text: a line of the names, then a line for each of `rows`. */
export function csvOf<R extends Readonly<Record<string, Cell>>>(rows: readonly R[]): string {
  const names = Object.keys(rows[0] ?? {});
  const line = (row: R) => names.map(name => String(row[name] ?? '')).join(',');
  return `${[names.join(','), ...rows.map(line)].join('\n')}\n`;
}

export const rowsOf = <R>(count: number, make: (i: number) => R): R[] => Array.from({ length: count }, (_, i) => make(i));

/** `2024-01-01` and so many days. */
export const dayOf = (day: number): string => new Date(Date.UTC(2024, 0, 1) + day * 86_400_000).toISOString().slice(0, 10);

export const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
