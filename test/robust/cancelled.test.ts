/** A run that is told to end does so at once, even where the engine is in the middle of rows that take it a minute and looks at nothing else. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildsTheCommand, type Files, folderOf, script } from '../badInput/calls.ts';

buildsTheCommand();

/** Texts a hundred thousand characters wide, and a pattern that takes a second for each: all of them are one batch of the engine. */
const files: Files = {
  'rows.parquet': {
    parquet: `SELECT i AS id, (SELECT string_agg(md5(CAST(j AS VARCHAR)), '') FROM range(3000) u(j)) || i AS s, i % 2 = 0 AS y FROM range(60) t(i)`,
  },
  'main.cupel': `source rows = parquet("rows.parquet") {
  id : key
  s  : text immutable
  y  : bool immutable
}
task t {
  each r in rows
  label y
}
split t at random { test: 30%, seed: 1 }
features f for t {
  slow = s matches "[0-9a-f]*[0-7][0-9a-f]{200}x"
}
model m = gradient_boosting(f) { trees: 3 }
evaluate m on test { auc }
`,
};

/** Seconds that the process has computed for. */
function computed({ pid }: ChildProcess): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The signal is sent once the step has computed for a second. */
async function cancelled(
  folder: string,
  signal: NodeJS.Signals,
  step: string,
): Promise<{ readonly by: number | string | null; readonly said: string }> {
  const child = spawn(process.execPath, [script, 'run', 'main.cupel', '--format', 'jsonl', '--threads', '1'], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let watching: NodeJS.Timeout | undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (watching || !said.includes(`"event":"node-started","node":"${step}"`)) return;
    const before = computed(child);
    watching = setInterval(() => {
      if (computed(child) < before + 1) return;
      clearInterval(watching);
      child.kill(signal);
    }, 20);
  });
  const by = await new Promise<number | string | null>(resolve => child.once('close', (code, killed) => resolve(code ?? killed)));
  clearInterval(watching);
  return { by, said };
}

describe.runIf(existsSync('/proc/self/stat'))('a run that is cancelled within one long statement', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends by %s, says so, and leaves nothing behind', { timeout: 30_000 }, async signal => {
    const folder = await folderOf(files);
    const { by, said } = await cancelled(folder, signal, 'features f');
    expect([130, signal]).toContain(by);
    expect(JSON.parse(said.trim().split('\n').at(-1) ?? '')).toMatchObject({ event: 'run-failed', code: 'cancelled' });
    expect(readdirSync(join(folder, '.cupel/runs'))).toEqual([]);
    const left = readdirSync(join(folder, '.cupel'), { recursive: true }).map(String);
    expect(left.filter(path => /\.partial\/|scratch\//.test(path))).toEqual([]);
  });
});
