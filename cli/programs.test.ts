import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { decode, findPrograms, programFile, readProgram, relativePath, whyUnread } from './programs.ts';

const folders: string[] = [];
function project(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'cupel-programs-'));
  folders.push(root);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

const found = (root: string, ...paths: string[]) => findPrograms(root, paths).map(p => relativePath(root, p));

describe('finding programs', () => {
  it('names a file by its way from a folder', () => {
    expect(relativePath('/a/b', '/a/b/c/d.cupel')).toBe('c/d.cupel');
    expect(relativePath('/a/b', '/a/bc/d.cupel')).toBe('../bc/d.cupel');
    expect(relativePath('/a/b', '/a/b')).toBe('');
    expect(relativePath('/', '/a.cupel')).toBe('a.cupel');
    expect(readProgram('/a/b', '../bc/d.cupel')).toEqual({ kind: 'outside' });
  });

  it('searches folders, skips what git ignores, and takes a named file whatever git says', () => {
    const root = project({
      '.git/HEAD': '',
      '.gitignore': 'out/\nold-*.cupel\n',
      'a.cupel': '',
      'old-a.cupel': '',
      'b/c.cupel': '',
      'b/.gitignore': '!old-kept.cupel\n',
      'b/old-kept.cupel': '',
      'out/d.cupel': '',
      'node_modules/x/e.cupel': '',
      'readme.md': '',
    });
    expect(found(root)).toEqual(['a.cupel', 'b/c.cupel', 'b/old-kept.cupel']);
    expect(found(root, 'b')).toEqual(['b/c.cupel', 'b/old-kept.cupel']);
    expect(found(root, 'out/d.cupel', 'a.cupel', 'a.cupel')).toEqual(['a.cupel', 'out/d.cupel']);
    expect(found(join(root, 'b'))).toEqual(['c.cupel', 'old-kept.cupel']);
  });

  it('ends in folders that link to themselves', () => {
    const root = project({ 'a.cupel': '' });
    symlinkSync(root, join(root, 'again'));
    expect(found(root)).toEqual(['a.cupel']);
  });

  it('says when there is nothing', () => {
    const root = project({ 'readme.md': '' });
    expect(() => found(root)).toThrow('There is no program (*.cupel)');
    expect(() => found(root, 'none.cupel')).toThrow('There is no file or folder none.cupel');
    expect(() => programFile(root, 'none.cupel')).toThrow('There is no program none.cupel');
  });

  it('takes the only program of a folder', () => {
    const root = project({ 'one/a.cupel': '', 'two/a.cupel': '', 'two/b.cupel': '' });
    expect(programFile(root, 'one')).toBe(join(root, 'one', 'a.cupel'));
    expect(() => programFile(root, 'two')).toThrow('two is a folder');
    expect(() => programFile(root, 'two/b')).toThrow(expect.objectContaining({ help: 'Did you mean two/b.cupel?' }));
  });

  it('says what it cannot look at', () => {
    const root = project({});
    symlinkSync('loop.cupel', join(root, 'loop.cupel'));
    expect(() => found(root, 'loop.cupel')).toThrow('loop.cupel cannot be read: its links go round in a circle');
    expect(() => programFile(root, 'loop.cupel')).toThrow('loop.cupel cannot be read: its links go round in a circle');
    expect(() => programFile(root, `${'x'.repeat(300)}.cupel`)).toThrow('its path is too long');
  });
});

describe('reading programs', () => {
  it('tells absent, outside and unreadable files from texts', () => {
    const root = project({ 'a.cupel': 'task t {}', 'folder/x': '' });
    const elsewhere = project({ 'b.cupel': '' });
    symlinkSync(join(elsewhere, 'b.cupel'), join(root, 'linked.cupel'));
    symlinkSync('loop', join(root, 'loop'));
    expect(readProgram(root, 'a.cupel')).toEqual({ kind: 'text', text: 'task t {}' });
    expect(readProgram(root, 'none.cupel')).toEqual({ kind: 'absent' });
    expect(readProgram(root, '../b.cupel')).toEqual({ kind: 'outside' });
    expect(readProgram(root, 'linked.cupel')).toEqual({ kind: 'outside' });
    expect(readProgram(root, 'folder')).toEqual({ kind: 'unreadable', why: 'it is a folder' });
    expect(readProgram(root, 'loop')).toEqual({ kind: 'unreadable', why: 'its links go round in a circle' });
  });

  it('says when the user may not read a file, and leaves bugs alone', () => {
    expect(whyUnread(Object.assign(new Error('x'), { code: 'EACCES' }))).toEqual({ kind: 'unreadable', why: 'this user may not read it' });
    expect(() => whyUnread(new TypeError('a bug'))).toThrow('a bug');
  });

  it('names what is not text', () => {
    expect(decode(new TextEncoder().encode('\ufeffa'))).toEqual({ kind: 'text', text: 'a' });
    expect(decode(new TextEncoder().encode('a café b').subarray(1, 7))).toEqual({ kind: 'text', text: ' café' });
    expect(decode(new TextEncoder().encode('a cafe b').subarray(1, 6))).toEqual({ kind: 'text', text: ' cafe' });
    expect(decode(new Uint8Array([0xff, 0xfe, 0x61, 0]))).toMatchObject({ kind: 'not text', why: 'it is written in UTF-16; save it as UTF-8' });
    expect(decode(new Uint8Array([0x61, 0, 0x62]))).toMatchObject({ kind: 'not text', why: 'it holds binary data' });
    expect(decode(new Uint8Array([0x61, 0xe9]))).toMatchObject({ kind: 'not text', why: 'line 1 is not written in UTF-8; save the file as UTF-8' });
    expect(decode(Buffer.from('// a\n// b\n// caf\u00e9\n// c\n', 'latin1'))).toMatchObject({
      why: 'line 3 is not written in UTF-8; save the file as UTF-8',
    });
    expect(decode(Buffer.from('task t {}', 'utf16le'))).toMatchObject({ why: 'it is written in UTF-16; save it as UTF-8' });
    expect(decode('too large')).toMatchObject({ kind: 'not text', why: 'it is larger than 4 MB' });
  });
});
