/**
 * How long checking takes, each in a cold process: one file of 100 lines, 1,000 of them for the first time, once more, and after one of
 * them changed, those that share nothing and those that share an import; and one edit in a file of 1,000 lines in a warm process. Prints seconds and, as a measure of the machine, the ratio to starting Node and reading the same bytes.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as esbuild from 'esbuild';
import { esbuildPages } from '../scripts/pages.mjs';
import { program, shop } from './programs/check.mjs';

const cli = resolve('dist/cli.mjs');
const folder = mkdtempSync(join(tmpdir(), 'cupel-bench-'));

const timed = args => {
  const started = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: folder, maxBuffer: 1 << 28 });
  if (status > 1) throw new Error(stderr);
  return Number(process.hrtime.bigint() - started) / 1e9;
};
const median = values => values.sort((a, b) => a - b)[values.length >> 1];
const repeat = (n, f) => median(Array.from({ length: n }, f));

try {
  for (const [name, from] of [
    ['many', null],
    ['sharing', 'shop.cupel'],
  ]) {
    mkdirSync(join(folder, name));
    if (from !== null) writeFileSync(join(folder, name, from), shop);
    for (let i = 0; i < 1000; i++) writeFileSync(join(folder, name, `p${i}.cupel`), program(100, i, from));
  }
  writeFileSync(join(folder, 'one.cupel'), program(100, 1));
  const lines = readFileSync(join(folder, 'one.cupel'), 'utf8').split('\n').length - 1;
  const start = repeat(5, () => timed(['-e', '0']));
  const one = repeat(5, () => timed([cli, 'check', 'one.cupel']));
  let edit = 0;
  const manyOf = name => {
    const check = (...more) => timed([cli, 'check', name, '--format', 'concise', ...more]);
    const first = repeat(3, () => {
      rmSync(join(folder, '.cupel'), { recursive: true, force: true });
      return check();
    });
    const again = repeat(3, () => check());
    const edited = join(folder, name, 'p500.cupel');
    const text = readFileSync(edited, 'utf8');
    const afterEdit = repeat(3, () => {
      writeFileSync(edited, text.replace('last 30d', `last ${300 + ++edit}d`));
      return check();
    });
    return { first, again, afterEdit };
  };
  const [many, sharing] = ['many', 'sharing'].map(manyOf);

  await esbuild.build({
    stdin: { contents: "export { createAnalysis } from './language/index.ts';", resolveDir: resolve('.') },
    outfile: join(folder, 'language.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    plugins: [esbuildPages],
    logLevel: 'warning',
  });
  const { createAnalysis } = await import(join(folder, 'language.mjs'));
  const long = program(1000, 1);
  const analysis = createAnalysis();
  analysis.setFile('long.cupel', { kind: 'text', text: long });
  analysis.diagnostics('long.cupel');
  const edits = [];
  for (let i = 0; i < 60; i++) {
    const text = long.replace('last 30d', `last ${31 + i}d`);
    const from = process.hrtime.bigint();
    analysis.setFile('long.cupel', { kind: 'text', text });
    analysis.diagnostics('long.cupel');
    edits.push(Number(process.hrtime.bigint() - from) / 1e6);
  }
  console.log(`| what | measured | against starting Node (${(start * 1000).toFixed(0)} ms) |`);
  console.log('|---|--:|--:|');
  console.log(`| one file of ${lines} lines, cold process | ${(one * 1000).toFixed(0)} ms | ${(one / start).toFixed(1)}× |`);
  const told = [
    [`1,000 files of ${lines} lines, cold process`, many.first],
    ['… once more', many.again],
    ['… after one of them changed', many.afterEdit],
    ['1,000 files that share an import, cold process', sharing.first],
    ['… once more', sharing.again],
    ['… after one of them changed', sharing.afterEdit],
  ];
  for (const [what, seconds] of told) console.log(`| ${what} | ${seconds.toFixed(2)} s | ${(seconds / start).toFixed(1)}× |`);
  console.log(`| one edit in ${long.split('\n').length - 1} lines, warm (median of ${edits.length}) | ${median(edits).toFixed(2)} ms | |`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
