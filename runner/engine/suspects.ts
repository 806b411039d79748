/** What a table, check, task or split computes of numbers, part by part: where an overflow may have come from. */
import type { CheckNode, FeaturesNode, FrameNode, PlanExpr, RelationNode, SplitNode } from '../../language/plan/plan.ts';
import { columnOf, type Scope } from '../sql/expression.ts';
import { column, list, name } from '../sql/write.ts';
import { aggregating, type Select } from './aggregating.ts';
import { entityAtCutoffs, gridOf, isTimeless } from './frame.ts';
import { featureReader } from './observationGaps.ts';
import { type ObservationParts, observe } from './observations.ts';
import { asking, type Suspect, windowSuspects } from './overflow.ts';
import { stagesOf } from './relation.ts';
import type { RelationalNode } from './relational.ts';
import { beside, columnsOf, nodeOf, type Session, tableScope } from './session.ts';
import { rowExpressions } from './tableGaps.ts';

export function suspectsOf(session: Session, node: RelationalNode): readonly Suspect[] {
  switch (node.kind) {
    case 'relation':
      return ofRelation(session, node);
    case 'check':
      return ofCheck(session, node);
    case 'frame':
      return ofFrame(session, node);
    case 'split':
      return ofSplit(node);
    case 'features':
      return ofWindows(session, node);
    case 'scan':
      return [];
  }
}

/** An aggregate over all rows of a SELECT, or over each group. */
function askingGroups({ sql, columns }: Select, by: readonly string[], tie: readonly string[]): Pick<Suspect, 'ask' | 'askRows'> {
  const grouping = by.length ? `GROUP BY ${list(by.map(name))}` : '';
  return {
    ask: expr => {
      const { scope, from } = aggregating(columns, [expr], tie);
      return `SELECT max(hash(x)) FROM (SELECT ${columnOf(expr, scope)} AS x FROM ${from(sql)} ${grouping})`;
    },
    askRows: (expr, where) => asking(`(${sql})`, tableScope())(whereTrue(expr, where)),
  };
}

function whereTrue(expr: PlanExpr, where: PlanExpr | null): PlanExpr {
  if (where === null) return expr;
  return { op: 'call', type: expr.type, fn: 'if', args: [where, expr, { op: 'literal', type: expr.type, value: null }] };
}

function ofRelation(session: Session, node: RelationNode): readonly Suspect[] {
  const stages = stagesOf(session, node);
  return node.steps.flatMap((step, i): Suspect[] => {
    const before = stages[i];
    if (!before) return [];
    if (step.op === 'group') {
      const how = askingGroups(before, step.by, step.tie);
      return step.aggregates.map(({ name: as, value }) => ({ what: `\`${as}\` of \`${node.name}\``, place: node.place, expr: value, ...how }));
    }
    const ask = asking(`(${before.sql})`, tableScope());
    return rowExpressions(step).map(({ as, value }) => ({
      what: as === null ? `A condition of \`${node.name}\`` : `\`${as}\` of \`${node.name}\``,
      place: node.place,
      expr: value,
      ask,
    }));
  });
}

function ofCheck(session: Session, node: CheckNode): readonly Suspect[] {
  const table: Select = { sql: `SELECT * FROM ${name(node.table)}`, columns: columnsOf(session, node.table) };
  const how = askingGroups(table, [], node.key === null ? [] : [node.key]);
  return node.claims.flatMap(({ claim, text, place }): Suspect[] => {
    const what = `\`${text}\` of \`${node.name}\``;
    if (claim.kind === 'row') return [{ what, place, expr: claim.condition, ask: asking(name(node.table), tableScope()) }];
    return claim.kind === 'aggregate' ? [{ what, place, expr: claim.condition, ...how }] : [];
  });
}

function ofFrame(session: Session, node: FrameNode): readonly Suspect[] {
  const { where, label } = node;
  const isWithout = isTimeless(node);
  const of = (table: string, paths: FrameNode['paths'], windows: NonNullable<FrameNode['label']>['windows']) => ({
    table,
    isTimeless: isWithout,
    grid: gridOf(node),
    paths,
    windows,
  });
  const suspects: Suspect[] = [];
  if (where !== null) {
    const ask = askingObserved(session, of(entityAtCutoffs(session, node, node.relation), node.paths, []));
    suspects.push({ what: `The condition of \`${node.name}\``, place: node.place, expr: where, ask });
  }
  if (label === null) return suspects;
  const base = beside(node.id, 'candidates');
  const what = `\`${label.name}\` of \`${node.name}\``;
  const parts = of(base, label.paths, label.windows);
  suspects.push(...windowSuspects(session, parts, () => ({ subject: what, place: label.place })));
  return [...suspects, { what, place: label.place, expr: label.value, ask: askingObserved(session, parts) }];
}

const askingObserved =
  (session: Session, parts: ObservationParts): Suspect['ask'] =>
  async expr => {
    const { from, scope } = await observe(session, parts);
    return asking(from, scope)(expr);
  };

/** What a feature set computes of their results is blamed where it is computed. */
function ofWindows(session: Session, node: FeaturesNode): readonly Suspect[] {
  const frame = nodeOf(session, node.frame, 'frame');
  const parts = { table: name(node.split), isTimeless: isTimeless(frame), grid: gridOf(frame), paths: node.paths, windows: node.windows };
  return windowSuspects(session, parts, featureReader(node));
}

function ofSplit(node: SplitNode): readonly Suspect[] {
  const { method } = node;
  if (method.kind === 'fold' || method.kind === 'merged') return [];
  const expr = method.kind === 'random' ? method.stratify : method.group;
  const own = (wanted: string): string => column('b', wanted);
  const scope: Scope = { column: own, cutoff: own('#cutoff') };
  return expr === null ? [] : [{ what: `What \`${node.name}\` goes by`, place: node.place, expr, ask: asking(`${name(node.frame)} b`, scope) }];
}
