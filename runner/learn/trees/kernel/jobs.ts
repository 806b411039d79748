/** What a job can be; a chunk of it goes to the code that knows. */
import { binChunk } from './bins';
import { gradientChunk, peakChunk, softmaxChunk } from './gradients';
import { collectChunk, sumChunk } from './histogram';
import { growChunk } from './randomTree';
import { addChunk, divideChunk, settleChunk } from './rows';
import { scoreChunk } from './scores';

export const sumJob = 1;
export const collectJob = 2;
export const divideJob = 3;
export const settleJob = 4;
export const addJob = 5;
export const peakJob = 6;
export const gradientJob = 7;
export const softmaxJob = 8;
export const binJob = 9;
export const treeJob = 10;
export const scoreJob = 11;

export function runChunk(kind: i32, chunk: u32, slot: u32): void {
  if (kind === sumJob) sumChunk(chunk, slot);
  else if (kind === collectJob) collectChunk(chunk);
  else if (kind === divideJob) divideChunk(chunk);
  else if (kind === settleJob) settleChunk(chunk);
  else if (kind === addJob) addChunk(chunk);
  else if (kind === peakJob) peakChunk(chunk);
  else if (kind === gradientJob) gradientChunk(chunk);
  else if (kind === softmaxJob) softmaxChunk(chunk);
  else if (kind === binJob) binChunk(chunk);
  else if (kind === treeJob) growChunk(chunk, slot);
  else if (kind === scoreJob) scoreChunk(chunk, slot);
}
