/**
 * Where the words lie that all threads read, and how a cell of totals is found. The process writes them before rows come; see
 * `windowKernel.ts`, which knows the same places.
 */

const words: usize = 1024;

/** Batches that were handed over, and those that are done: each in a line of the cache of its own. */
export const handed: usize = words;
export const done: usize = words + 64;
/** 1: no more batches come. */
export const ended: usize = words + 128;
export const trouble: usize = words + 132;
/** 1: somebody adds up a batch. */
export const taken: usize = words + 136;

const job: usize = words + 192;
/** A table of texts by which links are found, and its last slot; 0: links come as numbers. */
export const texts: usize = job;
export const lastText: usize = job + 4;
/** The link of each row is kept here, by the place of the row; 0: it is not. */
export const links: usize = job + 8;
/** Rows that name no link. */
export const missing: usize = job + 12;
export const edges: usize = job + 16;
export const slices: usize = job + 20;
/** The slice of the row before. */
export const slice: usize = job + 24;
export const cells: usize = job + 28;
/** Bytes of a cell. */
export const width: usize = job + 32;
export const parts: usize = job + 36;
export const partCount: usize = job + 40;
/** Batches lie one after the other. */
export const batches: usize = job + 44;
export const batchBytes: usize = job + 48;
export const batchCount: usize = job + 52;
/** Where in a batch the columns begin. */
export const rowsAt: usize = job + 56;
export const linksAt: usize = job + 60;
export const eventsAt: usize = job + 64;
/** Room for the links, first slots and cells of a batch. */
export const room: usize = job + 68;
/** By block, where its totals are; 0: they are not ready. */
export const homes: usize = job + 72;
export const readers: usize = job + 76;
export const readerCount: usize = job + 80;
export const askedPlaces: usize = job + 84;
export const askedCells: usize = job + 88;
export const askedCutoffs: usize = job + 92;
/** Places are numbered by link and then by cutoff, or the other way round; and how many of the second there are. */
export const byLink: usize = job + 96;
export const step: usize = job + 100;
/** Bytes of a chunk of rows; 0: rows are added to cells as they come. */
export const chunkBytes: usize = job + 104;
/** By block, the chunk that is filled; 0: it has no rows. */
export const heads: usize = job + 108;
/** Where the next chunk goes. */
export const pool: usize = job + 112;
/** What a chunk has of rows beside their cells. */
export const columns: usize = job + 116;
export const columnCount: usize = job + 120;
/** Bytes of all cells of a block. */
export const blockBytes: usize = job + 124;
export const blockCount: usize = job + 128;
/** Room for the cells of a few blocks, the block that is in each, and the one that is next. */
export const slots: usize = job + 132;
export const slotCount: usize = job + 136;
export const slotBlocks: usize = job + 140;
export const nextSlot: usize = job + 144;
/** How many blocks were made of their rows, those that were made again included. */
export const made: usize = job + 148;

const floats: usize = words + 448;
/** Events before the first edge or from here on are in no slice. */
export const end: usize = floats;
/** What the high digits of wide numbers count: a power of two. */
export const limb: usize = floats + 8;
/** Last events are kept as what they are beyond this, and what is not more than `none` is none. */
export const origin: usize = floats + 16;
export const none: usize = floats + 24;

/**
 * Of a part: kind, bytes to its place in a cell, place of its values in a batch or a chunk, table of texts and last slot, then the total of its
 * sizes, and what is there before any row.
 */
export const partBytes: usize = 40;
/** Of a column of chunks: bytes of a value, place in a batch, place in a chunk, table of texts and last slot, and the part that it is the values of. */
export const columnBytes: usize = 24;
/** Of a reader: kind, bytes to its place in a cell, first slice and end of each cutoff, and where it writes. */
export const readerBytes: usize = 20;

export const blockBits: i32 = 6;
export const linksPerBlock: i32 = 1 << blockBits;

/** Kinds of parts. */
export const rowsKind: i32 = 0;
export const flagKind: i32 = 1;
export const wholeKind: i32 = 2;
export const wideKind: i32 = 3;
export const leastKind: i32 = 4;
export const greatestKind: i32 = 5;
export const firstKind: i32 = 6;
export const lastKind: i32 = 7;
export const levelsKind: i32 = 8;
export const laterLevelsKind: i32 = 9;

export const levelsPerNumber: i32 = 31;

/** Of a chunk: the one before it and how many rows it has, then the number of each row's cell within the block. */
export const chunkBits: usize = 6;
export const chunkRows: u32 = 1 << chunkBits;
export const chunkCells: usize = 8;

/** Rows of a batch at most. */
export const batchRows: usize = 2048;
