/** How much memory the engine may take, what follows from it, and how it is told to give back what it does not use. */
import { totalmem } from 'node:os';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { EngineOptions } from './relational.ts';

/** Sources below this are never large. */
export const smallBytes = 32 * 1024 ** 2;
/** Of the memory that the engine may take, what sources are that leave room for all that is made of them. */
const shareOfMemory = 1 / 32;

/** Tables of large sources are written compressed to a file: that takes a fifth of the memory, and of some steps twice the time. */
export const areLarge = ({ sourceBytes = 0, memory }: EngineOptions): boolean =>
  sourceBytes >= smallBytes && sourceBytes > (bytesOf(memory) ?? defaultShare * totalmem()) * shareOfMemory;

/** Of the machine's memory, what the engine takes where nobody says how much. */
const defaultShare = 0.8;

const mostSpare = 384 * 1024 ** 2;

/** Bytes, written as `512MB` or `4GiB`; null: no limit, or not written so. */
function bytesOf(memory: string | null): number | null {
  const [, amount, unit = ''] = /^([\d.]+)\s*([kmgt]?)i?b?$/i.exec(memory ?? '') ?? [];
  return amount === undefined ? null : Number(amount) * 1024 ** ' kmgt'.indexOf(unit.toLowerCase() || ' ');
}

/** A part of what the engine may take. */
export function spareOf(memory: string | null): number {
  return Math.min(mostSpare, (bytesOf(memory) ?? Number.POSITIVE_INFINITY) / 4);
}

/** What a thread needs to join and write wide tables without giving up. */
const bytesPerThread = 120 * 1024 ** 2;

export const threadsOf = ({ threads, memory }: EngineOptions): number =>
  Math.max(1, Math.min(threads, Math.floor((bytesOf(memory) ?? Number.POSITIVE_INFINITY) / bytesPerThread)));

export async function limitOf(connection: DuckDBConnection): Promise<string> {
  const reader = await connection.runAndReadAll("SELECT current_setting('memory_limit')");
  return String(reader.getRows()[0]?.[0]);
}

/** To set the limit, even to what it is, is the engine's one way to be told. What was dropped is free when the statement after it is done. */
export const flushing = (limit: string): readonly string[] => [`SET memory_limit = '${limit}'`, `SET memory_limit = '${limit}'`];
