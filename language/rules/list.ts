/** All rules, by group. A rule that is not listed here does not exist; a test compares the list with the folders. */
import { internalError } from './internal-error.ts';
import { leakageRules } from './leakage/list.ts';
import { rulesOnData } from './leakage/onData.ts';
import { ledgerRules } from './ledger/list.ts';
import { nameRules } from './names/list.ts';
import type { Rule } from './rule.ts';
import { schemaRules } from './schema/list.ts';
import { syntaxRules } from './syntax/list.ts';
import { typeRules } from './types/list.ts';
import { unitRules } from './units/list.ts';
import { waiverRules } from './waivers/list.ts';

export const rules: readonly Rule[] = [
  ...syntaxRules,
  ...nameRules,
  ...schemaRules,
  ...typeRules,
  ...unitRules,
  ...leakageRules,
  ...rulesOnData,
  ...ledgerRules,
  ...waiverRules,
  internalError,
];

const byName = new Map(rules.map(rule => [rule.name, rule]));

export const ruleNamed = (name: string): Rule | null => byName.get(name) ?? null;

/** A rule by its name or code, in any case. */
export const findRule = (nameOrCode: string): Rule | null =>
  ruleNamed(nameOrCode.toLowerCase()) ?? rules.find(rule => rule.code === nameOrCode.toUpperCase()) ?? null;
