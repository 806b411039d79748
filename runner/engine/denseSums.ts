/**
 * Rows added up by link and slice of time, and from that the totals of windows: each row is looked at once, whatever the number of windows. All
 * numbers are whole and so small that floats hold every total exactly; where they might not, `isExact` says so and nothing else holds.
 */

import { bytesOf, type Called } from './calledColumns.ts';
import { blocksOf, cellPlan, chunkPlan, type DensePart, isCounted, keptBytes, kindOf, lastEvents, mostChunks, nothingOf } from './denseCells.ts';
import type { VisitedColumn } from './visitedRows.ts';
import { at, batchRows, layout, type WindowKernel, windowKernel } from './windowKernel.ts';

export interface PartOf {
  readonly part: DensePart;
  /** Which of the columns has its values; null of `rows`. */
  readonly column: number | null;
  /** Of levels whose column has texts. */
  readonly texts: LevelTexts | null;
}

/** Levels are texts of up to 12 bytes. Those that have a number by their place; others get the next ones while there are fewer than `most`. */
export interface LevelTexts {
  readonly known: readonly string[];
  /** 0: others count nowhere. */
  readonly most: number;
}

export interface DenseShape {
  /** Links have numbers from 1 on; what belongs to none has 0. */
  readonly links: number;
  /** Microseconds at which slices begin, ascending; the first may be -Infinity. */
  readonly starts: readonly number[];
  /** Where the last slice ends; may be Infinity. */
  readonly end: number;
  readonly parts: readonly PartOf[];
  /** No more rows than this come. */
  readonly rows: number;
  /** Of what is added: the first has links, or texts that name them; the second events, where there are parts. */
  readonly columns: readonly VisitedColumn['type'][];
  /** The links of rows are kept by their places, which the last column has. `texts`: how many texts name links; 0: links come as numbers. */
  readonly linking: { readonly places: number; readonly texts: number } | null;
  /**
   * `cells`: rows are added as they come. `rows`: they are kept by block of links until totals are read, which takes less memory where cells are
   * many, and is meant for places that come nearly in the order of links.
   */
  readonly keeps: 'cells' | 'rows';
  /** Cutoffs at which totals are read, and how many readers there are at most. */
  readonly cutoffs: number;
  readonly readers: number;
}

/** From the slice `first` up to the slice before `end`. */
export interface SliceRange {
  readonly first: number;
  readonly end: number;
}

/** Pairs of a link and a cutoff are numbered in one of two orders. */
export interface PairOrder {
  readonly byLink: boolean;
  /** How many of the second there are. */
  readonly step: number;
}

export interface DenseReader {
  readonly part: number;
  /** By cutoff. */
  readonly ranges: readonly SliceRange[];
}

export interface DenseSums {
  /** Texts of up to 12 bytes that name links, four words each, and the numbers of these. */
  readonly name: (count: number, texts: Int32Array, links: Int32Array) => void;
  /** Up to 2,048 rows, by column; NaN is none. Rows outside of all slices count nowhere. */
  readonly add: (rows: number, columns: readonly Called[]) => void;
  /** Once, after all rows. */
  readonly finish: () => Promise<void>;
  readonly isExact: () => boolean;
  /** Whether there were more levels than could get a number, or longer ones. */
  readonly lacksNumbers: () => boolean;
  /** By the place of a row, its link; and the rows that had none. */
  readonly links: () => { readonly links: Int32Array; readonly missing: number };
  /**
   * Gives what reads all parts at pairs, by their numbers, each into an array of its own: whole numbers of what is counted, else floats. What has
   * no rows is 0, and NaN for the least and the greatest.
   */
  readonly reader: (
    readers: readonly DenseReader[],
    order: PairOrder,
  ) => (pairs: number, numbers: Int32Array, into: readonly (Int32Array | Float64Array)[]) => void;
}

/** Bytes of the longest text that the process can look up: of longer ones the engine hands over an address. */
export const shortBytes = 12;
const exactBelow = 2 ** 53;
/** Batches that are handed over before anybody waits. */
const mostBatches = 16;
const partWords = 10;
const columnWords = 6;
/** Blocks whose cells are there at once, where rows are kept. */
const slotCount = 16;
const readerWords = 5;

