/** Names that cross files: what a declaration names is what its own file means by it, whatever the file that reads it calls so. */
import { describe, expect, it } from 'vitest';
import type { Analysis } from './analysis.ts';
import { createAnalysis } from './createAnalysis.ts';
import type { PlanNode } from './plan/plan.ts';
import { madeOf } from './rules/leakage/choices.ts';

const shop = `source customers = csv("customers.csv") {
  customer : key
  since    : timestamp @time @known(+0d)
}
source orders = csv("orders.csv") until 2024-12-31 {
  order    : key
  customer : ref customers
  at       : timestamp @time @known(+0d)
  amount   : float immutable
  fraud    : bool @after(outcome)
  paid     : bool immutable @known(+40d)
}
`;

const task = `task churn {
  each  c in customers
  at    every month from 2023-01-01 to 2024-10-01
  label gone = count(orders next 30d) == 0
}
split churn by time { train: ..2024-01-31, validate: 2024-03-15..2024-05-31, test: 2024-07-15.., gap: 30d }
`;

const learned = `model usual = baseline(activity)
model gbt   = gradient_boosting(activity) { trees: 50 }
evaluate gbt on test { auc >= 0.7, auc - usual.auc >= 0.1 }
`;

/** Other rows under the name of the shop's own. */
const namesake = `source customers = csv("others.csv") {
  customer : key
  since    : timestamp @time @known(+0d)
  extra    : float immutable
}
`;

function analysed(files: Readonly<Record<string, string>>): Analysis {
  const analysis = createAnalysis();
  for (const [path, text] of Object.entries(files)) analysis.setFile(path, { kind: 'text', text });
  return analysis;
}

/** `rule «text at fault»` of what is no mere advice. */
function found(analysis: Analysis, file = 'main.cupel'): string[] {
  const lines = (analysis.tree(file)?.text ?? '').split('\n');
  return analysis
    .diagnostics(file)
    .filter(({ severity }) => severity === 'error')
    .map(({ rule, range }) => `${rule} «${lines[range.start.line]?.slice(range.start.character, range.end.character)}»`);
}

function nodes(analysis: Analysis, file = 'main.cupel'): readonly PlanNode[] {
  const { plan, diagnostics } = analysis.plan(file, []);
  expect(diagnostics.filter(d => d.severity === 'error').map(d => d.message)).toEqual([]);
  return plan?.nodes ?? [];
}

const one = <K extends PlanNode['kind']>(all: readonly PlanNode[], kind: K, name: string): Extract<PlanNode, { kind: K }> => {
  const node = all.find(n => n.kind === kind && n.name === name);
  if (node?.kind !== kind) throw new Error(`there is no ${kind} ${name}`);
  return node as Extract<PlanNode, { kind: K }>;
};

/** The file that the rows of a node are read from. */
function readFrom(all: readonly PlanNode[], id: string): string {
  for (let at = all.find(n => n.id === id); at; at = all.find(n => n.id === at?.inputs[0])) if (at.kind === 'scan') return at.path;
  throw new Error(`${id} reads no file`);
}

describe('the table of an imported task', () => {
  const base = `${shop}${task}`;
  const main = (imports: string, more = '') =>
    `import { ${imports} } from "./base.cupel"\n${more}features activity for churn {\n  tenure = days(since, cutoff)\n  n = count(orders last 30d)\n}\n${learned}`;

  it('need not be imported for features, models and evaluations', () => {
    const analysis = analysed({ 'base.cupel': base, 'main.cupel': main('churn, orders') });
    expect(found(analysis)).toEqual([]);
    expect(
      analysis
        .program()
        .declarations('main.cupel')
        .map(({ model }) => model.kind),
    ).toEqual(['features', 'model', 'model', 'evaluate']);
    expect(nodes(analysis).filter(({ kind }) => ['features', 'train', 'evaluate'].includes(kind))).toHaveLength(4);
  });

  it('is planned alike whether it is imported or not, so that leaving an unused import out changes nothing', () => {
    const analysis = analysed({ 'base.cupel': base, 'main.cupel': main('churn, customers, orders') });
    const [unused] = analysis.diagnostics('main.cupel').filter(({ rule }) => rule === 'unused-declaration');
    const [fix] = unused?.fixes ?? [];
    const [edit] = fix?.edits ?? [];
    const text = analysis.tree('main.cupel')?.text ?? '';
    expect(fix?.safe).toBe(true);
    if (!edit) throw new Error('nothing is offered');
    const lines = text.split('\n');
    const at = ({ line, character }: { readonly line: number; readonly character: number }): number =>
      lines.slice(0, line).reduce((sum, l) => sum + l.length + 1, 0) + character;
    const repaired = `${text.slice(0, at(edit.range.start))}${edit.text}${text.slice(at(edit.range.end))}`;
    expect(repaired).toContain('import { churn, orders }');
    const definitions = (of: Analysis) => nodes(of).map(({ id, fingerprint }) => `${id} ${fingerprint}`);
    expect(definitions(analysed({ 'base.cupel': base, 'main.cupel': repaired }))).toEqual(definitions(analysis));
  });

  it('is not the one that the reading file calls so', () => {
    const reading = main('churn, orders', namesake);
    const clean = nodes(analysed({ 'base.cupel': base, 'main.cupel': reading }));
    expect(readFrom(clean, one(clean, 'frame', 'churn').relation)).toBe('customers.csv');
    const extra = reading.replace('n = count', 'more = extra\n  n = count');
    expect(found(analysed({ 'base.cupel': base, 'main.cupel': extra }))).toEqual(['unknown-name «extra»']);
  });

  it('is what groups of splits, inner folds, segments and tests are about', () => {
    const rows = `${shop}task gone { each c in customers\n  label since_long = since < 2020-01-01 }\n`;
    const reading = `import { gone } from "./base.cupel"
${namesake}split gone by group { group: extra, test: 20%, validate: 10%, seed: 1 }
features f for gone { hour = hour(since) }
model m = gradient_boosting(f) { tune { trees: 5..9, by: auc, inner: group(extra, 5) } }
evaluate m on test { auc, by extra { auc } }
test f {
  given customers [ { customer: "a", since: 2024-01-01 } ]
  expect features [ { customer: "a", extra: 5 } ]
}
`;
    const said = found(analysed({ 'base.cupel': rows, 'main.cupel': reading }));
    expect(said.filter(line => line.endsWith('«extra»'))).toHaveLength(4);
  });
});

