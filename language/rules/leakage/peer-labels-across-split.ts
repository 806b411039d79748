/** Outcomes of others as a feature, where folds train on labels that are decided among the rows held out. */
import { cellKey } from '../../model/factOps.ts';
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { RelationModel, TypedExpr } from '../../model/typed.ts';
import { durationLiteral, durationWords } from '../../text/duration.ts';
import type { Rule } from '../rule.ts';
import { windows } from '../walk.ts';
import { type FoldEdge, featuresWith, foldEdges } from './foldEdges.ts';
import { gapFixes } from './gap-shorter-than-horizon.ts';
import { labelReach } from './splitBounds.ts';

/** The ways by which it reads rows that refer to the entity by its key, those of nobody else; null where it reads others too, or none. */
function waysToOwn(expr: TypedExpr, { key }: RelationModel): readonly string[] | null {
  const read = windows(expr).map(({ window }) => window);
  const isOwn = read.length > 0 && read.every(({ link }) => link.entity.kind === 'column' && link.entity.name === key);
  return key !== null && isOwn ? read.map(({ file, table, link }) => `${file} ${table} ${link.row}`) : null;
}

/** Features of the task that read, in other rows, what its label is made of. */
export function peersOf(program: Program, file: string, edge: FoldEdge): Problem['related'] {
  const { task } = edge;
  // On a grid every entity has its row at each cutoff; what overlaps there are the labels themselves.
  if (task.cutoffs.kind !== 'column') return [];
  const relation = program.relation(task.place.file, task.relation);
  // An entity with a key has one row, at its own time.
  const waysOf = (expr: TypedExpr | undefined): readonly string[] | null => (expr && relation ? waysToOwn(expr, relation) : null);
  const ofLabel = waysOf(task.label?.value);
  const isOwn = (expr: TypedExpr): boolean => ofLabel !== null && waysOf(expr)?.every(way => ofLabel.includes(way)) === true;
  const cells = new Set((task.label?.value.facts.lineage ?? []).map(read => cellKey(read)));
  const isPeer = (expr: TypedExpr): boolean =>
    expr.facts.label === 'none' &&
    !isOwn(expr) &&
    expr.facts.lineage.some(read => read.region !== 'own' && read.rows !== 'chosen' && cells.has(cellKey(read)));
  return featuresWith(program, file, edge, isPeer, name => `\`${name}\` reads outcomes of other rows`);
}

export default {
  name: 'peer-labels-across-split',
  code: 'CUP3061',
  group: 'leakage',
  severity: 'error',
  type: 'L3.2',
  verdict: 'leaks',
  why: 'The same outcomes then are answers to learn from and features of the rows held out, which the model will not have side by side later.',
  check: (program, file) =>
    foldEdges(program, file).flatMap(edge => {
      const { split, task, place, isDeclaredHere, uses } = edge;
      const peers = peersOf(program, file, edge);
      if (peers.length === 0) return [];
      const reach = labelReach(task);
      const hasGap = isDeclaredHere && split.method.kind === 'time' && split.method.gapPlace !== null;
      return [
        {
          rule: 'peer-labels-across-split',
          place,
          message: `Features of \`${task.name}\` read outcomes of other rows, and folds of \`${split.name}\` learn from outcomes that are decided up to ${durationWords(reach)} later, among the rows held out.`,
          label: hasGap ? `the label needs ${durationWords(reach)}` : 'no gap between what folds learn from and hold out',
          help: `gap: ${durationLiteral(reach)}`,
          related: [...peers, ...uses],
          fixes: [],
        },
      ];
    }),
  fixes: (program, { place }, textOf) => gapFixes(program, place, textOf),
} satisfies Rule;
