/**
 * Breaks the type system of leakage on purpose, one place at a time, and lists what no test notices: every rule is silenced, and every
 * operation on flow facts in `language/model`, call or list, is left out or inverted. Works on a copy; the checkout is never touched.
 *
 *     node scripts/mutate.mjs [--only TEXT] [--sample N] [--seed S] [--list] [--thorough]
 *
 * Unit tests and rule pages decide, those first that are nearest to the broken file or noticed the mutant before; `--thorough` asks whole
 * programs too where these say nothing, which takes many times as long. Exits with 1 where a mutant survives.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import * as esbuild from 'esbuild';
import ts from 'typescript';
import { createVitest } from 'vitest/node';
import { esbuildPages } from './pages.mjs';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    list: { type: 'boolean', default: false },
    thorough: { type: 'boolean', default: false },
  },
});

const units = [
  'language/model',
  'language/rules',
  'language/rules/leakage',
  'language/rules/claims',
  'language/rules/types',
  'language/rules/waivers',
];
const wholePrograms = ['test/guarantees', 'test/soundness', 'test/famous'];
/** Tests that take longest and notice least for it: asked last. */
const costly = ['rules/pages.test.ts', 'rules/fixes.test.ts', 'model/factOps.test.ts', 'model/evaluations.test.ts'];
/** A mutant that runs for longer never ends, and is noticed by that. */
const longestMs = 120_000;

/** Calls that only pass their first argument on, with a fact taken away or added. */
const wrappers = new Set([
  'withoutIdentity',
  'withIdentity',
  'withFit',
  'maskedFacts',
  'inRegion',
  'asRows',
  'blocksOf',
  'withAmong',
  'amongAfter',
  'amongCopied',
]);
/** Calls that make facts out of nothing. */
const makers = new Set(['blockedFacts', 'knownFacts', 'taggedFacts']);
/** Calls that say to which choices among rows something is owed. */
const choices = new Set(['columnsAmong', 'takenAmong', 'apartAmong', 'joinedAmong', 'matchedAmong', 'quarantineAmong']);
const comparisons = new Set(['termLe', 'termGreater', 'sameTerm', 'durationLe', 'durationLess', 'regionsMeet', 'isSettled']);
/** Lists of facts that an object takes over from another one, or states anew. */
const lists = new Set(['known', 'blocks', 'lineage']);

