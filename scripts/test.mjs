/**
 * All tests, in the order of what fails fastest: layout, types, imports, build, unit and property tests, the editor. Ends with one
 * plain line `N passed, N failed`; every step that is no test of its own counts as one.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';

let passed = 0;
let failed = 0;

/** Runs a command with its output shown; resolves to its exit code. */
const run = (command, args, env = {}) =>
  new Promise(resolve => {
    const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', error => {
      console.error(`${command} could not be started: ${error.message}`);
      resolve(1);
    });
    child.on('exit', code => resolve(code ?? 1));
  });

async function step(name, command, args) {
  const started = Date.now();
  const ok = (await run(command, args)) === 0;
  ok ? passed++ : failed++;
  console.log(`${ok ? '✓' : '✗'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}

const node = process.execPath;
await step('layout and lint', node, ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.']);
await step('types', node, ['node_modules/typescript/bin/tsc', '-b']);
await step('imports', node, ['scripts/imports.mjs']);
await step('reference manual is up to date', node, ['scripts/bundled.mjs', 'scripts/docs.ts', '--check']);
await step('build', node, ['esbuild.mjs']);

mkdirSync('.build', { recursive: true });

/** Tests of some rooms; where nothing is left by one file of tests for the next, modules are loaded once for all of them. */
async function unitTests(name, rooms, ...more) {
  const report = `.build/${name}.json`;
  rmSync(report, { force: true });
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...rooms.map(room => `${room}/`), '--reporter=default', '--reporter=json'];
  const code = await run(node, [...vitest, `--outputFile.json=${report}`, ...more]);
  try {
    const { numPassedTests, numFailedTests, testResults, success } = JSON.parse(readFileSync(report, 'utf8'));
    passed += numPassedTests;
    failed += numFailedTests + testResults.filter(file => file.status === 'failed' && file.assertionResults.length === 0).length;
    if (code !== 0 && success) failed++;
  } catch (error) {
    console.error(`No result of the tests of ${name}: ${error.message}`);
    failed++;
  }
}

await unitTests('language', ['language'], '--no-isolate');
await unitTests('rooms', ['runner', 'cli', 'server', 'test', 'bench', 'scripts']);

const { runEditorTests } = await import('./editorTests.mjs');
const editor = await runEditorTests();
passed += editor.passed;
failed += editor.failed;
console.log(editor.note);

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
