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
  const [row = []] = await session.db.rows(
    `SELECT count(k), bool_or(k <> trim(k) OR starts_with(k, '0') OR contains(k, '.0')), bool_or(high), bool_or(low), bool_or(high AND low) FROM (SELECT ${of} AS k, ${of} <> lower(${of}) AS high, ${of} <> upper(${of}) AS low FROM ${name(node.id)})`,
  );
  const n = count(row[0]);
  const [isDressed, hasHigh, hasLow, isMixed] = row.slice(1).map(value => value === true);
  const plain = isDressed ? `regexp_replace(trim(${of}), '^0+|\\.0+$', '', 'g')` : of;
  const isFolded = hasHigh && hasLow && !isMixed;
  // Keys are unique: where none could be written otherwise, none equals another.
  const same = isDressed || isFolded ? n - (await distinct(isFolded ? `lower(${plain})` : plain)) : 0;
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

  async function distinct(written: string): Promise<number> {
    const [row = []] = await session.db.rows(`SELECT count(DISTINCT ${written}) FROM ${name(node.id)}`);
    return count(row[0]);
  }
}
