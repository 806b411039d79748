/** Reading what a fit learned, as it was stored: plain data whose shape its transform knows. */
import type { FittedState, FittedValue } from '../engine/relational.ts';
import type { Series } from './formula.ts';

const damaged = (key: string): never => {
  throw new Error(`What was learned has no ${key}.`);
};

const isNumber = (value: unknown): value is number => typeof value === 'number';

export function numberOf(state: FittedState, key: string): number {
  const value = state[key];
  return isNumber(value) ? value : damaged(key);
}

export function maybeNumber(state: FittedState, key: string): number | null {
  const value = state[key];
  return isNumber(value) ? value : null;
}

export function numbersOf(state: FittedState, key: string): readonly number[] {
  const value = state[key];
  return Array.isArray(value) && value.every(isNumber) ? value : damaged(key);
}

export function rowsOf(state: FittedState, key: string): readonly (readonly number[])[] {
  const value = state[key];
  return Array.isArray(value) ? value.map(row => (Array.isArray(row) && row.every(isNumber) ? row : damaged(key))) : damaged(key);
}

export function textsOf(state: FittedState, key: string): readonly string[] {
  const value = state[key];
  return Array.isArray(value) && value.every(item => typeof item === 'string') ? value : damaged(key);
}

/** Pairs of text and number, in any order of keys. */
export function valuesOf(state: FittedState, key: string): ReadonlyMap<string, number> {
  const value: FittedValue | undefined = state[key];
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return damaged(key);
  return new Map(Object.entries(value).map(([text, number]) => [text, isNumber(number) ? number : damaged(key)]));
}

/** What entities had, by their texts. */
export function seriesOf(state: FittedState, key: string): ReadonlyMap<string, Series> {
  const value: FittedValue | undefined = state[key];
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return damaged(key);
  return new Map(
    Object.entries(value).map(([text, series]) => {
      const [at, values] = Array.isArray(series) ? (series as readonly FittedValue[]) : [];
      if (!Array.isArray(at) || !at.every(isNumber) || !Array.isArray(values)) return damaged(key);
      return [text, { at, values: values.map(String) }];
    }),
  );
}
