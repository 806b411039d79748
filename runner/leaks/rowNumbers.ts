/** Columns that nobody declared a key and that have a value of their own for every entity: a model can only learn them by heart. */
import { type DataRuleSettings, thresholdOf } from '../../language/catalogue/dataRules.ts';
import type { FeaturesNode } from '../../language/plan/plan.ts';
import { grouped } from '../../language/text/grouped.ts';
import type { Matrix, MatrixColumn } from '../learn/matrix.ts';
import { identitiesOf, runsOf } from '../learn/texts.ts';
import { someOf } from './copies.ts';
import { type Measured, measured } from './measured.ts';
import { type Sample, valuesOf } from './sample.ts';

const rule = 'key-as-feature';
const fewestEntities = 50;
/** Whole numbers in a wider range than this many a row may all differ by chance. */
const widest = 10;
const fewestSampled = 20_000;

/** Whole numbers and texts: a measured float differs from row to row anyway, and so does a time. */
const couldBeKeys = (node: FeaturesNode): ReadonlySet<string> =>
  new Set(node.steps.flatMap(step => (step.kind === 'row' && (step.type === 'int' || step.type === 'text') ? [step.output] : [])));

export function rowNumbers(node: FeaturesNode, sample: Sample, matrix: Matrix, settings: DataRuleSettings): readonly Measured[] {
  const threshold = thresholdOf(settings, rule, 'warn');
  const candidates = couldBeKeys(node);
  const found = sample.columns.flatMap(column => {
    const feature = node.features.find(f => f.raw.column === column.name);
    if (!feature || !candidates.has(column.name)) return [];
    const share = shareOf(column, sample, matrix, threshold);
    if (share === null) return [];
    return [
      measured({
        rule,
        declaration: node.name,
        subject: feature.name,
        place: feature.place,
        measure: 'share of entities with a value of their own',
        figure: share.figure,
        threshold,
        n: share.entities,
        fault:
          share.figure >= threshold
            ? {
                severity: 'warning',
                message: `\`${feature.name}\` has a value of its own for ${(share.figure * 100).toFixed(1)}% of ${grouped(share.entities)} entities in train: it tells them apart and says nothing of new ones.`,
                help: `Leave \`${feature.name}\` out, or declare the column \`key\`.`,
                count: share.entities,
              }
            : null,
      }),
    ];
  });
  if (found.length) return found;
  return [
    measured({
      rule,
      declaration: node.name,
      place: node.place,
      measure: 'share of entities with a value of their own',
      figure: 0,
      threshold,
      n: sample.train.length,
    }),
  ];
}

interface Share {
  readonly figure: number;
  readonly entities: number;
}

/**
 * From some rows of a large train, where so many entities share their value with another that the threshold is out of reach whatever the other
 * rows hold; else from all of them.
 */
function shareOf(column: MatrixColumn, { train, entity }: Sample, matrix: Matrix, threshold: number): Share | null {
  if (train.length <= fewestSampled) return ownValues(column, matrix, train);
  const most = (1 - threshold) * train.length;
  const rows = someOf(train, Math.max(fewestSampled, Math.ceil(2 * most)));
  const values = valuesOf(column, rows);
  if (values.some(value => (column.kind === 'number' ? Number.isNaN(value) : value < 0))) return null;
  const owners = new Map<number, number>();
  const shared = new Set<number>();
  const entities = new Set<number>();
  rows.forEach((row, i) => {
    const [value, id] = [values[i] ?? 0, entity[row] ?? 0];
    const owner = owners.get(value) ?? id;
    owners.set(value, owner);
    entities.add(id);
    if (owner !== id) shared.add(id).add(owner);
  });
  return shared.size > most ? { figure: 1 - shared.size / entities.size, entities: entities.size } : ownValues(column, matrix, train);
}

/** Null where it could be chance: few entities, values that change within one, numbers far apart, or a null. */
function ownValues(column: MatrixColumn, matrix: Matrix, train: Int32Array): Share | null {
  const values = new Map<number, number>();
  let [entities, least, most] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  // Rows of one identity stand together.
  const identities = runsOf(identitiesOf(matrix));
  const all = column.kind === 'number' ? column.values : column.codes;
  let last: { readonly identity: number; readonly value: number } | null = null;
  for (const row of train) {
    const value = all[row] ?? Number.NaN;
    if (Number.isNaN(value) || (column.kind === 'category' && value < 0)) return null;
    const identity = identities[row] ?? 0;
    if (last !== null && last.identity === identity) {
      if (last.value !== value) return null;
      continue;
    }
    last = { identity, value };
    entities++;
    values.set(value, (values.get(value) ?? 0) + 1);
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (entities < fewestEntities) return null;
  if (column.kind === 'number' && most - least + 1 > widest * entities) return null;
  let own = 0;
  for (const count of values.values()) if (count === 1) own++;
  return { figure: own / entities, entities };
}
