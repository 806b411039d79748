/** Random expressions over the columns of a row or of a window's rows, as text, each with simpler ones that may stand in its place. */
import type { Draw } from '../reference/draw.ts';
import type { Piece } from './program.ts';

/** `safe`: known with its row. `late`: masked until it is known. `bad`: known to nobody in time, or overwritten. */
export type Safety = 'safe' | 'late' | 'bad';

export interface Column {
  readonly name: string;
  readonly type: 'number' | 'bool' | 'level' | 'time' | 'key' | 'ref';
  readonly safety: Safety;
  readonly nullable: boolean;
}

/** The columns in scope, and how often something risky is drawn. */
export interface Scope {
  readonly columns: readonly Column[];
  readonly hasCutoff: boolean;
  readonly risk: number;
  /** How often a cell that comes late is read. */
  readonly late: number;
}

export const ofType = (scope: Pick<Scope, 'columns'>, ...types: readonly Column['type'][]): readonly Column[] =>
  scope.columns.filter(c => types.includes(c.type));

/** A column of one of the types, by its safety; null where there is none. */
export function pickColumn(draw: Draw, scope: Scope, ...types: readonly Column['type'][]): Column | null {
  const all = ofType(scope, ...types);
  const of = (safety: Safety): readonly Column[] => all.filter(c => c.safety === safety);
  if (of('bad').length > 0 && draw.chance(scope.risk / 2)) return draw.pick(of('bad'));
  if (of('late').length > 0 && draw.chance(scope.late)) return draw.pick(of('late'));
  return of('safe').length > 0 ? draw.pick(of('safe')) : null;
}

const filled = (draw: Draw, column: Column): string => (column.nullable && draw.chance(0.4) ? `(${column.name} ?? 0)` : column.name);

export function numberText(draw: Draw, scope: Scope, depth = 2): string {
  const column = pickColumn(draw, scope, 'number');
  if (!column) return String(draw.int(1, 3));
  const leaf = filled(draw, column);
  const time = scope.hasCutoff ? pickColumn(draw, scope, 'time') : null;
  switch (depth === 0 ? 0 : draw.int(0, 10)) {
    case 1:
      return `${leaf} + ${draw.int(1, 3)}`;
    case 2:
      return `(${leaf}) * (${numberText(draw, scope, depth - 1)})`;
    case 3: {
      const other = numberText(draw, scope, 0);
      return other === leaf ? leaf : `${leaf} - ${other}`;
    }
    case 4:
      return time && depth === 2 ? `days(${time.name}, cutoff)` : leaf;
    case 5:
      return `if ${conditionText(draw, scope, 0)} then ${numberText(draw, scope, depth - 1)} else ${draw.int(0, 2)}`;
    case 6:
      return `max(${leaf}, ${numberText(draw, scope, 0)})`;
    default:
      return leaf;
  }
}

export function conditionText(draw: Draw, scope: Scope, depth = 1): string {
  const column = pickColumn(draw, scope, 'number', 'bool', 'level') ?? pickColumn(draw, scope, 'number');
  if (!column) return 'true';
  if (depth > 0 && draw.chance(0.2)) {
    const [one, other] = [conditionText(draw, scope, 0), conditionText(draw, scope, 0)];
    // Two conditions on one column are often never, or always, true of both.
    return one.split(' ')[0] === other.split(' ')[0] ? one : `${one} ${draw.pick(['and', 'or'])} ${other}`;
  }
  if (column.nullable && draw.chance(0.15)) return `${column.name} ${draw.pick(['==', '!='])} null`;
  switch (column.type) {
    case 'bool':
      return draw.chance(0.7) ? column.name : `not ${column.name}`;
    case 'level':
      return `${column.name} ${draw.pick(['==', '!='])} "${draw.pick(['a', 'b', 'c'])}"`;
    default:
      return `${column.name} ${draw.pick(['<', '<', '<', '>=', '>=', '>=', '!=', '=='])} ${draw.int(2, 8)}`;
  }
}

/** A line with simpler values of the same name. */
export const named = (name: string, value: string, simpler: readonly string[]): Piece => ({
  text: `${name} = ${value}`,
  simpler: simpler.filter(other => other !== value).map(other => `${name} = ${other}`),
});
