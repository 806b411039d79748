/** Words that all threads read: set by the main thread between jobs. Addresses and counts of 32 bits, then scales of 64. */

/** Where the shared words lie; the 64 KiB before the data are theirs. */
export const words: usize = 65536;

const ground: usize = words + 64;
export const columnCount: usize = ground;
/** Bytes from one column's bins to the next. */
export const stride: usize = ground + 4;
export const bins: usize = ground + 8;
/** By column, the byte at which its bins begin in a histogram; then the histogram's length. */
export const offsets: usize = ground + 12;
/** Gradient and curvature of each row in fixed point, 32 bits each. */
export const pairs: usize = ground + 16;
/** Sums of each thread, one after the other. */
export const own: usize = ground + 20;
/** Room of each thread for the pairs of one chunk. */
export const packed: usize = ground + 24;
export const order: usize = ground + 28;
export const lefts: usize = ground + 32;
export const rights: usize = ground + 36;
/** What each chunk of the job found, 16 bytes a chunk. */
export const found: usize = ground + 40;

const job: usize = words + 192;
export const from: usize = job;
export const to: usize = job + 4;
/** 1: the rows are all rows in order, and `order` holds nothing yet. */
export const whole: usize = job + 8;
export const round: usize = job + 12;
export const target: usize = job + 16;
export const sibling: usize = job + 20;
export const column: usize = job + 24;
export const table: usize = job + 28;
export const loss: usize = job + 32;
export const score: usize = job + 36;
export const label: usize = job + 40;
export const weight: usize = job + 44;
export const outputs: usize = job + 48;
export const output: usize = job + 52;
export const values: usize = job + 56;
export const bounds: usize = job + 60;
export const halving: usize = job + 64;
/** Rows of a chunk of this job. */
export const span: usize = job + 68;

const scales: usize = words + 320;
export const gradientScale: usize = scales;
export const curvatureScale: usize = scales + 8;

const forest: usize = words + 384;
export const cancelled: usize = forest;
/** Memory of the threads, one after the other, and where its parts lie in it. */
export const slots: usize = forest + 4;
export const slotBytes: usize = forest + 8;
export const slotOrder: usize = forest + 12;
export const slotSpill: usize = forest + 16;
export const slotPairs: usize = forest + 20;
export const slotTimes: usize = forest + 24;
export const slotStack: usize = forest + 28;
export const slotSums: usize = forest + 32;
export const slotList: usize = forest + 36;
export const slotLefts: usize = forest + 40;
export const slotFeatures: usize = forest + 44;
export const slotOutput: usize = forest + 48;
export const outputBytes: usize = forest + 52;
/** Nodes and leaves that an output has room for. */
export const outputNodes: usize = forest + 56;
export const outputLeaves: usize = forest + 60;
export const seeds: usize = forest + 64;
export const categorical: usize = forest + 68;
/** Classes, where there are several; else 1. */
export const channels: usize = forest + 72;
/** Columns a node draws. */
export const features: usize = forest + 76;
export const depth: usize = forest + 80;
export const bootstrap: usize = forest + 84;
/** What a side of a split must weigh, in the unit of the pairs; 64 bits. */
export const leastWeight: usize = forest + 88;

const scoring: usize = words + 512;
export const scoreNodes: usize = scoring;
export const scoreRoots: usize = scoring + 4;
export const scoreTrees: usize = scoring + 8;
export const scoreValues: usize = scoring + 12;
export const scoreSets: usize = scoring + 16;
/** Values of a leaf. */
export const scoreWidth: usize = scoring + 20;
export const scoreBins: usize = scoring + 24;
export const scoreStride: usize = scoring + 28;
export const scoreColumns: usize = scoring + 32;
/** Room of each thread for one block of rows. */
export const scoreRoom: usize = scoring + 36;
/** Of each tree: where its small nodes begin, how many they are or -1 for a tree of many leaves, where its leaves begin; 16 bytes. */
export const scoreSmall: usize = scoring + 40;
/** Nodes as in `leafBits.ts`. */
export const scoreSmallNodes: usize = scoring + 44;
/** By leaf from left to right, its place among the values. */
export const scoreLeaves: usize = scoring + 48;
/** 1: some tree has many leaves. */
export const scoreWalks: usize = scoring + 52;
/** By thread, the leaves of sixteen rows. */
export const scoreFound: usize = words + 4096;

/** By thread: the round for which its sums were cleared last. */
export const cleared: usize = words + 1024;
/** By column of the left side of a split. */
export const goesLeft: usize = words + 2048;

/** At most so many rows make a chunk: their pairs and one column's bins stay in the nearest caches. */
export const chunkRows: u32 = 16384;
/** At least so many: of fewer, a second thread would take longer to begin than to help. */
export const leastRows: u32 = 4096;
/** Chunks that each thread should find in a job of few rows, so that none waits long for another. */
export const chunksEach: u32 = 2;
