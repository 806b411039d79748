/**
 * Checks the direction of imports with dependency-cruiser, and first that the check can fail: a canary file in `language/` that
 * imports the runner and a node module must be found.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

const rooms = ['language', 'runner', 'cli', 'server', 'client'].filter(room => existsSync(room));
const cruise = () =>
  spawnSync(
    process.execPath,
    ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.cjs', '--output-type', 'err', ...rooms],
    { encoding: 'utf8' },
  );

const canary = 'language/text/canary.ts';
writeFileSync(
  canary,
  "import { readFileSync } from 'node:fs';\nimport type { RunRecord } from '../../runner/record.ts';\n\nexport const canary: RunRecord | typeof readFileSync | null = null;\n",
);
let caught;
try {
  caught = cruise();
} finally {
  rmSync(canary);
}
if (caught.status === 0 || !caught.stdout.includes('language-is-pure') || !caught.stdout.includes('language-imports')) {
  console.error(`The check of imports did not find its canary:\n${caught.stdout}${caught.stderr}`);
  process.exit(1);
}
const result = cruise();
process.stdout.write(result.stdout);
process.stderr.write(result.stderr);
process.exit(result.status ?? 1);