describe('what an imported feature set or model is made of', () => {
  const files = {
    'base.cupel': `${shop}${task}`,
    'sets.cupel': `import { churn, orders } from "./base.cupel"\nfeatures activity for churn { n = count(orders last 30d), tenure = days(since, cutoff) }\n`,
    'models.cupel': `import { activity } from "./sets.cupel"\n${learned}`,
  };

  it('need not be imported', () => {
    const analysis = analysed({
      ...files,
      'main.cupel':
        'import { gbt, usual } from "./models.cupel"\nmodel both = best of gbt, usual by auc on validate\nevaluate both on test { auc, by n > 3 { auc } }\n',
    });
    expect(found(analysis, 'models.cupel')).toEqual([]);
    expect(found(analysis)).toEqual([]);
    const all = nodes(analysis);
    expect(readFrom(all, one(all, 'frame', 'churn').relation)).toBe('customers.csv');
    expect(one(all, 'choose', 'both').candidates).toEqual(['train gbt', 'train usual']);
    expect(all.filter(({ kind }) => kind === 'frame')).toHaveLength(1);
  });

  it('is not what the reading file calls so', () => {
    const own = `${namesake}source orders = csv("others.csv") until 2024-12-31 {
  order    : key
  customer : ref customers
  at       : timestamp @time @known(+0d)
}
${task}features activity for churn { mine = days(since, cutoff) }
model own = gradient_boosting(activity) { trees: 5 }
evaluate own on test { auc }
evaluate gbt on test { auc, by n > 3 { auc } }
`;
    const analysis = analysed({ ...files, 'main.cupel': `import { gbt } from "./models.cupel"\n${own}` });
    expect(found(analysis)).toEqual([]);
    const all = nodes(analysis);
    const frames = all.filter(node => node.kind === 'frame');
    expect(frames).toHaveLength(2);
    const frameOf = (name: string): string => {
      const split = one(all, 'train', name).split;
      const node = all.find(n => n.id === split);
      return node?.kind === 'split' ? readFrom(all, frames.find(({ id }) => id === node.frame)?.relation ?? '') : '';
    };
    expect([frameOf('own'), frameOf('gbt')]).toEqual(['others.csv', 'customers.csv']);
    const compared = analysed({
      ...files,
      'main.cupel': `import { gbt } from "./models.cupel"\n${own}model both = best of gbt, own by auc on validate\nfeatures more for churn { said = predict(gbt) }\n`,
    });
    expect(found(compared)).toEqual(['wrong-setting «own»', 'wrong-arguments «predict(gbt)»']);
  });

  it('is copied into a set of the same task alone', () => {
    const set = 'features more for churn { activity |> standardize }\n';
    const copied = (own: string) => found(analysed({ ...files, 'main.cupel': `import { activity } from "./sets.cupel"\n${own}${set}` }));
    expect(copied('import { churn } from "./base.cupel"\n')).toEqual([]);
    expect(copied(`${shop}${task}`)).not.toEqual([]);
  });

  it('holds every model that it learns from, two of one name too', () => {
    const inner = `import { activity } from "./sets.cupel"\nmodel gbt = gradient_boosting(activity) { trees: 5, early_stop: 3 on validate }\nmodel flat = baseline(activity)\nmodel best = best of gbt, flat by auc on validate\n`;
    const analysis = analysed({
      ...files,
      'inner.cupel': inner,
      'main.cupel':
        'import { best } from "./inner.cupel"\nimport { gbt } from "./models.cupel"\nmodel all = best of gbt, best by auc on validate\nevaluate all on test { auc }\n',
    });
    expect(found(analysis)).toEqual([]);
    expect(madeOf(analysis.program(), 'main.cupel', 'all').map(({ name, place }) => `${place.file} ${name}`)).toEqual([
      'main.cupel all',
      'models.cupel gbt',
      'inner.cupel best',
      'inner.cupel gbt',
      'inner.cupel flat',
    ]);
  });
});

