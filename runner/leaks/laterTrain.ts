/** Whether training rows are later than test rows, by the cutoffs, or by any date of the rows where the task has none. */
import { thresholdOf } from '../../language/catalogue/dataRules.ts';
import { outerOf, type SplitNode } from '../../language/plan/plan.ts';
import { columnsOf, count, nodeOf } from '../engine/session.ts';
import { ownText } from '../engine/split.ts';
import { aucError, placements } from '../judge/auc.ts';
import { clustersOf } from '../judge/clusters.ts';
import { name } from '../sql/write.ts';
import type { Looking } from './looking.ts';
import { type Measured, measured } from './measured.ts';

const rule = 'train-after-test';
const mostRows = 5_000;
const fewest = 20;

export async function laterTrain({ session, settings }: Looking, node: SplitNode): Promise<readonly Measured[]> {
  const frame = nodeOf(session, node.frame, 'frame');
  const method = outerOf(node);
  const group = method.kind === 'group' || (method.kind === 'time' && method.group !== null) ? method.group : null;
  const isTimed = frame.cutoffs.kind !== 'none';
  const times = isTimed
    ? ['#cutoff']
    : columnsOf(session, frame.relation)
        .filter(c => (c.type === 'date' || c.type === 'timestamp') && !c.name.includes('#'))
        .map(c => c.name);
  const threshold = thresholdOf(settings, rule, 'warn');
  const found: Measured[] = [];
  for (const time of times) {
    const judged = await chance(time);
    if (judged === null) continue;
    const { value, low, high, n } = judged;
    const subject = isTimed ? null : time;
    const by = isTimed ? 'its cutoff' : `\`${time}\``;
    found.push(
      measured({
        rule,
        declaration: node.name,
        subject,
        place: node.place,
        measure: 'chance that a training row is later than a test row',
        figure: value,
        low,
        high,
        threshold,
        n,
        fault:
          low >= threshold
            ? {
                severity: 'warning',
                message: `A training row of \`${node.name}\` is later than a test row in ${(value * 100).toFixed(0)} of 100 pairs, by ${by}: the test asks about a past that train has already seen.`,
                help: isTimed
                  ? 'Put the latest cutoffs into test.'
                  : `Declare \`${time}\` as the rows' time (\`@time\`) and split \`by time\`, with the latest rows in test.`,
                count: n,
              }
            : null,
      }),
    );
  }
  return found;

  async function chance(time: string): Promise<{ readonly value: number; readonly low: number; readonly high: number; readonly n: number } | null> {
    const [total] = await session.db.rows(`SELECT count(*) FROM ${name(node.id)} WHERE "#partition" IN ('train', 'test')`);
    const parts = Math.max(1, Math.floor(count(total?.[0]) / mostRows));
    const own = group === null ? '"#identity"' : ownText(group);
    const rows = await session.db.rows(
      `SELECT "#partition" = 'train', epoch_us(CAST(${name(time)} AS TIMESTAMP)), ${own} FROM ${name(node.id)} WHERE "#partition" IN ('train', 'test') AND ${name(time)} IS NOT NULL AND hash("#row") % ${parts} = 0 ORDER BY "#row"`,
    );
    const label = Float64Array.from(rows, row => (row[0] === true ? 1 : 0));
    const trained = label.reduce((sum, value) => sum + value, 0);
    if (Math.min(trained, rows.length - trained) < fewest) return null;
    const of = { label, score: Float64Array.from(rows, row => Number(row[1])), weight: new Float64Array(rows.length).fill(1) };
    const placed = placements(of);
    if (!placed) return null;
    const ids = new Map<string, number>();
    const entity = Int32Array.from(rows, row => {
      const id = String(row[2]);
      const known = ids.get(id) ?? ids.size;
      ids.set(id, known);
      return known;
    });
    const { standardError } = aucError(placed.of, placed.value, of, clustersOf(entity));
    if (!Number.isFinite(standardError)) return null;
    const spread = 1.96 * standardError;
    return { value: placed.value, low: Math.max(0, placed.value - spread), high: Math.min(1, placed.value + spread), n: rows.length };
  }
}
