/**
 * The editor's tests in a real workbench, entered through `@vscode/test-electron`. They run wherever a VS Code can be had: the
 * executable named by CUPEL_VSCODE, else code-server with Chromium (npm run editor-setup). Where there is none, one line says so.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { missingForEditor } from '../test/e2e/codeServer.mjs';

export async function runEditorTests() {
  const missing = process.env.CUPEL_VSCODE ? null : missingForEditor();
  if (missing) {
    if (process.env.CUPEL_REQUIRE_EDITOR) return { passed: 0, failed: 1, note: `✗ editor tests: ${missing}` };
    return { passed: 0, failed: 0, note: `editor tests not run: ${missing}` };
  }
  const bundle = '.build/e2e/index.cjs';
  await esbuild.build({
    entryPoints: ['test/e2e/index.ts'],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  const folder = mkdtempSync(join(tmpdir(), 'cupel-titanic-'));
  cpSync('examples/titanic', folder, { recursive: true, filter: path => !path.includes('.cupel/') && !path.endsWith('/.cupel') });
  const results = resolve('.build/e2e/results.json');
  rmSync(results, { force: true });
  process.env.CUPEL_EDITOR_RESULTS = results;
  // The README's pictures are taken by the same tests: `npm run pictures`.
  process.env.CUPEL_PICTURES = resolve(process.env.CUPEL_UPDATE_PICTURES ? 'docs/pictures' : '.build/pictures');
  mkdirSync(process.env.CUPEL_PICTURES, { recursive: true });
  const { runTests } = await import('@vscode/test-electron');
  let crash = null;
  try {
    await runTests({
      vscodeExecutablePath: process.env.CUPEL_VSCODE ?? resolve('test/e2e/code.mjs'),
      extensionDevelopmentPath: resolve('.'),
      extensionTestsPath: resolve(bundle),
      launchArgs: [folder],
    });
  } catch (error) {
    crash = error;
  }
  rmSync(folder, { recursive: true, force: true });
  const { passed, failed } = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : { passed: 0, failed: 0 };
  const more = crash && failed === 0 ? 1 : 0;
  return {
    passed,
    failed: failed + more,
    note: `${failed + more ? '✗' : '✓'} editor tests: ${passed} passed, ${failed + more} failed${more ? ` (${crash.message})` : ''}`,
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { failed, note } = await runEditorTests();
  console.log(note);
  process.exit(failed ? 1 : 0);
}
