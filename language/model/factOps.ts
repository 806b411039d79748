/**
 * The algebra of flow facts: joining, comparing known times, and the few shapes that facts are built from. Comparisons answer "provably":
 * what cannot be proved for every calendar is answered with no.
 */

import type { DurationValue } from '../syntax/ast.ts';
import { durationWords, longestMicros, microsPerDay, shortestMicros } from '../text/duration.ts';
import type { Place } from '../text/place.ts';
import { cellOf } from './cells.ts';
import type { Block, BlockRule, Facts, Fit, Identity, LabelFlow, Lineage, Partner, Reason, Term } from './facts.ts';
import { rowOfRoot } from './roots.ts';

export const zeroDuration: DurationValue = { months: 0, micros: 0 };

/** A date stands at its first instant and is known at its last. */
export const lastInstant: DurationValue = { months: 0, micros: microsPerDay - 1 };

export const noFacts: Facts = {
  known: [],
  blocks: [],
  lineage: [],
  label: 'none',
  fit: 'row',
  identity: 'none',
  identityReason: null,
  tags: [],
};

// Written out, as in `joinFacts`: to the engine, what is copied by spreading is of another kind at every place that does it, and facts are
// read everywhere.

export function withKnown({ blocks, lineage, label, fit, identity, identityReason, tags }: Facts, known: readonly Term[]): Facts {
  return { known, blocks, lineage, label, fit, identity, identityReason, tags };
}

export function withBlocks({ known, lineage, label, fit, identity, identityReason, tags }: Facts, blocks: readonly Block[]): Facts {
  return { known, blocks, lineage, label, fit, identity, identityReason, tags };
}

export function withLineage({ known, blocks, label, fit, identity, identityReason, tags }: Facts, lineage: readonly Lineage[]): Facts {
  return { known, blocks, lineage, label, fit, identity, identityReason, tags };
}

export function withLabel({ known, blocks, lineage, fit, identity, identityReason, tags }: Facts, label: LabelFlow): Facts {
  return { known, blocks, lineage, label, fit, identity, identityReason, tags };
}

export function withIdentity({ known, blocks, lineage, label, fit, tags }: Facts, identity: Identity, identityReason: Reason | null): Facts {
  return { known, blocks, lineage, label, fit, identity, identityReason, tags };
}

export function withFit(facts: Facts, fit: Fit): Facts {
  if (facts.fit === fit) return facts;
  const { known, blocks, lineage, label, identity, identityReason, tags } = facts;
  return { known, blocks, lineage, label, fit, identity, identityReason, tags };
}

export const reason = (place: Place, message: string, because: Reason | null = null): Reason => ({ place, message, because });

/** Puts a further link before each reason of the facts: the value was carried on at `place`. */
export function carried(facts: Facts, place: Place, message: string): Facts {
  const on = (because: Reason): Reason => reason(place, message, because);
  return {
    ...facts,
    known: facts.known.map(t => ({ ...t, reason: on(t.reason) })),
    blocks: facts.blocks.map(b => ({ ...b, reason: on(b.reason) })),
    lineage: facts.lineage.map(l => ({ ...l, reason: on(l.reason) })),
    identityReason: facts.identityReason && on(facts.identityReason),
  };
}

// ---------------------------------------------------------------- durations and terms

export const addDuration = (a: DurationValue, b: DurationValue): DurationValue => ({ months: a.months + b.months, micros: a.micros + b.micros });

export const negateDuration = (a: DurationValue): DurationValue => ({ months: 0 - a.months, micros: 0 - a.micros });

export const sameDuration = (a: DurationValue, b: DurationValue): boolean => a.months === b.months && a.micros === b.micros;

/** Whether `a` is at most `b` from every date: months count with their shortest and longest number of days. */
export function durationLe(a: DurationValue, b: DurationValue): boolean {
  const months = a.months - b.months;
  const micros = a.micros - b.micros;
  if (months === 0) return micros <= 0;
  return months > 0 ? longestMicros({ months, micros }) <= 0 : micros <= shortestMicros({ months: -months, micros: 0 });
}

