/** The rules of this group, by code. */
import type { Rule } from '../rule.ts';
import unknownWaiver from './unknown-waiver.ts';
import unusedWaiver from './unused-waiver.ts';
import waiverWithoutReason from './waiver-without-reason.ts';

export const waiverRules: readonly Rule[] = [unknownWaiver, waiverWithoutReason, unusedWaiver];