/** Slots of a table of so many texts: a power of two, so that it is never full. */
const slotsFor = (texts: number): number => 2 ** Math.ceil(Math.log2(Math.max(8, 2 * texts)));
const slotBytes = 16;
/** In front of a table of levels; see `kernel/texts.ts`. */
const levelsHead = 64;
const levelSlots = (texts: LevelTexts | null): number => slotsFor(Math.max(texts?.known.length ?? 0, texts?.most ?? 0));
/** Of the table in which so many texts are looked up. */
export const textBytes = (texts: number): number => slotBytes * slotsFor(texts);

/** Bytes that sums of a shape take, beside those of links. */
export const denseBytes = ({ links, starts, parts }: Pick<DenseShape, 'links' | 'starts' | 'parts'>): number =>
  cellPlan(
    links + 1,
    starts.length,
    parts.map(p => p.part),
  ).bytes;

/** Whether rows take much less than cells, and no more than so many bytes together with these, which those who read in no order need too. */
export function areFewRows({ links, starts, parts, rows }: Pick<DenseShape, 'links' | 'starts' | 'parts' | 'rows'>, room: number): boolean {
  const chunk = chunkPlan(parts.map(p => keptBytes(p.part)).filter(size => size > 0));
  const [kept, cells] = [chunk.bytes * mostChunks(rows, links + 1), denseBytes({ links, starts, parts })];
  return 4 * kept <= 3 * cells && kept + cells <= room;
}

/** The words of texts of up to 12 bytes, as the engine keeps them. */
export function wordsOf(texts: readonly string[]): Int32Array {
  const bytes = new Uint8Array(slotBytes * texts.length);
  const words = new Int32Array(bytes.buffer);
  for (const [i, text] of texts.entries()) {
    const { written } = new TextEncoder().encodeInto(text, bytes.subarray(slotBytes * i + 4, slotBytes * (i + 1)));
    words[4 * i] = written;
  }
  return words;
}

/** A column of the rows that are kept: the values of some parts. */
interface KeptColumn {
  readonly column: number;
  readonly isText: boolean;
  readonly bytes: number;
  readonly parts: number[];
}

const isMeasured = (part: DensePart | undefined): boolean => part === 'whole' || part === 'wide';

/** What is added up needs a column of its own: how large it is in all is found out as it comes. */
function keptColumns(parts: readonly PartOf[]): readonly KeptColumn[] {
  const found: KeptColumn[] = [];
  for (const [i, { part, column, texts }] of parts.entries()) {
    if (column === null) continue;
    const known = found.find(
      k => k.column === column && k.isText === (texts !== null) && !(isMeasured(part) && k.parts.some(p => isMeasured(parts[p]?.part))),
    );
    if (known) known.parts.push(i);
    else found.push({ column, isText: texts !== null, bytes: keptBytes(part), parts: [i] });
  }
  return found;
}