/** Whether `a` is less than `b` from every date. */
const durationLess = (a: DurationValue, b: DurationValue): boolean => durationLe(addDuration(a, { months: 0, micros: 1 }), b);

/** `at placed_at`, `30 days after placed_at`, `at the end of the day of due`. */
export function afterText(lag: DurationValue, what: string): string {
  if (sameDuration(lag, zeroDuration)) return `at ${what}`;
  const whole = addDuration(lag, { months: 0, micros: 1 });
  const rest = whole.micros % microsPerDay === 0 && whole.micros > 0 ? addDuration(whole, { months: 0, micros: -microsPerDay }) : null;
  if (!rest) return `${durationWords(lag)} after ${what}`;
  return sameDuration(rest, zeroDuration) ? `at the end of the day of ${what}` : `${durationWords(rest)} after the end of the day of ${what}`;
}

/** What terms and shapes share: a root and a constant. */
export interface Shifted {
  readonly root: string;
  readonly plus: DurationValue;
}

/** `a` has passed by the time `b` has, provably. */
export const termLe = (a: Shifted, b: Shifted): boolean => a.root === b.root && durationLe(a.plus, b.plus);

/** `a` passes only after `b`, provably. */
export const termGreater = (a: Shifted, b: Shifted): boolean => a.root === b.root && durationLess(b.plus, a.plus);

export const sameTerm = (a: Shifted, b: Shifted): boolean => a.root === b.root && sameDuration(a.plus, b.plus);

export const term = (root: string, plus: DurationValue, why: Reason): Term => ({ root, plus, reason: why });

/** The term of a row's own time as one who reaches that row sees it; of rows further on nothing is said. */
export const reachedBy = ({ partner: _, ...t }: Term, partner: Partner | null): Term => (partner && rowOfRoot(t.root) === '' ? { ...t, partner } : t);

/** The terms without those that another one covers. Of equal terms the first stays, with its reason. */
export function maximalTerms(terms: readonly Term[]): readonly Term[] {
  if (terms.length < 2) return terms;
  const kept: Term[] = [];
  for (const t of terms) {
    if (kept.some(k => termLe(t, k))) continue;
    for (let i = kept.length - 1; i >= 0; i--) {
      const k = kept[i];
      if (k && termLe(k, t)) kept.splice(i, 1);
    }
    kept.push(t);
  }
  return kept.length === terms.length ? terms : kept;
}

// ---------------------------------------------------------------- lattices

const identities: readonly Identity[] = ['none', 'group', 'entity', 'row'];
const fits: readonly Fit[] = ['row', 'history', 'train', 'all-rows'];
const labelFlows: readonly LabelFlow[] = ['none', 'peer', 'derived', 'proxy'];

const greater = <T>(order: readonly T[], a: T, b: T): T => (a === b || order.indexOf(a) >= order.indexOf(b) ? a : b);

export const joinIdentity = (a: Identity, b: Identity): Identity => greater(identities, a, b);
export const joinFit = (a: Fit, b: Fit): Fit => greater(fits, a, b);
const joinLabelFlow = (a: LabelFlow, b: LabelFlow): LabelFlow => greater(labelFlows, a, b);

/** Up to this many items are compared with each other; more of them by a key. */
const fewItems = 8;

/** The items without those that say the same as an earlier one. */
function distinct<T>(items: readonly T[], same: (a: T, b: T) => boolean, key: (item: T) => string): readonly T[] {
  if (items.length < 2) return items;
  if (items.length > fewItems) {
    const seen = new Map<string, T>();
    for (const item of items) {
      const k = key(item);
      if (!seen.has(k)) seen.set(k, item);
    }
    return seen.size === items.length ? items : [...seen.values()];
  }
  const kept: T[] = [];
  next: for (const item of items) {
    for (const k of kept) if (same(k, item)) continue next;
    kept.push(item);
  }
  return kept.length === items.length ? items : kept;
}

