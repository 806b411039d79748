/** Reads an algorithm's settings. The checker has refused what is out of range already; a stored plan may still be damaged. */
import { LearnError, type Settings } from './learner.ts';

export function numberSetting(settings: Settings, name: string, absent: number, min: number): number {
  const value = settings[name] ?? absent;
  if (typeof value === 'number' && value >= min && Number.isFinite(value)) return value;
  throw new LearnError('setting', `\`${name}\` is ${JSON.stringify(value)}; it is a number of at least ${min}.`, `Write \`${name}: ${absent}\`.`);
}

export function wholeSetting(settings: Settings, name: string, absent: number, min: number): number {
  const value = numberSetting(settings, name, absent, min);
  if (Number.isInteger(value)) return value;
  throw new LearnError('setting', `\`${name}\` is ${value}; it is a whole number.`, `Write \`${name}: ${Math.round(value)}\`.`);
}

/** Null where the setting is absent. */
export function optionalWholeSetting(settings: Settings, name: string, min: number): number | null {
  return settings[name] === undefined || settings[name] === null ? null : wholeSetting(settings, name, min, min);
}

export function wholeListSetting(settings: Settings, name: string, absent: readonly number[], min: number): readonly number[] {
  const value = settings[name] ?? absent;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const numbers = list.filter((n): n is number => typeof n === 'number' && Number.isInteger(n) && n >= min);
  if (numbers.length === list.length) return numbers;
  throw new LearnError(
    'setting',
    `\`${name}\` is ${JSON.stringify(value)}; it lists whole numbers of at least ${min}.`,
    `Write \`${name}: [${absent.join(', ')}]\`.`,
  );
}
