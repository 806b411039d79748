/** Random tables of entities that their events make. */
import { type Column, conditionText, pickColumn, type Scope } from './drawExpressions.ts';
import { type Drawing, type DrawnTable, has, type Relation } from './drawTables.ts';
import { declaration } from './program.ts';

/** The entities that events make: somebody is there from the first event on. */
export function drawGroup(drawing: Drawing, name: string, base: Relation): DrawnTable | null {
  const { draw, risk } = drawing;
  const { time: event } = base;
  if (event === null || !has(base, event) || !has(base, 'cust')) return null;
  const scope: Scope = { columns: base.columns, hasCutoff: false, risk, late: draw.chance(risk) ? 0.5 : 0 };
  const by = has(base, 'lcust') && draw.chance(risk) ? 'lcust' : 'cust';
  const extra = draw.chance(risk) ? pickColumn(draw, scope, 'number') : null;
  const wait = draw.pick([0, 3, 3, 12, 20]);
  const pieces = [
    ...(draw.chance(0.4) ? [`where ${conditionText(draw, scope)}`] : []),
    `group by ${by} { first = min(${event})${extra ? `, m = ${draw.pick(['sum', 'max', 'last'])}(${extra.name})` : ''} }`,
    ...(wait > 0 ? [`derive k = first + ${wait}d`] : []),
    `time first known ${wait > 0 && draw.chance(0.8) ? 'k' : 'first'}`,
  ];
  const columns: Column[] = [
    { name: by, type: 'ref', safety: 'safe', nullable: false },
    { name: 'first', type: 'time', safety: 'safe', nullable: false },
    ...(wait > 0 ? [{ name: 'k', type: 'time', safety: 'safe', nullable: false } as const] : []),
    ...(extra ? [{ name: 'm', type: 'number', safety: 'safe', nullable: true } as const] : []),
  ];
  return {
    declarations: [declaration(name, `table ${name} = ${base.name}`, 'pipe', pieces)],
    relation: { name, home: 'group', columns, time: 'first', key: by },
  };
}
