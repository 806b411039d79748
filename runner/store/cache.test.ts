/** The hash of a file is that of its content, whichever thread takes it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hashOfFile } from './cache.ts';
import { sha256 } from './files.ts';

const folder = mkdtempSync(join(tmpdir(), 'cupel-hash-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the hash of a file', () => {
  it.each([0, 5, 32 * 1024 ** 2 - 1, 32 * 1024 ** 2 + 7])('of %i bytes is that of its content', async bytes => {
    const content = Buffer.alloc(bytes, 'a row of a table\n');
    const path = join(folder, String(bytes));
    await writeFile(path, content);
    expect(await hashOfFile(path)).toBe(sha256(content));
  });

  it('is null where there is no file', async () => {
    expect(await hashOfFile(join(folder, 'missing'))).toBeNull();
    expect(await hashOfFile(folder)).toBeNull();
  });
});
