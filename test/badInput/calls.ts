/**
 * Bad programs and bad data, each in a folder of its own, given to the command as it is built. Whatever they are, it must end with one of
 * the exits for people, name a place and a remedy, and show no stack trace.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect } from 'vitest';
import type { FindingRecord, RunEvent, RunRecord } from '../../runner/index.ts';

const repository = join(import.meta.dirname, '../..');
// Inside the repository, where packages that are not bundled are found.
const built = join(repository, '.build', `bad-input-${process.pid}`);
const root = mkdtempSync(join(tmpdir(), 'cupel-bad-input-'));

/** The script of the command, once it is built. */
export const script = join(built, 'cli.mjs');

export function buildsTheCommand(): void {
  beforeAll(() => {
    const bundled = spawnSync(process.execPath, ['esbuild.mjs', built], { cwd: repository, encoding: 'utf8' });
    if (bundled.status !== 0) throw new Error(bundled.stderr);
  });
  afterAll(() => {
    rmSync(built, { recursive: true, force: true });
    rmSync(root, { recursive: true, force: true });
  });
}

/** A file's content, or what is there instead of a file. */
export type Content = string | Uint8Array | { readonly link: string } | { readonly folder: true } | { readonly parquet: string };
export type Files = Readonly<Record<string, Content>>;

/** A folder with these files; `parquet` is the SELECT whose rows they hold. */
export async function folderOf(files: Files): Promise<string> {
  const folder = mkdtempSync(join(root, 'f-'));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    if (typeof content === 'string' || content instanceof Uint8Array) writeFileSync(path, content);
    else if ('link' in content) symlinkSync(content.link, path);
    else if ('folder' in content) mkdirSync(path);
    else writeFileSync(path, await parquetOf(content.parquet));
  }
  return folder;
}

export async function parquetOf(select: string): Promise<Uint8Array> {
  const path = join(mkdtempSync(join(root, 'p-')), 'x.parquet');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  return readFileSync(path);
}

export interface Told {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, as one line: what was folded at the screen's width is joined again. */
  readonly text: string;
}

/** More at once than there are cores only makes each of them slow. */
let free = 2;
const waiting: (() => void)[] = [];

export async function cupel(folder: string, ...args: readonly string[]): Promise<Told> {
  if (free > 0) free--;
  else await new Promise<void>(resolve => waiting.push(resolve));
  try {
    return await call(folder, args);
  } finally {
    const next = waiting.shift();
    if (next) next();
    else free++;
  }
}

async function call(folder: string, args: readonly string[]): Promise<Told> {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, status] = await Promise.all([read(child, 'stdout'), read(child, 'stderr'), ended(child)]);
  const text = `${stdout}\n${stderr}`.replaceAll(/[\s│]+/g, ' ');
  expect(`${stdout}${stderr}`, 'a stack trace').not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  expect([0, 1, 2, 4], text.slice(0, 2000)).toContain(status);
  return { status, stdout, stderr, text };
}

async function read(child: ChildProcess, name: 'stdout' | 'stderr'): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of child[name] ?? []) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

const ended = (child: ChildProcess): Promise<number | null> => new Promise(resolve => child.once('close', resolve));

export interface Ran extends Told {
  /** Of a run that ended. */
  readonly record: RunRecord | null;
  /** `severity[rule] file:line:column message | help`, in the order told; the failure last. */
  readonly said: readonly string[];
  /** `file,row,column,reason` of what was set aside, by source. */
  readonly aside: Readonly<Record<string, readonly string[]>>;
}

const line = ({ severity, rule, file, range, message, help }: FindingRecord): string =>
  `${severity}[${rule}] ${file}:${range.start.line + 1}:${range.start.character + 1} ${message} | ${help}`;

/** Runs the program `main.cupel` among the files. */
export async function ran(files: Files, ...names: readonly string[]): Promise<Ran> {
  const folder = await folderOf(files);
  const told = await cupel(folder, 'run', 'main.cupel', ...names, '--format', 'jsonl', '--threads', '2');
  const events = told.stdout
    .split('\n')
    .filter(text => text !== '')
    .map(text => JSON.parse(text) as RunEvent);
  const last = events.at(-1);
  expect(['run-finished', 'run-failed']).toContain(last?.event);
  return {
    ...told,
    record: last?.event === 'run-finished' ? last.record : null,
    said: [...events.flatMap(e => (e.event === 'finding' ? [line(e.finding)] : [])), ...(last?.event === 'run-failed' ? [failure(last)] : [])],
    aside: quarantine(join(folder, '.cupel/quarantine')),
  };
}

function failure({ code, message, help, place }: Extract<RunEvent, { readonly event: 'run-failed' }>): string {
  const at = place === null ? '' : ` ${place.file}:${place.range.start.line + 1}:${place.range.start.character + 1}`;
  return `${code}${at} ${message} | ${help}`;
}

function quarantine(folder: string): Record<string, readonly string[]> {
  const aside: Record<string, readonly string[]> = {};
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const [, ...lines] = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
    aside[name.replace(/-[0-9a-f]+\.csv$/, '')] = lines;
  }
  return aside;
}
