import { describe, expect, it } from 'vitest';
import { relativePath, resolvePath } from './path.ts';

describe('paths of imports', () => {
  it.each([
    ['main.cupel', './shop.cupel', 'shop.cupel'],
    ['main.cupel', 'shop.cupel', 'shop.cupel'],
    ['a/b/main.cupel', '../shop.cupel', 'a/shop.cupel'],
    ['a/main.cupel', './x//y/./shop.cupel', 'a/x/y/shop.cupel'],
    ['a/main.cupel', '..\\shop.cupel', 'shop.cupel'],
  ])('in %s, %s is %s', (from, written, path) => expect(resolvePath(from, written)).toEqual({ kind: 'path', path }));

  it.each([
    ['main.cupel', '../shop.cupel'],
    ['a/main.cupel', '../../shop.cupel'],
    ['main.cupel', '/etc/shop.cupel'],
    ['main.cupel', 'C:\\shop.cupel'],
    ['main.cupel', 'https://example.com/shop.cupel'],
  ])('in %s, %s lies outside', (from, written) => expect(resolvePath(from, written).kind).toBe('outside'));

  it('are empty when nothing was written', () => expect(resolvePath('main.cupel', ' ').kind).toBe('empty'));

  it.each([
    ['main.cupel', 'shop.cupel', './shop.cupel'],
    ['a/main.cupel', 'shop.cupel', '../shop.cupel'],
    ['a/main.cupel', 'a/b/shop.cupel', './b/shop.cupel'],
    ['a/b/main.cupel', 'a/c/shop.cupel', '../c/shop.cupel'],
  ])('from %s to %s read %s', (from, to, written) => expect(relativePath(from, to)).toBe(written));
});
