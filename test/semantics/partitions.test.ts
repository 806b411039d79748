/** Semantics, labels, gaps and partitions: which observations there are, and who may use them. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { diagnostic, type Executed, expectTables, fixed, planOf, told } from './program.ts';

const findingsOf = ({ results }: Executed, node: string): string[] =>
  (results.get(node)?.findings ?? []).map(f => `${f.severity} ${f.rule} ${f.count}`);

const shop = (known = '@known(+0d)', until = 'until 2024-05-31') => `source people = csv("p.csv") {
  id    : key
  since : timestamp @time @known(+0d)
}
source orders = csv("o.csv") ${until} {
  who    : ref people
  placed : timestamp @time ${known}
  amount : int? immutable
}
`;
const task = `task t { each p in people, at every month from 2024-03-01 to 2024-06-01, label y = count(orders next 30d) > 0 }
`;
const data = { 'p.csv': 'id,since\na,2024-01-01\n', 'o.csv': 'who,placed,amount\na,2024-03-05,1\na,2024-05-02,\n' };

describe('a label is ripe at cutoff + horizon + delay', () => {
  it('and what is not by the declared end, which includes its day, is left out and counted', async () => {
    const run = await expectTables(`${shop()}${task}`, data, {
      'frame t': '#cutoff #label #state\n2024-03-01 true ready\n2024-04-01 false ready\n2024-05-01 true ready\n2024-06-01 null unripe',
    });
    expect(findingsOf(run, 'frame t')).toEqual(['info unripe-label 1']);
    expect(run.outcomes.get('frame t')).toMatchObject({ candidates: 4, unripe: 1, nullLabels: 0 });
  });

  it('the delay is the lag of @known', async () => {
    const run = await expectTables(`${shop('@known(+1d)')}${task}`, data, {
      'frame t': '#cutoff #state\n2024-03-01 ready\n2024-04-01 ready\n2024-05-01 unripe\n2024-06-01 unripe',
    });
    expect(run.plan.nodes.find(n => n.id === 'frame t')).toMatchObject({
      label: { horizon: { months: 0, micros: 30 * 86_400e6 }, delay: { months: 0, micros: 86_400e6 } },
    });
  });

  it('or what the task says', () =>
    expectTables(`${shop()}${task.replace(' }\n', ', delay: 1d }\n')}`, data, {
      'frame t': '#cutoff #state\n2024-03-01 ready\n2024-04-01 ready\n2024-05-01 unripe\n2024-06-01 unripe',
    }));

  it('without a declared end it is the greatest known time', () =>
    expectTables(
      `${shop('@known(+1d)', '')}${task}`,
      { ...data, 'o.csv': 'who,placed,amount\na,2024-03-05,1\na,2024-05-01,1\n' },
      {
        // Known up to 2024-05-02: 2024-04-01 + 31d fits exactly.
        'frame t': '#cutoff #state\n2024-03-01 ready\n2024-04-01 ready\n2024-05-01 unripe\n2024-06-01 unripe',
      },
    ));

  it('it reads only rows that are known by then', () =>
    expectTables(
      `${shop('', '').replace('amount : int? immutable', 'told   : timestamp @known')}${task.replace(' }\n', ', delay: 2d }\n')}`,
      {
        'p.csv': data['p.csv'],
        // 2024-03-01 + 32d is 2024-04-02, 2024-04-01 + 32d is 2024-05-03.
        'o.csv': 'who,placed,told\na,2024-03-05,2024-04-02\na,2024-04-05,2024-05-02T23:59:59Z\na,2024-01-01,2024-09-01\n',
      },
      { 'frame t': '#cutoff #label\n2024-03-01 false\n2024-04-01 true\n2024-05-01 false\n2024-06-01 false' },
    ));

  it('a null label drops the observation, counted, from every partition', async () => {
    const run = await expectTables(
      `${shop()}${task.replace('count(orders next 30d) > 0', 'sum(amount of orders next 30d) > 0')}split t by time { train: ..2024-04-01, test: 2024-05-01.., gap: 30d }`,
      data,
      {
        'frame t': '#cutoff #label #state\n2024-03-01 true ready\n2024-04-01 null unlabelled\n2024-05-01 null unlabelled\n2024-06-01 null unripe',
        'split t': '#cutoff #partition\n2024-03-01 train',
      },
    );
    expect(findingsOf(run, 'frame t')).toEqual(['info unripe-label 1', 'info null-label 2']);
  });

  it('a row that is known after its own cutoff, or has none, is no observation, counted', async () => {
    const visits = `source visits = csv("v.csv") until 2024-05-31 {
  id    : key
  asked : timestamp @time @known(+0d)
  due   : timestamp? immutable
  came  : bool @known(+9d)
}
task t { each v in visits, at due - 1d, label came, delay: 9d }
`;
    const rows = 'a,2024-03-01,2024-03-05,true\nb,2024-03-02,2024-03-03,false\nc,2024-03-02,2024-03-02T12:00:00Z,true\nd,2024-03-02,,true';
    const run = await expectTables(visits, { 'v.csv': `id,asked,due,came\n${rows}\n` }, { 'frame t': 'id #cutoff\na 2024-03-04\nb 2024-03-02' });
    expect(findingsOf(run, 'frame t')).toEqual(['info not-observed 1', 'info not-observed 1']);
    expect(run.results.get('frame t')?.findings.map(({ message }) => message)).toEqual([
      '1 row of `visits` is no observation: the cutoff is null there.',
      '1 row of `visits` is no observation: known only after the cutoff, it was not there to be predicted.',
    ]);
    const meant = visits.replace('each v in visits', 'each v in visits where due != null');
    const chosen = await expectTables(meant, { 'v.csv': `id,asked,due,came\n${rows}\n` }, { 'frame t': 'id #cutoff\na 2024-03-04\nb 2024-03-02' });
    expect(findingsOf(chosen, 'frame t')).toEqual([]);
  });

  it('the horizon is the longest window, the delay the longest lag that the label reads', async () => {
    const { plan } = await expectTables(
      `${shop('@known(+1d)').replace('int? immutable', 'int? @known(+9d)')}${task.replace('count(orders next 30d) > 0', 'count(orders next 30d) > 0 or sum(amount of orders next 10d) > 2')}`,
      data,
      {},
    );
    expect(plan.nodes.find(n => n.id === 'frame t')).toMatchObject({
      label: { horizon: { micros: 30 * 86_400e6 }, delay: { micros: 9 * 86_400e6 } },
    });
  });
});

describe("a label of the observation's own row", () => {
  const own = (column: string, rest = '') => `source people = csv("p.csv") until 2024-05-31 {
  id    : key
  since : timestamp @time @known(+0d)
  told  : timestamp
  won   : bool ${column}
}
task t {
  each p in people
  at since
  label won${rest}
}
split t by time { train: ..2024-03-31, test: 2024-04-01.. }
`;
  const rows = { 'p.csv': 'id,since,told,won\na,2024-03-31,2024-05-01,true\nb,2024-05-31,2024-05-31,true\n' };

  it('has horizon 0', () => expectTables(own(''), rows, { 'split t': 'id #label #partition\na true train\nb true test' }));

  it('waits for the lag of its column', () => {
    expect(told(own('@known(+3d)'))).toEqual(['error gap-shorter-than-horizon «time»']);
    return expectTables(
      fixed(own('@known(+3d)'), 'gap-shorter-than-horizon'),
      { 'p.csv': `${rows['p.csv']}c,2024-03-29,2024-05-01,true\n` },
      {
        'frame t': 'id #state\na ready\nb unripe\nc ready',
        'split t': 'id #partition\na none\nc train',
      },
    );
  });

  it.each(['@after(outcome)', '@known(told)'])('needs a delay when its column is %s, which the fix writes', column => {
    expect(told(own(column))).toEqual(['error missing-item «won»']);
    const stated = fixed(own(column), 'missing-item');
    expect(stated).toContain('label won\n  delay: 7d');
    expect(told(stated)).toEqual(['error gap-shorter-than-horizon «time»']);
    expect(told(fixed(stated, 'gap-shorter-than-horizon'))).toEqual([]);
  });

  it('without any time has neither horizon nor ripeness', () =>
    expectTables(
      'source people = csv("p.csv") { id : key, won : bool? @after(outcome) }\ntask t { each p in people, label won }',
      { 'p.csv': 'id,won\na,true\nb,\n' },
      { 'frame t': 'id #label #state\na true ready\nb null unlabelled' },
    ));
});

describe('gaps', () => {
  const split = (gap: string, train = '..2024-04-30') => `${shop()}${task}split t by time { train: ${train}, test: 2024-05-01..${gap} }\n`;

  it('drop what lies after the start of the next partition, into `none`, counted', async () => {
    const run = await expectTables(split(', gap: 61d').replace('2024-05-31', '2025-01-01'), data, {
      // 2024-03-01 + 61d is 2024-05-01: not after it.
      'split t': '#cutoff #partition\n2024-03-01 train\n2024-04-01 none\n2024-05-01 test\n2024-06-01 test',
    });
    expect(findingsOf(run, 'split t')).toContain('info no-partition 1');
    await expectTables(split(', gap: 2mo').replace('2024-05-31', '2025-01-01'), data, {
      'split t': '#cutoff #partition\n2024-03-01 train\n2024-04-01 none\n2024-05-01 test\n2024-06-01 test',
    });
  });

  it('are an error where they are missing or too short, and the fix makes them long enough', () => {
    expect(told(split(''))).toEqual([]);
    const short = (gap: string) => split(gap).replaceAll('30d', '31d');
    expect(told(short(''))).toEqual(['error gap-shorter-than-horizon «time»']);
    expect(told(short(', gap: 10d'))).toEqual(['error gap-shorter-than-horizon «10d»']);
    expect(fixed(short(''), 'gap-shorter-than-horizon')).toContain('test: 2024-05-01.., gap: 31d }');
    expect(fixed(short(', gap: 10d'), 'gap-shorter-than-horizon')).toContain('test: 2024-05-01.., gap: 31d }');
    for (const gap of ['', ', gap: 10d']) expect(told(fixed(short(gap), 'gap-shorter-than-horizon'))).toEqual([]);
    // Bounds that leave a hole do without: the last cutoff of train is 2024-03-01.
    expect(told(short('').replace('..2024-04-30', '..2024-03-31'))).toEqual([]);
    expect(diagnostic(short(''), 'gap-shorter-than-horizon').verdict).toBe('leaks');
  });

  it('include the delay', () =>
    expect(
      told(`${split('').replace('@known(+0d) ', '').replace('placed : timestamp @time @known(+0d)', 'placed : timestamp @time @known(+2d)')}`),
    ).toEqual(['error gap-shorter-than-horizon «time»']));

  it('rows in holes have no partition', () =>
    expectTables(split('', '..2024-03-31').replace('2024-05-31', '2025-01-01'), data, {
      'split t': '#cutoff #partition\n2024-03-01 train\n2024-04-01 none\n2024-05-01 test\n2024-06-01 test',
    }));

  it('without a written bound the next partition starts at its first candidate, labelled or not', () =>
    expectTables(
      `${shop('@known(+0d)', 'until 2025-01-01')}${task.replace('count(orders next 30d) > 0', 'sum(amount of orders next 30d) > 0')}split t by time { train: ..2024-04-15, test: ..2024-12-31, gap: 31d }`,
      { ...data, 'o.csv': 'who,placed,amount\na,2024-03-05,1\na,2024-04-02,1\na,2024-06-02,1\n' },
      // The first candidate of test is 2024-05-01, whose label is null: 2024-04-01 + 31d lies after it.
      { 'split t': '#cutoff #partition\n2024-03-01 train\n2024-04-01 none\n2024-06-01 test' },
    ));
});

/** As the page has it: the first 52 bits of the MD5, between 0 and 1. */
const drawn = (text: string): number => Number.parseInt(createHash('md5').update(text).digest('hex').slice(0, 13), 16) / 2 ** 52;
const partition = (u: number): string => (u < 0.3 ? 'test' : u < 0.5 ? 'validate' : 'train');

