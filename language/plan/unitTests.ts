/** Tests as the runner gets them: the plan of what is tested, the rows that go in and those that are to come out. */
import type { Program } from '../model/program.ts';
import type { TestModel, TestRowModel } from '../model/typed.ts';
import type { Place } from '../text/place.ts';
import { lower } from './lower.ts';
import type { Plan, PlanPlace } from './plan.ts';

export type PlanTestValue = TestRowModel['cells'][number]['value'];

export interface PlanTestRow {
  readonly place: PlanPlace;
  readonly cells: readonly { readonly column: string; readonly value: PlanTestValue; readonly place: PlanPlace }[];
}

export interface PlanTest {
  readonly name: string;
  readonly place: PlanPlace;
  readonly plan: Plan;
  /** The node that is tested. */
  readonly node: string;
  /** Rows by the name of their source; columns that a row does not name are null. */
  readonly given: readonly { readonly source: string; readonly rows: readonly PlanTestRow[] }[];
  /** Microseconds since 1970 UTC: of features of a task with a grid of cutoffs. */
  readonly cutoff: number | null;
  /** Rows in any order; columns that a row does not name are not compared. */
  readonly expect: { readonly place: PlanPlace; readonly rows: readonly PlanTestRow[] };
}

/** Throws `Unplannable` on a program with errors. */
export function lowerTests(program: Program, file: string, locate: (place: Place) => PlanPlace, files: readonly string[]): readonly PlanTest[] {
  return program.declarations(file).flatMap(({ model }) => (model.kind === 'test' ? [lowerTest(model, program, file, locate, files)] : []));
}

function lowerTest(
  { name, place, subject, given, cutoff, expect }: TestModel,
  program: Program,
  file: string,
  locate: (place: Place) => PlanPlace,
  files: readonly string[],
): PlanTest {
  const home = subject.kind === 'table' ? program.table(file, subject.name)?.relation.place.file : program.features(file, subject.name)?.place.file;
  const plan = lower(program, home ?? file, [subject.name], locate, files);
  const kind = subject.kind === 'table' ? 'relation' : 'features';
  const node = plan.nodes.findLast(n => n.kind === kind && n.name === subject.name);
  if (!node) throw new Error(`Nothing is planned for ${subject.name}.`);
  const row = (of: TestRowModel): PlanTestRow => ({ place: locate(of.place), cells: of.cells.map(cell => ({ ...cell, place: locate(cell.place) })) });
  return {
    name,
    place: locate(place),
    plan,
    node: node.id,
    given: given.map(({ source, rows }) => ({ source, rows: rows.map(row) })),
    cutoff,
    expect: { place: locate(expect.place), rows: expect.rows.map(row) },
  };
}
