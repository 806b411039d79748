/** Bundles and runs the long form of the soundness tests: random programs, and changes that must not matter. */
import { spawnSync } from 'node:child_process';
import * as esbuild from 'esbuild';
import { esbuildPages } from './pages.mjs';

await esbuild.build({
  entryPoints: ['test/soundness/main.ts'],
  outfile: '.build/fuzzLeakage.mjs',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  plugins: [esbuildPages],
  logLevel: 'warning',
});
process.exit(spawnSync(process.execPath, ['.build/fuzzLeakage.mjs', ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1);