describe('splits at random', () => {
  const people = (rest = '') => `source people = csv("p.csv") { id : key, town : text, age : int, won : bool${rest} }
task t { each p in people, label won }
`;
  const ids = Array.from({ length: 24 }, (_, i) => `p${i}`);
  const file = (all: readonly string[]) => ({
    'p.csv': `id,town,age,won\n${all.map(id => `${id},${Number(id.slice(1)) % 3 ? 'Ulm' : 'Bonn'},${Number(id.slice(1)) % 4},true`).join('\n')}\n`,
  });
  const random = `${people()}split t at random { test: 30%, validate: 20%, seed: 7 }\n`;
  const expected = (all: readonly string[]) => ({ 'split t': `id #partition\n${all.map(id => `${id} ${partition(drawn(`7|${id}|`))}`).join('\n')}` });

  it('draw by seed and key', () => expectTables(random, file(ids), expected(ids)));
  it('whatever the order of the file, and the same when rows are appended', async () => {
    await expectTables(random, file([...ids].reverse()), expected(ids));
    const more = [...ids, 'p90', 'p91'];
    await expectTables(random, file(more), expected(more));
  });

  it('`stratify` takes quotas by the draw within each stratum', () => {
    const quota = (id: string): string => {
      const isUlm = (other: string) => Number(other.slice(1)) % 3 !== 0;
      const peers = ids.filter(other => isUlm(other) === isUlm(id)).map(other => drawn(`7|${other}|`));
      return partition((peers.filter(u => u < drawn(`7|${id}|`)).length + 0.5) / peers.length);
    };
    return expectTables(`${people()}split t at random { test: 30%, validate: 20%, stratify: town, seed: 7 }\n`, file([...ids].reverse()), {
      'split t': `id #partition\n${ids.map(id => `${id} ${quota(id)}`).join('\n')}`,
    });
  });

  it('`by group` hashes the group', () =>
    expectTables(`${people()}split t by group { group: age, test: 30%, validate: 20%, seed: 7 }\n`, file(ids), {
      'split t': `id #partition\n${ids.map(id => `${id} ${partition(drawn(`7|${Number(id.slice(1)) % 4}`))}`).join('\n')}`,
    }));

  it('without a key identity is the hash of what is known with the row, and equal rows stay together', async () => {
    const text = `source people = csv("p.csv") { name : text, age : int?, boat : text? @after(outcome), plan : text @current, won : bool }
task t { each p in people, label won }
split t at random { test: 30%, validate: 20%, seed: 7 }
`;
    const identity = (...cells: string[]) => createHash('md5').update(cells.join('\u001f')).digest('hex');
    const of = (...cells: string[]) => partition(drawn(`7|${identity(...cells)}|`));
    const run = await expectTables(
      text,
      {
        'p.csv':
          'name,age,boat,plan,won\nann,3,x,a,true\nann,3,y,b,true\nbob,,,c,false\ncid,1,,d,true\ndan,2,,e,false\ngus,7,,f,true\nhal,6,,g,true\n',
      },
      {
        'split t': `name plan #partition
          ann a ${of('ann', '3', 'true')}
          ann b ${of('ann', '3', 'true')}
          bob c ${of('bob', '\u0000', 'false')}
          cid d ${of('cid', '1', 'true')}
          dan e ${of('dan', '2', 'false')}
          gus f ${of('gus', '7', 'true')}
          hal g ${of('hal', '6', 'true')}`,
      },
    );
    expect(findingsOf(run, 'frame t')).toEqual(['info equal-rows 1']);
  });
});

