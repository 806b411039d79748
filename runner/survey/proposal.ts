/**
 * A declaration that fits surveyed data: types, ranges, levels and a key that all rows keep, and roles that only names suggest. What the
 * data cannot show is a note with a question mark, never a part of the declaration.
 */
import type { PlanType } from '../../language/plan/plan.ts';
import { grouped } from '../../language/text/grouped.ts';
import { missingWords } from './spellings.ts';
import type { Misfit, Survey, SurveyedColumn } from './survey.ts';

export interface ProposedColumn {
  readonly name: string;
  readonly type: 'key' | 'bool' | 'int' | 'float' | 'decimal' | 'text' | 'category' | 'date' | 'timestamp' | 'duration';
  readonly nullable: boolean;
  /** Of a decimal. */
  readonly digits: readonly [precision: number, scale: number] | null;
  readonly min: number | null;
  readonly max: number | null;
  /** Of a closed category. */
  readonly levels: readonly string[] | null;
  /** Likely roles, and what does not fit: `@time?`, `ref customers?`, `2 cells are not a whole number`. */
  readonly notes: readonly string[];
}

const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(word => word !== '');

const has = (words: readonly string[], pattern: RegExp): boolean => words.some(word => pattern.test(word));

const identifying = /^(id|ids|key|uuid|guid)$/;
const isIdentifier = (words: readonly string[]): boolean =>
  identifying.test(words.at(-1) ?? '') ||
  (words.length === 1 && /.id$/.test(words[0] ?? '') && !/(paid|void|valid|bid|grid|said|humid|mid|kid|acid)$/.test(words[0] ?? ''));

/** Numbers that name something: nobody counts with them. */
const code = /^(no|nr|number|code|zip|postcode|zipcode|phone|iban|sku|isbn|ean)$/;

const isUnique = (column: SurveyedColumn, rows: number): boolean => rows > 1 && column.nulls === 0 && column.distinct === rows;

const canBeKey = (column: SurveyedColumn, rows: number): boolean => isUnique(column, rows) && (column.type === 'text' || column.type === 'int');

/** The column that tells rows apart by its name and in fact: of several the shortest name, which is most likely the row's own. */
function keyOf(columns: readonly SurveyedColumn[], rows: number): string | null {
  const candidates = columns.filter(c => canBeKey(c, rows) && isIdentifier(wordsOf(c.name)));
  return candidates.reduce<SurveyedColumn | null>((best, next) => (best && best.name.length <= next.name.length ? best : next), null)?.name ?? null;
}

const isTime = (type: PlanType): boolean => type === 'date' || type === 'timestamp';

const learned = /^(known|logged|landed|loaded|ingested|recorded|received|inserted|reported|booked)$/;
const overwritten = /^(updated|modified|current|last|latest)$/;
const birth = /^(birth|birthday|birthdate|dob|born)$/;
const happened =
  /^(placed|created|occurred|event|ordered|purchased|visited|opened|changed|started|start|timestamp|datetime|time|date|day|dteday|ts|at|when|moment)$/;

/** The event time: of the times that every row has the one whose name says so most; alone, it needs no such name. */
function eventOf(columns: readonly SurveyedColumn[]): string | null {
  const times = columns.filter(c => {
    const words = wordsOf(c.name);
    return isTime(c.type) && c.nulls === 0 && !has(words, learned) && !has(words, overwritten) && !has(words, birth);
  });
  const named = times.filter(c => has(wordsOf(c.name), happened));
  return (times.length === 1 ? times[0]?.name : named[0]?.name) ?? null;
}

const personal: readonly (readonly [kind: string, word: RegExp])[] = [
  ['email', /^(email|mail|emails)$/],
  ['phone', /^(phone|mobile|telephone|tel|fax)$/],
  ['address', /^(address|street|addr)$/],
  ['birth', birth],
  ['identity', /^(ssn|passport|iban|taxid|nino)$/],
  ['ip', /^(ip|ipaddress)$/],
  ['name', /^(firstname|lastname|surname|fullname|forename|username)$/],
];

const ofPeople = /^(sex|gender|age|email|phone|birth|birthday|birthdate|dob|surname|firstname|lastname|address|salary|passenger|patient)$/;
const person = /^(first|last|full|middle|given|family|customer|patient|user|person|employee|student|passenger)$/;

/** `name` alone is a person's where other columns speak of people too. */
function isPersonName(words: readonly string[], column: SurveyedColumn, { rows, people }: Context): boolean {
  if (column.type !== 'text' || words.at(-1) !== 'name') return false;
  return words.length === 1 ? people && column.distinct > 0.5 * rows : has(words, person);
}

const isProtected = /^(sex|gender|race|ethnicity|ethnic|religion|nationality|disability|marital|orientation)$/;
const isOutcome = /^(target|label|outcome|churn|churned|default|defaulted|survived|fraud|converted|response)$/;

