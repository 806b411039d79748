/** Roles of columns: what a column means to time, leakage and governance, beyond its type. */
import type { RoleEntry } from './entry.ts';

const define = (name: string, signature: string, doc: string): RoleEntry => ({ family: 'role', name, signature, doc });

export const roles: readonly RoleEntry[] = [
  define('time', '@time', 'Event time of the row: what windows go by.'),
  define(
    'known',
    '@known, @known(+2d), @known(landed_at)',
    'When the row or column became visible. On a time column alone: that column is the known time of the row. With a lag: that long after event time. With a column: at the moment which that column holds.',
  ),
  define('after', '@after(outcome)', 'Filled in only after the label is decided: it gives the outcome away.'),
  define('current', '@current', 'Overwritten in place: holds the value of today, not the value at a past cutoff.'),
  define('protected', '@protected', 'A protected attribute; the tag flows through every expression.'),
  define('pii', '@pii(kind)', 'Personal data of that kind (`name`, `email`, …): values never enter findings or reports.'),
  define('region', '@region("EU")', 'Where the data must stay.'),
  define('purpose', '@purpose(kind)', 'What the data may be used for.'),
  define('group', '@group', 'Rows with the same value depend on each other, such as families or sites.'),
  define(
    'weight',
    '@weight',
    'How much the row counts when a task over it is learned and judged, such as a sampling weight: a number from 0 on. 0 leaves the row out.',
  ),
  define('site', '@site', 'The place where the row was recorded.'),
];
