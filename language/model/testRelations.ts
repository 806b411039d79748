/** Four sources that differ in when a row is known, and what the table `r` over them comes to: for tests of the table steps. */
import { columnText, factsText, rowsText, typedProgram } from './testProgram.ts';

/** `ev`: rows known 3 days after the event; `vis`: known by a column; `ent`: one row each; `dim`: without time. */
export const sources = `
source ent = csv("ent.csv") {
  id    : key
  born  : timestamp  @time @known(+0d)
  state : text       immutable
}
source ev = csv("ev.csv") {
  eid  : key
  cust : ref ent
  t    : timestamp  @time @known(+3d)
  x    : int        immutable
  late : int        @known(+20d)
  lref : ref ent    @known(+12d)
  boat : text       @after(outcome)
  cur  : int        @current
  due  : timestamp
}
source vis = csv("vis.csv") {
  vid  : key
  cust : ref ent
  t    : timestamp  @time
  k    : timestamp  @known
  x    : int        immutable
}
source dim = csv("dim.csv") {
  code : key
  name : text       immutable
}
`;
export const program = (steps: string): ReturnType<typeof typedProgram> => typedProgram(`${sources}\ntable r = ${steps}\n`);
export const rows = (steps: string): string => rowsText(program(steps).relation('r'));
export const exists = (steps: string): string => factsText(program(steps).relation('r').exists);
export const column = (steps: string, name: string): string => columnText(program(steps).column('r', name));
export const names = (steps: string): string =>
  program(steps)
    .relation('r')
    .columns.map(c => c.name)
    .join(' ');
