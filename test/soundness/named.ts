/** Values that stand in a program's expressions: cells that lie at them decide its conditions. */
import type { Plan } from '../../language/plan/plan.ts';
import type { Draw } from '../reference/draw.ts';
import type { CellValue, ColumnSpec } from './schema.ts';

export interface Named {
  readonly numbers: readonly number[];
  readonly texts: readonly string[];
}

const found = new WeakMap<Plan, Named>();

function searched(plan: Plan): Named {
  const text = JSON.stringify(plan.nodes.filter(({ kind }) => kind !== 'scan'));
  const all = [...text.matchAll(/"op":"literal","type":"(\w+)","value":("[^"]*"|-?[\d.]+)/g)].map(
    ([, , value]) => JSON.parse(value ?? '0') as unknown,
  );
  return {
    numbers: [...new Set(all.filter(value => typeof value === 'number'))],
    texts: [...new Set(all.filter(value => typeof value === 'string' && value.length === 1))] as string[],
  };
}

/** Numbers and texts of one letter. */
export function namedIn(plan: Plan): Named {
  const there = found.get(plan) ?? searched(plan);
  found.set(plan, there);
  return there;
}

/** A value of the column at one that is named; undefined where none is of its type. */
export function nearNamed(draw: Draw, column: ColumnSpec, { numbers, texts }: Named): CellValue | undefined {
  if (column.role) return undefined;
  if ((column.type === 'int' || column.type === 'float') && numbers.length > 0) return Math.max(0, Math.round(draw.pick(numbers)) + draw.int(-1, 1));
  return (column.type === 'category' || column.type === 'text') && texts.length > 0 ? draw.pick(texts) : undefined;
}
