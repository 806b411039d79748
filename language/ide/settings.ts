/** Which settings stand in the block of a split or a model. */
import { entryOf, laterWord } from '../catalogue/catalogue.ts';
import type { SettingEntry } from '../catalogue/entry.ts';
import { formsOf } from '../catalogue/forms.ts';

const bySplit: Readonly<Record<string, readonly string[]>> = {
  random: ['test', 'validate', 'stratify', 'folds', 'repeats', 'seed'],
  group: ['group', 'test', 'validate', 'folds', 'repeats', 'seed'],
  time: ['train', 'validate', 'test', 'gap', 'group', 'folds'],
};

const runs = (name: string): boolean => laterWord('setting', name) === null && laterWord('item', name) === null;

const documented = (of: 'partition' | 'model', names: readonly string[]): SettingEntry[] =>
  names.filter(runs).map(name => ({ name, type: 'value', doc: formsOf(of).find(form => form.name === name)?.doc ?? '' }));

/** The settings of a split by its method. */
export const splitSettings = (method: string): readonly SettingEntry[] =>
  documented('partition', Object.hasOwn(bySplit, method) ? (bySplit[method] ?? []) : []);

/** The settings of a model with this algorithm; null: of the best of several. */
export function modelSettings(algorithm: string | null): readonly SettingEntry[] {
  const entry = algorithm === null ? null : entryOf('algorithm', algorithm);
  if (!entry) return [];
  const shared = ['tune', 'calibrate', 'threshold', 'balance', 'refit', 'split'];
  return [...entry.settings, ...documented('model', entry.earlyStop ? ['early_stop', ...shared] : shared)];
}