describe('a split beside those that an imported task comes with', () => {
  const spring = task
    .split('\n')
    .filter(line => line.startsWith('split'))
    .join('')
    .replace('split churn', 'split spring for churn');
  const base = `${shop}${task}${spring}\n`;
  const said = (own: string, imports = 'churn') =>
    found(analysed({ 'base.cupel': base, 'main.cupel': `import { ${imports} } from "./base.cupel"\n${own}\n` }));
  const later = '{ train: ..2024-02-29, test: 2024-08-15.., gap: 30d }';

  it.each([
    [`split churn by time ${later}`, 'churn', 'duplicate-name «churn»'],
    [`split spring for churn by time ${later}`, 'churn', 'duplicate-name «spring»'],
    [`split spring for churn by time ${later}`, 'churn, spring', 'duplicate-name «spring»'],
  ])('needs a name of its own: %s, with %s', (own, imports, expected) => expect(said(own, imports)).toEqual([expected]));

  it('is told where the other one is written', () => {
    const analysis = analysed({
      'base.cupel': base,
      'main.cupel': `import { churn } from "./base.cupel"\nsplit spring for churn by time ${later}\n`,
    });
    const [{ message, related } = { message: '', related: [] }] = analysis.diagnostics('main.cupel');
    expect(message).toBe('`churn` comes with a split `spring`: a further one needs a name of its own, as in `split other for churn …`.');
    expect(related.map(({ file, range }) => `${file}:${range.start.line + 1}`)).toEqual([`base.cupel:${base.split('\n').indexOf(spring) + 1}`]);
  });

  it('may be called as one that another file gives the task, or another task has', () => {
    expect(said(`split autumn for churn by time ${later}`)).toEqual([]);
    const own = task.replaceAll('churn', 'leaving');
    expect(said(`${own}split spring for leaving by time ${later}`, 'churn, customers, orders')).toEqual([]);
    const bare = analysed({
      'base.cupel': `${shop}${task.replace(/split.*\n/, '')}`,
      'other.cupel': `import { churn } from "./base.cupel"\nsplit churn by time ${later}\n`,
      'main.cupel': `import { churn } from "./base.cupel"\nsplit churn by time ${later}\n`,
    });
    expect([...found(bare), ...found(bare, 'other.cupel')]).toEqual([]);
  });
});

describe('windows of imported definitions', () => {
  const base = (condition: string) => `${shop}table picked = orders | where ${condition}\ndef lately(d) = count(picked last d)\n`;
  const main = (condition: string) =>
    `import { customers, orders, lately } from "./base.cupel"\ntable picked = orders | where ${condition}\n${task}features activity for churn { n = lately(30d), own = count(picked last 7d) }\n`;
  const late = 'amount > 50';

  it('go over the tables of the file that defines them', () => {
    const analysis = analysed({ 'base.cupel': base(late), 'main.cupel': main('amount > 900') });
    const all = nodes(analysis);
    const windows = one(all, 'features', 'activity').windows.map(({ relation, from }) => {
      const rows = all.find(({ id }) => id === relation);
      const steps = rows?.kind === 'relation' ? JSON.stringify(rows.steps) : '';
      return `${-(from?.micros ?? 0) / 86_400_000_000} days: ${steps.includes('900') ? 'over 900' : 'over 50'}`;
    });
    expect(windows).toEqual(['30 days: over 50', '7 days: over 900']);
  });

  it.each(['fraud', 'paid'])('are judged by them, whatever the importing file has under their names: %s', leaking => {
    const wrong = analysed({ 'base.cupel': base(leaking), 'main.cupel': main(late) });
    expect(found(wrong).some(line => line.includes('lately'))).toBe(true);
    const right = analysed({ 'base.cupel': base(late), 'main.cupel': main(leaking) });
    expect(found(right).some(line => line.includes('lately'))).toBe(false);
    expect(found(right).some(line => line.includes('picked'))).toBe(true);
  });
});
