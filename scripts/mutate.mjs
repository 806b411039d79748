/**
 * Breaks the type system of leakage on purpose, one place at a time, and lists what no test notices: every rule is silenced, and every
 * operation on flow facts in `language/model` is left out or inverted. Works on a copy; the checkout is never touched.
 *
 *     node scripts/mutate.mjs [--only TEXT] [--sample N] [--seed S] [--list]
 *
 * Exits with 1 where a mutant survives that is not listed below as one without effect.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import ts from 'typescript';
import { createVitest } from 'vitest/node';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    list: { type: 'boolean', default: false },
  },
});

/** What kills: the unit tests of model and rules; what they leave alive, whole programs. */
const stages = [
  ['language/rules', 'language/model'],
  ['test/guarantees', 'test/soundness', 'test/famous'],
];

/** Calls that only pass their first argument on, with a fact taken away or added. */
const wrappers = new Set(['withoutIdentity', 'withIdentity', 'withFit', 'maskedFacts', 'inRegion', 'asRows', 'blocksOf']);
/** Calls that make facts out of nothing. */
const makers = new Set(['blockedFacts', 'knownFacts', 'taggedFacts']);
const comparisons = new Set(['termLe', 'termGreater', 'sameTerm', 'durationLe', 'durationLess', 'regionsMeet', 'isSettled']);

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
      else if (makers.has(name) && args.length > 0) add(node, `${name}()`, `\`${name}\` of nothing`);
      else if (comparisons.has(name)) add(node, `!${node.getText()}`, `\`${name}\` inverted`);
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

const quiet = { onInit: () => undefined };
const vitest = await createVitest('test', {
  root: copy,
  config: join(copy, 'vitest.config.ts'),
  watch: false,
  bail: 1,
  pool: 'forks',
  poolOptions: { forks: { isolate: false, singleFork: true } },
  reporters: [quiet],
  passWithNoTests: false,
});
const survivors = [];
try {
  const specifications = await Promise.all(stages.map(stage => vitest.globTestSpecifications(stage)));
  const isNoticed = async () => {
    for (const stage of specifications) {
      const { testModules, unhandledErrors } = await vitest.runTestSpecifications(stage, true);
      if (unhandledErrors.length > 0 || testModules.some(module => !module.ok())) return true;
    }
    return false;
  };
  if (await isNoticed()) throw new Error('The tests fail before anything is broken.');
  for (const [i, mutant] of mutants.entries()) {
    const path = join(copy, mutant.file);
    const source = readFileSync(path, 'utf8');
    writeFileSync(path, source.slice(0, mutant.start) + mutant.text + source.slice(mutant.end));
    vitest.invalidateFile(path);
    const killed = await isNoticed();
    writeFileSync(path, source);
    vitest.invalidateFile(path);
    if (!killed) survivors.push(mutant);
    console.log(`${i + 1}/${mutants.length} ${killed ? 'killed  ' : 'SURVIVED'} ${title(mutant)}`);
  }
} finally {
  await vitest.close();
  process.chdir(root);
  rmSync(copy, { recursive: true, force: true });
}
console.log(`${mutants.length} mutants, ${mutants.length - survivors.length} killed, ${survivors.length} survived`);
for (const survivor of survivors) console.log(`survived: ${title(survivor)}`);
process.exit(survivors.length > 0 ? 1 : 0);
