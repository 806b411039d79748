/** Hints at the ends of lines: what the last run found for a column, a feature, a claim. */
import type { FileTree } from '../syntax/ast.ts';
import { lineIndex, offsetAt, positionAt } from '../text/lines.ts';
import type { Position } from '../text/place.ts';
import { figure, sparkline } from './figures.ts';
import type { ShownRun } from './runFacts.ts';

export interface Hint {
  readonly position: Position;
  readonly label: string;
  readonly tooltip: string;
}

export function hints(tree: FileTree, shown: ShownRun | null): Hint[] {
  if (!shown) return [];
  const { facts, isStale } = shown;
  const lines = lineIndex(tree.text);
  const last = lines.length - 1;
  const byLine = new Map<number, { labels: string[]; tooltips: string[] }>();
  const add = (line: number, label: string, tooltip: string): void => {
    if (line > last) return;
    const entry = byLine.get(line) ?? { labels: [], tooltips: [] };
    if (!entry.labels.includes(label)) entry.labels.push(label);
    entry.tooltips.push(tooltip);
    byLine.set(line, entry);
  };
  for (const feature of facts.features) {
    if (feature.file !== tree.file) continue;
    const drift = facts.drift.find(
      d => d.kind === 'feature' && d.subject === feature.name && d.file === tree.file && d.range.start.line === feature.range.start.line,
    );
    const nulls = feature.nulls ? `${((100 * feature.nulls) / Math.max(1, feature.rows)).toFixed(1)}% null · ` : '';
    const moved = drift?.drifted ? `→${sparkline(drift.histogram.current)} ${drift.test} ${figure(drift.statistic)}` : '';
    add(
      feature.range.end.line,
      `${nulls}${sparkline(drift?.histogram.reference ?? feature.histogram)}${moved}`,
      drift ? `${drift.test} ${figure(drift.statistic)}, threshold ${figure(drift.threshold)}` : `${feature.rows} rows, ${feature.nulls} nulls`,
    );
  }
  for (const claim of facts.claims) {
    if (claim.file !== tree.file || claim.value === null) continue;
    add(claim.range.end.line, `${claim.passed ? '✓' : '✗'} ${figure(claim.value)}`, claim.claim);
  }
  const readOf = (evaluation: string): string => {
    const readings = facts.ledger.find(({ evaluations }) => evaluations.includes(evaluation))?.readings ?? 0;
    return readings === 0 ? '' : `, test rows read ${readings === 1 ? 'once' : `${readings} times`} so far`;
  };
  for (const metric of facts.metrics) {
    if (metric.file !== tree.file || metric.value === null || metric.segment !== null) continue;
    if (facts.claims.some(claim => claim.file === tree.file && claim.range.start.line === metric.range.start.line)) continue;
    add(
      metric.range.end.line,
      figure(metric.value),
      `${metric.metric} of ${metric.model}${metric.low !== null && metric.high !== null ? `, ${figure(metric.low)} – ${figure(metric.high)}` : ''}${readOf(metric.evaluation)}`,
    );
  }
  for (const check of facts.checks) {
    if (check.file !== tree.file) continue;
    add(check.range.end.line, check.passed ? '✓' : `✗ ${check.failing} of ${check.total}`, check.claim);
  }
  return [...byLine]
    .sort(([a], [b]) => a - b)
    .map(([line, { labels, tooltips }]) => ({
      position: positionAt(lines, offsetAt(lines, tree.text, { line, character: Number.MAX_SAFE_INTEGER })),
      label: `${isStale ? '◷ ' : ''}${labels.join('  ')}`,
      tooltip: tooltips.join('\n'),
    }));
}
