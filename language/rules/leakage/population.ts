/**
 * Of a task without cutoffs: the sources that hold rows of its entities, those observed and those that refer to them, however far. All others
 * are looked up: nobody's rows, the same for train and test.
 */
import type { Program } from '../../model/program.ts';
import type { Among, RelationModel, TableModel, TaskModel } from '../../model/typed.ts';

type Named = Among['rows'];

const keyOf = ({ name, place }: RelationModel): string => `${place.file}\0${name}`;

/** The sources whose rows the table's are; with `joined`, those too whose cells it has beside them. */
function addSources(
  program: Program,
  { table: name, file }: Named,
  joined: boolean,
  found: Map<string, RelationModel>,
  seen = new Set<string>(),
): void {
  const source = program.source(file, name)?.relation;
  if (source) {
    found.set(keyOf(source), source);
    return;
  }
  const table: TableModel | null = program.table(file, name);
  if (!table || seen.has(keyOf(table.relation))) return;
  seen.add(keyOf(table.relation));
  const home = table.relation.place.file;
  addSources(program, { table: table.base, file: home }, joined, found, seen);
  for (const { step } of table.steps) {
    if (step.kind === 'union') addSources(program, { table: step.table, file: home }, joined, found, seen);
    else if (joined && step.kind === 'join') addSources(program, step, joined, found, seen);
  }
}

function sourcesOf(program: Program, named: Named, joined: boolean): ReadonlyMap<string, RelationModel> {
  const found = new Map<string, RelationModel>();
  addSources(program, named, joined, found);
  return found;
}

/** Whether rows of the source are of these, or refer to such. */
function refersTo(program: Program, source: RelationModel, observed: ReadonlyMap<string, RelationModel>, seen: Set<string>): boolean {
  if (observed.has(keyOf(source))) return true;
  if (seen.has(keyOf(source))) return false;
  seen.add(keyOf(source));
  return source.columns.some(({ type }) => {
    if (type.kind !== 'ref') return false;
    const targets = sourcesOf(program, { table: type.table, file: type.home }, true);
    return [...targets.values()].some(target => refersTo(program, target, observed, seen));
  });
}

/** Whether a table holds rows of the task's entities, or cells of such. */
export function populationOf(program: Program, { relation, place }: TaskModel): (named: Named) => boolean {
  const observed = new Map(sourcesOf(program, { table: relation, file: place.file }, false));
  const model = program.relation(place.file, relation);
  const key = model?.columns.find(({ name }) => name === model.key)?.type;
  // Of groups by a ref the entities are what it refers to.
  if (key?.kind === 'ref') for (const [name, source] of sourcesOf(program, { table: key.table, file: key.home }, false)) observed.set(name, source);
  const known = new Map<string, boolean>();
  return named => {
    const name = `${named.file}\0${named.table}`;
    let holds = known.get(name);
    if (holds === undefined)
      known.set(name, (holds = [...sourcesOf(program, named, true).values()].some(source => refersTo(program, source, observed, new Set()))));
    return holds;
  };
}