/** In the order of the first occurrence. */
function unionTags(all: readonly Facts[]): readonly string[] {
  let tags: readonly string[] = [];
  for (const { tags: more } of all) {
    if (more.length > 0) tags = tags.length === 0 ? more : [...new Set([...tags, ...more])];
  }
  return tags;
}

const sameBlock = (a: Block, b: Block): boolean =>
  a === b || (a.rule === b.rule && a.verdict === b.verdict && a.subject === b.subject && a.home === b.home);
const blockKey = (b: Block): string => `${b.rule}\0${b.verdict}\0${b.home}\0${b.subject}`;
const joinBlocks = (blocks: readonly Block[]): readonly Block[] => distinct(blocks, sameBlock, blockKey);

const edgeText = (edge: DurationValue | null): string => (edge ? `${edge.months}/${edge.micros}` : '');

export function regionText(region: Lineage['region']): string {
  return region === 'own' ? 'own' : `${edgeText(region.from)}..${edgeText(region.to)}`;
}

const sameEdge = (a: DurationValue | null, b: DurationValue | null): boolean => a === b || (a !== null && b !== null && sameDuration(a, b));

const sameRegion = (a: Lineage['region'], b: Lineage['region']): boolean =>
  a === b || (a !== 'own' && b !== 'own' && sameEdge(a.from, b.from) && sameEdge(a.to, b.to));

/** The source with the file that declares it. */
export const sourceKey = ({ home, source }: Pick<Lineage, 'home' | 'source'>): string => `${home}\0${source}`;

/** Whether a cell of that source or of its key went in, through tables derived from it. */
export const comesFrom = ({ lineage }: Facts, { table, home }: { readonly table: string; readonly home: string }): boolean =>
  lineage.some(read => read.source === table && read.home === home);

/** Told from all others, by a text. */
export const cellKey = (read: Pick<Lineage, 'home' | 'source' | 'column'>): string => `${sourceKey(read)}\0${read.column}`;

/** Between the cells of `ledBy`. */
export const betweenKeys = '\0\0';

/** Whether the cell, which says who is meant, led to the one that was read. */
export const isLedBy = (read: Lineage, cell: Lineage): boolean => read.ledBy?.split(betweenKeys).includes(cellKey(cell)) ?? false;

/** Whether both read one column of one source. */
export const sameCell = (a: Lineage, b: Lineage): boolean => a.column === b.column && a.source === b.source && a.home === b.home;

const sameLineage = (a: Lineage, b: Lineage): boolean =>
  a === b ||
  (sameCell(a, b) &&
    a.rows === b.rows &&
    a.isAlwaysNull === b.isAlwaysNull &&
    a.joined === b.joined &&
    a.isWho === b.isWho &&
    a.ledBy === b.ledBy &&
    a.isAlone === b.isAlone &&
    a.isBefore === b.isBefore &&
    a.isDrawn === b.isDrawn &&
    sameRegion(a.region, b.region));

const lineageKey = (l: Lineage): string =>
  `${l.home}\0${l.source}\0${l.column}\0${l.rows ?? ''}${l.isWho ? '@' : ''}${l.ledBy ? `\0${l.ledBy}\0` : ''}${l.isAlwaysNull ? '-' : ''}\0${l.joined ?? ''}${l.isAlone ? '!' : ''}${l.isBefore ? '<' : ''}${l.isDrawn ? '~' : ''}\0${regionText(l.region)}`;
const joinLineage = (lineage: readonly Lineage[]): readonly Lineage[] => distinct(lineage, sameLineage, lineageKey);

/** One list after the other; the only one that holds anything is itself the result. */
const joined = <T>(a: readonly T[], b: readonly T[]): readonly T[] => (b.length === 0 || a === b ? a : a.length === 0 ? b : [...a, ...b]);

