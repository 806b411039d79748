/**
 * Builds every bundle: the command with the language server in it, the workers beside it, and the extension. Into dist/, or the folder
 * that is named.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { esbuildEngine } from './scripts/engine.mjs';
import { esbuildKernel } from './scripts/kernel.mjs';
import { licensesOf } from './scripts/licenses.mjs';
import { esbuildPages } from './scripts/pages.mjs';
import { esbuildPickBy } from './scripts/pickBy.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));
const folder = resolve(process.argv[2] ?? join(root, 'dist'));
const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  sourcemap: false,
  logLevel: 'warning',
  plugins: [esbuildPages, esbuildKernel, esbuildPickBy, esbuildEngine],
  external: ['@tensorflow/*', 'vscode'],
};
// Bundled CommonJS packages call require; an ES module has to make one.
const require = "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/** What is read as a script, and not as a part of the command. */
const scripts = ['./checkParts.ts', './rest.ts'];

/** Shorter text is sooner read; names stay, for the sake of reports. */
const shorter = { minifyWhitespace: true, minifySyntax: true };

/**
 * One script of CommonJS: a function that the command calls, in ASCII, which an engine reads as it lies there. It begins with a hash of it,
 * for what is compiled of it counts for this very script.
 */
async function buildScript(entry, outfile) {
  const url = '__scriptUrl';
  const { metafile } = await esbuild.build({
    ...common,
    ...shorter,
    metafile: true,
    entryPoints: [entry],
    outfile,
    format: 'cjs',
    define: { 'import.meta.url': url },
  });
  // What esbuild leaves stands in patterns, where an escape means the same.
  const code = (await readFile(outfile, 'utf8')).replace(/[^\x00-\x7f]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const script = `(function (module, exports, require, ${url}) {${code}\n})`;
  await writeFile(outfile, `//${createHash('sha256').update(script).digest('hex')}\n${script}`);
  return metafile;
}

/** Has a script do once, over the examples, what it is for, and keeps the code that was compiled on the way. */
async function compile(entry, args) {
  const outfile = join(folder, 'compile.mjs');
  await esbuild.build({
    ...common,
    entryPoints: [entry],
    outfile,
    format: 'esm',
    external: [...common.external, ...scripts],
    banner: { js: require },
  });
  const { status } = spawnSync(process.execPath, [outfile, ...args], { cwd: join(root, 'examples'), stdio: ['ignore', 'inherit', 'inherit'] });
  await rm(outfile);
  if (status !== 0) throw new Error(`What was built cannot do its work on the examples (${entry}).`);
}

/** Parts of an earlier build, which nothing would ever remove. */
const parts = /-[A-Z0-9]{8}\.mjs$/;

if (existsSync(folder)) for (const name of await readdir(folder)) if (parts.test(name)) await rm(join(folder, name));
// The command is split at its dynamic imports, so that only `check` loads what checks are divided by.
const command = await esbuild.build({
  ...common,
  metafile: true,
  entryPoints: { cli: 'cli/main.ts', besideWorker: 'runner/beside/besideWorker.ts' },
  outdir: folder,
  outExtension: { '.js': '.mjs' },
  format: 'esm',
  external: [...common.external, ...scripts],
  splitting: true,
  chunkNames: '[name]-[hash]',
  banner: { js: `#!/usr/bin/env node\n${require}` },
  ...shorter,
});
await chmod(join(folder, 'cli.mjs'), 0o755);
// A thread that begins with a script need not load what modules are loaded with.
const worker = await esbuild.build({
  ...common,
  ...shorter,
  metafile: true,
  entryPoints: ['cli/checkWorker.ts'],
  outfile: join(folder, 'checkWorker.cjs'),
  format: 'cjs',
  external: [...common.external, ...scripts],
  define: { 'import.meta.url': '__scriptUrl' },
  banner: { js: "const __scriptUrl = require('node:url').pathToFileURL(__filename).href;" },
});
const checker = await buildScript('cli/checkParts.ts', join(folder, 'checker.cjs'));
const rest = await buildScript('cli/rest.ts', join(folder, 'rest.cjs'));
const programs = (await readdir(join(root, 'examples'), { recursive: true })).filter(path => /\w\.cupel$/.test(path)).sort();
await compile('cli/compileChecker.ts', programs);
await compile('cli/compileRest.ts', ['titanic/titanic.cupel']);
const client = await esbuild.build({
  ...common,
  metafile: true,
  entryPoints: ['client/extension.ts'],
  outfile: join(folder, 'client.cjs'),
  format: 'cjs',
});
const inputs = [command.metafile, worker.metafile, checker, rest, client.metafile].flatMap(({ inputs }) => Object.keys(inputs));
await writeFile(join(folder, 'licenses.txt'), licensesOf(inputs, root));
