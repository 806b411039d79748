import { describe, expect, it } from 'vitest';
import { unifiedDiff } from './diff.ts';

const text = (...lines: string[]) => `${lines.join('\n')}\n`;

describe('a diff', () => {
  it('is empty for equal texts', () => {
    expect(unifiedDiff('a', 'x\n', 'x\n')).toEqual([]);
  });
  it('shows what changes with three lines around it', () => {
    const before = text('1', '2', '3', '4', 'old', '6', '7', '8', '9');
    expect(unifiedDiff('a.cupel', before, before.replace('old', 'new'))).toEqual([
      '--- a.cupel',
      '+++ a.cupel (formatted)',
      '@@ -2,7 +2,7 @@',
      ' 2',
      ' 3',
      ' 4',
      '-old',
      '+new',
      ' 6',
      ' 7',
      ' 8',
    ]);
  });
  it('keeps what is far apart in separate pieces and counts from what came before', () => {
    const lines = Array.from({ length: 30 }, (_, i) => `line ${i}`);
    const after = [...lines.slice(0, 2), 'more', ...lines.slice(2, 25), ...lines.slice(26)];
    expect(unifiedDiff('a', text(...lines), text(...after)).filter(l => l.startsWith('@@'))).toEqual(['@@ -1,5 +1,6 @@', '@@ -23,7 +24,6 @@']);
  });
  it('applied to the old text gives the new one', () => {
    const before = ['a', 'b', 'c', 'a', 'b', 'b', 'a'];
    const after = ['c', 'b', 'a', 'b', 'a', 'c'];
    const body = unifiedDiff('x', text(...before), text(...after)).slice(3);
    expect(body.filter(l => !l.startsWith('+')).map(l => l.slice(1))).toEqual(before);
    expect(body.filter(l => !l.startsWith('-')).map(l => l.slice(1))).toEqual(after);
  });
});
