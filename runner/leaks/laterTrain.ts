/** Whether training rows are later than test rows, by the cutoffs, or by any date of the rows where the task has none. */
import { thresholdOf } from '../../language/catalogue/dataRules.ts';
import { outerOf, type SplitNode } from '../../language/plan/plan.ts';
import type { Cell } from '../engine/duckdb.ts';
import { beside, columnsOf, count, nodeOf } from '../engine/session.ts';
import { isByCutoff, ownText } from '../engine/split.ts';
import { aucError, placements } from '../judge/auc.ts';
import { clustersOf } from '../judge/clusters.ts';
import { list, name } from '../sql/write.ts';
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
  const rows = times.length ? await sampled() : [];
  for (const [i, time] of times.entries()) {
    const judged = chance(rows.filter(row => row[2 + i] !== null).map(row => [row[0] ?? null, row[2 + i] ?? null, row[1] ?? null]));
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

  /** Whether it is of train, what it belongs to, and the times: of some thousand rows. */
  async function sampled(): Promise<readonly (readonly Cell[])[]> {
    const parted = "\"#partition\" IN ('train', 'test')";
    const own = group === null ? '"#identity"' : ownText(group);
    const read = [`"#partition" = 'train'`, own, ...times.map(time => `epoch_us(CAST(${name(time)} AS TIMESTAMP))`)];
    const byCutoff = isByCutoff(session, node);
    const parts = byCutoff ? name(node.id) : beside(node.id, 'partitions');
    const [total] = await session.db.rows(`SELECT count(*) FROM ${parts} WHERE ${parted}`);
    const some = `${parted} AND hash("#row") % ${Math.max(1, Math.floor(count(total?.[0]) / mostRows))} = 0`;
    // Few rows meet those of the frame: the view of the split would join all of them first.
    const of = byCutoff
      ? `${name(node.id)} WHERE ${some}`
      : `${name(node.frame)} JOIN (SELECT "#row", "#partition" FROM ${parts} WHERE ${some}) USING ("#row")`;
    return session.db.rows(`SELECT ${list(read)} FROM ${of} ORDER BY "#row"`);
  }

  function chance(
    rows: readonly (readonly Cell[])[],
  ): { readonly value: number; readonly low: number; readonly high: number; readonly n: number } | null {
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
