import { describe, expect, it } from 'vitest';
import type { Analysis, FileInput } from './analysis.ts';
import { createAnalysis } from './createAnalysis.ts';
import { createQueryStore, type QueryStore } from './query.ts';

const text = (of: string): FileInput => ({ kind: 'text', text: of });

function analysed(files: Readonly<Record<string, string | FileInput>>): Analysis {
  const analysis = createAnalysis();
  for (const [path, input] of Object.entries(files)) analysis.setFile(path, typeof input === 'string' ? text(input) : input);
  return analysis;
}

/** `rule «text at fault»` of a file. */
function found(analysis: Analysis, file = 'main.cupel'): string[] {
  const lines = (analysis.tree(file)?.text ?? '').split('\n');
  return analysis
    .diagnostics(file)
    .map(
      ({ rule, range }) =>
        `${rule} «${lines[range.start.line]?.slice(range.start.character, range.end.line > range.start.line ? undefined : range.end.character)}»`,
    );
}

const shop = `source customers = csv("c.csv") {
  customer : key
  since    : timestamp @time @known(+0d)
}
source orders = csv("o.csv") until 2024-12-31 {
  order    : key
  customer : ref customers
  at       : timestamp @time @known(+0d)
  amount   : float immutable
}
def spend(d) = sum(amount of orders last d)
`;

const churn = `import { customers, orders, spend } from "./shop.cupel"
param horizon: duration = 30d
task churn {
  each  c in customers
  at    every month from 2023-01-01 to 2024-10-01
  label gone = count(orders next horizon) == 0
}
split churn by time { train: ..2024-01-31, validate: 2024-03-15..2024-05-31, test: 2024-07-15.., gap: horizon }
features activity for churn {
  tenure  = days(since, cutoff)
  spent   = spend(90d)
  silence = days(max(at of orders), cutoff)
}
model usual = baseline(activity)
model gbt   = gradient_boosting(activity) { trees: 50 }
evaluate gbt on test {
  auc >= 0.7
  auc - usual.auc >= 0.1
}
`;

