import { describe, expect, it } from 'vitest';
import { at, plan, project, useProject } from '../test/smallRun.ts';
import { contentsOf } from './contents.ts';
import { diskError } from './engine/diskError.ts';
import { asFailure } from './failure.ts';
import { StoreError } from './store/files.ts';

useProject();

const thrownBy = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail.');
};

describe('what is no bug', () => {
  it.each<[what: string, action: () => unknown]>([
    ['an array', () => new Float64Array(Number.MAX_SAFE_INTEGER)],
    ['a list', () => new Array(2 ** 32)],
    ['a text', () => 'x'.repeat(2 ** 30)],
  ])('%s that has no room in the process', (_, action) => {
    expect(asFailure(thrownBy(action), at(3))).toMatchObject({ code: 'resources', place: at(3), help: expect.stringContaining('sample') });
    expect(asFailure(new RangeError('precision is out of range'), at(3))).toBeNull();
  });

  it.each([
    ['Could not write to file "/x/y.parquet": No space left on device', 'The disk is full: ', 'Free some space'],
    ['Could not truncate file "x": File too large', 'A file would be larger than this disk or this shell allows: ', 'ulimit -f'],
    ['Cannot open file "x": Permission denied', 'This user may not write there: ', 'Give the user access'],
    ['Cannot open file "x": Too many open files', 'Too many files are open: ', 'ulimit -n'],
    ['Something odd.', 'The disk cannot be used: Something odd.', '--store'],
  ])('the engine: %s', (message, says, help) => {
    const error = diskError(message);
    expect(error.message.startsWith(says)).toBe(true);
    expect(error.message).toMatch(/[^.]\.$/);
    expect(asFailure(error, at(1))).toMatchObject({ code: 'resources', help: expect.stringContaining(help) });
  });

  it('a data file that this user may not read', async () => {
    const hashes = {
      of: async (path: string) => {
        throw new StoreError('no-permission', `Could not read ${path}: this user may not write there`, 'x');
      },
    };
    await expect(contentsOf(plan(), project(), hashes)).rejects.toMatchObject({
      code: 'resources',
      message: '`rows.csv` cannot be read: this user may not read it',
      help: 'Give the user access to the file.',
      place: at(0),
    });
  });
});
