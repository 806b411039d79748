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

/** Shorter text is sooner read; names stay, for the sake of reports. */
const shorter = { minifyWhitespace: true, minifySyntax: true };

/** Checks the examples once with what was built, and keeps the compiled code. */
async function compileChecker() {
  const script = join(folder, 'compileChecker.mjs');
  await esbuild.build({
    ...common,
    entryPoints: ['cli/compileChecker.ts'],
    outfile: script,
    format: 'esm',
    external: ['./checkParts.ts'],
    banner: { js: require },
  });
  const examples = (await readdir(join(root, 'examples'), { recursive: true })).filter(path => /\w\.cupel$/.test(path)).sort();
  const { status } = spawnSync(process.execPath, [script, ...examples], { cwd: join(root, 'examples'), stdio: ['ignore', 'inherit', 'inherit'] });
  await rm(script);
  if (status !== 0) throw new Error('The checker that was built cannot check the examples.');
}

/** Parts of an earlier build, which nothing would ever remove. */
const parts = /-[A-Z0-9]{8}\.mjs$/;

if (existsSync(folder)) for (const name of await readdir(folder)) if (parts.test(name)) await rm(join(folder, name));
// The command is split at its dynamic imports, so that `check` starts without the runner.
const command = await esbuild.build({
  ...common,
  metafile: true,
  entryPoints: { cli: 'cli/main.ts', checkWorker: 'cli/checkWorker.ts', besideWorker: 'runner/beside/besideWorker.ts' },
  outdir: folder,
  outExtension: { '.js': '.mjs' },
  format: 'esm',
  splitting: true,
  chunkNames: '[name]-[hash]',
  banner: { js: `#!/usr/bin/env node\n${require}` },
  ...shorter,
});
await chmod(join(folder, 'cli.mjs'), 0o755);
const checker = join(folder, 'checker.cjs');
await esbuild.build({ ...common, ...shorter, entryPoints: ['cli/checkParts.ts'], outfile: checker, format: 'cjs' });
const code = await readFile(checker, 'utf8');
await writeFile(checker, `//${createHash('sha256').update(code).digest('hex')}\n${code}`);
await compileChecker();
const client = await esbuild.build({
  ...common,
  metafile: true,
  entryPoints: ['client/extension.ts'],
  outfile: join(folder, 'client.cjs'),
  format: 'cjs',
});
const inputs = [command, client].flatMap(({ metafile }) => Object.keys(metafile.inputs));
await writeFile(join(folder, 'licenses.txt'), licensesOf(inputs, root));
