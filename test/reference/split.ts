/** Partitions: drawn by hash, or cut by time with gaps. What a partition depends on is taken from all candidates, labelled or not. */
import type { SplitNode } from '../../language/plan/plan.ts';
import { canonicalText, uniform } from './canonical.ts';
import { cell, type Row, type Table } from './table.ts';
import { addDuration } from './times.ts';
import { evaluate, rowScope } from './values.ts';

type Partition = 'train' | 'validate' | 'test' | 'none';
type MethodOf<K extends SplitNode['method']['kind']> = Extract<SplitNode['method'], { kind: K }>;

const cutoffOf = (row: Row): number | null => {
  const cutoff = cell(row, '#cutoff');
  return typeof cutoff === 'number' ? cutoff : null;
};

export const identityText = (row: Row): string => String(cell(row, '#identity'));

/** The text of an expression over an observation's own row. Rows without a value have one text, so they stay together. */
export const ownText = (expr: Parameters<typeof evaluate>[0], row: Row): string =>
  canonicalText(evaluate(expr, rowScope(row, {}, cutoffOf(row))), expr.type);

function byShare(u: number, { test, validate }: { readonly test: number; readonly validate: number }): Partition {
  return u < test ? 'test' : u < test + validate ? 'validate' : 'train';
}

function atRandom(rows: readonly Row[], method: MethodOf<'random'>): Partition[] {
  const draws = rows.map(row => uniform(`${method.seed}|${identityText(row)}|${cutoffOf(row) ?? ''}`));
  const { stratify } = method;
  if (stratify === null) return draws.map(u => byShare(u, method));
  const strata = rows.map(row => ownText(stratify, row));
  return draws.map((u, i) => {
    const peers = draws.filter((_, j) => strata[j] === strata[i]);
    // Equal draws are equal rows: they count as one place, so they stay together.
    const before = peers.filter(other => other < u).length;
    return byShare((before + 0.5) / peers.length, method);
  });
}

const isWithin = (cutoff: number, [from, to]: readonly [number | null, number | null]): boolean =>
  (from === null || cutoff >= from) && (to === null || cutoff < to);

function byTime(rows: readonly Row[], method: MethodOf<'time'>): Partition[] {
  const bounds = [
    { name: 'train', range: method.train },
    ...(method.validate ? [{ name: 'validate', range: method.validate } as const] : []),
    { name: 'test', range: method.test },
  ] as const;
  const cutoffs = rows.map(cutoffOf);
  const placed = cutoffs.map(
    (cutoff): Partition => (cutoff === null ? 'none' : (bounds.find(({ range }) => isWithin(cutoff, range))?.name ?? 'none')),
  );
  const starts = bounds.map(({ name, range }) => {
    const candidates = cutoffs.filter((_, i) => placed[i] === name).filter(c => c !== null);
    return range[0] ?? (candidates.length ? Math.min(...candidates) : null);
  });
  const order = bounds.map(b => b.name as Partition);
  const kept = placed.map((partition, i): Partition => {
    const next = partition === 'none' ? null : (starts[order.indexOf(partition) + 1] ?? null);
    const cutoff = cutoffs[i] ?? null;
    return next !== null && cutoff !== null && addDuration(cutoff, method.gap) > next ? 'none' : partition;
  });
  const { group } = method;
  if (group === null) return kept;
  const groups = rows.map(row => ownText(group, row));
  return kept.map((partition, i) => {
    const seenEarlier = kept.some((other, j) => other !== 'none' && groups[j] === groups[i] && order.indexOf(other) < order.indexOf(partition));
    return seenEarlier ? 'none' : partition;
  });
}

function partitionsOf(rows: readonly Row[], method: SplitNode['method']): Partition[] {
  switch (method.kind) {
    case 'random':
      return atRandom(rows, method);
    case 'group':
      return rows.map(row => byShare(uniform(`${method.seed}|${ownText(method.group, row)}`), method));
    case 'time':
      return byTime(rows, method);
  }
}

export function split(node: SplitNode, candidates: Table): Table {
  const partitions = partitionsOf(candidates.rows, node.method);
  return {
    columns: [...candidates.columns, { name: '#partition', type: 'text' }],
    rows: candidates.rows.map((row, i): Row => ({ ...row, '#partition': partitions[i] ?? 'none' })).filter(row => row['#state'] === 'ready'),
  };
}
