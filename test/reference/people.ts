/** People and what they did, written out in a test, run through the reference interpreter. */
import type { PlanDraft } from '../../language/plan/fingerprint.ts';
import { known, planOf, scanColumn, scanNode } from './build.ts';
import { interpret } from './interpret.ts';
import type { Row } from './table.ts';

export const people = scanNode({
  name: 'people',
  columns: [
    scanColumn('id', 'text'),
    scanColumn('since', 'timestamp'),
    scanColumn('team', 'text'),
    scanColumn('won', 'bool'),
    scanColumn('kind', 'text'),
  ],
  hidden: [
    { name: '#event', value: known('since') },
    { name: '#known', value: known('since') },
  ],
  key: 'id',
});
export const deeds = scanNode({
  name: 'deeds',
  columns: [scanColumn('who', 'text'), scanColumn('at', 'timestamp'), scanColumn('seen', 'timestamp'), scanColumn('x', 'int')],
  hidden: [
    { name: '#event', value: known('at') },
    { name: '#known', value: known('at') },
    { name: 'x#known', value: known('seen') },
  ],
});

export const run = (files: Readonly<Record<string, string>>, ...drafts: readonly PlanDraft[]) =>
  interpret(planOf(...drafts), path => files[path] ?? '');
export const rowsOf = (outcomes: ReturnType<typeof interpret>, id: string): readonly Row[] => outcomes.get(id)?.table.rows ?? [];
