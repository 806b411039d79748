/** Data and programs that are far larger than usual in one way: a run comes to its end, or says what is too much and what to do. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../runner/index.ts';
import { buildsTheCommand, cupel, folderOf } from './calls.ts';

buildsTheCommand();

const task = (columns: string, features: string, model: string, evaluation = ''): string => `source rows = csv("rows.csv") {
  id : key
${columns}
  y  : bool immutable
}
task t {
  each r in rows
  label y
}
split t at random { test: 30%, seed: 1 }
features f for t {
${features}
}
model m = ${model}
evaluate m on test { auc${evaluation} }
`;

function recordIn(folder: string): RunRecord {
  const runs = join(folder, '.cupel/runs');
  return JSON.parse(readFileSync(join(runs, readdirSync(runs)[0] ?? '', 'run.json'), 'utf8'));
}

describe('a run', () => {
  it('takes texts a million characters wide, and shows none of them whole', async () => {
    const wide = 'x'.repeat(1_000_000);
    const line = (i: number): string => `${i === 3 ? wide : `r${i}`},${i % 5 ? 'a' : wide},é${wide},${i === 7 ? wide : i},${i % 2 === 0}`;
    const columns = '  k : category immutable\n  s : text immutable\n  n : int? immutable';
    const folder = await folderOf({
      'main.cupel': task(columns, '  k\n  len = length(s)\n  n = n ?? 0', 'gradient_boosting(f) { trees: 3 }', ', by k { auc }'),
      'rows.csv': ['id,k,s,n,y', ...Array.from({ length: 40 }, (_, i) => line(i)), ''].join('\n'),
    });
    const { status, stdout, stderr } = await cupel(folder, 'run', 'main.cupel', '--verbose');
    expect(status).toBe(0);
    for (const shown of `${stdout}\n${stderr}`.split('\n')) expect(shown.length).toBeLessThanOrEqual(80);
    const record = recordIn(folder);
    expect(record.nodes.find(n => n.kind === 'scan')?.rows).toBe(40);
    expect(record.findings.map(f => f.message.length).every(length => length < 300)).toBe(true);
    expect(record.features.find(f => f.name === 'len')?.mean).toBe(1_000_001);
  });

  it('takes a category in which every row has a level of its own', async () => {
    const rows = Array.from({ length: 40_000 }, (_, i) => `r${i},level ${i},${i % 7 < 3}`);
    const files = {
      'tree.cupel': task('  k : category immutable', '  k', 'gradient_boosting(f) { trees: 3 }'),
      'one.cupel': task('  k : category immutable', '  k |> one_hot', 'gradient_boosting(f) { trees: 3 }'),
      'linear.cupel': task('  k : category immutable', '  k', 'logistic_regression(f)'),
      'rows.csv': ['id,k,y', ...rows, ''].join('\n'),
    };
    const folder = await folderOf(files);
    expect((await cupel(folder, 'run', 'tree.cupel')).status).toBe(0);
    const one = await cupel(folder, 'run', 'one.cupel');
    expect(one.text).toMatch(/error\[too-many-columns\]: `k` has more than 10,000 levels .* one\.cupel:12:3 .* fix .*target_encode/);
    const linear = await cupel(folder, 'run', 'linear.cupel');
    expect(linear.text).toMatch(/One column a level makes 2\d,\d{3} columns, .* linear\.cupel:14:7 .* fix .*target_encode/);
    expect([one.status, linear.status]).toEqual([1, 1]);
  });

  it('takes hundreds of features', async () => {
    const names = Array.from({ length: 400 }, (_, i) => `f${i}`);
    const features = names.map((name, i) => `  ${name} = x * ${i + 1} + ln(z + ${i % 3})`).join('\n');
    const rows = Array.from({ length: 300 }, (_, i) => `r${i},${((i * 37) % 100) + i / 1000},${i % 10},${(i * 37) % 100 > 45 !== (i % 4 === 1)}`);
    const folder = await folderOf({
      'main.cupel': task('  x : float immutable\n  z : float in 0.. immutable', features, 'gradient_boosting(f) { trees: 3 }'),
      'rows.csv': ['id,x,z,y', ...rows, ''].join('\n'),
    });
    expect((await cupel(folder, 'run', 'main.cupel')).status).toBe(0);
    const record = recordIn(folder);
    expect(record.features.map(f => f.name)).toEqual(names);
    // Every third takes the logarithm of 0 on the rows without `z`.
    expect(record.findings.filter(f => f.rule === 'no-value').map(f => f.count)).toEqual(names.filter((_, i) => i % 3 === 0).map(() => 30));
  });
});
