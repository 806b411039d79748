import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cupel } from './fakeHost.ts';
import { version } from './version.ts';

const repository = fileURLToPath(new URL('..', import.meta.url));
// Inside the repository, where packages that are not bundled are found.
const built = join(repository, '.build', `built-${process.pid}`);
const root = mkdtempSync(join(tmpdir(), 'cupel-built-'));

beforeAll(() => {
  const bundled = spawnSync(process.execPath, ['esbuild.mjs', built], { cwd: repository, encoding: 'utf8' });
  if (bundled.status !== 0) throw new Error(bundled.stderr);
});
afterAll(() => {
  rmSync(built, { recursive: true, force: true });
  rmSync(root, { recursive: true, force: true });
});

const run = (...words: string[]) =>
  spawnSync(process.execPath, [join(built, 'cli.mjs'), ...words], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });

describe('the command as it is shipped', () => {
  it('says its version and what it can do', () => {
    expect(run('--version')).toMatchObject({ status: 0, stdout: `cupel ${version}\n`, stderr: '' });
    expect(run().stdout).toContain('cupel COMMAND');
    expect(run('nonsense')).toMatchObject({ status: 2, stdout: '' });
  });

  it('starts without the engine, tensors and the parser', () => {
    const seen = new Map<string, string>();
    const statically = (file: string) => {
      if (seen.has(file)) return;
      const text = readFileSync(join(built, file), 'utf8');
      seen.set(file, text);
      for (const [, name = ''] of text.matchAll(/\b(?:from|import)\s*["']([^"']+)["']/g)) {
        if (name.startsWith('./') && existsSync(join(built, name))) statically(name.slice(2));
        else seen.set(name, '');
      }
    };
    statically('cli.mjs');
    for (const match of readFileSync(join(built, 'cli.mjs'), 'utf8').matchAll(/import\("\.\/(check-[A-Z0-9]+\.mjs)"\)/g)) statically(match[1] ?? '');
    expect([...seen.keys()].filter(name => name.startsWith('check-') || name.startsWith('chunk-')).length).toBeGreaterThan(3);
    expect([...seen.keys()].filter(name => name.includes('duckdb') || name.includes('tensorflow'))).toEqual([]);
    const parses = (text: string) => text.includes('performSelfAnalysis');
    expect(parses(readFileSync(join(built, 'checker.cjs'), 'utf8'))).toBe(true);
    expect([...seen].filter(([, text]) => parses(text)).map(([name]) => name)).toEqual([]);
  });

  it('checks the same with code that another engine compiled, without any, and with that of another script', () => {
    const compiled = join(built, 'checker.cjs.compiled');
    const code = readFileSync(compiled);
    writeFileSync(join(root, 'one.cupel'), 'task t {\n  each x in nowhere\n}\n');
    const check = () => {
      const { status, stdout, stderr } = run('check', 'one.cupel', '--format', 'concise');
      return { status, stdout, stderr };
    };
    const whole = check();
    expect(whole).toMatchObject({ status: 1, stderr: '' });
    writeFileSync(compiled, Buffer.from(code.map((byte, i) => (i < 64 ? byte ^ 0x55 : byte))));
    expect(check()).toEqual(whole);
    rmSync(compiled);
    expect(check()).toEqual(whole);
    writeFileSync(compiled, code);
    const script = join(built, 'checker.cjs');
    const text = readFileSync(script, 'utf8');
    const louder = (said: string): string => said.replaceAll('There is no', 'THERE IS NO');
    expect(louder(whole.stdout)).not.toBe(whole.stdout);
    writeFileSync(script, louder(`//${'0'.repeat(64)}${text.slice(66)}`));
    expect(check().stdout).toBe(louder(whole.stdout));
    writeFileSync(script, text);
  });

  it('does the rest the same with code that another engine compiled, without any, and with that of another script', () => {
    const compiled = join(built, 'rest.cjs.compiled');
    const code = readFileSync(compiled);
    writeFileSync(join(root, 'two.cupel'), 'def d() =   1\n');
    const fmt = () => {
      const { status, stdout, stderr } = run('fmt', '--check', 'two.cupel');
      return { status, stdout, stderr };
    };
    const whole = fmt();
    expect(whole).toMatchObject({ status: 1, stdout: 'two.cupel\n' });
    for (const damaged of [
      code.map((byte, i) => (i < 64 ? byte ^ 0x55 : byte)),
      code.map((byte, i) => (i === code.length >> 1 ? byte ^ 0x55 : byte)),
      code.subarray(0, 5000),
      [],
    ]) {
      writeFileSync(compiled, Buffer.from(damaged));
      expect(fmt()).toEqual(whole);
    }
    rmSync(compiled);
    expect(fmt()).toEqual(whole);
    mkdirSync(compiled);
    expect(fmt()).toEqual(whole);
    rmSync(compiled, { recursive: true });
    writeFileSync(compiled, code);
    const flagged = spawnSync(process.execPath, ['--stack-size=900', join(built, 'cli.mjs'), 'fmt', '--check', 'two.cupel'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(flagged).toMatchObject(whole);
    const script = join(built, 'rest.cjs');
    const text = readFileSync(script, 'utf8');
    const louder = (said: string): string => said.replaceAll('would change', 'WOULD CHANGE');
    expect(louder(whole.stderr)).not.toBe(whole.stderr);
    writeFileSync(script, `//${'0'.repeat(64)}${louder(text.slice(66))}`);
    expect(fmt().stderr).toBe(louder(whole.stderr));
    writeFileSync(script, text);
  });

  it('runs what the build compiled, as far as it is of this very script', () => {
    const folder = join(root, 'starter');
    expect(run('new', folder)).toMatchObject({ status: 0 });
    const script = join(built, 'rest.cjs');
    const text = readFileSync(script, 'utf8');
    const cached = () => run('run', 'starter/starter.cupel').stdout;
    expect(cached()).toContain('from cache');
    // Of the text an engine compares the length alone: what was compiled of the one before is what runs.
    const other = text.replaceAll('from cache', 'from CACHE');
    writeFileSync(script, other);
    expect(cached()).not.toContain('from CACHE');
    writeFileSync(script, `//${'0'.repeat(64)}${other.slice(66)}`);
    expect(cached()).toContain('from CACHE');
    writeFileSync(script, text);
  });

  it('ends as it should whichever of its scripts an error comes from', () => {
    expect(run('fmt', '-', 'two.cupel')).toMatchObject({ status: 2, stdout: '' });
    writeFileSync(join(root, 'cupel.json'), '{ "rules": { "nonsense": "error" } }');
    const refused = run('check', 'one.cupel');
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain('nonsense');
    rmSync(join(root, 'cupel.json'));
    expect(run('preview', 'starter/starter.cupel', 'visits', '--store', join('two.cupel', 'store'))).toMatchObject({ status: 4, stdout: '' });
    expect(run('new', join('one.cupel', 'shop'))).toMatchObject({ status: 4, stdout: '' });
    const script = join(built, 'rest.cjs');
    const text = readFileSync(script, 'utf8');
    writeFileSync(script, `//${'0'.repeat(64)}\n(function () { throw new TypeError('broken'); })`);
    const broken = run('fmt', 'two.cupel');
    expect(broken).toMatchObject({ status: 3, stdout: '' });
    expect(broken.stderr).toContain('This is a bug in Cupel');
    writeFileSync(script, text);
  });

  it('checks many files on several cores with the same result', async () => {
    mkdirSync(join(root, 'many'));
    for (let i = 0; i < 450; i++) writeFileSync(join(root, 'many', `p${i}.cupel`), `task t${i} {\n  each x in nowhere${i}\n}\n`);
    writeFileSync(join(root, 'many', 'p450.cupel'), 'import { t300 } from "./p3000.cupel"\n');
    writeFileSync(join(root, 'many', 'p451.cupel'), 'import { t300 } from "./p300.cupel"\ndef d() = 1\n');
    const many = run('check', 'many', '--format', 'json');
    const alone = await cupel(root, 'check many --format json');
    expect(many.status).toBe(1);
    expect(JSON.parse(many.stdout)).toEqual(JSON.parse(alone.out));
    expect(JSON.parse(many.stdout).files).toBe(452);
    expect(many.stdout).toContain('Did you mean \\"./p300.cupel\\"?');
  });

  it('checks again what rests on something new, and remembers the rest', async () => {
    const json = () => JSON.parse(run('check', 'many', '--format', 'json').stdout);
    const before = json();
    const notes = join(root, '.cupel', 'cache', 'check.notes');
    expect(readFileSync(join(root, '.cupel', '.gitignore'), 'utf8')).toContain('/*');
    writeFileSync(join(root, 'many', 'p300.cupel'), 'def t300(x) = x\n');
    const after = json();
    expect(after).toEqual(JSON.parse((await cupel(root, 'check many --format json')).out));
    expect(after).not.toEqual(before);
    const kept = readFileSync(notes);
    expect(json()).toEqual(after);
    expect(readFileSync(notes)).toEqual(kept);

    // What is remembered is believed as it stands, and passed over where it is told to be.
    const [, body = ''] = kept.toString('utf8').split('\n');
    const told = body.replaceAll('nowhere17`', 'elsewhere`');
    expect(told).not.toBe(body);
    const [under = ''] = kept.toString('utf8').split(' ');
    writeFileSync(notes, `${under} ${createHash('sha256').update(told).digest('hex')}\n${told}`);
    expect(JSON.stringify(json())).toContain('elsewhere`');
    expect(JSON.parse(run('check', 'many', '--format', 'json', '--force').stdout)).toEqual(after);
    writeFileSync(notes, kept.subarray(0, kept.length - 1));
    expect(json()).toEqual(after);
    expect(readFileSync(notes)).toEqual(kept);
  });

  it('ends quietly when nobody reads on', async () => {
    const child = spawn(process.execPath, [join(built, 'cli.mjs'), 'check', 'many'], { cwd: root });
    let errors = '';
    child.stderr.on('data', chunk => {
      errors += chunk;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    await new Promise(resolve => child.once('exit', resolve));
    expect(errors).toBe('');
  });

  it('says that the folder it was started in is gone', () => {
    const gone = join(root, 'gone');
    mkdirSync(gone);
    const shell = spawnSync('sh', ['-c', `rmdir ../gone && "${process.execPath}" "${join(built, 'cli.mjs')}" check`], {
      cwd: gone,
      encoding: 'utf8',
    });
    expect(shell).toMatchObject({ status: 4, stdout: '' });
    expect(shell.stderr).toMatch(/^error: The folder that Cupel was started in is not there any more\n/);
    expect(shell.stderr).not.toContain(' at ');
  });

  it.runIf(existsSync('/dev/full'))('says that it cannot write its result', () => {
    const full = spawnSync('sh', ['-c', `"${process.execPath}" "${join(built, 'cli.mjs')}" explain future-window > /dev/full`], { encoding: 'utf8' });
    expect(full.status).toBe(4);
    expect(full.stderr).toMatch(/^error: The result cannot be written: ENOSPC/);
  });

  it('is interrupted with 130', async () => {
    const child = spawn(process.execPath, [join(built, 'cli.mjs'), 'lsp', '--stdio'], { cwd: root });
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { processId: null, rootUri: null, capabilities: {} } });
    child.stdin.write(`Content-Length: ${body.length}\r\n\r\n${body}`);
    child.stdout.once('data', () => child.kill('SIGINT'));
    expect(await new Promise(resolve => child.once('exit', resolve))).toBe(130);
  });

  it('is interrupted in the middle of a check of many files', { timeout: 60_000 }, async () => {
    const many = join(root, 'interrupted');
    mkdirSync(many);
    const program = readFileSync(join(repository, 'examples', 'flights', 'flights.cupel'), 'utf8');
    for (let i = 0; i < 1500; i++) writeFileSync(join(many, `p${i}.cupel`), program);
    // The store is made for the notes right before this thread takes its share.
    const checking = new Promise<void>(resolve => {
      const watcher = watch(many, (_, made) => {
        if (made !== '.cupel') return;
        watcher.close();
        resolve();
      });
    });
    const child = spawn(process.execPath, [join(built, 'cli.mjs'), 'check', '--format', 'concise'], { cwd: many });
    let told = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', chunk => {
        told += chunk;
      });
    }
    const ended = new Promise(resolve => child.once('exit', resolve));
    await checking;
    child.kill('SIGINT');
    expect([await ended, told]).toEqual([130, '']);
  });
});