describe('files', () => {
  it('are asked for, and nothing is said of what has not come', () => {
    const analysis = analysed({ 'a/main.cupel': churn });
    expect(analysis.diagnostics('a/main.cupel')).toEqual([]);
    expect(analysis.needs()).toEqual([{ kind: 'file', path: 'a/shop.cupel', from: 'a/main.cupel' }]);
    analysis.setFile('a/shop.cupel', text(shop));
    expect(analysis.needs()).toEqual([]);
    expect(analysis.diagnostics('a/main.cupel')).toEqual([]);
    expect(analysis.program().task('a/main.cupel', 'churn')?.label?.horizon).toEqual({ months: 0, micros: 30 * 86_400_000_000 });
  });

  it.each<[string, FileInput | string, string[]]>([
    ['missing', { kind: 'absent' }, ['file-not-found «"./shop.cupel"»']],
    ['outside', { kind: 'outside' }, ['outside-project «"./shop.cupel"»']],
    ['forbidden', { kind: 'unreadable', why: 'permission denied' }, ['unreadable-file «"./shop.cupel"»']],
    ['binary', { kind: 'not text', why: 'it holds bytes that are no text' }, ['unreadable-file «"./shop.cupel"»']],
    ['binary text', 'PAR1\0\0\0', ['unreadable-file «"./shop.cupel"»']],
    ['another', shop.slice(0, shop.indexOf('source orders')), ['unknown-import «orders»', 'unknown-import «spend»']],
  ])('that are %s are said once, at the import', (_, input, expected) => {
    const analysis = analysed({ 'main.cupel': churn, 'shop.cupel': input });
    expect(found(analysis).filter(problem => /import|file|outside/.test(problem))).toEqual(expected);
    expect(found(analysis).filter(problem => /unknown-(name|table|function|ref)/.test(problem))).toEqual([]);
  });

  it.each<[string, FileInput, string]>([
    ['gone', { kind: 'absent' }, 'file-not-found'],
    ['outside', { kind: 'outside' }, 'outside-project'],
    ['unreadable', { kind: 'unreadable', why: 'permission denied' }, 'unreadable-file'],
    ['no text', { kind: 'not text', why: 'it holds bytes that are no text' }, 'unreadable-file'],
  ])('that are %s themselves have a diagnostic at their start', (_, input, rule) => {
    expect(analysed({ 'main.cupel': input }).diagnostics('main.cupel')).toMatchObject([
      { rule, severity: 'error', range: { start: { line: 0, character: 0 } } },
    ]);
  });

  it('that import each other are a circle, said at each import', () => {
    const analysis = analysed({
      'a.cupel': 'import { t } from "./b.cupel"\ntable s = t | where x > 1',
      'b.cupel': 'import { u } from "./c.cupel"\ntable t = u | where x > 1',
      'c.cupel': 'import { s } from "./a.cupel"\nsource u = csv("u.csv") { x : int immutable }\ntable v = s | where x > 2',
    });
    expect(found(analysis, 'a.cupel')).toEqual(['circular-import «"./b.cupel"»']);
    expect(analysis.diagnostics('b.cupel')[0]?.message).toBe('Imports go in a circle: `b.cupel` → `c.cupel` → `a.cupel` → `b.cupel`.');
    expect(found(analysis, 'c.cupel')).toEqual(['circular-import «"./a.cupel"»']);
  });

  it('that lack their ending are found again', () =>
    expect(
      analysed({ 'main.cupel': churn.replace('./shop.cupel', 'shop'), 'shop.cupel': shop, shop: { kind: 'absent' } }).diagnostics('main.cupel')[0]
        ?.help,
    ).toBe('Did you mean "./shop.cupel"?'));

  it('are found again among those that were not set', () => {
    const analysis = analysed({ 'main.cupel': 'import { orders } from "./shp.cupel"\ntable t = orders', 'shp.cupel': { kind: 'absent' } });
    expect(analysis.diagnostics('main.cupel')[0]?.help).toBe('Paths are relative to the file that imports: `"./shop.cupel"`.');
    analysis.setOthers(['shop.cupel']);
    expect(analysis.diagnostics('main.cupel')[0]?.help).toBe('Did you mean "./shop.cupel"?');
  });

  it('may share a third one', () =>
    expect(
      found(
        analysed({
          'main.cupel': 'import { orders } from "./shop.cupel"\nimport { large } from "./large.cupel"\ntable both = large | union orders',
          'large.cupel': 'import { orders } from "./shop.cupel"\ntable large = orders | where amount > 5',
          'shop.cupel': shop,
        }),
      ),
    ).toEqual([]));

  it('do not reach out of the project', () =>
    expect(found(analysed({ 'a/main.cupel': 'import { x } from "../../x.cupel"\ntable y = x' }), 'a/main.cupel')).toEqual([
      'outside-project «"../../x.cupel"»',
    ]));
});

