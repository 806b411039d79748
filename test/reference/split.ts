/** Partitions: drawn by hash, or cut by time with gaps. What a partition depends on is taken from all candidates, labelled or not. */
import { type FoldMethod, type OuterMethod, outermost, type SplitNode } from '../../language/plan/plan.ts';
import { canonicalText, uniform } from './canonical.ts';
import { cell, type Row, type Table } from './table.ts';
import { addDuration } from './times.ts';
import { evaluate, rowScope } from './values.ts';

type Partition = 'train' | 'validate' | 'test' | 'none';
type MethodOf<K extends OuterMethod['kind']> = Extract<OuterMethod, { kind: K }>;

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

function byOuter(rows: readonly Row[], method: OuterMethod): Partition[] {
  switch (method.kind) {
    case 'random':
      return atRandom(rows, method);
    case 'group':
      return rows.map(row => byShare(uniform(`${method.seed}|${ownText(method.group, row)}`), method));
    case 'time':
      return byTime(rows, method);
  }
}

function foldInTime(rows: readonly Row[], inPool: readonly boolean[], { fold, folds }: FoldMethod, { gap, group }: MethodOf<'time'>): Partition[] {
  const cutoffs = rows.map(row => cutoffOf(row) ?? Number.NaN);
  const distinct = [...new Set(cutoffs.filter((_, i) => inPool[i]))].sort((a, b) => a - b);
  const n = distinct.length;
  const apart = distinct.findIndex((c, i) => i > 0 && c >= addDuration(distinct[0] ?? 0, gap));
  const m = Math.max(Math.ceil(n / (folds + 1)), apart < 0 ? n : apart);
  const held = distinct.slice(m).filter((_, i) => Math.floor((i * Math.min(folds, n - m)) / (n - m)) === fold);
  const [start] = held;
  const part = cutoffs.map((cutoff, i): Partition => {
    if (!inPool[i] || start === undefined) return 'none';
    if (held.includes(cutoff)) return 'validate';
    return cutoff < start && addDuration(cutoff, gap) <= start ? 'train' : 'none';
  });
  if (group === null) return part;
  const groups = rows.map(row => ownText(group, row));
  const learned = new Set(groups.filter((_, i) => part[i] === 'train'));
  return part.map((p, i) => (p === 'validate' && learned.has(groups[i] ?? '') ? 'none' : p));
}

function byFold(rows: readonly Row[], method: FoldMethod): Partition[] {
  const { pool, fold, folds, repeat, seed } = method;
  const outer = outermost(method);
  const inPool = partitionsOf(rows, method.outer).map(partition => (pool as readonly string[]).includes(partition));
  if (outer.kind === 'time') return foldInTime(rows, inPool, method, outer);
  const group = method.group ?? (outer.kind === 'group' ? outer.group : null);
  return rows.map((row, i): Partition => {
    const u = uniform(`${seed}|folds|${repeat}|${group === null ? identityText(row) : ownText(group, row)}`);
    return inPool[i] ? (Math.floor(u * folds) === fold ? 'validate' : 'train') : 'none';
  });
}

function partitionsOf(rows: readonly Row[], method: SplitNode['method']): Partition[] {
  switch (method.kind) {
    case 'fold':
      return byFold(rows, method);
    case 'merged':
      return byOuter(rows, method.outer).map(partition => (partition === 'validate' ? 'train' : partition));
    default:
      return byOuter(rows, method);
  }
}

export function split(node: SplitNode, candidates: Table): Table {
  const partitions = partitionsOf(candidates.rows, node.method);
  return {
    columns: [...candidates.columns, { name: '#partition', type: 'text' }],
    rows: candidates.rows.map((row, i): Row => ({ ...row, '#partition': partitions[i] ?? 'none' })).filter(row => row['#state'] === 'ready'),
  };
}