/** `{ file, start, end, text, what }` of every mutant of one file. */
function mutantsOf(file, source) {
  const found = [];
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const add = (node, text, what) => {
    const { line } = tree.getLineAndCharacterOfPosition(node.getStart());
    found.push({ file, line: line + 1, start: node.getStart(), end: node.getEnd(), text, what });
  };
  const visit = node => {
    if (file.includes('/rules/') && (ts.isPropertyAssignment(node) || ts.isMethodDeclaration(node)) && node.name.getText() === 'check')
      add(node, 'check: () => []', 'the rule is silent');
    if (file.includes('/model/') && ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const name = node.expression.text;
      const args = node.arguments.map(arg => arg.getText());
      if (name === 'joinFacts' && args.length > 1)
        args.forEach((arg, i) => {
          add(node, `joinFacts(${args.filter((_, j) => j !== i).join(', ')})`, `without the facts of \`${arg.replace(/\s+/g, ' ').slice(0, 60)}\``);
        });
      else if (wrappers.has(name)) add(node, `(${args[0]})`, `without \`${name}\``);
      else if (name === 'unitedAmong')
        for (const arg of args) add(node, `(${arg})`, `only the choices of \`${arg.replace(/\s+/g, ' ').slice(0, 60)}\``);
      else if (choices.has(name)) add(node, '({})', `\`${name}\` of nothing`);
      else if (makers.has(name) && args.length > 0) add(node, `${name}()`, `\`${name}\` of nothing`);
      else if (comparisons.has(name)) add(node, `!${node.getText()}`, `\`${name}\` inverted`);
    }
    if (file.includes('/model/') && ts.isObjectLiteralExpression(node) && node.properties.some(ts.isSpreadAssignment))
      for (const property of node.properties) {
        const name = ts.isPropertyAssignment(property) ? property.name.getText() : '';
        if (!lists.has(name)) continue;
        add(property, '...{}', `\`${name}\` as before`);
        if (property.initializer.getText() !== '[]') add(property, `${name}: []`, `without \`${name}\``);
      }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

const root = join(import.meta.dirname, '..');
const sources = ['language/model', 'language/rules/leakage'].flatMap(folder =>
  readdirSync(join(root, folder))
    .filter(name => name.endsWith('.ts') && !/\.test\.ts$|^test[A-Z]/.test(name))
    .map(name => `${folder}/${name}`),
);

function drawn(mutants) {
  if (options.sample === undefined) return mutants;
  let state = Number(options.seed);
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return mutants
    .map(mutant => ({ mutant, at: random() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, Number(options.sample))
    .map(({ mutant }) => mutant);
}

const title = ({ file, line, what }) => `${file}:${line}: ${what}`;
const mutants = drawn(
  sources.flatMap(file => mutantsOf(file, readFileSync(join(root, file), 'utf8'))).filter(mutant => title(mutant).includes(options.only)),
);
if (options.list) {
  for (const mutant of mutants) console.log(title(mutant));
  console.log(`${mutants.length} mutants`);
  process.exit(0);
}

const copy = mkdtempSync(join(tmpdir(), 'cupel-mutants-'));
for (const file of execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' }).split(
  '\0',
)) {
  if (file === '' || file === 'node_modules') continue;
  mkdirSync(dirname(join(copy, file)), { recursive: true });
  cpSync(join(root, file), join(copy, file));
}
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
process.chdir(copy);

const tests = units.flatMap(folder =>
  readdirSync(join(copy, folder))
    .filter(name => name.endsWith('.test.ts'))
    .map(name => `${folder}/${name}`),
);
/** The tests and all they import as one script, with the few words of vitest that they use in its place: rebuilt in a blink. */
const words = `
import * as chai from 'chai';
import { GLOBAL_EXPECT, JestAsymmetricMatchers, JestChaiExpect, JestExtend, setState } from '@vitest/expect';
for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);
export const expect = (value, message) => chai.expect(value, message);
globalThis[GLOBAL_EXPECT] = expect;
setState({ assertionCalls: 0 }, expect);
export const cases = [];
const rows = table => table.map(row => (Array.isArray(row) ? row : [row]));
export const describe = (name, body) => body();
describe.each = table => (name, body) => { for (const row of rows(table)) body(...row); };
export const it = (name, body) => cases.push(body);
it.each = table => (name, body) => { for (const row of rows(table)) cases.push(() => body(...row)); };
`;
const main = `
import { parentPort, workerData } from 'node:worker_threads';
import { cases } from 'vitest';
const modules = { ${tests.map(test => `${JSON.stringify(test)}: () => import(${JSON.stringify(`./${test}`)})`).join(',\n')} };
let noticed = null;
for (const name of workerData) {
  try {
    cases.length = 0;
    await modules[name]();
    for (const run of cases) await run();
  } catch (error) {
    noticed = { name, message: String(error?.message ?? error) };
    break;
  }
}
parentPort.postMessage(noticed);
`;
/** The mutant at work: its file's text takes the place of the file's. */
let broken = { file: '', contents: '' };
const testWords = {
  name: 'test-words',
  setup(build) {
    build.onResolve({ filter: /^vitest$/ }, () => ({ path: 'vitest', namespace: 'words' }));
    build.onLoad({ filter: /^vitest$/, namespace: 'words' }, () => ({ contents: words, loader: 'js', resolveDir: copy }));
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const contents = path === join(copy, broken.file) ? broken.contents : readFileSync(path, 'utf8');
      return { contents: contents.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)), loader: 'ts' };
    });
  },
};
const bundle = join(copy, 'mutant.mjs');
const unitTests = await esbuild.context({
  absWorkingDir: copy,
  stdin: { contents: main, resolveDir: copy, sourcefile: 'main.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  outfile: bundle,
  logLevel: 'error',
  plugins: [testWords, esbuildPages],
});

/** The last test file that noticed something is asked first the next time. */
const lastToNotice = [];
function rank(test) {
  if (broken.file !== '' && test === broken.file.replace(/\.ts$/, '.test.ts')) return -2;
  if (lastToNotice.includes(test)) return -1 - 1 / (2 + lastToNotice.indexOf(test));
  if (costly.some(name => test.endsWith(name))) return 3;
  return test.includes('/rules/leakage/') || test.includes('/model/relations') ? 0 : 1;
}

/** What the first test says that notices; null where none does. */
async function noticedByUnits() {
  await unitTests.rebuild();
  const order = tests.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const worker = new Worker(bundle, { workerData: order });
  const noticed = await new Promise(resolve => {
    const late = setTimeout(() => resolve({ name: null, message: 'it does not end' }), longestMs);
    worker.once('message', resolve);
    worker.once('error', error => resolve({ name: null, message: error.message }));
    worker.once('exit', () => clearTimeout(late));
  });
  await worker.terminate();
  if (noticed?.name) {
    const at = lastToNotice.indexOf(noticed.name);
    lastToNotice.unshift(...(at < 0 ? [noticed.name] : lastToNotice.splice(at, 1)));
  }
  return noticed;
}

async function vitestOfPrograms() {
  const vitest = await createVitest('test', {
    root: copy,
    config: join(copy, 'vitest.config.ts'),
    watch: false,
    bail: 1,
    pool: 'forks',
    poolOptions: { forks: { isolate: false, singleFork: true } },
    reporters: [{ onInit: () => undefined }],
    passWithNoTests: false,
  });
  return { vitest, specifications: await vitest.globTestSpecifications(wholePrograms) };
}
const programs = options.thorough ? await vitestOfPrograms() : null;

async function noticedByPrograms({ file }) {
  if (!programs) return null;
  const path = join(copy, file);
  const source = readFileSync(path, 'utf8');
  writeFileSync(path, broken.contents);
  programs.vitest.invalidateFile(path);
  const { testModules, unhandledErrors } = await programs.vitest.runTestSpecifications(programs.specifications, true);
  writeFileSync(path, source);
  programs.vitest.invalidateFile(path);
  const noticed = testModules.find(module => !module.ok());
  return noticed || unhandledErrors.length > 0 ? { name: noticed?.moduleId ?? null, message: 'a whole program' } : null;
}

const survivors = [];
try {
  const before = await noticedByUnits();
  if (before) throw new Error(`The tests fail before anything is broken: ${before.name}: ${before.message}`);
  for (const [i, mutant] of mutants.entries()) {
    const source = readFileSync(join(copy, mutant.file), 'utf8');
    broken = { file: mutant.file, contents: source.slice(0, mutant.start) + mutant.text + source.slice(mutant.end) };
    const killed = (await noticedByUnits()) ?? (await noticedByPrograms(mutant));
    if (!killed) survivors.push(mutant);
    console.log(`${i + 1}/${mutants.length} ${killed ? 'killed  ' : 'SURVIVED'} ${title(mutant)}`);
  }
} finally {
  await unitTests.dispose();
  await programs?.vitest.close();
  process.chdir(root);
  rmSync(copy, { recursive: true, force: true });
}
console.log(`${mutants.length} mutants, ${mutants.length - survivors.length} killed, ${survivors.length} survived`);
for (const survivor of survivors) console.log(`survived: ${title(survivor)}`);
process.exit(survivors.length > 0 ? 1 : 0);
