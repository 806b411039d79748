/** Data that nobody has declared yet: where they are, how they are written, and which columns they have, as a source without types. */
import { open, readdir, stat } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import type { PlanPlace, PlanType, ScanColumn, ScanNode } from '../../language/plan/plan.ts';
import type { Database } from '../engine/duckdb.ts';
import { partitionsOf, shownPath, sourceFiles } from '../engine/files.ts';
import { finding, hasError } from '../engine/finding.ts';
import { openSource } from '../engine/source.ts';
import type { FindingRecord } from '../record.ts';
import { type CsvForm, formOf } from './form.ts';

/** Findings of data that nobody declared have no place in a program. */
const nowhere: PlanPlace = { file: '', range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } };

export interface Data {
  /** All columns as texts that may be null. */
  readonly node: ScanNode;
  /** Of CSV files. */
  readonly form: CsvForm | null;
  readonly files: number;
  readonly bytes: number;
  /** Columns that a program cannot read, and why. */
  readonly unreadable: readonly { readonly name: string; readonly why: string }[];
  readonly findings: readonly FindingRecord[];
}

const endings: Readonly<Record<ScanNode['connector'], RegExp>> = {
  csv: /\.(csv|tsv|tab|psv|txt|dat)(\.gz)?$/i,
  json: /\.(json|jsonl|ndjson)(\.gz)?$/i,
  parquet: /\.(parquet|pq)$/i,
  arrow: /\.(arrow|arrows|feather|ipc)$/i,
};

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** By its first bytes, and by its name where they say nothing. */
async function connectorOf(path: string): Promise<{ readonly connector: ScanNode['connector']; readonly gzip: boolean }> {
  const head = await headOf(path);
  const gzip = head[0] === 0x1f && head[1] === 0x8b;
  const text = head.toString('utf8').replace(/^\ufeff/, '');
  if (text.startsWith('PAR1')) return { connector: 'parquet', gzip };
  if (text.startsWith('ARROW1')) return { connector: 'arrow', gzip };
  const byName = (Object.keys(endings) as ScanNode['connector'][]).find(c => endings[c].test(path));
  return { connector: byName ?? (/^\s*[{[]/.test(text) ? 'json' : 'csv'), gzip };
}

/** A folder stands for all files below it that end like the first data file in it. */
async function pathOf(root: string, path: string): Promise<string> {
  const found = await stat(resolve(root, path)).catch(() => null);
  if (!found?.isDirectory()) return path;
  const inside = await readdir(resolve(root, path), { recursive: true }).catch((): string[] => []);
  const data = inside.filter(name => Object.values(endings).some(e => e.test(name)) && !/(^|[/\\])\./.test(name)).sort()[0];
  const ending = data === undefined ? '' : data.endsWith('.gz') ? `${extname(data.slice(0, -3))}.gz` : extname(data);
  return ending ? join(path, '**', `*${ending}`) : path;
}

const column = (name: string, type: PlanType): ScanColumn => ({
  name,
  type,
  nullable: true,
  min: null,
  max: null,
  levels: null,
  pattern: null,
  unique: false,
  pii: false,
  place: nowhere,
});

export const withTypes = (node: ScanNode, types: readonly PlanType[]): ScanNode => ({
  ...node,
  columns: node.columns.map((c, i) => column(c.name, types[i] ?? 'text')),
});

function scanOf(path: string, connector: ScanNode['connector'], options: Partial<ScanNode['options']>): ScanNode {
  return {
    kind: 'scan',
    id: 'data',
    name: 'data',
    place: nowhere,
    inputs: [],
    fingerprint: '',
    connector,
    path,
    options: {
      delimiter: null,
      header: true,
      nulls: connector === 'csv' ? [''] : [],
      decimal: '.',
      dateFormat: null,
      timestampFormat: null,
      encoding: 'utf-8',
      compression: 'auto',
      zone: 'UTC',
      ...options,
    },
    columns: [],
    hidden: [],
    key: null,
    identity: [],
    until: null,
  };
}

const isGz = (path: string): boolean => path.toLowerCase().endsWith('.gz');

/** Names that a program can write and that lead to one column of every file. */
function columnsOf(files: readonly (readonly string[])[]): Pick<Data, 'unreadable'> & { readonly names: readonly string[] } {
  const [first = [], ...others] = files;
  const unreadable: { name: string; why: string }[] = [];
  const names: string[] = [];
  for (const [i, name] of first.entries()) {
    const why =
      name.trim() === ''
        ? `column ${i + 1} has no name`
        : /[`\n\r]/.test(name)
          ? 'its name cannot be written in a program'
          : first.indexOf(name) !== first.lastIndexOf(name)
            ? 'several columns have this name'
            : others.every(other => other.includes(name))
              ? null
              : 'not every file has it';
    if (why === null) names.push(name);
    else if (!unreadable.some(u => u.name === name)) unreadable.push({ name, why });
  }
  return { names, unreadable };
}

export function noColumn(path: string, unreadable: Data['unreadable']): FindingRecord {
  const why = unreadable.map(u => `${u.name.trim() === '' ? '' : `\`${u.name}\`: `}${u.why}`).slice(0, 3);
  return finding(
    'error',
    'no-columns',
    nowhere,
    `\`${path}\` has no column that can be read (${why.join('; ') || 'it has none'}).`,
    'Write single values under names of their own to the file.',
  );
}

/** Of several files, the one to blame is named. */
function withoutColumns(path: string, files: readonly (readonly string[])[], shown: readonly string[]): FindingRecord {
  const blamed = files.findIndex(names => columnsOf([names]).names.length === 0);
  return noColumn(shown[blamed] ?? path, columnsOf(blamed < 0 ? files : files.slice(blamed, blamed + 1)).unreadable);
}

/** Folders give columns too. */
function namesOf(form: CsvForm | null, shown: string): readonly string[] {
  const own = form?.names ?? [];
  return [...own, ...[...partitionsOf(shown).keys()].filter(name => !own.includes(name))];
}

export async function openData(db: Database, root: string, written: string): Promise<Data> {
  const path = await pathOf(root, written);
  const paths = await sourceFiles(root, scanOf(path, 'csv', {}));
  const [first] = paths;
  const nothing = { node: scanOf(path, 'csv', {}), form: null, files: 0, bytes: 0, unreadable: [] };
  if (first === undefined) return { ...nothing, findings: (await openSource(db, root, nothing.node)).findings };
  const { connector, gzip } = await connectorOf(first);
  // A name that says something else than the content is the exception that is written down.
  const compression = gzip === isGz(first) ? 'auto' : gzip ? 'gzip' : 'none';
  const forms = connector === 'csv' ? await Promise.all(paths.map(p => formOf(p, gzip).catch(() => null))) : [];
  const form = forms[0] ?? null;
  const node = scanOf(path, connector, { compression, ...(form ? { delimiter: form.delimiter, header: form.header, encoding: form.encoding } : {}) });
  // Of CSV files the first record says enough; what is wrong with them is found when they are read.
  const opened = form ? null : await openSource(db, root, node);
  const errors = opened?.findings.filter(f => f.severity === 'error') ?? [];
  if (hasError(errors)) return { ...nothing, node, findings: errors };
  const sizes = await Promise.all(paths.map(async p => (await stat(p)).size));
  const shown = paths.map(p => shownPath(root, p));
  const headers = opened ? opened.files.map(f => f.names) : forms.map((f, i) => namesOf(f, shown[i] ?? ''));
  // JSON without any object, or with empty ones alone, lacks no column.
  const named = connector === 'json' ? headers.filter(h => h.length > 0) : headers;
  const { names, unreadable } = columnsOf(named);
  if (names.length === 0) {
    const wrong = opened ? [] : (await openSource(db, root, node)).findings.filter(f => f.severity === 'error');
    return { ...nothing, node, unreadable, findings: wrong.length ? wrong : [withoutColumns(path, headers, shown)] };
  }
  return {
    node: { ...node, columns: names.map(n => column(n, 'text')) },
    form,
    files: paths.length,
    bytes: sizes.reduce((a, b) => a + b, 0),
    unreadable,
    findings: [],
  };
}
