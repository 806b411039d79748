/** Programs of several files: what stands in an imported file counts for the sheet, for refusals and for parameters as what is written here. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { Sheet } from '../language/index.ts';
import { cupel } from './fakeHost.ts';
import { starterFiles } from './starter.ts';

const folders: string[] = [];
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

/** The starter in two files: all up to the split stands in `base.cupel`. */
function project(base: (text: string) => string = text => text, own: (text: string) => string = text => text): string {
  const root = mkdtempSync(join(tmpdir(), 'cupel-imports-'));
  folders.push(root);
  for (const { path, text } of starterFiles('m')) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    const at = text.indexOf('features first_day');
    if (path !== 'm.cupel') writeFileSync(join(root, path), text);
    else {
      writeFileSync(join(root, 'base.cupel'), base(text.slice(0, at)));
      writeFileSync(join(root, 'm.cupel'), own(`import { comeback, visits } from "./base.cupel"\n${text.slice(at)}`));
    }
  }
  return root;
}

const overTime = `source customers = csv("customers.csv") {
  customer_id : key
  signed_up   : timestamp  @time @known(+0d)
}
source orders = csv("orders.csv") until 2024-12-31 {
  order_id  : key
  customer  : ref customers
  placed_at : timestamp        @time @known(+0d)
  amount    : float immutable
}
task churn {
  each  customer in customers
  at    every month from 2023-01-01 to 2024-10-01
  label churned = count(orders next 60d) == 0
}
split churn at random { test: 20%, validate: 20%, seed: 1 }
`;
const judging = `import { churn, orders } from "./base.cupel"
features activity for churn {
  recent = count(orders last 30d)
}
model gbt = gradient_boosting(activity)
evaluate gbt on test { auc }
`;

async function sheetOf(root: string, words = 'prove m.cupel --format json'): Promise<{ readonly exit: number; readonly sheet: Sheet }> {
  const { exit, out } = await cupel(root, words);
  return { exit, sheet: JSON.parse(out) };
}
const claims = ({ models: [model] }: Sheet) => (model?.sections ?? []).flatMap(section => section.claims);

it('a leak in an imported file stands on the sheet', async () => {
  const { exit, sheet } = await sheetOf(
    project(
      () => overTime,
      () => judging,
    ),
  );
  expect([exit, sheet.undecided]).toEqual([1, 'the program leaks, so nothing runs']);
  expect(claims(sheet).filter(({ verdict }) => verdict === 'leaks')).toMatchObject([{ file: 'base.cupel', declaration: 'split churn' }]);
  expect(sheet.models[0]?.sections.filter(({ verdict }) => verdict === 'leaks').map(({ type }) => type)).toEqual(['L3.1']);
});

it('the sheet of two files claims what the sheet of one claims', async () => {
  const said = (sheet: Sheet) =>
    claims(sheet)
      .map(({ declaration, subject, says, verdict }) => [declaration, subject, says, verdict].join(' '))
      .sort();
  const root = project();
  const whole = starterFiles('whole').find(({ path }) => path === 'whole.cupel')?.text ?? '';
  writeFileSync(join(root, 'whole.cupel'), whole);
  const { sheet } = await sheetOf(root);
  expect(claims(sheet).filter(({ file }) => file === 'base.cupel').length).toBeGreaterThan(3);
  expect(said(sheet)).toEqual(said((await sheetOf(root, 'prove whole.cupel --format json')).sheet));
});

it('a declaration that nothing here rests on claims nothing here, whatever its name', async () => {
  const other = 'features first_day for comeback {\n  back = returned\n}\nmodel logistic = logistic_regression(first_day)\n';
  const { exit, sheet } = await sheetOf(project(text => text + other));
  expect(claims(sheet).filter(({ file, verdict }) => file === 'base.cupel' && verdict === 'leaks')).toEqual([]);
  expect(exit).toBe(0);
});

it('a type without any claim is not proved', async () => {
  const { sheet } = await sheetOf(project());
  expect(sheet.models[0]?.sections.map(({ claims: own, verdict }) => own.length === 0 && verdict)).toEqual([
    false,
    false,
    false,
    false,
    false,
    'not applicable',
    false,
    false,
  ]);
  const { out } = await cupel(project(), 'prove m.cupel');
  expect(out).toMatch(/^L3\.1 +no future +not applicable$/m);
});

const broken = (text: string): string => text.replace('label returned', 'label returne');
const warned = (text: string): string => `${text}\nfeatures spare for comeback {\n  pages\n}\n`;

it.each(['run', 'plan', 'prove'])('%s says which error of an imported file it refuses', async command => {
  const root = project(broken, warned);
  const { exit, err } = await cupel(root, `${command} m.cupel`);
  expect([exit, err]).toEqual([1, expect.stringMatching(/returne[^d][\s\S]*base\.cupel:\d+/)]);
  expect(err).toContain('1 error in 1 file: nothing was run');
});

it('the event of a run that is refused names the error and its file', async () => {
  const { out } = await cupel(project(broken, warned), 'run m.cupel --format jsonl');
  expect(JSON.parse(out)).toMatchObject({ event: 'run-failed', message: expect.stringContaining('returne'), place: { file: 'base.cupel' } });
});

it('an imported file that is not there is said once', async () => {
  const root = project();
  rmSync(join(root, 'base.cupel'));
  const { err } = await cupel(root, 'run m.cupel');
  expect(err).toContain('m.cupel:1:34');
  expect(err).toContain('1 error in 1 file: nothing was run');
});

it('a parameter of an imported file can be set, and one of a file that nobody imports cannot', async () => {
  const root = project(text => `param share: float = 20%\n${text.replace('test: 25%', 'test: share')}`);
  writeFileSync(join(root, 'other.cupel'), 'param spare: int = 1\n');
  expect(await cupel(root, 'plan m.cupel --param share=30%')).toMatchObject({ exit: 0, err: '' });
  const { exit, err } = await cupel(root, 'plan m.cupel --param spare=2');
  expect([exit, err]).toEqual([2, expect.stringContaining('There is no parameter `spare`')]);
});

it('are checked with the program that imports them, and no name of theirs is taken for unused', async () => {
  const own = (text: string): string => text.replace(', visits', '');
  const clean = project(undefined, own);
  expect(await cupel(clean, 'check m.cupel --format concise')).toMatchObject({ exit: 0, out: '' });
  const shown = await cupel(clean, 'check m.cupel --format json');
  expect(JSON.parse(shown.out)).toMatchObject({ files: 2 });

  const failing = project(broken, own);
  const { exit, out } = await cupel(failing, 'check m.cupel --format concise');
  expect(exit).toBe(1);
  expect(out).toContain('base.cupel:');
  expect(out).toContain('returne');
  expect((await cupel(failing, 'check base.cupel --format concise')).out).not.toContain('m.cupel');
  expect((await cupel(failing, 'check . --format concise')).out).toBe(out);
});
