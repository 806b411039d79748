/** Bundles a script that is written in TypeScript, and runs it: `node scripts/bundled.mjs scripts/docs.ts --check`. */
import { spawnSync } from 'node:child_process';
import * as esbuild from 'esbuild';
import { esbuildPages } from './pages.mjs';

const [entry = '', ...args] = process.argv.slice(2);
const outfile = `.build/${entry.replaceAll('/', '-').replace(/\.ts$/, '')}.mjs`;
await esbuild.build({
  entryPoints: [entry],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  plugins: [esbuildPages],
  logLevel: 'warning',
});
process.exit(spawnSync(process.execPath, [outfile, ...args], { stdio: 'inherit' }).status ?? 1);
