import { describe, expect, it } from 'vitest';
import { type Parsed, parseArguments } from './arguments.ts';
import { commands, sharedOptions } from './commands.ts';
import { helpOf, overview } from './help.ts';

const parse = (line: string): Parsed => parseArguments(line === '' ? [] : line.split(' '), commands, sharedOptions);

describe('a call', () => {
  it('has a command, arguments and options in any order', () => {
    const parsed = parse('run --threads 2 churn.cupel activity --param a=1 --force --param=b=-2 -q');
    if (parsed.kind !== 'call') throw new Error(JSON.stringify(parsed));
    expect(parsed.call.arguments).toEqual(['churn.cupel', 'activity']);
    expect([...parsed.call.options]).toEqual([
      ['threads', ['2']],
      ['param', ['a=1', 'b=-2']],
      ['force', ['']],
      ['quiet', ['']],
    ]);
  });
  it('takes everything after -- and a lone - as arguments', () => {
    expect(parse('fmt - -- --check')).toMatchObject({ call: { arguments: ['-', '--check'] } });
  });
  it('asks for help and version', () => {
    expect(parse('')).toEqual({ kind: 'help', command: null });
    expect(parse('--help')).toEqual({ kind: 'help', command: null });
    expect(parse('run --help')).toEqual({ kind: 'help', command: 'run' });
    expect(parse('run x.cupel -h')).toEqual({ kind: 'help', command: 'run' });
    expect(parse('help fmt')).toEqual({ kind: 'help', command: 'fmt' });
    expect(parse('--version')).toEqual({ kind: 'version' });
  });
});

describe('a wrong call says what was probably meant', () => {
  it.each([
    ['chekc', 'There is no command `chekc`', 'Did you mean `cupel check`?'],
    ['churn.cupel', 'A command comes before the file: `churn.cupel`', 'cupel run churn.cupel'],
    ['frobnicate', 'There is no command `frobnicate`', `The commands are ${commands.map(c => c.name).join(', ')}.`],
    ['check --formt json', '`cupel check` has no option `--formt`', 'Did you mean `--format`?'],
    ['check --format jason', '--format cannot be `jason`', 'Did you mean `--format json`?'],
    ['check --format xml', '--format cannot be `xml`', 'It is one of pretty, concise, json, jsonl, sarif.'],
    ['run a.cupel --threads', '--threads needs a value', '--threads N'],
    ['run a.cupel --threads --force', '--threads needs a value', '--threads N'],
    ['run a.cupel --force=yes', '--force takes no value', '--force'],
    ['run a.cupel --threads 1 --threads 2', '--threads is given twice', 'Keep one of --threads 1 and --threads 2.'],
    ['run', '`cupel run` needs FILE [NAME…]', 'cupel run FILE [NAME…]'],
    ['doctor now', '`cupel doctor` has no place for `now`', 'cupel doctor'],
    ['--quiet check', 'An option stands before the command: --quiet', 'cupel COMMAND --quiet'],
  ])('%s', (line, message, help) => {
    expect(parse(line)).toEqual({ kind: 'wrong', message, help });
  });
});

describe('help', () => {
  it('lists every command', () => {
    for (const c of commands) expect(overview('0.1.0')).toContain(c.summary);
  });
  it.each(commands.map(c => [c.name, c] as const))('of %s shows two examples that parse, and every option', (_, command) => {
    const text = helpOf(command);
    expect(command.examples).toHaveLength(2);
    for (const [example] of command.examples) {
      expect(text).toContain(example);
      expect(parse(example.replace(/^cupel /, '').replace(/ < .*/, '')).kind).toBe('call');
    }
    for (const option of [...command.options, ...sharedOptions]) expect(text).toContain(`--${option.name}`);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });
});
