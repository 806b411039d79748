/**
 * Programs that rest on cells which come late and are clean all the same, because each read of them waits: whoever leaves such a wait out of a
 * plan makes a change of them seen.
 */
import { column, shop } from './plants.ts';
import { declaration, type SoundProgram } from './program.ts';
import type { SourceSpec } from './schema.ts';

const ref = (name: string, table: string) => column(name, 'ref', { kind: 'row' }, { table });

const notes: SourceSpec = {
  name: 'notes',
  key: 'id',
  event: 'u',
  known: { days: 0 },
  untilDay: 175,
  columns: [column('id', 'key'), ref('about', 'ev'), ref('cust', 'ent'), ref('kept', 'shelf'), column('u', 'timestamp'), column('n', 'int')],
};

const shelf: SourceSpec = {
  name: 'shelf',
  key: 'id',
  event: null,
  known: null,
  untilDay: null,
  columns: [column('id', 'key'), ref('owner', 'ent'), column('width', 'int')],
};

const ofNotes = { more: [shelf, notes], label: 'goal = sum(n of notes via cust next 10d) ?? 0' };
const fromNotes = { ...ofNotes, each: 'one in notes', at: 'u' };
const quarantine = (table: string, claim: string) => declaration('check', `check ${table}`, 'block', [`${claim}  quarantine`]);
const partnersOfEvents = quarantine('ev', 'refers(cust, ent)');
const partnersOfShelf = quarantine('shelf', 'refers(owner, ent)');

export const heldBack: readonly (readonly [name: string, program: SoundProgram])[] = [
  ['a path to rows that a late cell takes out', shop({ ...fromNotes, tables: [quarantine('ent', 'b > 3')], features: ['f = cust.a'] })],
  ['a path to rows that a partner keeps', shop({ ...fromNotes, tables: [partnersOfEvents], features: ['f = about.x'] })],
  ['a path to rows without times that a partner keeps', shop({ ...fromNotes, tables: [partnersOfShelf], features: ['f = kept.width ?? 77'] })],
  ['such a path in a window', shop({ ...ofNotes, tables: [partnersOfEvents], features: ['f = sum(about.x of notes last 30d)'] })],
  [
    'such a path in a table',
    shop({
      ...ofNotes,
      tables: [partnersOfShelf, declaration('T', 'table T = notes', 'pipe', ['derive w = kept.width ?? 77'])],
      features: ['f = sum(w of T last 30d)'],
    }),
  ],
];
