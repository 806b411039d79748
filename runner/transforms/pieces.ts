/** Expressions that fitted transforms are made of: columns of the set, what was learned as literals, and calls. */
import type { PlanColumn, PlanExpr, PlanType } from '../../language/plan/plan.ts';
import type { FittedValue } from '../engine/relational.ts';

type Literal = Extract<PlanExpr, { op: 'literal' }>['value'];

export const inSet = ({ name, type }: PlanColumn): PlanExpr => ({ op: 'column', type, name, of: 'set' });

export const number = (value: number | null): PlanExpr => ({ op: 'literal', type: 'float', value });

export const call = (fn: string, type: PlanType, ...args: readonly PlanExpr[]): PlanExpr => ({ op: 'call', type, fn, args });

export const asFloat = (value: PlanExpr): PlanExpr => (value.type === 'float' ? value : call('to_float', 'float', value));

function literalValue(type: PlanType, stored: FittedValue): Literal {
  if (stored === null || (typeof stored === 'object' && stored !== null)) return null;
  switch (type) {
    case 'bool':
      return stored === true || stored === 'true';
    case 'float':
    case 'date':
    case 'timestamp':
      return Number(stored);
    case 'duration': {
      const [months = '', micros = ''] = String(stored).split('mo');
      return { months: Number(months), micros: Number(micros) };
    }
    default:
      return String(stored);
  }
}

/** A value as what was learned stores it: canonical text, or a number. */
export const storedLiteral = (type: PlanType, stored: FittedValue): PlanExpr => ({ op: 'literal', type, value: literalValue(type, stored) });
