/** Lenses over declarations: what can be run here, and what the last run found. */
import type { Program } from '../model/program.ts';
import type { Claim } from '../rules/claims/claim.ts';
import { type DecidedClaim, decidedClaims } from '../rules/claims/decided.ts';
import type { FileTree } from '../syntax/ast.ts';
import type { Range } from '../text/place.ts';
import { declarationsOf } from './declarations.ts';
import { count, figure, signed } from './figures.ts';
import type { ShownRun } from './runFacts.ts';

export interface Lens {
  readonly range: Range;
  readonly title: string;
  /** Names to run up to; null: the lens only informs. */
  readonly run: readonly string[] | null;
}

const runnable = new Set(['task', 'features', 'model', 'evaluate', 'check']);

function found(kind: string, name: string, range: Range, file: string, shown: ShownRun): string | null {
  const { facts, isStale } = shown;
  const tail = isStale ? ' · text changed since' : '';
  const here = (at: { file: string; range: Range }): boolean =>
    at.file === file && at.range.start.line >= range.start.line && at.range.start.line <= range.end.line;
  if (kind === 'evaluate') {
    const metric = facts.metrics.find(m => here(m) && m.segment === null && m.value !== null);
    if (!metric || metric.value === null) return null;
    const spread = metric.low !== null && metric.high !== null ? ` ± ${figure((metric.high - metric.low) / 2)}` : '';
    const gain = metric.baseline ? ` (${signed(metric.baseline.difference)})` : '';
    const failing = facts.claims.filter(claim => here(claim) && !claim.passed).length;
    const readings = facts.ledger.find(({ evaluations }) => evaluations.includes(metric.evaluation))?.readings ?? 0;
    const read = readings === 0 ? '' : ` · test read ${readings === 1 ? 'once' : `${readings}×`}`;
    return `${metric.metric} ${figure(metric.value)}${spread}${gain}${read} · ${facts.timing.seconds.toFixed(1)} s${failing ? ` · ${failing} claims fail` : ''}${tail}`;
  }
  const node = facts.nodes.find(n => n.file === file && n.name === name && here(n));
  if (!node) return null;
  if (kind === 'features') return `${facts.features.filter(f => f.set === name).length} features · ${count(node.rows)} rows${tail}`;
  if (kind === 'check') {
    const checks = facts.checks.filter(here);
    return checks.length ? `${checks.filter(check => check.passed).length} of ${checks.length} hold${tail}` : null;
  }
  return `${count(node.rows)} rows${node.status === 'cached' ? ' · from cache' : ''}${tail}`;
}

/** `9 proved · 4 on data · 2 assumed`: how the validity claims of the declaration hold, by the text and by a run of this text. */
function standing(kind: string, range: Range, claims: readonly DecidedClaim[]): string | null {
  const own = claims.filter(claim => claim.kind === kind && claim.range.start.line >= range.start.line && claim.range.start.line <= range.end.line);
  const of = (verdict: DecidedClaim['verdict']): number => own.filter(claim => claim.verdict === verdict).length;
  const [leaks, proved, measured, assumed, open] = [of('leaks'), of('proved'), of('on data'), of('assumed'), of('needs data')];
  const parts = [
    ...(leaks > 0 ? [`${leaks} ${leaks === 1 ? 'leak' : 'leaks'}`] : []),
    ...(proved > 0 ? [`${proved} proved`] : []),
    ...(measured > 0 ? [`${measured} on data`] : []),
    ...(assumed > 0 ? [`${assumed} assumed`] : []),
    ...(open > 0 ? [`${open} ${open === 1 ? 'needs' : 'need'} data`] : []),
  ];
  return parts.length === 0 ? null : parts.join(' · ');
}

export function lenses(tree: FileTree, program: Program, shown: ShownRun | null, claims: readonly Claim[]): Lens[] {
  const run = shown && !shown.isStale ? { ...shown.facts, tampered: [] } : null;
  const decided = decidedClaims(claims, run);
  const evaluations = new Map(
    program.declarations(tree.file).flatMap(({ decl, model }) => (model.kind === 'evaluate' ? [[decl, model.name] as const] : [])),
  );
  return declarationsOf(tree).flatMap(({ chunk, declaration, name, range }) => {
    if (name === null) return [];
    const at: Range = { start: range.start, end: range.start };
    const verdict = standing(declaration.kind, range, decided);
    const stands: Lens[] = verdict === null ? [] : [{ range: at, title: verdict, run: null }];
    if (!runnable.has(declaration.kind)) return stands;
    const result = shown && found(declaration.kind, name, range, tree.file, shown);
    return [
      { range: at, title: '▷ Run', run: [evaluations.get(chunk) ?? name] },
      ...(result ? [{ range: at, title: result, run: null }] : []),
      ...stands,
    ];
  });
}