describe('names', () => {
  it('that go in a circle are said once and typed by nobody', () => {
    const analysis = analysed({
      'main.cupel': 'def a(x) = b(x)\ndef b(x) = a(x)\nparam p = q\nparam q = p\ntable t = u | where x > 1\ntable u = t | where x > 1',
    });
    expect(found(analysis)).toEqual(['circular-definition «a»', 'circular-definition «p»', 'circular-definition «t»']);
  });

  it('of a table and the quarantine that its rows are behind', () => {
    const of = (severity: string): readonly string[] =>
      found(
        analysed({
          'main.cupel': `source s = csv("s.csv") { n : key, kind : text immutable }\ntable g = s | group by kind { k = count() }\ncheck s { refers(kind, g)  ${severity} }`,
        }),
      );
    expect(of('quarantine')).toEqual(['circular-definition «g»']);
    expect(of('warn')).toEqual([]);
  });

  it('of a table and a quarantine say at which claim, and how it need not wait', () => {
    const told = (claims: string): readonly (string | null | undefined)[] => {
      const [first] = analysed({
        'main.cupel': `source s = csv("s.csv") { n : key, kind : text immutable }\ntable g = s | group by kind { k = count() }\ncheck s { ${claims} }`,
      }).diagnostics('main.cupel');
      return [first?.rule, first?.help, ...(first?.related.map(({ message }) => message) ?? [])];
    };
    expect(told('refers(kind, g) quarantine')).toEqual([
      'circular-definition',
      'Say `warn` there: which rows of `s` stay cannot rest on `g`, which is made of them.',
      'rows of `s` are taken out here, and the claim asks for `g`',
    ]);
    expect(told('n > 0 quarantine; refers(kind, g) warn')).toEqual([
      'circular-definition',
      'Write that claim in a check of its own, which takes no rows out.',
      'rows of `s` are taken out here, and the claim asks for `g`',
    ]);
    expect(told('n > 0 warn; refers(kind, g) warn')[0]).not.toBe('circular-definition');
  });

  it('of columns may be those of tables', () => {
    const source = 'source s = csv("s.csv") { delay : int immutable, late : int immutable }\n';
    expect(found(analysed({ 'main.cupel': `${source}table delay = s | where delay > 5\ntable most = delay | where delay > 9` }))).toEqual([]);
    expect(found(analysed({ 'main.cupel': `${source}table late = delay | where late > 5\ntable delay = s | where late > 9` }))).toEqual([]);
  });

  it('of a definition that names itself do not hang its users', () => {
    const files = { 'main.cupel': churn.replace('horizon\n  ', 'horizon\n  '), 'shop.cupel': shop.replace('last d)', 'last d) + spend(d)') };
    expect(found(analysed(files), 'shop.cupel')).toEqual(['circular-definition «spend»']);
    expect(found(analysed(files))).toEqual([]);
  });

  it('are unused only where nobody can use them', () => {
    expect(found(analysed({ 'main.cupel': shop }))).toEqual([]);
    expect(found(analysed({ 'main.cupel': churn.replace('spend(90d)', '3'), 'shop.cupel': shop }))).toEqual(['unused-declaration «spend»']);
    expect(found(analysed({ 'main.cupel': `${churn}def double(x) = x * 2\nparam rate = 3`, 'shop.cupel': shop }))).toEqual([
      'unused-declaration «double»',
      'unused-declaration «rate»',
    ]);
    expect(
      found(
        analysed({
          'main.cupel': `${churn}def double(x) = x * 2`,
          'shop.cupel': shop,
          'other.cupel': 'import { double } from "./main.cupel"\ndef four(x) = double(double(x))',
        }),
      ),
    ).toEqual([]);
  });

  it.each([
    ['{ customers, orders, spend }', '{ customers, orders }'],
    ['{ spend, customers, orders }', '{ customers, orders }'],
    ['{ customers, spend, orders }', '{ customers, orders }'],
  ])('that are imported from %s for nothing can be left out', (before, after) => {
    const text = churn.replace('{ customers, orders, spend }', before).replace('spend(90d)', '3');
    const [fix] = analysed({ 'main.cupel': text, 'shop.cupel': shop }).diagnostics('main.cupel')[0]?.fixes ?? [];
    const [edit] = fix?.edits ?? [];
    const line = text.split('\n')[0] ?? '';
    expect(edit && line.slice(0, edit.range.start.character) + edit.text + line.slice(edit.range.end.character)).toBe(
      `import ${after} from "./shop.cupel"`,
    );
  });

  it('are used when `convert` finds them by their unit, declared or imported', () => {
    const rates = 'param rate: float unit "EUR/USD" = 0.9\nparam weight: float unit "kg/pound" = 0.5\n';
    const rest =
      'source s = csv("s.csv") { id : key, price : float unit "USD" }\ncheck s { convert(price, "EUR") < 10 }\ntask q { each r in s, label price }\n';
    expect(found(analysed({ 'main.cupel': rates + rest })).filter(p => p.startsWith('unused'))).toEqual(['unused-declaration «weight»']);
    expect(
      found(analysed({ 'main.cupel': `import { rate, weight } from "./rates.cupel"\n${rest}`, 'rates.cupel': rates })).filter(p =>
        p.startsWith('unused'),
      ),
    ).toEqual(['unused-declaration «weight»']);
  });

  it('are used when they are baselines that an evaluation is held against', () => {
    const start = churn.slice(0, churn.indexOf('model '));
    const models = 'model usual = baseline(activity)\nmodel gbt = gradient_boosting(activity)\n';
    const judged = (text: string) => found(analysed({ 'main.cupel': start + models + text, 'shop.cupel': shop })).filter(p => p.startsWith('unused'));
    expect(judged('evaluate gbt on test { auc }')).toEqual([]);
    expect(judged('')).toEqual(['unused-declaration «usual»', 'unused-declaration «gbt»']);
  });

  it('are used and not declared by a `monitor`', () => {
    const later = 'deploy live = gbt {\n  owner: "a@b.c"\n}\nmonitor live every 1d {\n  drift(score) significant at 1% ticket\n}\n';
    expect(found(analysed({ 'main.cupel': `${churn}${later}`, 'shop.cupel': shop }))).toEqual(['later-form «deploy»', 'later-form «monitor»']);
    const twice = found(analysed({ 'main.cupel': `${churn}${later}policy live {\n}\n`, 'shop.cupel': shop }));
    expect(twice).toEqual(['later-form «deploy»', 'later-form «monitor»', 'later-form «policy»', 'duplicate-name «live»']);
    const watch = 'import { gbt, live } from "./main.cupel"\nmonitor gbt every 1d {\n}\ncheck live {\n}\n';
    expect(found(analysed({ 'watch.cupel': watch, 'main.cupel': `${churn}monitor live {\n}\n`, 'shop.cupel': shop }), 'watch.cupel')).toEqual([
      'unknown-import «live»',
      'later-form «monitor»',
    ]);
  });

  it('in half a line do not look unused', () =>
    expect(
      found(analysed({ 'main.cupel': churn.replace('spend(90d)', 'spend(90d) * ('), 'shop.cupel': shop })).filter(p => p.startsWith('unused')),
    ).toEqual([]));
});

