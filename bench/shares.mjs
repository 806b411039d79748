/**
 * Where the time of a check goes: the processor is sampled while 1,000 files are checked in a fresh process, and each sample counts for the
 * innermost of these on its stack: reading text into trees, flow facts, rules, or typing and the rest.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { esbuildPages } from '../scripts/pages.mjs';
import { program } from './programs/check.mjs';

const files = 1000;
const linesOfEach = 100;

/** Files whose work is that of flow facts: joins, terms, lineage, what is blocked, and what each construct does to them. */
const facts = /^language\/model\/(factOps|facts|labelFlow|shapes|joinedTimes|monotone|copies)\.ts$/;

const kindOf = file => {
  if (facts.test(file)) return 'flow facts';
  if (/^language\/rules\/(leakage|claims|ledger)\//.test(file) || file === 'language/rules/verdicts.ts') return 'leakage rules';
  if (file.startsWith('language/rules/')) return 'other rules and diagnostics';
  if (file.startsWith('language/syntax/') || file.includes('chevrotain')) return 'text to trees';
  if (/^language\/(program|model)\/(typedQueries|features|tasks|splits|models|evaluations|sources|relations|expression)\.ts$/.test(file))
    return 'typing';
  return null;
};

const folder = mkdtempSync(join(tmpdir(), 'cupel-shares-'));
try {
  const outfile = join(folder, 'language.mjs');
  await esbuild.build({
    stdin: { contents: "export { createAnalysis } from './language/index.ts';", resolveDir: resolve('.') },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    plugins: [esbuildPages],
    logLevel: 'warning',
  });
  // Each file begins with its name in the bundle, so a line tells the file.
  let current = '';
  const fileAt = readFileSync(outfile, 'utf8')
    .split('\n')
    .map(line => {
      const named = /^\/\/ ((?:language|node_modules)\/\S+)$/.exec(line);
      if (named) current = named[1];
      return current;
    });
  const { createAnalysis } = await import(outfile);
  const texts = Array.from({ length: files }, (_, i) => program(linesOfEach, i));
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 500 });
  await session.post('Profiler.start');
  for (const text of texts) {
    const analysis = createAnalysis();
    analysis.setFile('p.cupel', { kind: 'text', text });
    const found = analysis.diagnostics('p.cupel');
    if (found.some(({ severity }) => severity === 'error')) throw new Error('A program is not clean.');
  }
  const { profile } = await session.post('Profiler.stop');
  const url = pathToFileURL(outfile).href;
  const nodes = new Map(profile.nodes.map(node => [node.id, node]));
  const parents = new Map(profile.nodes.flatMap(node => (node.children ?? []).map(child => [child, node.id])));
  const spent = new Map();
  profile.samples.forEach((id, i) => {
    let kind = null;
    let isOurs = false;
    for (let at = id; at !== undefined && kind === null; at = parents.get(at)) {
      const { callFrame } = nodes.get(at);
      if (callFrame.functionName === '(garbage collector)') [kind, isOurs] = ['memory', true];
      if (callFrame.url !== url) continue;
      isOurs = true;
      kind = kindOf(fileAt[callFrame.lineNumber] ?? '');
    }
    if (isOurs) spent.set(kind ?? 'the rest', (spent.get(kind ?? 'the rest') ?? 0) + profile.timeDeltas[i]);
  });
  const all = [...spent.values()].reduce((sum, micros) => sum + micros, 0);
  console.log(`| ${files.toLocaleString('en')} files of ${linesOfEach} lines, one thread | s | share |\n|---|--:|--:|`);
  for (const [kind, micros] of [...spent].sort((a, b) => b[1] - a[1]))
    console.log(`| ${kind} | ${(micros / 1e6).toFixed(2)} | ${((100 * micros) / all).toFixed(0)} % |`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
