/** Whatever lies where a program should, the command says what it is, where, and what to do; and it leaves the file as it is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../language/diagnostic.ts';
import { damage, exampleFolders, programsOf, randomOf } from '../damage.ts';
import { buildsTheCommand, type Content, cupel, type Files, folderOf } from './calls.ts';

buildsTheCommand();

const people = `source people = csv("people.csv") {
  person   : key
  age      : float in 0..120 immutable
  survived : bool immutable
}
`;
const older = 'table older = people | where age > 1\n';
const random = randomOf(3);
const junk = (first: number, beyond: number, length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => first + Math.floor(random() * (beyond - first))));
const importing = (path: string): string => `import { people } from "${path}"\n${older}`;
const deep = (before: string, after = ''): string => `def a = ${before.repeat(20_000)}1${after.repeat(20_000)}\n`;

/** Each with its findings: rule, place, and the words that a reader needs. */
const programs: Readonly<Record<string, readonly [content: Content, ...findings: readonly (readonly [at: string, ...words: string[]])[]]>> = {
  'junk.cupel': [junk(0, 256, 5000), ['unreadable-file 1:1', '`junk.cupel`', 'binary data']],
  'elf.cupel': [Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01\0'), junk(1, 256, 5000)]), ['unreadable-file 1:1', 'binary data']],
  'control.cupel': [`\u0001\u0002${people}`, ['syntax-error 1:1', 'U+0001', 'no meaning here']],
  'zero.cupel': [people.replace('age ', 'a\0e '), ['not-text 3:4', 'holds bytes that are no text']],
  'large.cupel': [people.repeat(Math.ceil(10_000_000 / people.length)), ['unreadable-file 1:1', 'larger than 4 MB']],
  'long-line.cupel': [`def a = ${'1 + '.repeat(700_000)}1\n`, ['file-too-large 1:1', 'at most 2 million']],
  'parentheses.cupel': [deep('(', ')'), ['nesting-too-deep 1:109', '100 levels']],
  'open.cupel': [deep('('), ['nesting-too-deep 1:109', '100 levels']],
  'lists.cupel': [deep('[', ']'), ['nesting-too-deep 1:109', '100 levels']],
  'calls.cupel': [deep('f(', ')'), ['nesting-too-deep 1:209', '100 levels']],
  'signs.cupel': [deep('-'), ['nesting-too-deep 1:108', '100 levels']],
  'nots.cupel': [deep('not '), ['nesting-too-deep 1:405', '100 levels']],
  'sums.cupel': [deep('1 + '), ['nesting-too-deep 1:2011', 'more than 500 values']],
  'steps.cupel': [`${people}table t = people${' | where age > 1'.repeat(20_000)}\n`],
  'a.cupel': [
    'import { b } from "./b.cupel"\ntable a = b | where age > 1\n',
    ['circular-import 1:19', '`a.cupel` → `b.cupel` → `a.cupel`'],
    ['circular-definition 2:7', '`a` → `b` → `a`'],
  ],
  'b.cupel': [
    'import { a } from "./a.cupel"\ntable b = a | where age > 1\n',
    ['circular-import 1:19', '`b.cupel` → `a.cupel` → `b.cupel`'],
    ['circular-definition 2:7', '`b` → `a` → `b`'],
  ],
  'itself.cupel': [`import { people } from "./itself.cupel"\n${older}`, ['circular-import 1:24', 'imports itself']],
  'definitions.cupel': [
    `${people}def x = y + 1\ndef y = z + 1\ndef z = x + 1\ntable p = q | where age > 1\ntable q = p | where age > x\n`,
    ['circular-definition 6:5', '`x` → `y` → `z` → `x`'],
    ['circular-definition 9:7', '`p` → `q` → `p`'],
  ],
  'utf16.cupel': [Buffer.from(`\ufeff${people}`, 'utf16le'), ['unreadable-file 1:1', 'UTF-16', 'save it as UTF-8']],
  'utf16-plain.cupel': [Buffer.from(people, 'utf16le'), ['unreadable-file 1:1', 'UTF-16', 'save it as UTF-8']],
  'utf16-big.cupel': [Buffer.from(`\ufeff${people}`, 'utf16le').swap16(), ['unreadable-file 1:1', 'UTF-16', 'save it as UTF-8']],
  'latin1.cupel': [Buffer.from(`${people}// café\n`, 'latin1'), ['unreadable-file 1:1', 'line 6', 'save the file as UTF-8']],
  'repeated.cupel': [people.repeat(2000), ...Array.from({ length: 1999 }, (_, i): [string, string] => [`duplicate-name ${6 + 5 * i}:8`, '`people`'])],
  'mark.cupel': [`\ufeff${people}`],
  'empty.cupel': [''],
  'blank.cupel': ['\n\n  // nothing\n'],
  'up.cupel': [importing('../secret.cupel'), ['outside-project 1:24', '`../secret.cupel`']],
  'far-up.cupel': [importing('./../../../../../etc/passwd'), ['outside-project 1:24', 'outside the project']],
  'absolute.cupel': [importing('/etc/passwd'), ['outside-project 1:24', '`/etc/passwd`']],
  'drive.cupel': [importing('C:\\\\x.cupel'), ['outside-project 1:24', 'outside the project']],
  'network.cupel': [importing('https://example.com/x.cupel'), ['outside-project 1:24', '`https://example.com/x.cupel`']],
  'linked.cupel': [importing('./to-secret.cupel'), ['outside-project 1:24', '`./to-secret.cupel`']],
  'to-secret.cupel': [{ link: '../secret.cupel' }, ['outside-project 1:1', '`to-secret.cupel`']],
  'gone.cupel': [importing('./goone.cupel'), ['file-not-found 1:24', '`goone.cupel`']],
  'vanished.cupel': [{ link: 'nowhere' }, ['file-not-found 1:1', '`vanished.cupel`']],
  'of-vanished.cupel': [importing('./vanished.cupel'), ['file-not-found 1:24', '`vanished.cupel`']],
  'of-folder.cupel': [importing('./folder.cupel'), ['unreadable-file 1:24', '`folder.cupel`', 'it is a folder']],
  'of-here.cupel': [importing('.'), ['unreadable-file 1:24', '`.`', 'it is a folder']],
  'circle.cupel': [{ link: 'circle.cupel' }, ['unreadable-file 1:1', '`circle.cupel`', 'links go round in a circle']],
  'of-circle.cupel': [importing('./circle.cupel'), ['unreadable-file 1:24', '`circle.cupel`', 'links go round in a circle']],
  'of-junk.cupel': [importing('./junk.cupel'), ['unreadable-file 1:24', '`junk.cupel`', 'binary data']],
  'of-nothing.cupel': [importing(''), ['file-not-found 1:24', 'is empty']],
  'of-zero.cupel': [importing('a\\u{0}b'), ['unreadable-file 1:24', 'no file can have this name']],
  'of-long.cupel': [importing(`./${'x'.repeat(5000)}.cupel`), ['unreadable-file 1:24', 'its path is too long']],
};

const files: Files = {
  'project/cupel.json': '{}',
  'project/folder.cupel': { folder: true },
  'secret.cupel': people,
  ...Object.fromEntries(Object.entries(programs).map(([name, [content]]) => [`project/${name}`, content])),
};

interface Report {
  readonly diagnostics: readonly Diagnostic[];
}

const errorsOf = (report: Report, file: string): Diagnostic[] => report.diagnostics.filter(d => d.file === file && d.severity === 'error');
const at = ({ rule, range }: Diagnostic): string => `${rule} ${range.start.line + 1}:${range.start.character + 1}`;

/** Of one call for all of them: starting the command costs more than most of these files. */
let folder = '';
let report: Report = { diagnostics: [] };

const isFile = (content: Content): content is string | Uint8Array => typeof content === 'string' || content instanceof Uint8Array;

beforeAll(async () => {
  folder = join(await folderOf(files), 'project');
  const told = await cupel(folder, 'check', '--format', 'json');
  expect(told.status).toBe(1);
  report = JSON.parse(told.stdout);
});

describe('cupel check', () => {
  it.each(Object.entries(programs))('%s', (name, [, ...wanted]) => {
    const found = errorsOf(report, name);
    expect(found.map(at)).toEqual(wanted.map(([place]) => place));
    for (const [i, [, ...words]] of wanted.entries()) {
      for (const word of words) expect(found[i]?.message).toContain(word);
      expect(found[i]?.help).toBeTruthy();
    }
  });

  it('shows people the place and the remedy of each', async () => {
    const { status, text } = await cupel(folder, 'check');
    expect(status).toBe(1);
    for (const [name, [, ...wanted]] of Object.entries(programs))
      for (const [place] of wanted) expect(text).toContain(`${name}:${place.split(' ')[1]}`);
    expect(text.match(/ page cupel explain /g)?.length).toBe(report.diagnostics.length);
  });

  it('takes 250 damaged texts at once, which then have one layout', async () => {
    const texts = exampleFolders.flatMap(example => [...programsOf(example).values()]);
    const damaged = Array.from({ length: 250 }, (_, i) => [`d${i}.cupel`, damage(texts[i % texts.length] ?? '', random)] satisfies [string, string]);
    const project = await folderOf(Object.fromEntries(damaged));
    const { status, stdout } = await cupel(project, 'check', '--format', 'json');
    expect(status).toBe(1);
    const { diagnostics, files } = JSON.parse(stdout) as Report & { readonly files: number };
    expect(files).toBe(250);
    const lines = new Map<string, string[]>(damaged.map(([name, text]) => [name, text.split(/\r\n|\r|\n/)]));
    for (const d of diagnostics) {
      expect(d.rule).not.toBe('internal-error');
      const { line, character } = d.range.end;
      expect(character, `${d.file}: ${d.message}`).toBeLessThanOrEqual(lines.get(d.file)?.[line]?.length ?? -1);
    }
    expect((await cupel(project, 'check')).status).toBe(1);
    await cupel(project, 'fmt');
    expect((await cupel(project, 'fmt', '--check')).stdout).toBe('');
  });
});

describe('cupel fmt', () => {
  it('leaves the bytes of what it cannot read, and says so', async () => {
    const { status, text } = await cupel(folder, 'fmt');
    expect(status).toBe(1);
    for (const [name, [content, ...wanted]] of Object.entries(programs)) {
      if (!wanted.some(([place]) => place.startsWith('unreadable-file 1:1'))) continue;
      expect(text).toContain(`left as it is: ${name}: `);
      if (isFile(content)) expect(readFileSync(join(folder, name)).equals(Buffer.from(content)), name).toBe(true);
    }
  });
});

describe('cupel run', () => {
  it.concurrent.each([
    ['junk.cupel', 1, 'error[unreadable-file]: `junk.cupel` is no program: it holds binary data.'],
    ['large.cupel', 1, 'error[unreadable-file]: `large.cupel` is no program: it is larger than 4 MB.'],
    ['parentheses.cupel', 1, 'error[nesting-too-deep]: More than 100 levels are nested here.'],
    ['a.cupel', 1, 'error[circular-import]: Imports go in a circle: `a.cupel` → `b.cupel` → `a.cupel`.'],
    ['to-secret.cupel', 1, 'error[outside-project]: `to-secret.cupel` lies outside the project.'],
    ['of-nothing.cupel', 1, 'error[file-not-found]: The path of this import is empty.'],
    ['vanished.cupel', 2, 'error: There is no program vanished.cupel fix Look at the spelling'],
    ['nowhere.cupel', 2, 'error: There is no program nowhere.cupel fix Look at the spelling'],
    ['folder.cupel', 2, 'error: folder.cupel is a folder fix Name a program in it.'],
    ['circle.cupel', 2, 'error: circle.cupel cannot be read: its links go round in a circle fix Name another file or folder.'],
    [`${'x'.repeat(300)}.cupel`, 2, 'cannot be read: its path is too long fix Name another file or folder.'],
  ] as const)('%s', async (name, status, words) => {
    const told = await cupel(folder, 'run', name);
    expect(told.text).toContain(words);
    expect(told.status).toBe(status);
    expect(told.stdout).toBe('');
  });
});

describe('cupel.json', () => {
  it.concurrent.each([
    ['{ bad', 'is not JSON at its character 3 fix Mend the file'],
    ['\xff\xfe\0\0', 'is not JSON fix Mend the file'],
    [{ folder: true }, 'cannot be read: it is a folder fix Mend the file'],
    ['[]', 'the file holds no object'],
    ['{ "threads": "many" }', '`threads` cannot be "many" fix "threads": 2'],
  ] as const)('%j', async (content, words) => {
    const told = await cupel(await folderOf({ 'cupel.json': content, 'main.cupel': people }), 'check');
    expect(told.text).toContain(words);
    expect(told.status).toBe(2);
  });
});
