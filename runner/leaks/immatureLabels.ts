/** Labels that were not decided when the data ended are left out of every partition; here they are counted against those that were. */
import { thresholdOf } from '../../language/catalogue/dataRules.ts';
import type { FrameNode } from '../../language/plan/plan.ts';
import { number, plural } from '../engine/finding.ts';
import { count } from '../engine/session.ts';
import { name } from '../sql/write.ts';
import type { Looking } from './looking.ts';
import { type Measured, measured } from './measured.ts';

const rule = 'immature-label';

export async function immatureLabels({ session, settings }: Looking, node: FrameNode): Promise<readonly Measured[]> {
  if (node.label === null || node.cutoffs.kind === 'none') return [];
  const [row = []] = await session.db.rows(`SELECT count(*), count(*) FILTER (WHERE "#state" = 'unripe') FROM ${name(node.id)}`);
  const [n = 0, unripe = 0] = row.map(count);
  const threshold = thresholdOf(settings, rule, 'warn');
  const figure = n === 0 ? 0 : unripe / n;
  const percent = `${(figure * 100).toFixed(1)}%`;
  return [
    measured({
      rule,
      declaration: node.name,
      subject: node.label.name,
      place: node.label.place,
      measure: 'share of observations whose label is not decided when the data end',
      figure,
      threshold,
      n,
      fault:
        figure >= threshold && unripe > 0
          ? {
              severity: 'warning',
              message: `${number(unripe)} of ${plural(n, 'observation')} of \`${node.name}\` (${percent}) are left out, because their label is not decided when the data end: what is left is the older part.`,
              help: 'End the cutoffs earlier, shorten the horizon, or read more recent data.',
              count: unripe,
            }
          : null,
    }),
  ];
}