describe('problems in the body of a definition', () => {
  const broken = shop.replace('amount of', 'amont of');

  it('stand where they are in the same file', () =>
    expect(found(analysed({ 'main.cupel': broken + churn.slice(churn.indexOf('param')) }))).toEqual(['unknown-name «amont»']));

  it('stand at the use in another file, with the place as related', () => {
    const analysis = analysed({ 'main.cupel': churn, 'shop.cupel': broken });
    expect(found(analysis)).toEqual(['unknown-name «spend(90d)»']);
    expect(analysis.diagnostics('main.cupel')[0]?.related[0]).toMatchObject({ file: 'shop.cupel', message: 'in the definition of `spend`' });
  });

  it('stand at the use when a rule finds them', () => {
    const analysis = analysed({ 'main.cupel': churn, 'shop.cupel': shop.replace('last d', 'next d') });
    expect(analysis.diagnostics('main.cupel').map(({ file, rule }) => `${file} ${rule}`)).toContain('main.cupel future-window');
    for (const { file } of analysis.diagnostics('main.cupel')) expect(file).toBe('main.cupel');
  });
});

describe('parameters', () => {
  const gap = (values: Record<string, string>): string[] => {
    const analysis = analysed({ 'main.cupel': churn, 'shop.cupel': shop });
    analysis.setParameters(values);
    return found(analysis);
  };

  it('replace the default, and can break what depends on it', () => {
    expect(gap({ horizon: '60d' })).toEqual([]);
    const analysis = analysed({ 'main.cupel': churn.replace('gap: horizon', 'gap: 30d'), 'shop.cupel': shop });
    expect(found(analysis)).toEqual([]);
    analysis.setParameters({ horizon: '90d' });
    expect(found(analysis)).toEqual(['gap-shorter-than-horizon «30d»']);
    analysis.setParameters({});
    expect(found(analysis)).toEqual([]);
  });

  it('are held against their types', () => {
    expect(gap({ horizon: '60' })).toEqual(['parameter-value «horizon»']);
    expect(gap({ horizon: '60d; drop' })).toEqual(['parameter-value «horizon»']);
    expect(gap({ horizon: '' })).toEqual(['parameter-value «horizon»']);
    expect(gap({ other: '60' })).toEqual([]);
  });
});

