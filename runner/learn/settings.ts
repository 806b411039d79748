/** Reads an algorithm's settings; ranges and defaults are the catalogue's. The checker has refused what is out of range; a stored plan may be damaged. */
import { algorithms } from '../../language/catalogue/algorithms.ts';
import type { SettingEntry } from '../../language/catalogue/entry.ts';
import { LearnError, type Setting, type Settings } from './learner.ts';

export interface SettingReader {
  readonly number: (name: string) => number;
  /** Null where the setting is `none`. */
  readonly optional: (name: string) => number | null;
  readonly list: (name: string) => readonly number[];
  readonly texts: (name: string) => readonly string[];
  readonly choice: (name: string) => string;
  readonly flag: (name: string) => boolean;
}

export function settingReader(algorithm: string, settings: Settings): SettingReader {
  const entries = algorithms.find(entry => entry.name === algorithm)?.settings ?? [];
  const find = (name: string): { entry: SettingEntry; value: Setting } => {
    const entry = entries.find(candidate => candidate.name === name);
    if (!entry) throw new Error(`The catalogue has no setting ${algorithm}.${name}.`);
    const absent = entry.default;
    return { entry, value: settings[name] ?? (typeof absent === 'object' && absent !== null ? [...absent] : (absent ?? null)) };
  };
  const optional = (name: string): number | null => {
    const { entry, value } = find(name);
    return value === null ? null : checked(entry, value);
  };
  return {
    optional,
    number: name => optional(name) ?? checked(find(name).entry, null),
    list: name => {
      const { entry, value } = find(name);
      return (Array.isArray(value) ? value : [value]).map(item => checked(entry, item));
    },
    texts: name => {
      const { value } = find(name);
      if (Array.isArray(value) && value.every(item => typeof item === 'string')) return value;
      throw new LearnError('setting', `\`${name}\` is ${JSON.stringify(value)}; it is a list of texts.`, `Write \`${name}: []\`.`);
    },
    flag: name => {
      const { value } = find(name);
      if (typeof value === 'boolean') return value;
      throw new LearnError('setting', `\`${name}\` is ${JSON.stringify(value)}; it is true or false.`, `Write \`${name}: true\`.`);
    },
    choice: name => {
      const { entry, value } = find(name);
      const chosen = entry.choices?.find(choice => choice === value);
      if (chosen !== undefined) return chosen;
      const choices = (entry.choices ?? []).join(', ');
      throw new LearnError(
        'setting',
        `\`${name}\` is ${JSON.stringify(value)}; it is one of ${choices}.`,
        `Write \`${name}: ${String(entry.default)}\`.`,
      );
    },
  };
}

function checked(entry: SettingEntry, value: unknown): number {
  const { name, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, exclusiveMin } = entry;
  const whole = entry.type === 'int' || entry.type === 'list';
  const fits = typeof value === 'number' && value <= max && (exclusiveMin ? value > min : value >= min) && (!whole || Number.isInteger(value));
  if (fits) return value;
  const range = `${exclusiveMin ? 'above' : 'from'} ${min}${max === Number.POSITIVE_INFINITY ? '' : ` to ${max}`}`;
  const help = entry.default === undefined ? `Write a value for \`${name}\`.` : `Write \`${name}: ${JSON.stringify(entry.default)}\`.`;
  throw new LearnError('setting', `\`${name}\` is ${JSON.stringify(value)}; it is a ${whole ? 'whole ' : ''}number ${range}.`, help);
}
