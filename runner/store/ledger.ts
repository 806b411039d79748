/**
 * Which artifacts were scored on which rows of a test partition. One file per entry, named by the hash of its content and naming the
 * entries that nobody had followed yet, so that ledgers of two branches merge by putting the files together. Entries are never changed.
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

export interface LedgerState {
  readonly entries: readonly LedgerEntry[];
  /** Names of files whose content does not have the hash they are named by. */
  readonly damaged: readonly string[];
}

export interface Ledger {
  read(): Promise<LedgerState>;
  /** On the disk before this returns. The same rows and the same artifact again add nothing; says whether it was added. */
  add(reading: Reading): Promise<boolean>;
}

export function openLedger(folder: string): Ledger {
  async function read(): Promise<LedgerState & { readonly heads: readonly string[] }> {
    const names = (await namesIn(folder)).filter(name => /^[0-9a-f]{64}\.json$/.test(name)).sort();
    const entries: LedgerEntry[] = [];
    const damaged: string[] = [];
    const hashes = new Set<string>();
    for (const name of names) {
      const bytes = await readOrNull(join(folder, name));
      if (bytes === null) continue;
      const hash = name.slice(0, -'.json'.length);
      const text = bytes.toString('utf8').replace(/\r\n/g, '\n');
      const entry = sha256(text) === hash ? parse(text) : null;
      if (entry === null) {
        damaged.push(name);
        continue;
      }
      entries.push(entry);
      hashes.add(hash);
    }
    const followed = new Set(entries.flatMap(e => e.parents));
    return { entries, damaged, heads: [...hashes].filter(h => !followed.has(h)).sort() };
  }

  return {
    read: () => storing('read the ledger', read),
    add: reading =>
      storing('write the ledger', async () => {
        const { entries, heads } = await read();
        if (entries.some(e => e.rows === reading.rows && e.artifact === reading.artifact)) return false;
        const entry: LedgerEntry = { version: 1, kind: 'reading', ...reading, parents: heads };
        const text = `${canonical(entry)}\n`;
        await writeAtomic(join(folder, `${sha256(text)}.json`), text);
        return true;
      }),
  };
}

/** Readings of a partition: pairs of row set and artifact, and how many different artifacts there were. */
export function countReadings(
  entries: readonly LedgerEntry[],
  of: Pick<Reading, 'file' | 'task' | 'split' | 'partition'>,
): { readings: number; models: number } {
  const own = entries.filter(e => e.file === of.file && e.task === of.task && e.split === of.split && e.partition === of.partition);
  return {
    readings: new Set(own.map(e => `${e.rows} ${e.artifact}`)).size,
    models: new Set(own.map(e => e.artifact)).size,
  };
}

function parse(text: string): LedgerEntry | null {
  try {
    const entry = JSON.parse(text);
    return entry?.version === 1 && entry.kind === 'reading' && Array.isArray(entry.parents) ? entry : null;
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