describe('an edit', () => {
  const program = (count: number): string =>
    Array.from(
      { length: count },
      (_, i) => `source s${i} = csv("s${i}.csv") {\n  k : key\n  x : float immutable\n  y : bool immutable\n}
task t${i} { each r in s${i}, label y }
split t${i} at random { test: 20%, seed: 1 }
features f${i} for t${i} {\n  x\n  double = x * 2\n}
model m${i} = gradient_boosting(f${i})
evaluate m${i} on test { auc }\n`,
    ).join('');

  /** How many declarations are typed again after the edit. */
  function typedAgain(edit: (before: string) => string): number {
    let typed = 0;
    const store = createQueryStore();
    const counting: QueryStore = {
      ...store,
      query: (compute, options) =>
        store.query(key => {
          if (compute.name === 'typeKey') typed++;
          return compute(key);
        }, options),
    };
    const analysis = createAnalysis(counting);
    const before = program(10);
    analysis.setFile('main.cupel', text(before));
    expect(analysis.diagnostics('main.cupel')).toEqual([]);
    expect(typed).toBe(60);
    typed = 0;
    analysis.setFile('main.cupel', text(edit(before)));
    analysis.diagnostics('main.cupel');
    return typed;
  }

  const lines = (change: (all: readonly string[]) => readonly string[]) => (before: string) => change(before.split('\n')).join('\n');

  it('that only moves declarations types none of them again', () => {
    const last = 11;
    expect(typedAgain(lines(all => [...all.slice(0, last), '', '', ...all.slice(last)]))).toBeLessThanOrEqual(1);
    expect(typedAgain(lines(all => [...all.slice(last, -1), ...all.slice(0, last), '']))).toBe(0);
  });

  it('in one feature types its set, the model and the evaluation on it', () =>
    expect(typedAgain(before => before.replace('double = x * 2', 'double = x * 3'))).toBe(3));

  it('in a comment of a set types that set', () => expect(typedAgain(before => before.replace('double = x * 2', 'double = x * 2 // twice'))).toBe(1));

  it('of a name types what asked for it', () => expect(typedAgain(before => before.replace('features f3', 'features g3'))).toBe(3));

  it('of a source types what reads it', () => expect(typedAgain(before => before.replace('x : float', 'x : int'))).toBe(6));
});

// ---------------------------------------------------------------- incremental = from scratch

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const words = [
  'orders',
  'customers',
  'spend',
  'horizon',
  'activity',
  'gbt',
  'churn',
  '30d',
  '0',
  '{',
  '}',
  '(',
  ')',
  '==',
  'next',
  'last',
  'via customer',
  '"',
  '\n',
  ',',
  'x',
  'import { gbt } from "./main.cupel"\n',
  'auc',
  'where',
  ' ',
  'def spend = 3\n',
];

function edited(before: string, next: () => number): string {
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(next() * items.length)];
  const at = Math.floor(next() * (before.length + 1));
  const kind = next();
  if (kind < 0.35) return before.slice(0, at) + (pick(words) ?? '') + before.slice(at);
  if (kind < 0.6) return before.slice(0, at) + before.slice(at + 1 + Math.floor(next() * 6));
  const lines = before.split('\n');
  const line = Math.floor(next() * lines.length);
  if (kind < 0.75) return lines.filter((_, i) => i !== line).join('\n');
  if (kind < 0.85) return [...lines.slice(line), ...lines.slice(0, line)].join('\n');
  return [...lines.slice(0, line), lines[line] ?? '', ...lines.slice(line)].join('\n');
}

describe('any sequence of edits', () => {
  it.each(Array.from({ length: 24 }, (_, i) => i + 1))('ends in the diagnostics of a fresh analysis (%i)', seed => {
    const next = random(seed * 7919);
    const files = new Map([
      ['main.cupel', churn],
      ['shop.cupel', shop],
    ]);
    const analysis = analysed(Object.fromEntries(files));
    for (let step = 0; step < 25; step++) {
      const [file, before] = [...files][Math.floor(next() * files.size)] ?? ['main.cupel', churn];
      const after = next() < 0.15 ? (file === 'main.cupel' ? churn : shop) : edited(before, next);
      files.set(file, after);
      analysis.setFile(file, text(after));
      analysis.setParameters(next() < 0.2 ? { horizon: next() < 0.5 ? '45d' : 'x' } : {});
      if (next() < 0.6) for (const path of files.keys()) analysis.diagnostics(path);
    }
    analysis.setParameters({});
    const fresh = analysed(Object.fromEntries(files));
    for (const path of [...files.keys()].reverse()) fresh.diagnostics(path);
    for (const path of files.keys()) {
      expect(analysis.diagnostics(path)).toEqual(fresh.diagnostics(path));
      expect(analysis.verdicts(path)).toEqual(fresh.verdicts(path));
      expect(fresh.diagnostics(path).filter(({ help }) => help?.includes('bug in Cupel'))).toEqual([]);
    }
  });
});
