/** Texts that need no segmenter are as wide as it says. */
import { expect, it } from 'vitest';
import { displayWidth } from './width.ts';

it('each sign is as wide beside others as where every grapheme is looked for', () => {
  const base = displayWidth('日');
  const different: string[] = [];
  for (let code = 0x20; code <= 0xffff; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const sign = String.fromCharCode(code);
    if (displayWidth(`a ${sign} b`) + base !== displayWidth(`a ${sign} b日`)) different.push(code.toString(16));
  }
  expect(different).toEqual([]);
});