describe('`by time` with a group', () => {
  it('drops from later partitions the groups seen earlier among candidates, before ripeness and null labels', () =>
    expectTables(
      `source visits = csv("v.csv") until 2024-12-31 { visit : key, patient : text immutable, at : timestamp @time @known(+0d), won : bool? }
task t { each v in visits, at at, label won }
split t by time { train: ..2024-03-31, test: 2024-04-01.., group: patient }
`,
      // Ann's visit in March has no label, and still keeps her out of test. Cid's label in December is not lost to anybody.
      {
        'v.csv':
          'visit,patient,at,won\n1,ann,2024-03-01,\n2,ann,2024-04-05,true\n3,bob,2024-03-02,true\n4,bob,2024-05-01,true\n5,cid,2024-05-01,true\n',
      },
      { 'split t': 'visit #partition\n2 none\n3 train\n4 none\n5 test' },
    ));
});

describe('who uses which rows', () => {
  const base = `source people = csv("p.csv") { id : key, age : int?, won : bool }
task t { each p in people, label won }
split t at random { test: 20%, validate: 20%, seed: 1 }
features f for t { x = age |> impute(mean) }
model usual = baseline(f)
model gbt = gradient_boosting(f)
`;
  it('fitted transforms learn on train', () =>
    expectTables(
      `source people = csv("p.csv") until 2024-12-31 { id : key, since : timestamp @time @known(+0d), age : int? immutable, won : bool }
task t { each p in people, at since, label won }
split t by time { train: ..2024-03-31, validate: 2024-04-01..2024-04-30, test: 2024-05-01.. }
features f for t { x = age |> impute(mean), z = age |> standardize }
`,
      {
        'p.csv':
          'id,since,age,won\na,2024-03-01,1,true\nb,2024-03-02,3,true\nc,2024-03-03,,true\nd,2024-04-01,90,true\ne,2024-05-01,,true\nf,2024-05-02,800,true\n',
      },
      { 'features f': 'id x z\na 1 -1\nb 3 1\nc 2 null\nd 90 88\ne 2 null\nf 800 798' },
    ));

  it('choices never use test', () => {
    expect(told(`${base}model b = best of usual, gbt by auc on test\n`)).toEqual(['error choice-on-test «test»']);
    expect(told(base.replace('boosting(f)', 'boosting(f) { early_stop: 5 on test }'))).toEqual(['error choice-on-test «test»']);
    const chosen = fixed(`${base}model b = best of usual, gbt by auc on test\n`, 'choice-on-test');
    expect(chosen).toContain('by auc on validate');
    expect(told(chosen)).toEqual([]);
  });

  it('and evaluations never train', () => expect(told(`${base}evaluate gbt on train { auc }\n`)).toEqual(['error evaluate-on-train «train»']));

  it.each([
    ['a search', 'boosting(f) { tune { depth: 3..10, trials: 4, by: auc } }', 'tune gbt', ['train']],
    ['calibration', 'boosting(f) { calibrate: isotonic }', 'crossfit gbt', ['train']],
    ['a threshold on folds', 'boosting(f) { threshold: max f1 on folds }', 'crossfit gbt', ['train']],
    ['rounds on folds', 'boosting(f) { early_stop: 5 on folds }', 'train gbt', ['train']],
    ['figures on folds', 'boosting(f)\nevaluate gbt on folds { auc }', 'crossfit gbt · all but test', ['train', 'validate']],
  ])('%s cuts its folds from these partitions, never from test', (_, model, node, pool) => {
    const plan = planOf(base.replace('seed: 1', 'seed: 1, folds: 3').replace('boosting(f)', model));
    const reader = plan.nodes.find(n => n.id === node);
    const sets = plan.nodes.filter(n => reader?.inputs.includes(n.id) && n.kind === 'features' && n.part);
    const methods = plan.nodes.flatMap(n => (n.kind === 'split' && sets.some(set => set.inputs.includes(n.id)) ? [n.method] : []));
    expect(methods).toHaveLength(3);
    expect(methods.map(method => method.kind === 'fold' && [method.fold, method.folds, method.pool])).toEqual([
      [0, 3, pool],
      [1, 3, pool],
      [2, 3, pool],
    ]);
  });

  it('a threshold is chosen on validate, without one on folds', () => {
    const on = (text: string) => planOf(text).nodes.find(n => n.kind === 'finish')?.threshold;
    const decided = base.replace('boosting(f)', 'boosting(f) { threshold: max f1 }');
    expect(on(decided)).toMatchObject({ on: 'validate' });
    expect(on(decided.replace('validate: 20%, ', ''))).toMatchObject({ on: 'folds' });
  });
});