/** The facts of a value that all of these went into. Where two say the same the first reason stays. */
export function joinFacts(...all: readonly Facts[]): Facts {
  let first: Facts | null = null;
  let facts: Facts[] | null = null;
  for (const f of all) {
    if (f === noFacts) continue;
    if (!first) first = f;
    else (facts ??= [first]).push(f);
  }
  if (!first) return noFacts;
  if (!facts) return first;
  let { known, blocks, lineage, label, fit, identity, identityReason } = first;
  for (const f of facts) {
    if (f === first) continue;
    known = joined(known, f.known);
    blocks = joined(blocks, f.blocks);
    lineage = joined(lineage, f.lineage);
    label = joinLabelFlow(label, f.label);
    fit = joinFit(fit, f.fit);
    if (joinIdentity(identity, f.identity) !== identity) ({ identity, identityReason } = f);
  }
  return {
    known: maximalTerms(known),
    blocks: joinBlocks(blocks),
    lineage: joinLineage(lineage),
    label,
    fit,
    identity,
    identityReason,
    tags: unionTags(facts),
  };
}

/** The facts of a value that is made of these: of one or two, mostly. */
export const factsOf = (parts: readonly { readonly facts: Facts }[]): Facts =>
  parts.length <= 2 ? joinFacts(parts[0]?.facts ?? noFacts, parts[1]?.facts ?? noFacts) : joinFacts(...parts.map(part => part.facts));

// ---------------------------------------------------------------- building facts

/** `why` stands in the file of the subject. */
export const block = (rule: BlockRule, verdict: Block['verdict'], subject: string, why: Reason): Block => ({
  rule,
  verdict,
  subject,
  home: why.place.file,
  reason: why,
});

export const knownFacts = (...known: readonly Term[]): Facts => (known.length ? withKnown(noFacts, maximalTerms(known)) : noFacts);

export const blockedFacts = (...blocks: readonly Block[]): Facts => (blocks.length ? withBlocks(noFacts, joinBlocks(blocks)) : noFacts);

/** Only what stands in the way of reading the value: of a choice that was made with it, say. */
export const blocksOf = (facts: Facts): Facts => blockedFacts(...facts.blocks);

/** A read that is null until the value is known: only blocks, lineage and tags remain. */
export const maskedFacts = (facts: Facts): Facts => (facts.known.length ? withKnown(facts, []) : facts);

/** The value no longer tells observations apart. */
export const withoutIdentity = (facts: Facts): Facts => (facts.identity === 'none' ? facts : withIdentity(facts, 'none', null));

export const taggedFacts = (tags: readonly string[]): Facts => (tags.length ? { ...noFacts, tags } : noFacts);

// ---------------------------------------------------------------- lineage

/** The region of windows where there is no cutoff. */
export const anyTime: Lineage['region'] = { from: null, to: null };

/** The facts of a cell that is read in a window with these edges instead of on the observation's own row. */
export const inRegion = (facts: Facts, region: Lineage['region']): Facts =>
  facts.lineage.length === 0
    ? facts
    : withLineage(
        facts,
        facts.lineage.map(l => readIn(l, region)),
      );

function readIn(read: Lineage, region: Lineage['region']): Lineage {
  if (read.isAlwaysNull) return { ...read, region };
  const { rows, isWho, ledBy } = read;
  const isBesides = read.joined !== undefined || read.isBefore === true;
  return cellOf(read, region, { rows, isWho, ledBy, isAlone: isBesides ? read.isAlone : undefined, isBefore: isBesides || undefined });
}

/** The facts of cells that only choose which rows a window goes over; `counted` where the number of these rows is the value. */
export const asRows = (facts: Facts, rows: 'chosen' | 'counted'): Facts =>
  facts.lineage.length === 0
    ? facts
    : withLineage(
        facts,
        facts.lineage.map(read => cellOf(read, read.region, { rows })),
      );

