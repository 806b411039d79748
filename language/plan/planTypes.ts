/** From types of the language to what an engine stores, and the scale at which sums of such values are exact. */
import { isDurationValue } from '../model/arithmetic.ts';
import type { SettingValue } from '../model/typed.ts';
import type { Type } from '../model/types.ts';
import type { PlanSetting, PlanType } from './plan.ts';

/** Null where no engine stores such values. A null that is written out takes the type that is expected of it. */
export function planType(type: Type, expected: PlanType | null = null): PlanType | null {
  switch (type.kind) {
    case 'bool':
    case 'int':
    case 'float':
    case 'text':
    case 'date':
    case 'timestamp':
    case 'duration':
      return type.kind;
    case 'decimal':
      return { decimal: [type.precision, type.scale] };
    case 'category':
    case 'key':
    case 'ref':
      return 'text';
    case 'null':
      return expected ?? 'text';
    case 'json':
    case 'vector':
    case 'list':
    case 'unknown':
      return null;
  }
}

export const isSameType = (a: PlanType, b: PlanType): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What a float can be scaled to: 62 bits leave room for the sign, and for sums of 2^64 rows within 127 bits. */
const wholeBits = 62;
const defaultScale = 40;

/**
 * Binary digits after the point of fixed-point sums. 40 resolve a millionth of a millionth; where the declared range reaches beyond
 * 2^22 they become fewer, so that a scaled value keeps within 62 bits. Undeclared ranges count as small: larger values are an error of
 * the run that names the column, never a wrong sum.
 */
export function sumScale(type: Type | null): number {
  if (type?.kind !== 'float') return defaultScale;
  const { min, max } = type.bounds;
  const widest = Math.max(Math.abs(min ?? 0), Math.abs(max ?? 0), 1);
  return Math.max(0, Math.min(defaultScale, wholeBits - Math.ceil(Math.log2(widest))));
}

/** Settings of transforms and algorithms as plain data. Ranges and durations belong to forms that are expanded before. */
function planSetting(value: SettingValue): PlanSetting {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(planSetting);
  if ('duration' in value && isDurationValue(value.duration)) return [value.duration.months, value.duration.micros];
  return null;
}

export const planSettings = (settings: Readonly<Record<string, SettingValue>>): Readonly<Record<string, PlanSetting>> =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, planSetting(value)]));
