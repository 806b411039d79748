/** The rules that are decided by the ledger of test readings, by code. */
import type { Rule } from '../rule.ts';
import bestOfMany from './best-of-many.ts';
import ledgerChanged from './ledger-changed.ts';
import testReread from './test-reread.ts';

export const ledgerRules: readonly Rule[] = [testReread, bestOfMany, ledgerChanged];
