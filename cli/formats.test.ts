/** Every command writes its result in every format that it lists, and what is JSON keeps to a schema that is shipped. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, describe, expect, it } from 'vitest';
import { parseArguments } from './arguments.ts';
import { commands, sharedOptions } from './commands.ts';
import { cupel } from './fakeHost.ts';
import { starterFiles } from './starter.ts';

/** How each command is called in the starter project, and the schemas of what it prints. */
const calls: Readonly<
  Record<string, { readonly words: readonly string[]; readonly json: string; readonly jsonl?: string; readonly file?: string; readonly ran?: true }>
> = {
  check: { words: ['check'], json: 'diagnostics', jsonl: 'diagnostics.schema.json#/$defs/line' },
  run: { words: ['run', 'start.cupel', 'usual'], json: 'run', jsonl: 'events' },
  plan: { words: ['plan', 'start.cupel'], json: 'plan' },
  prove: { words: ['prove', 'start.cupel'], json: 'prove', ran: true },
  preview: { words: ['preview', 'start.cupel', 'visits'], json: 'preview', file: 'rows.parquet' },
  score: { words: ['score', 'start.cupel', 'logistic', '--data', 'data/visits.csv', '--out', 'scores.csv'], json: 'score', ran: true },
  drift: { words: ['drift', 'start.cupel', '--current', 'data/visits.csv'], json: 'drift', ran: true },
  test: { words: ['test'], json: 'test' },
  fmt: { words: ['fmt', '--diff'], json: 'fmt' },
  infer: { words: ['infer', 'data/visits.csv'], json: 'infer' },
  profile: { words: ['profile', 'data/visits.csv'], json: 'profile' },
  explain: { words: ['explain', 'future-window'], json: 'explain' },
  new: { words: ['new', 'shop'], json: 'new' },
  doctor: { words: ['doctor', '--backend', 'cpu'], json: 'doctor' },
};

const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, formats: { 'date-time': /^\d{4}-\d\d-\d\dT/ } });
for (const name of [
  'diagnostics',
  'run',
  'events',
  'plan',
  'prove',
  'preview',
  'score',
  'drift',
  'test',
  'fmt',
  'infer',
  'profile',
  'explain',
  'new',
  'doctor',
])
  ajv.addSchema(JSON.parse(readFileSync(new URL(`../docs/schemas/${name}.schema.json`, import.meta.url), 'utf8')));

function problemsOf(schema: string, text: string): unknown {
  const validate = ajv.getSchema(`https://cupel.dev/schemas/${schema.includes('.') ? schema : `${schema}.schema.json`}`);
  if (!validate) throw new Error(`No schema ${schema}`);
  return validate(JSON.parse(text)) ? [] : validate.errors;
}

const folders: string[] = [];
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

const tidy = `${starterFiles('start')[0]?.text}\nparam spare: int = 1\n`;
const untidy = tidy.replace('label returned', 'label    returned');

/** The starter project with a finding, and with one line out of layout. */
async function started(ran = false): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'cupel-formats-'));
  folders.push(root);
  expect((await cupel(root, 'new start')).exit).toBe(0);
  writeFileSync(join(root, 'start', 'start.cupel'), untidy);
  if (ran) expect((await cupel(join(root, 'start'), 'run start.cupel')).exit).toBe(0);
  return join(root, 'start');
}

const formatsOf = (name: string): readonly string[] => commands.find(c => c.name === name)?.options.find(o => o.name === 'format')?.choices ?? [];
const served = commands.filter(c => c.name !== 'lsp').map(c => c.name);

describe('--format', () => {
  it('is an option of every command, and each has a case here', () => {
    expect(commands.filter(c => formatsOf(c.name).length === 0).map(c => c.name)).toEqual([]);
    expect(served.filter(name => !Object.hasOwn(calls, name))).toEqual([]);
  });

  it.each(served.flatMap(name => formatsOf(name).map(format => [name, format] as const)))('%s %s', async (name, format) => {
    const { words, json, jsonl, file, ran } = calls[name] ?? { words: [name], json: '' };
    const root = await started(ran);
    const { out, exit } = await cupel(root, [...words, '--format', format, ...(format === 'parquet' ? ['--out', file ?? ''] : [])]);
    expect(exit).toBe((await cupel(await started(ran), words)).exit);
    if (format === 'json') expect(problemsOf(json, out)).toEqual([]);
    else if (format === 'jsonl') for (const line of out.trimEnd().split('\n')) expect(problemsOf(jsonl ?? '', line)).toEqual([]);
    else if (format === 'parquet') expect(readFileSync(join(root, file ?? '')).toString('latin1', 0, 4)).toBe('PAR1');
    else expect(out).toMatch(/^[^{]*\S.*\n/);
  });

  it('of lsp is that of the protocol', () => {
    expect(parseArguments(['lsp', '--stdio', '--format', 'json'], commands, sharedOptions)).toMatchObject({ kind: 'call' });
    expect(parseArguments(['lsp', '--format', 'pretty'], commands, sharedOptions)).toMatchObject({ kind: 'wrong' });
  });
});

describe('fmt --format json', () => {
  const said = async (...words: string[]) => {
    const root = await started();
    const { out } = await cupel(root, ['fmt', ...words, '--format', 'json'], { stdin: 'task t {\neach x in y\n}\n' });
    expect(problemsOf('fmt', out)).toEqual([]);
    return { ...JSON.parse(out), text: readFileSync(join(root, 'start.cupel'), 'utf8') };
  };

  it('says what was written', async () => {
    expect(await said()).toMatchObject({
      written: true,
      files: [{ file: 'start.cupel', changed: true }],
      summary: { files: 1, changed: 1, unread: 0 },
      text: tidy,
    });
  });

  it('says what would change, with the lines if they are asked for', async () => {
    expect(await said('--check')).toMatchObject({ written: false, text: expect.stringContaining('label    returned') });
    expect((await said('--diff')).files[0].diff).toContain('+  label returned');
  });

  it('gives what came through standard input', async () => {
    expect(await said('-')).toMatchObject({ written: false, files: [{ file: null, changed: true, text: 'task t {\n  each x in y\n}\n' }] });
  });

  it('names what was left as it is', async () => {
    const root = await started();
    writeFileSync(join(root, 'b.cupel'), Buffer.from([127, 0, 255]));
    const { out, exit } = await cupel(root, 'fmt --format json');
    expect([exit, JSON.parse(out).unread]).toEqual([1, [{ file: 'b.cupel', why: 'it holds binary data' }]]);
  });
});

it('new --format json names what to do next', async () => {
  const root = mkdtempSync(join(tmpdir(), 'cupel-formats-'));
  folders.push(root);
  const { out } = await cupel(root, 'new shop --format json --quiet');
  expect(JSON.parse(out)).toMatchObject({ folder: 'shop', next: ['cd shop', 'cupel check', 'cupel run shop.cupel'] });
});
