/** Bundles and runs `messages.ts`, which shows what the rules say about the wrong examples of their pages. */
import { spawnSync } from 'node:child_process';
import * as esbuild from 'esbuild';
import { esbuildPages } from './pages.mjs';

await esbuild.build({
  entryPoints: ['scripts/messages.ts'],
  outfile: '.build/messages.mjs',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  plugins: [esbuildPages],
  logLevel: 'warning',
});
process.exit(spawnSync(process.execPath, ['.build/messages.mjs', ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1);
