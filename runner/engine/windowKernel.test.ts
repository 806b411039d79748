/** The process and the kernel know the same places by heart. */
import { describe, expect, it } from 'vitest';
import { kindOf, kinds } from './denseCells.ts';
import { at, batchRows } from './windowKernel.ts';

const kernel: Readonly<Record<string, number>> = await import(new URL('./kernel/words.ts', import.meta.url).pathname);

describe('the words of the kernel of windows', () => {
  it.each(Object.entries(at))('has `%s` where the kernel reads it', (name, place) => expect(kernel[name]).toBe(place));
  it.each(kinds)('has the number of the kind `%s`', kind => expect(kernel[`${kind}Kind`]).toBe(kindOf(kind)));
  it('has batches of the same number of rows', () => expect(kernel['batchRows']).toBe(batchRows));
});
