/** What other hands, a full disk or another version left in the store: each command that reads it says what is damaged, and what to do. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cupel } from './fakeHost.ts';
import { starterFiles } from './starter.ts';

const root = mkdtempSync(join(tmpdir(), 'cupel-damaged-'));
let run = '';
beforeAll(async () => {
  for (const { path, text } of starterFiles('shop')) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  expect((await cupel(root, 'run shop.cupel')).exit).toBe(0);
  run = readdirSync(join(root, '.cupel/runs')).find(name => !name.startsWith('.')) ?? '';
}, 60_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

type Damage = readonly [what: string, change: (text: string) => string, said: RegExp];
const altered = (change: (of: Record<string, unknown>) => unknown) => (text: string) => JSON.stringify(change(JSON.parse(text)));

const cut: Damage = ['cut short', text => text.slice(0, text.length / 2), /it is damaged, or cut short/];
const damages = {
  'run.json': [
    cut,
    ['empty', () => '', /it is damaged, or cut short/],
    ['of a later version', altered(of => ({ ...of, version: 2 })), /it has version 2, and this Cupel reads version 1/],
    ['without its models', altered(({ models, ...rest }) => rest), /it is damaged: models is missing/],
    ['something else', () => '[]', /it is no record of a run/],
    ['of another run', altered(of => ({ ...of, id: 'other' })), /it is the record of the run other/],
  ],
  'plan.json': [
    cut,
    ['of a later version', altered(of => ({ ...of, version: 99 })), /the plan has version 99, and this Cupel reads version \d+/],
    ['without its nodes', altered(({ nodes, ...rest }) => rest), /the plan is damaged: nodes is missing/],
  ],
  'models/logistic.json': [cut],
} satisfies Record<string, readonly Damage[]>;

const readers: Readonly<Record<keyof typeof damages, readonly string[]>> = {
  'run.json': ['score shop.cupel logistic --data data/visits.csv --out s.csv', 'drift shop.cupel --current data/visits.csv'],
  'plan.json': ['score shop.cupel logistic --data data/visits.csv --out s.csv', 'drift shop.cupel --current data/visits.csv'],
  'models/logistic.json': ['score shop.cupel logistic --data data/visits.csv --out s.csv'],
};

describe.each(Object.keys(damages) as (keyof typeof damages)[])('%s', name => {
  it.each(damages[name])('%s', async (_, change, said) => {
    const path = join(root, '.cupel/runs', run, name);
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, change(before));
    try {
      for (const words of readers[name]) {
        const { exit, err } = await cupel(root, words);
        const text = err.replaceAll(/\s+/g, ' ');
        expect([words, exit, text]).toEqual([words, 4, expect.stringMatching(said)]);
        expect(text).toContain(`runs/${run}/${name}`);
        expect(text).toContain(`remove the folder of the run ${run}`);
        expect(text).not.toContain('bug in Cupel');
      }
    } finally {
      writeFileSync(path, before);
    }
  });
});

const passed = /^warning: .*run\.json` cannot be used: it is damaged, or cut short; the run is passed over\./;

/** A newer run beside it whose record cannot be read: it may be of any program. */
async function besideDamaged(ask: () => Promise<void>): Promise<void> {
  const other = join(root, '.cupel/runs', `${run}-other`);
  mkdirSync(other);
  writeFileSync(join(other, 'run.json'), '{');
  try {
    await ask();
  } finally {
    rmSync(other, { recursive: true });
  }
}

describe('prove passes over a run whose record', () => {
  const proved = async () => {
    const { exit, out, err } = await cupel(root, 'prove shop.cupel --format json');
    return { exit, sheet: JSON.parse(out), text: err.replaceAll(/\s+/g, ' ') };
  };
  it.each(damages['run.json'])('is %s, and names it', async (_, change, said) => {
    const path = join(root, '.cupel/runs', run, 'run.json');
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, change(before));
    try {
      const { exit, sheet, text } = await proved();
      expect([exit, sheet.run, sheet.undecided]).toEqual([0, null, 'no run of this program can be read']);
      expect(text).toMatch(said);
      expect(text).toContain(`runs/${run}/run.json`);
      expect(text).toContain(`remove the folder of the run ${run}`);
    } finally {
      writeFileSync(path, before);
    }
  });

  it('is of another program, and rests on its own', async () => {
    await besideDamaged(async () => {
      const { exit, sheet, text } = await proved();
      expect([exit, sheet.run?.id]).toEqual([0, run]);
      expect(text).toMatch(passed);
    });
    expect((await proved()).text).toBe('');
  });
});

describe.each(readers['run.json'])('%s', words => {
  it('passes over the damaged record of another run, and names it', async () => {
    const alone = await cupel(root, words);
    await besideDamaged(async () => {
      const { exit, out, err } = await cupel(root, words);
      expect([exit, out]).toEqual([alone.exit, alone.out]);
      expect(err.replaceAll(/\s+/g, ' ')).toMatch(passed);
    });
    expect(alone.err).toBe('');
  });
});