const plural = (word: string): string => (/[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : /(s|x|ch|sh)$/.test(word) ? `${word}es` : `${word}s`);

function roleOf(column: SurveyedColumn, context: Context): string | null {
  const words = wordsOf(column.name);
  const { rows } = context;
  if (column.name === context.key) return null;
  const kind = isPersonName(words, column, context) ? 'name' : personal.find(([, word]) => has(words, word))?.[0];
  if (kind) return `@pii(${kind})?`;
  if (column.name === context.event) return '@time?';
  if (isTime(column.type)) return has(words, learned) ? '@known?' : has(words, overwritten) ? '@current?' : null;
  if (has(words, isProtected)) return '@protected?';
  if (isIdentifier(words) && (column.type === 'text' || column.type === 'int')) {
    const base = words.filter(w => !identifying.test(w)).map(w => w.replace(/id$/, ''));
    const table = plural(base.at(-1) ?? '');
    if (base.length && base.at(-1)) return `ref ${table}?`;
    if (isUnique(column, rows)) return 'another key?';
    const repeated = rows - column.nulls - column.distinct;
    return repeated > 0 ? `no key: ${repeated} repeat` : null;
  }
  const table = plural(words.at(-1) ?? '');
  if (context.tables.includes(table) && (column.type === 'text' || column.type === 'int')) return `ref ${table}?`;
  if (has(words, /^(weight|weights)$/) && has(words, /^(sample|sampling|survey|case|weights)$/)) return '@weight?';
  if (has(words, /^(household|family|patient|ticket|session)$/) && column.type !== 'float') return '@group?';
  if (has(words, /^(site|hospital|clinic|store|station|plant)$/) && column.type === 'text') return '@site?';
  if ((has(words, isOutcome) || /^(y|class)$/i.test(column.name)) && (column.type === 'bool' || column.distinct <= 20)) return 'the label?';
  if (canBeKey(column, rows) && context.key === null && rows >= 20) return 'key?';
  return null;
}

interface Context {
  readonly rows: number;
  readonly key: string | null;
  readonly event: string | null;
  /** Rows seem to be about people. */
  readonly people: boolean;
  /** Other sources with a key. */
  readonly tables: readonly string[];
}

function misfitNote({ reason, cells, example, row }: Misfit): string {
  const such = example === null ? '' : `, such as ${JSON.stringify(example.slice(0, 30)).replaceAll(/\\[nrt]/g, ' ')}`;
  return `${grouped(cells)} ${cells === 1 ? `cell ${reason}` : `cells ${reason.replace(/^is /, 'are ')}`}${such} (row ${grouped(row)})`;
}

/** A level is seen ten times or more before all levels are taken as known. */
function levelsOf(column: SurveyedColumn, rows: number): readonly string[] | null {
  const closed = column.distinct > 1 && column.distinct <= 12 && rows >= 10 * column.distinct && Number(column.max) <= 40;
  const plain = closed && column.top.every(t => t.value.trim() !== '' && !/[\u0000-\u001f]/.test(t.value));
  return plain ? column.top.map(t => t.value).sort((a, b) => (a < b ? -1 : 1)) : null;
}

const isFlag = (column: SurveyedColumn): boolean => column.type === 'int' && column.distinct === 2 && column.min === '0' && column.max === '1';

const neverNegative = /^(age|count|distance|height|width|length|weight|area|size|duration|population|seats)$/;

/** Lower ends that a quantity keeps by its nature; both ends where every whole number between them occurs. */
function rangeOf(column: SurveyedColumn, rows: number): readonly [number | null, number | null] {
  const [min, max] = [Number(column.min), Number(column.max)];
  if (column.min === null || min < 0) return [null, null];
  if (column.type === 'int') {
    const codes = column.distinct <= 31 && column.distinct === max - min + 1 && column.distinct > 1 && max <= 100 && rows >= 10 * column.distinct;
    if (codes && min <= 1) return [min, max];
  }
  if (column.type === 'float' && max <= 1 && column.distinct > 2) return [0, 1];
  // What starts far from 0, such as a temperature or a year, may well go below.
  return min <= 0.05 * max || has(wordsOf(column.name), neverNegative) ? [0, null] : [null, null];
}

function proposed(column: SurveyedColumn, context: Context): ProposedColumn {
  const { type, name } = column;
  const { rows } = context;
  const role = roleOf(column, context);
  const notes = [
    ...(role ? [role] : []),
    ...(column.distinct === 0 && rows > 0 ? ['no row has a value'] : []),
    ...(type === 'text'
      ? column.top.filter(t => missingWords.includes(t.value)).map(t => `does ${JSON.stringify(t.value)} mean that there is no value?`)
      : []),
    ...(column.otherwise ? ['day or month first?'] : []),
    ...column.misfits.map(misfitNote),
  ];
  const plain = { name, nullable: column.nulls > 0, digits: null, min: null, max: null, levels: null, notes };
  if (name === context.key) return { ...plain, type: 'key' };
  if (isFlag(column)) return { ...plain, type: 'bool' };
  if (typeof type === 'object') {
    const [precision, scale] = type.decimal;
    const [min, max] = rangeOf(column, rows);
    return { ...plain, type: 'decimal', digits: [precision, scale], min, max };
  }
  if ((type === 'int' || type === 'text') && (role?.startsWith('ref ') || isIdentifier(wordsOf(name)) || has(wordsOf(name).slice(-1), code)))
    return { ...plain, type: 'text' };
  if (type === 'int' || type === 'float') {
    const [min, max] = rangeOf(column, rows);
    return { ...plain, type, min, max };
  }
  if (type !== 'text') return { ...plain, type };
  const levels = role?.startsWith('@pii') ? null : levelsOf(column, rows);
  const open = column.distinct > 1 && column.distinct <= 200 && rows >= 20 * column.distinct && !role?.startsWith('@pii');
  return { ...plain, type: levels || open ? 'category' : 'text', levels };
}

/** Of a survey, by the name of the column; null where no column tells all rows apart. */
export const keyOfSurvey = ({ columns, rows }: Survey): string | null => keyOf(columns, rows);

/** `tables`: other sources that have a key. */
export function propose(survey: Survey, tables: readonly string[]): readonly ProposedColumn[] {
  const { columns, rows } = survey;
  const people = columns.some(c => has(wordsOf(c.name), ofPeople));
  const context: Context = { rows, key: keyOf(columns, rows), event: eventOf(columns), people, tables };
  return columns.map(column => proposed(column, context));
}
