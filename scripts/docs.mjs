/** Bundles and runs `docs.ts`, which reads the catalogue of the language. */
import { spawnSync } from 'node:child_process';
import * as esbuild from 'esbuild';
import { esbuildPages } from './pages.mjs';

await esbuild.build({
  entryPoints: ['scripts/docs.ts'],
  outfile: '.build/docs.mjs',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  plugins: [esbuildPages],
  logLevel: 'warning',
});
process.exit(spawnSync(process.execPath, ['.build/docs.mjs', ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1);
