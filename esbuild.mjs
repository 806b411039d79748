/** Builds every bundle into dist/: the command, the language server, the extension, and the worker scripts beside them. */
import { existsSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
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

const bundles = [
  { entry: 'cli/main.ts', outfile: 'dist/cli.mjs', format: 'esm', banner: { js: `#!/usr/bin/env node\n${banner.js}` } },
  { entry: 'cli/checkWorker.ts', outfile: 'dist/checkWorker.mjs', format: 'esm', banner },
  { entry: 'client/extension.ts', outfile: 'dist/client.cjs', format: 'cjs' },
];

for (const { entry, ...options } of bundles) {
  if (!existsSync(entry)) continue;
  await esbuild.build({ ...common, entryPoints: [entry], ...options });
}
if (existsSync('dist/cli.mjs')) await chmod('dist/cli.mjs', 0o755);