describe('folds', () => {
  const people = (
    split: string,
  ) => `source people = csv("p.csv") until 2024-12-31 { id : key, since : timestamp @time @known(+0d), team : text immutable, won : bool }
task t { each p in people, at since, label won }
split t ${split}
features f for t { team }
model m = baseline(f)
evaluate m on folds { auc }
`;
  const rows = {
    'p.csv': `id,since,team,won\n${[
      'a,2024-03-01,x',
      'b,2024-03-02,y',
      'c,2024-03-03,x',
      'd,2024-03-04,z',
      'e,2024-03-05,z',
      'f,2024-03-06,y',
      'g,2024-05-01,w',
    ]
      .map((row, i) => `${row},${i % 2 === 0}`)
      .join('\n')}\n`,
  };
  const byTime = (more: string) => people(`by time { train: ..2024-03-31, test: 2024-05-01.., ${more} }`);

  it('by time hold later cutoffs out, and learn from what lies the gap before them', () =>
    // Six cutoffs, two of them only learned from; then two blocks of two.
    expectTables(byTime('gap: 2d, folds: 2'), rows, {
      'split t · fold 1 of 2, all but test': 'id #partition\na train\nb none\nc validate\nd validate\ne none\nf none\ng none',
      'split t · fold 2 of 2, all but test': 'id #partition\na train\nb train\nc train\nd none\ne validate\nf validate\ng none',
    }));

  it('by time begin no earlier than the gap after the first cutoff', () =>
    expectTables(byTime('gap: 4d, folds: 2'), rows, {
      'split t · fold 1 of 2, all but test': 'id #partition\na train\nb none\nc none\nd none\ne validate\nf none\ng none',
      'split t · fold 2 of 2, all but test': 'id #partition\na train\nb train\nc none\nd none\ne none\nf validate\ng none',
    }));

  it('by time keep groups that were learned from out of what they hold out', () =>
    expectTables(
      byTime('gap: 0d, folds: 2, group: team'),
      { 'p.csv': rows['p.csv'].replace('f,2024-03-06,y', 'f,2024-03-06,v') },
      {
        'split t · fold 1 of 2, all but test': 'id #partition\na train\nb train\nc none\nd validate\ne none\nf none\ng none',
        'split t · fold 2 of 2, all but test': 'id #partition\na train\nb train\nc train\nd train\ne none\nf validate\ng none',
      },
    ));
});
