/** What a feature set looks like on train: nulls, mean and shape of the values behind each feature, and what is odd about them. */

import type { FeaturesNode, PlanFeature } from '../../language/plan/plan.ts';
import { grouped } from '../../language/text/grouped.ts';
import { plural } from '../engine/finding.ts';
import type { RawColumn } from '../learn/columnFile.ts';
import { partitionNames, unseenCode } from '../learn/matrix.ts';
import { ownCodesOf } from '../learn/rows.ts';
import { recordPlace } from '../places.ts';
import type { FindingRecord, RunRecord } from '../record.ts';
import { type DriftSample, lookAt, nullsIn, type Seen, sizeOf } from '../watch/sample.ts';
import type { Workbench } from '../workbench.ts';
import { gatherIds, rowsIn } from './rows.ts';
import { histogramOf, sampleOf } from './samples.ts';

export interface FeatureSummary {
  readonly records: RunRecord['features'];
  readonly findings: readonly FindingRecord[];
  /** Features of one value. */
  readonly constant: readonly string[];
}

export async function featureSummary(bench: Workbench, node: FeaturesNode): Promise<FeatureSummary> {
  const matrix = await bench.matrix(node.id);
  const raw = new Map((await bench.raw(node.id)).map(r => [r.feature, r]));
  const train = rowsIn(matrix, 'train');
  const entity = gatherIds(matrix.entity, train);
  const room = new Float64Array(train.length);
  const others = partitionNames.filter(p => p === 'validate' || p === 'test').map(partition => ({ partition, rows: rowsIn(matrix, partition) }));
  const records: RunRecord['features'][number][] = [];
  const findings: FindingRecord[] = [];
  const constant: string[] = [];
  for (const feature of node.features) {
    const column = raw.get(feature.name);
    if (!column) throw new Error(`The engine has no column for the feature ${feature.name}`);
    const seen = lookAt(sampleOf(column.column, train, entity, room));
    const nulls = nullsIn(seen);
    records.push({
      ...recordPlace(feature.place),
      set: node.name,
      name: feature.name,
      rows: train.length,
      nulls,
      mean: meanOf(seen),
      histogram: histogramOf(seen),
    });
    const odd = oddities(feature, seen.sample, nulls);
    if (odd.some(({ rule }) => rule === 'constant-feature')) constant.push(feature.name);
    findings.push(...odd, ...newLevels(feature, column, others));
  }
  return { records, findings, constant };
}

/** Of the values that are there; null for categories and where there is none. */
function meanOf(seen: Seen): number | null {
  if (seen.kind === 'category') return null;
  const { values } = seen.known;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return values.length === 0 ? null : sum / values.length;
}

function oddities(feature: PlanFeature, sample: DriftSample, nulls: number): FindingRecord[] {
  const rows = sizeOf(sample);
  if (rows === 0) return [];
  const finding = (rule: string, message: string): FindingRecord[] => [
    {
      ...recordPlace(feature.place),
      severity: 'warning',
      rule,
      message,
      help: `Leave \`${feature.name}\` out, or look at where it comes from.`,
      count: rows,
    },
  ];
  if (nulls === rows) return finding('null-feature', `\`${feature.name}\` is null in all ${grouped(rows)} training rows`);
  if (nulls === 0 && isConstant(sample)) {
    return finding('constant-feature', `\`${feature.name}\` has the same value in all ${grouped(rows)} training rows`);
  }
  return [];
}

function isConstant(sample: DriftSample): boolean {
  const values = sample.kind === 'number' ? sample.values : sample.codes;
  return values.every(value => value === values[0]);
}

/** Levels that train does not have, in rows that are judged. */
function newLevels(feature: PlanFeature, { column }: RawColumn, others: readonly { partition: string; rows: Int32Array }[]): FindingRecord[] {
  if (column.kind !== 'category') return [];
  return others.flatMap(({ partition, rows }): FindingRecord[] => {
    const count = ownCodesOf(column, rows).filter(code => code === unseenCode).length;
    if (count === 0) return [];
    return [
      {
        ...recordPlace(feature.place),
        severity: 'info',
        rule: 'new-levels',
        message: `${grouped(count)} of ${plural(rows.length, 'row')} of ${partition} ${count === 1 ? 'holds' : 'hold'} levels of \`${feature.name}\` that train does not have`,
        help: null,
        count,
      },
    ];
  });
}