/** With more than one thread another one adds up while the process goes on. */
export function denseSums(shape: DenseShape, threads: number): DenseSums {
  const { starts, parts, columns, linking } = shape;
  const cells = cellPlan(
    shape.links + 1,
    starts.length,
    parts.map(p => p.part),
  );
  const { take, bytes } = layout();
  let inBatch = 64;
  const columnsAt = columns.map(type => {
    const place = inBatch;
    inBatch += bytesOf[type] * batchRows;
    return place;
  });
  const blocks = blocksOf(shape.links + 1);
  const kept = shape.keeps === 'rows' ? keptColumns(parts) : [];
  const chunk = chunkPlan(kept.map(({ bytes }) => bytes));
  const blockBytes = cells.bytes / blocks;
  const ifKept = (size: number): number => (shape.keeps === 'rows' ? take(size) : 0);
  const helpers = Math.min(1, threads - 1);
  const batchCount = helpers > 0 ? mostBatches : 1;
  const places = {
    [at.edges]: take(8 * (starts.length + 1)),
    [at.parts]: take(4 * partWords * parts.length),
    [at.batches]: take(inBatch * batchCount),
    // Links, and cells or first slots of texts, and numbers of levels and their slots.
    [at.room]: take(4 * batchRows * 6),
    [at.homes]: take(4 * blocks),
    [at.readers]: take(4 * readerWords * shape.readers),
    [at.askedPlaces]: take(4 * batchRows),
    [at.askedCells]: take(4 * batchRows),
    [at.askedCutoffs]: take(4 * batchRows),
    [at.texts]: linking?.texts ? take(textBytes(linking.texts)) : 0,
    [at.links]: linking ? take(4 * linking.places) : 0,
    [at.heads]: ifKept(4 * blocks),
    [at.columns]: ifKept(4 * columnWords * kept.length),
    [at.slots]: ifKept(slotCount * blockBytes),
    [at.slotBlocks]: ifKept(4 * slotCount),
    [at.pool]: ifKept(chunk.bytes * mostChunks(shape.rows, shape.links + 1)),
    [at.cells]: take(cells.bytes),
  };
  const textsAt = parts.map(({ texts }) => (texts ? levelsHead + take(levelsHead + slotBytes * levelSlots(texts)) : 0));
  const readersAt = Array.from({ length: shape.readers }, () => ({
    firsts: take(4 * shape.cutoffs),
    ends: take(4 * shape.cutoffs),
    into: take(8 * batchRows),
  }));
  // The low digits of all rows together stay below what floats hold.
  const limb = 2 ** (52 - Math.ceil(Math.log2(Math.max(2, shape.rows))));
  const numbersOf = {
    ...places,
    [at.lastText]: linking?.texts ? slotsFor(linking.texts) - 1 : 0,
    [at.slices]: starts.length,
    [at.width]: cells.width,
    [at.partCount]: parts.length,
    [at.batchBytes]: inBatch,
    [at.batchCount]: batchCount,
    [at.linksAt]: columnsAt[0] ?? 0,
    [at.eventsAt]: columnsAt[1] ?? 0,
    [at.rowsAt]: columnsAt.at(-1) ?? 0,
    [at.chunkBytes]: shape.keeps === 'rows' ? chunk.bytes : 0,
    [at.columnCount]: kept.length,
    [at.blockBytes]: blockBytes,
    [at.blockCount]: blocks,
    [at.slotCount]: slotCount,
  };
  const partAt = (part: number): number => (places[at.parts] as number) + 4 * partWords * part;
  const addTexts = (
    { calls, words }: Pick<WindowKernel, 'calls' | 'words'>,
    table: number,
    slots: number,
    texts: Int32Array,
    numbers: Int32Array,
  ): void => {
    const [textRoom, numberRoom] = [places[at.batches] as number, places[at.room] as number];
    words.set(texts, textRoom / 4);
    words.set(numbers, numberRoom / 4);
    calls.addTexts(table, slots - 1, numbers.length, textRoom, numberRoom);
  };
  const emptyTable = ({ words }: Pick<WindowKernel, 'words'>, table: number, slots: number): void => {
    words.fill(-1, table / 4, (table + slotBytes * slots) / 4);
  };
  const lasts = lastEvents(starts[0] ?? 0, shape.end);
  // The room of all cells is for places that come in no order.
  const touched = bytes() - (shape.keeps === 'rows' ? cells.bytes : 0);
  const kernel = windowKernel({ bytes: bytes(), touched }, helpers, own => {
    for (const [place, value] of Object.entries(numbersOf)) own.words[Number(place) / 4] = value;
    own.floats[at.end / 8] = shape.end;
    own.floats[at.limb / 8] = limb;
    own.floats[at.origin / 8] = lasts.origin;
    own.floats[at.none / 8] = lasts.none;
    own.floats.set([...starts, Number.POSITIVE_INFINITY], (places[at.edges] as number) / 8);
    if (linking?.texts) emptyTable(own, places[at.texts] as number, slotsFor(linking.texts));
    if (shape.keeps === 'rows') own.words.fill(-1, (places[at.slotBlocks] as number) / 4, (places[at.slotBlocks] as number) / 4 + slotCount);
    for (const [i, { column, isText, bytes: size, parts: users }] of kept.entries()) {
      const [user = 0] = users;
      const measured = users.find(p => isMeasured(parts[p]?.part));
      const [table, last] = isText ? [textsAt[user] ?? 0, levelSlots(parts[user]?.texts ?? null) - 1] : [0, 0];
      own.words.set(
        [size, columnsAt[column] ?? 0, chunk.places[i] ?? 0, table, last, measured === undefined ? 0 : partAt(measured)],
        (places[at.columns] as number) / 4 + i * columnWords,
      );
    }
    for (const [i, { part, column, texts }] of parts.entries()) {
      const table = textsAt[i] ?? 0;
      const slots = levelSlots(texts);
      const offset = cells.offsets[i] ?? 0;
      const nothing = nothingOf(part, lasts);
      const keptAt = kept.findIndex(k => k.parts.includes(i));
      const [values, ownTable] = shape.keeps === 'rows' ? [chunk.places[keptAt] ?? 0, 0] : [column === null ? 0 : (columnsAt[column] ?? 0), table];
      own.words.set([kindOf(part), offset, values, ownTable, slots - 1], partAt(i) / 4);
      own.floats[(partAt(i) + 32) / 8] = nothing;
      if (texts) {
        emptyTable(own, table, slots);
        addTexts(
          own,
          table,
          slots,
          wordsOf(texts.known),
          Int32Array.from(texts.known, (_, number) => number),
        );
        own.words.set([texts.known.length, texts.most], (table - levelsHead) / 4);
      }
      const from = (places[at.cells] as number) + offset;
      if (nothing !== 0 && shape.keeps === 'cells') own.calls.fillEvery(from, (places[at.cells] as number) + cells.bytes, cells.width, nothing);
    }
  });
  const { buffer, words, floats, calls } = kernel;
  const whole = new Uint8Array(buffer);
  let isExact = false;
  return {
    name: (count, texts, links) =>
      addTexts(kernel, places[at.texts] as number, slotsFor(linking?.texts ?? 0), texts.subarray(0, 4 * count), links.subarray(0, count)),
    add(rows, visited) {
      const batch = kernel.nextBatch();
      words[batch / 4] = rows;
      for (const [i, column] of visited.entries()) {
        const length = rows * bytesOf[columns[i] ?? 'int8'];
        whole.set(new Uint8Array(column.buffer, column.byteOffset, length), batch + (columnsAt[i] ?? 0));
      }
      calls.ring();
    },
    async finish() {
      await kernel.finish();
      isExact = parts.every((_, i) => (floats[(partAt(i) + 24) / 8] as number) < exactBelow);
    },
    isExact: () => isExact,
    lacksNumbers: () => textsAt.some(table => table > 0 && words[(table - levelsHead) / 4 + 2] === 1),
    links: () => ({
      links: words.slice((places[at.links] as number) / 4, (places[at.links] as number) / 4 + (linking?.places ?? 0)),
      missing: words[at.missing / 4] ?? 0,
    }),
    reader(readers, { byLink, step }) {
      words[at.byLink / 4] = Number(byLink);
      words[at.step / 4] = step;
      words[at.readerCount / 4] = readers.length;
      const found = readers.map(({ part, ranges }, i) => {
        const own = readersAt[i];
        if (!own) throw new Error('More totals are read than there is room for.');
        words.set(
          ranges.map(r => r.first),
          own.firsts / 4,
        );
        words.set(
          ranges.map(r => r.end),
          own.ends / 4,
        );
        const kind = parts[part]?.part ?? 'rows';
        words.set([kindOf(kind), cells.offsets[part] ?? 0, own.firsts, own.ends, own.into], (places[at.readers] as number) / 4 + i * readerWords);
        return isCounted(kind) ? new Int32Array(buffer, own.into, batchRows) : new Float64Array(buffer, own.into, batchRows);
      });
      const asked = (places[at.askedPlaces] as number) / 4;
      return (pairs, numbers, into) => {
        words.set(pairs < batchRows ? numbers.subarray(0, pairs) : numbers, asked);
        calls.readPlaces(pairs);
        for (const [i, of] of found.entries()) into[i]?.set(pairs < batchRows ? of.subarray(0, pairs) : of);
      };
    },
  };
}
