/** Formulas of fitted transforms in JavaScript: what `runner/engine/formulas.ts` is in SQL. */
import type { PlanColumn } from '../../language/plan/plan.ts';
import type { Formula, Output, Series } from '../transforms/formula.ts';
import { storedLiteral } from '../transforms/pieces.ts';
import { weighed } from '../transforms/terms.ts';
import { type Evaluate, evaluator, literalValue, type Places } from './expression.ts';
import { asFloat, canonicalText, finite, hash52, shownText, type Value } from './values.ts';

/** Fills the places of its columns in a row. */
export type Fill = (row: Value[]) => void;

/** The input as a float; null in, null out. */
function floatOf({ name, type }: PlanColumn, places: Places): (row: readonly Value[]) => number | null {
  const place = places.column(name, 'set');
  return row => {
    const value = row[place] ?? null;
    return value === null ? null : asFloat(value, type);
  };
}

function textOf({ name, type }: PlanColumn, places: Places): (row: readonly Value[]) => string | null {
  const place = places.column(name, 'set');
  if (type === 'text') return row => (row[place] ?? null) as string | null;
  return row => {
    const value = row[place] ?? null;
    return value === null ? null : canonicalText(value, type);
  };
}

/** The inputs as floats; null when one is. */
function floatsOf(inputs: readonly PlanColumn[], places: Places): (row: readonly Value[]) => Float64Array | null {
  const read = inputs.map(input => floatOf(input, places));
  const out = new Float64Array(inputs.length);
  return row => {
    for (let i = 0; i < read.length; i++) {
      const value = read[i]?.(row) ?? null;
      if (value === null) return null;
      out[i] = value;
    }
    return out;
  };
}

/** The value of the latest instant before that; null where there is none. */
function lastBefore(series: Series | undefined, at: number, type: PlanColumn['type']): Value {
  let [low, high] = [0, series?.at.length ?? 0];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((series?.at[middle] ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  const text = series?.values[low - 1];
  const stored = text === undefined ? null : storedLiteral(type, text);
  return stored?.op === 'literal' ? literalValue(type, stored.value) : null;
}

/** Of one column. Groups that share their work are filled at once: see `fills`. */
function evaluatorOf(formula: Exclude<Formula, { op: 'level' | 'hashed' | 'term' }>, places: Places): Evaluate {
  switch (formula.op) {
    case 'expression':
      return evaluator(formula.value, places);
    case 'scaled': {
      const { centre, scale, clip } = formula;
      const read = floatOf(formula.input, places);
      return row => {
        const value = read(row);
        if (value === null) return null;
        const scaled = (value - centre) / scale;
        return clip ? Math.min(Math.max(scaled, clip[0]), clip[1]) : finite(scaled);
      };
    }
    case 'lookup': {
      const { values, otherwise } = formula;
      const read = textOf(formula.input, places);
      return row => {
        const text = read(row);
        return (text === null ? undefined : values.get(text)) ?? otherwise;
      };
    }
    case 'carried': {
      const { input, entity, cutoff, series } = formula;
      const [own, when] = [places.column(input.name, 'set'), places.column(cutoff.name, 'set')];
      const who = textOf(entity, places);
      return row => {
        const [value, at, text] = [row[own] ?? null, row[when] ?? null, who(row)];
        if (value !== null || at === null || text === null) return value;
        return lastBefore(series.get(text), Number(at), input.type);
      };
    }
    case 'linear': {
      const { centre, weights } = formula;
      const read = floatsOf(formula.inputs, places);
      return row => {
        const values = read(row);
        if (values === null) return null;
        let total = 0;
        for (let i = 0; i < values.length; i++) total += ((values[i] ?? 0) - (centre[i] ?? 0)) * (weights[i] ?? 0);
        return finite(total);
      };
    }
    case 'distance': {
      const { from } = formula;
      const read = floatsOf(formula.inputs, places);
      return row => {
        const values = read(row);
        if (values === null) return null;
        let total = 0;
        for (let i = 0; i < values.length; i++) total += ((values[i] ?? 0) - (from[i] ?? 0)) ** 2;
        return finite(Math.sqrt(total));
      };
    }
    case 'wave': {
      const turn = (2 * Math.PI) / formula.period;
      const read = floatOf(formula.input, places);
      const wave = formula.of === 'sin' ? Math.sin : Math.cos;
      return row => {
        const value = read(row);
        return value === null ? null : finite(wave(value * turn));
      };
    }
  }
}

/** 0 everywhere but where `hit` points. */
function oneOf(targets: readonly number[], hit: (row: readonly Value[]) => number | undefined): Fill {
  return row => {
    for (const target of targets) row[target] = 0;
    const target = hit(row);
    if (target !== undefined) row[target] = 1;
  };
}

/** The outputs of one fitted step; `place` says where each column belongs. */
export function fills(outputs: readonly Output[], places: Places, place: (column: string) => number): readonly Fill[] {
  const [first] = outputs;
  const targets = outputs.map(({ column }) => place(column.name));
  if (first?.formula.op === 'level') {
    const read = textOf(first.formula.input, places);
    const byLevel = new Map(outputs.map(({ formula }, i) => [formula.op === 'level' ? formula.level : '', targets[i] ?? 0]));
    return [
      oneOf(targets, row => {
        const text = read(row);
        return text === null ? undefined : byLevel.get(text);
      }),
    ];
  }
  if (first?.formula.op === 'hashed') {
    const { input, places: count } = first.formula;
    const from = places.column(input.name, 'set');
    return [
      oneOf(targets, row => {
        const value = row[from] ?? null;
        return value === null ? undefined : targets[Number(hash52(shownText(value, input.type)) % BigInt(count))];
      }),
    ];
  }
  if (first?.formula.op === 'term') {
    const { input, terms, weights } = first.formula;
    const read = textOf(input, places);
    const indexOf = new Map(terms.map((term, i) => [term, i]));
    return [
      row => {
        for (const target of targets) row[target] = 0;
        const text = read(row);
        if (text === null) return;
        for (const [index, weight] of weighed(text, indexOf, weights)) row[targets[index] ?? 0] = weight;
      },
    ];
  }
  return outputs.map(({ formula }, i): Fill => {
    if (formula.op === 'level' || formula.op === 'hashed' || formula.op === 'term') throw new Error('A group of columns is of one kind.');
    const evaluate = evaluatorOf(formula, places);
    const target = targets[i] ?? 0;
    return row => {
      row[target] = evaluate(row);
    };
  });
}
