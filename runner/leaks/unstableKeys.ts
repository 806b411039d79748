/** Keys that differ from another only in how they are written: the same unit twice, which the split may put on both sides. */
import { thresholdOf } from '../../language/catalogue/dataRules.ts';
import type { ScanNode } from '../../language/plan/plan.ts';
import { number } from '../engine/finding.ts';
import { count } from '../engine/session.ts';
import { name } from '../sql/write.ts';
import type { Looking } from './looking.ts';
import { type Measured, measured } from './measured.ts';

const rule = 'unstable-split';

/** Without blanks at the ends, leading zeros and a fraction of zero; capitals count where some key mixes them with small letters. */
export async function unstableKeys({ session, settings, isEntity }: Looking, node: ScanNode): Promise<readonly Measured[]> {
  const { key } = node;
  const column = node.columns.find(c => c.name === key);
  if (!isEntity || key === null || column?.type !== 'text') return [];
  const of = name(key);
  const plain = `regexp_replace(trim(${of}), '^0+|\\.0+$', '', 'g')`;
  const [row = []] = await session.db.rows(
    `SELECT count(${of}), count(DISTINCT ${plain}), count(DISTINCT lower(${plain})), coalesce(bool_or(${of} <> lower(${of}) AND ${of} <> upper(${of})), FALSE) FROM ${name(node.id)}`,
  );
  const [n = 0, written = 0, lowered = 0] = row.slice(0, 3).map(count);
  const same = n - (row[3] === true ? written : lowered);
  const threshold = thresholdOf(settings, rule, 'warn');
  const figure = n === 0 ? 0 : same / n;
  return [
    measured({
      rule,
      declaration: node.name,
      subject: key,
      place: column.place,
      measure: 'share of keys that another one equals but for blanks, leading zeros or capitals',
      figure,
      threshold,
      n,
      fault:
        figure > threshold
          ? {
              severity: 'warning',
              message: `${number(same)} of ${number(n)} keys of \`${node.name}\` equal another one but for blanks, leading zeros or capitals: the same unit may stand on both sides of a split.`,
              help: `Write \`${key}\` in one way where the file is made, or derive it: \`${node.name} | derive id = lower(trim(${key}))\`.`,
              count: same,
            }
          : null,
    }),
  ];
}
