/**
 * Which artifacts were scored on which rows of a test partition, and with which figures. One file per entry, named by the hash of its content
 * and naming the entries that it follows, so that ledgers of two branches merge by putting the files together, and an entry that was
 * changed or taken out is noticed. Entries are never changed.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { canonical } from './canonical.ts';
import { isMissing, readOrNull, sha256, storing, writeAtomic } from './files.ts';

export interface Reading {
  /** Of the task's declaration, relative to the project: names are told apart by their file. */
  readonly file: string;
  readonly task: string;
  readonly split: string;
  readonly partition: string;
  /** Hash of the identities and cutoffs of the rows that were scored. */
  readonly rows: string;
  /** Fingerprint of what was scored. */
  readonly artifact: string;
  readonly model: string;
  readonly evaluation: string;
  readonly run: string;
}

export interface LedgerEntry extends Reading {
  readonly version: 1;
  readonly kind: 'reading';
  readonly parents: readonly string[];
}

export interface LedgerFigure {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** What a reading gave, entered when it was judged: so that the best of many can be told from the only one. */
export interface FiguresEntry {
  readonly version: 1;
  readonly kind: 'figures';
  /** By metric, of all rows that were read. */
  readonly figures: Readonly<Record<string, LedgerFigure>>;
  /** The reading. */
  readonly parents: readonly [string];
}

export interface LedgerState {
  readonly entries: readonly LedgerEntry[];
  /** The figures of each entry that has some; of the same metric the first. */
  readonly figures: ReadonlyMap<LedgerEntry, FiguresEntry['figures']>;
  /** Names of files whose content does not have the hash they are named by. */
  readonly damaged: readonly string[];
  /** Hashes of entries that others follow and that are not there. */
  readonly missing: readonly string[];
}

export interface Ledger {
  read(): Promise<LedgerState>;
  /** On the disk before this returns. The same reading of the same partition again adds nothing; says whether it was added. */
  add(reading: Reading): Promise<boolean>;
  /** Of the reading of these rows by this artifact; nothing where there is none, or where it has them. */
  addFigures(of: Pick<Reading, 'rows' | 'artifact'>, figures: FiguresEntry['figures']): Promise<void>;
}

interface Whole extends LedgerState {
  readonly heads: readonly string[];
  readonly hashes: ReadonlyMap<LedgerEntry, string>;
}

export function openLedger(folder: string): Ledger {
  async function read(): Promise<Whole> {
    const names = (await namesIn(folder)).filter(name => /^[0-9a-f]{64}\.json$/.test(name)).sort();
    const all = new Map<string, LedgerEntry | FiguresEntry>();
    const damaged: string[] = [];
    for (const name of names) {
      const bytes = await readOrNull(join(folder, name));
      if (bytes === null) continue;
      const hash = name.slice(0, -'.json'.length);
      const text = bytes.toString('utf8').replace(/\r\n/g, '\n');
      const entry = sha256(text) === hash ? parse(text) : null;
      if (entry === null) damaged.push(name);
      else all.set(hash, entry);
    }
    return { ...wholeOf(all), damaged, missing: missingOf(all, damaged) };
  }

  const write = (entry: LedgerEntry | FiguresEntry): Promise<void> => {
    const text = `${canonical(entry)}\n`;
    return writeAtomic(join(folder, `${sha256(text)}.json`), text);
  };

  return {
    read: () => storing('read the ledger', read),
    add: reading =>
      storing('write the ledger', async () => {
        const { entries, heads } = await read();
        if (entries.some(e => isReading(e, reading) && isPartition(e, reading))) return false;
        await write({ version: 1, kind: 'reading', ...reading, parents: heads });
        return true;
      }),
    addFigures: ({ rows, artifact }, figures) =>
      storing('write the ledger', async () => {
        const { entries, hashes, figures: known } = await read();
        const same = entries.filter(e => isReading(e, { rows, artifact }));
        const hash = same[0] && hashes.get(same[0]);
        if (hash === undefined) return;
        const further = Object.entries(figures).filter(([metric]) => same.every(entry => known.get(entry)?.[metric] === undefined));
        if (further.length > 0) await write({ version: 1, kind: 'figures', figures: Object.fromEntries(further), parents: [hash] });
      }),
  };
}

function wholeOf(all: ReadonlyMap<string, LedgerEntry | FiguresEntry>): Pick<Whole, 'entries' | 'figures' | 'heads' | 'hashes'> {
  const entries: LedgerEntry[] = [];
  const hashes = new Map<LedgerEntry, string>();
  const figures = new Map<LedgerEntry, FiguresEntry['figures']>();
  for (const [hash, entry] of all) {
    if (entry.kind !== 'reading') continue;
    entries.push(entry);
    hashes.set(entry, hash);
  }
  for (const entry of all.values()) {
    const of = entry.kind === 'figures' ? all.get(entry.parents[0]) : undefined;
    if (entry.kind === 'figures' && of?.kind === 'reading') figures.set(of, { ...entry.figures, ...figures.get(of) });
  }
  const followed = new Set([...all.values()].flatMap(e => e.parents));
  return { entries, hashes, figures, heads: [...all.keys()].filter(h => !followed.has(h)).sort() };
}

/** An entry that was changed is told as such, and not as missing too. */
function missingOf(all: ReadonlyMap<string, LedgerEntry | FiguresEntry>, damaged: readonly string[]): string[] {
  const parents = new Set([...all.values()].flatMap(e => e.parents));
  return [...parents].filter(hash => !all.has(hash) && !damaged.includes(`${hash}.json`)).sort();
}

export type PartitionId = Pick<Reading, 'file' | 'task' | 'split' | 'partition'>;

const isPartition = (e: LedgerEntry, of: PartitionId): boolean =>
  e.file === of.file && e.task === of.task && e.split === of.split && e.partition === of.partition;

const isReading = (e: LedgerEntry, of: Pick<Reading, 'rows' | 'artifact'>): boolean => e.rows === of.rows && e.artifact === of.artifact;

/** Of its rows, under whatever name they were read: a program that was copied or renamed reads the rows that it read before. */
export function entriesOf(entries: readonly LedgerEntry[], of: PartitionId): LedgerEntry[] {
  const rows = new Set(entries.filter(e => isPartition(e, of)).map(e => e.rows));
  return entries.filter(e => rows.has(e.rows));
}

/** Readings of a partition: pairs of row set and artifact, how many different artifacts there were, and in how many runs. */
export function countReadings(entries: readonly LedgerEntry[], of: PartitionId): { readings: number; models: number; runs: number } {
  // Runs at once and copies of a program may each enter the same reading: it is one, of the first of them.
  const own = new Map<string, LedgerEntry>();
  for (const entry of [...entriesOf(entries, of)].sort((x, y) => (x.run < y.run ? -1 : 1))) {
    const key = `${entry.rows} ${entry.artifact}`;
    if (!own.has(key)) own.set(key, entry);
  }
  const distinct = (part: 'artifact' | 'run'): number => new Set([...own.values()].map(entry => entry[part])).size;
  return { readings: own.size, models: distinct('artifact'), runs: distinct('run') };
}

function parse(text: string): LedgerEntry | FiguresEntry | null {
  try {
    const entry = JSON.parse(text);
    if (entry?.version !== 1 || !Array.isArray(entry.parents)) return null;
    return entry.kind === 'reading' || (entry.kind === 'figures' && typeof entry.figures === 'object') ? entry : null;
  } catch {
    return null;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
