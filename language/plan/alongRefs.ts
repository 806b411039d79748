/** Rows with the columns that paths read of the rows behind their refs: for those who read a relation and follow no refs themselves. */
import type { TypedExpr } from '../model/typed.ts';
import { everyPart } from '../model/walk.ts';
import { has, type Lowered } from './knownTimes.ts';
import { freeId, type Lowering, relationNamed } from './lowering.ts';
import { lowerJoin } from './lowerJoin.ts';
import { lowerRelation, relationNode } from './lowerRelation.ts';
import type { RelationStep } from './plan.ts';

export type Path = Extract<TypedExpr, { kind: 'path' }>;

/** The column that a path becomes. */
export const pathName = ({ refs, name }: Path): string => [...refs.map(step => step.ref), name].join('.');

export const pathsIn = (expr: TypedExpr | null): readonly Path[] =>
  expr ? everyPart(expr).flatMap(part => (part.kind === 'path' ? [part] : [])) : [];

/** A node of its own under that id, or the relation as it is where nothing is followed. */
export function alongRefs(base: Lowered, paths: readonly Path[], id: string, file: string, lowering: Lowering): Lowered {
  if (paths.length === 0) return base;
  let relation = base;
  const steps: RelationStep[] = [];
  for (const path of paths) {
    let ref = '';
    for (const [i, step] of path.refs.entries()) {
      const left = ref || step.ref;
      const next = path.refs[i + 1]?.ref ?? path.name;
      ref = ref ? `${ref}.${next}` : `${step.ref}.${next}`;
      if (has(relation, ref)) continue;
      const model = relationNamed(lowering, step.table, step.home);
      const right = lowerRelation(model.name, model.place.file, lowering, step.reader);
      const on = [{ left, right: step.key }];
      const join = {
        kind: 'join',
        place: path.place,
        join: 'left',
        table: step.table,
        file: model.place.file,
        reader: step.reader,
        on,
        asOf: null,
      } as const;
      const joined = lowerJoin(relation, { ...join, take: [{ column: next, as: ref }], rightIsUnique: true }, base.model, right);
      relation = joined.relation;
      steps.push(...joined.steps);
    }
  }
  return relationNode(freeId(lowering, id, file), base.model.name, base.id, relation, steps, lowering);
}
