/** Builds every bundle into dist/: the command with the language server in it, the workers beside it, and the extension. */
import { existsSync } from 'node:fs';
import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { esbuildPages } from './scripts/pages.mjs';

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  sourcemap: false,
  logLevel: 'warning',
  plugins: [esbuildPages],
  external: ['@duckdb/node-api', '@tensorflow/*', 'vscode'],
};
// Bundled CommonJS packages call require; an ES module has to make one.
const banner = { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" };

// The command is split at its dynamic imports, so that `check` starts without the runner. Parts of an earlier build would stay for ever.
const parts = /-[A-Z0-9]{8}\.mjs$/;
if (existsSync('dist')) for (const name of await readdir('dist')) if (parts.test(name)) await rm(join('dist', name));

const entries = { cli: 'cli/main.ts', checkWorker: 'cli/checkWorker.ts' };
await esbuild.build({
  ...common,
  entryPoints: Object.fromEntries(Object.entries(entries).filter(([, entry]) => existsSync(entry))),
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  format: 'esm',
  splitting: true,
  chunkNames: '[name]-[hash]',
  banner: { js: `#!/usr/bin/env node\n${banner.js}` },
});
await chmod('dist/cli.mjs', 0o755);

if (existsSync('client/extension.ts'))
  await esbuild.build({ ...common, entryPoints: ['client/extension.ts'], outfile: 'dist/client.cjs', format: 'cjs' });
