/** Leaks of a row that happens at the very cutoff: it is seen, and is the first of the label's window. */
import { column, inFeature, influence, type Plant, table } from './plants.ts';
import type { SourceSpec } from './schema.ts';

const row = { kind: 'row' } as const;

/** Events, and what happens with some of them. */
const withDeals: readonly SourceSpec[] = [
  {
    name: 'deal',
    key: 'id',
    event: 't',
    known: { days: 0 },
    untilDay: 175,
    columns: [column('id', 'key'), column('cust', 'ref', row, { table: 'ent' }), column('t', 'timestamp'), column('worth', 'int')],
  },
  {
    name: 'visit',
    key: 'id',
    event: 'u',
    known: { days: 0 },
    untilDay: null,
    columns: [
      column('id', 'key'),
      column('cust', 'ref', row, { table: 'ent' }),
      column('deal', 'ref', row, { table: 'deal' }),
      column('u', 'timestamp'),
    ],
  },
];

export const plantsAtCutoff: readonly Plant[] = [
  influence(
    'a row joined at the cutoff',
    ['label-derived-feature'],
    inFeature('w', {
      more: withDeals,
      tables: [table('Side', 'deal', 'select id, t, worth', 'rename worth as w'), table('Units', 'visit', 'join Side on deal == id')],
      each: 'one in Units',
      at: 'u',
      label: 'goal = sum(worth of deal via cust next 10d) ?? 0',
    }),
  ),
  influence(
    'the own row among rows that are counted',
    ['label-derived-feature'],
    inFeature('worth', { more: withDeals, each: 'one in deal', at: 't', label: 'goal = count(deal via cust next 10d where worth > 4)' }),
  ),
];
