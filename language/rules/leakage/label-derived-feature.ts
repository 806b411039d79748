/** A feature that is computed from what the label is computed from. */

import { isLedBy, sameCell, sourceKey } from '../../model/factOps.ts';
import type { Lineage } from '../../model/facts.ts';
import type { FeatureRead } from '../../model/program.ts';
import type { TypedExpr } from '../../model/typed.ts';
import type { Rule } from '../rule.ts';
import { everyPart, parts } from '../walk.ts';
import { isLabel } from './label-as-feature.ts';
import { blockOf, dropFeature, features, isTimed, origins, traceTo } from './reads.ts';

export const isDerived = (expr: TypedExpr): boolean => expr.facts.label === 'derived';

/** Windows of the expression, with what stands in them. */
const inWindows = (expr: TypedExpr): readonly TypedExpr[] => (expr.kind === 'aggregate' && expr.window ? [expr] : parts(expr).flatMap(inWindows));

/**
 * Where the label's cells come into the feature: in windows of a task without cutoffs, which hold the observation's own label and those of
 * all others, and everywhere else. What rests on all rows is reported as that.
 */
export function labelReads({ feature, task }: FeatureRead): { readonly inSample: readonly TypedExpr[]; readonly others: readonly TypedExpr[] } {
  const found = origins(feature.value, isDerived).filter(part => blockOf(part, 'all-rows-aggregate')?.verdict !== 'leaks');
  const around = isTimed(task) ? [] : inWindows(feature.value);
  const isInside = (part: TypedExpr): boolean => around.some(window => everyPart(window).includes(part));
  return { inSample: found.filter(isInside), others: found.filter(part => !isInside(part)) };
}

/** What the read and the label have in common: a cell, or a row that the label is made of. */
export function sharedWith({ facts }: TypedExpr, { task }: FeatureRead): Lineage | undefined {
  const ofLabel = task.label?.value.facts.lineage ?? [];
  const isThere = (read: Lineage): boolean =>
    read.joined !== undefined && ofLabel.some(l => l.rows !== undefined && sourceKey(l) === sourceKey(read));
  const row = facts.lineage.find(isThere);
  const led = ofLabel.find(l => l.isWho && facts.lineage.some(read => isLedBy(read, l)));
  return facts.lineage.find(read => ofLabel.some(l => sameCell(l, read) && l.rows === read.rows)) ?? led ?? (row && { ...row, rows: 'counted' });
}

export default {
  name: 'label-derived-feature',
  code: 'CUP3025',
  group: 'leakage',
  severity: 'error',
  type: 'L2',
  verdict: 'leaks',
  why: 'The feature carries a part of the answer, so scores look better than any prediction made in time can be.',
  check: (program, file) =>
    features(program, file, isDerived).flatMap(read => {
      const { feature, task, set } = read;
      if (isLabel(read)) return [];
      // A window into the future reads the label's rows because it looks ahead; that is the cause, and reported as such.
      if (read.windows.some(({ window }) => window.direction === 'future')) return [];
      const [fault] = labelReads(read).others;
      if (!fault) return [];
      const shared = sharedWith(fault, read);
      const what = shared && (shared.rows ? `the rows of \`${shared.source}\`` : `\`${shared.source}.${shared.column}\``);
      return [
        {
          rule: 'label-derived-feature',
          place: fault.place,
          message: `\`${feature.name}\` is computed from ${what ? `${what}, and so is` : 'the same as'} the label \`${task.label?.name ?? task.name}\`.`,
          label: 'reads what the label reads',
          help: shared?.joined
            ? `The row that a table joined may happen at the cutoff, as the first of the label's. Read it along the ref, as \`a.b\`, or join it \`as of\` the cutoff, and only rows from before it are seen; or let the label begin later, as with \`lag 1h\`.`
            : `Leave \`${feature.name}\` out of \`${set.name}\`, or read only rows from before those of the label.`,
          related: [
            ...(task.label ? [{ place: task.label.place, message: `the label of \`${task.name}\`` }] : []),
            ...(shared ? traceTo(shared.reason, fault.place) : []),
          ],
          fixes: [dropFeature(feature)],
        },
      ];
    }),
} satisfies Rule;
