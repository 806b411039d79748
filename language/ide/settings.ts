/** Which settings stand in the block of a split or a model. */
import { entryOf, laterWord } from '../catalogue/catalogue.ts';
import type { SettingEntry } from '../catalogue/entry.ts';
import { formsOf } from '../catalogue/forms.ts';
import { balanceSetting, calibrateSetting, refitSetting, stackingSettings, thresholdSetting, tuneSettings } from '../catalogue/training.ts';
import type { ModelDeclaration } from '../syntax/ast.ts';

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

const searchable: ReadonlySet<SettingEntry['type']> = new Set(['int', 'float', 'share', 'choice', 'bool']);
const criteria: readonly SettingEntry[] = [
  { name: 'by', type: 'value', doc: 'The metric by which settings are compared: `by: auc`, on inner folds unless `on validate` follows.' },
  { name: 'inner', type: 'value', default: 5, doc: 'The inner folds of train: a number, or `group(patient, 5)`.' },
];

/** The settings of a model, in its block or in the `tune` block inside it. */
export function modelSettings({ definition }: ModelDeclaration, isTune: boolean): readonly SettingEntry[] {
  if (definition.kind === 'best') return [refitSetting];
  if (definition.kind !== 'algorithm') return [];
  const { text } = definition.algorithm;
  if (text === 'stacking') return [stackingSettings.final, stackingSettings.folds];
  const entry = entryOf('algorithm', text);
  if (!entry) return [];
  if (isTune) return [...entry.settings.filter(({ type }) => searchable.has(type)), ...Object.values(tuneSettings), ...criteria];
  return [
    ...entry.settings,
    ...(entry.earlyStop ? documented('model', ['early_stop']) : []),
    ...documented('model', ['tune']),
    calibrateSetting,
    thresholdSetting,
    balanceSetting,
    refitSetting,
    ...documented('model', ['split']),
  ];
}