/**
 * Whether two regions can hold the same row's cell. `own` lies at the cutoff: a window meets it when it holds the cutoff, for what is read
 * strictly before the cutoff was settled before it. A window of `anyTime` holds every row.
 */
export function regionsMeet(a: Lineage['region'], b: Lineage['region']): boolean {
  if (a === 'own')
    return b === 'own' || b.to === null || !(durationLe(b.to, zeroDuration) || (b.from !== null && durationLess(zeroDuration, b.from)));
  if (b === 'own') return regionsMeet(b, a);
  const before = (x: typeof a, y: typeof a): boolean => x.to !== null && y.from !== null && durationLe(x.to, y.from);
  return !before(a, b) && !before(b, a);
}

/** Ends at the cutoff or before. */
const isSettled = (region: Lineage['region']): boolean => region !== 'own' && region.to !== null && durationLe(region.to, zeroDuration);

/**
 * Where a row that is read as known by the cutoff may stand in windows that begin there: before them, at their beginning, or, where they go by
 * a time that is stated as later, anywhere in them.
 */
export type Standing = 'before' | 'at the cutoff' | 'within';

/** `isCounted`: the window need not read the cell to tell of its row, for that the row is one of the window's is told by whatever is made of them. */
export interface Held {
  readonly standing: Standing;
  readonly isCounted: boolean;
}

/** What is known of the rows that two reads are of. */
export interface Rows {
  readonly held: (own: Lineage) => Held;
  /** Whether that cell of the label may be known before the cutoff, and rows from before it that are read so may be the own row, or lead to it. */
  readonly isKnownBefore: (own: Lineage, past: Lineage) => boolean;
  /** Whether that cell, which the label is made of, says who is meant, and not before it is decided. */
  readonly isDecidedWho: (own: Lineage) => boolean;
}

/** Of which nothing is said: no row that is read stands at the cutoff or behind it. */
export const apart: Rows = { held: () => ({ standing: 'before', isCounted: false }), isKnownBefore: () => false, isDecidedWho: () => false };

/**
 * The first cell read by both, as the pair of reads, where `b` is the label's; null when none is. What is read strictly before the cutoff was settled
 * by then: a label that compares with the past shares that with features. A cell read on the own row was known by the cutoff, so a window
 * from the cutoff on holds it only where `rows` says so of its row.
 */
export function lineageMeeting(a: readonly Lineage[], b: readonly Lineage[], rows: Rows = apart): readonly [Lineage, Lineage] | null {
  for (const x of a) {
    for (const y of b) {
      if (x.source === y.source && x.home === y.home && cellsMeet(x, y, rows)) return [x, y];
      if (y.isWho && y.rows === undefined && isLedBy(x, y) && rows.isDecidedWho(y)) return [x, y];
    }
  }
  return null;
}

const fromCutoff = (region: Exclude<Lineage['region'], 'own'>): Lineage['region'] =>
  region.from && !durationLe(region.from, zeroDuration) ? { ...region, from: zeroDuration } : region;

/** Of reads of one source. */
function cellsMeet(x: Lineage, y: Lineage, { held, isKnownBefore }: Rows): boolean {
  if (x.isAlwaysNull || y.isAlwaysNull) return false;
  const isRead = x.column === y.column && x.rows === y.rows && x.rows !== 'chosen';
  const [own, other] = x.region === 'own' ? [x, y] : [y, x];
  if (isSettled(x.region)) return isRead && y.region === 'own' && isKnownBefore(y, x);
  if (isSettled(y.region)) return false;
  if (own.region !== 'own' || other.region === 'own') return isRead && regionsMeet(x.region, y.region);
  if (other.region.to === null) return isRead && regionsMeet(own.region, other.region);
  if (!isRead && other.rows === undefined) return false;
  const { standing, isCounted } = held(own);
  return standing !== 'before' && (isRead || isCounted) && regionsMeet('own', standing === 'within' ? fromCutoff(other.region) : other.region);
}
