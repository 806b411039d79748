/** The rules of this group, by code. */
import type { Rule } from '../rule.ts';
import unitMismatch from './unit-mismatch.ts';
import unknownUnit from './unknown-unit.ts';

export const unitRules: readonly Rule[] = [unitMismatch, unknownUnit];
