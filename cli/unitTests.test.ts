/** `cupel test`: rows that stand in a program, through the engine, against what is expected. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { cupel } from './fakeHost.ts';

const folders: string[] = [];
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

const program = `source customers = csv("customers.csv") {
  customer : key
  joined   : timestamp              @time @known(+0d)
  plan     : category { "a", "b" }? immutable
}
source orders = csv("orders.csv") until 2024-12-31 {
  order_id  : key
  customer  : ref customers
  placed_at : timestamp              @time @known(+0d)
  amount    : decimal(8,2) in 0..900 immutable
  note      : text?                  immutable
}
check orders {
  count() >= 500
  amount <= 500  quarantine
}
table large = orders | where amount >= 10 | derive half = float(amount) / 2, day = date(placed_at)
table totals = large | group by customer { n = count(), total = sum(half), last = max(placed_at) }
task leaves {
  each  c in customers where joined < cutoff
  at    every month from 2024-01-01 to 2024-06-01
  label gone = count(orders next 30d) == 0
}
split leaves by time { train: ..2024-02-29, test: 2024-05-01.., gap: 30d }
features f for leaves {
  tenure = days(joined, cutoff)
  recent = count(orders last 30d)
  spent  = sum(amount of orders last 90d where note != "gift") ?? 0
  plan   |> one_hot
}
`;

const tests = `
test large {
  given orders [
    { order_id: "o1", amount: 12.5, placed_at: 2024-01-05T10:00:00Z, note: "say \\"hi\\", all" },
    { order_id: "o2", amount: 9.99 },
    { order_id: "o3", amount: 800 }
  ]
  expect [ { order_id: "o1", half: 6.25, day: 2024-01-05, note: "say \\"hi\\", all", customer: null } ]
}

test totals as two_customers {
  given orders [
    { order_id: "o1", customer: "c1", amount: 12.5, placed_at: 2024-01-05 },
    { order_id: "o2", customer: "c2", amount: 20, placed_at: 2024-01-06T10:30:00.5Z },
    { order_id: "o3", customer: "c1", amount: 30, placed_at: 2024-01-01 }
  ]
  expect [
    { customer: "c2", n: 1, total: 10, last: 2024-01-06T10:30:00.5Z },
    { customer: "c1", n: 2, total: 21.25, last: 2024-01-05 }
  ]
}

test totals as none { given orders [] expect [] }

test f {
  given customers [ { customer: "c1", joined: 2023-12-01, plan: "a" }, { customer: "c2", joined: 2024-03-01 } ]
  given orders [
    { order_id: "o1", customer: "c1", amount: 12.5, placed_at: 2024-01-20, note: "" },
    { order_id: "o2", customer: "c1", amount: 7, placed_at: 2023-12-15, note: "gift" },
    { order_id: "o3", customer: "c1", amount: 7, placed_at: 2024-02-01 }
  ]
  cutoff 2024-02-01
  expect features { customer: "c1", tenure: 62, recent: 1, spent: 12.5, \`plan=a\`: 1 }
}
`;

function project(text: string): string {
  const root = mkdtempSync(join(tmpdir(), 'cupel-tests-'));
  folders.push(root);
  writeFileSync(join(root, 'shop.cupel'), text);
  return root;
}

it('runs every test without any data', async () => {
  const said = await cupel(project(program + tests), 'test');
  expect(said.err).toBe('');
  expect(said.out).toMatch(
    /^ {2}✓ large {2}shop\.cupel:32:6\n {2}✓ two_customers {2}\S+\n {2}✓ none {2}\S+\n {2}✓ f {2}\S+\n {2}4 tests, all hold\n$/,
  );
  expect(said.exit).toBe(0);
});

it('says what came out instead, at its place', async () => {
  const wrong = tests
    .replace('half: 6.25', 'half: 6.5')
    .replace('n: 2, total: 21.25', 'n: 3, total: 21.25')
    .replace('expect [] }', 'expect [ { n: 1 } ] }')
    .replace('recent: 1', 'recent: 2');
  const root = project(program + wrong);
  const said = await cupel(root, 'test');
  expect(said.exit).toBe(1);
  expect(said.out).toContain('✗ large');
  expect(said.out).toContain('`half` is 6.25, and 6.5 is expected.\n      shop.cupel:38:36');
  expect(said.out).toContain('`n` is 2, and 3 is expected.');
  expect(said.out).toContain('No row came out, and this one is expected.');
  expect(said.out).toContain('`recent` is 1, and 2 is expected.');
  expect(said.out).toContain('4 tests, 4 do not hold');
  for (const line of said.out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  const report = JSON.parse((await cupel(root, 'test --format json')).out);
  expect(report.summary).toEqual({ tests: 4, failed: 4 });
  expect(report.tests[0].differences).toMatchObject([{ column: 'half', expected: '6.5', found: '6.25', file: 'shop.cupel' }]);
});

it('tells rows that should not be there, and rows that do not fit', async () => {
  const extra = `test large { given orders [ { order_id: "o1", amount: 12 }, { order_id: "o2", amount: 20 } ] expect [ { order_id: "o1" } ] }\n`;
  const said = await cupel(project(program + extra), 'test shop.cupel');
  expect(said.out).toContain('A row came out that is not expected: { order_id: o2 }.');
  const twice = `test large { given orders [ { order_id: "o1", amount: 12 }, { order_id: "o1", amount: 2000 } ] expect [ { order_id: "o1" } ] }\n`;
  const again = await cupel(project(program + twice), 'test -q');
  expect(again.exit).toBe(1);
  expect(again.out).toMatch(/repeats a value/);
});

it('refuses a program with errors, and says where there are no tests', async () => {
  const said = await cupel(project(`${program}test large { given orders [ { amuont: 1 } ] expect [] }\n`), 'test');
  expect(said).toMatchObject({ exit: 1, out: '' });
  expect(said.err).toContain('error[unknown-column]');
  expect((await cupel(project(program), 'test')).out).toContain('no tests');
});
