import { describe, expect, it } from 'vitest';
import { cells, executed, planned } from './testPlan.ts';

const at = (iso: string): number => Date.parse(iso) * 1000;
const run = (main: string, files: Readonly<Record<string, string>>) => executed(planned({ main }), files);

const sources = `
source people = csv("people.csv") {
  id    : key
  since : timestamp @time @known(+0d)
}
source visits = csv("visits.csv") {
  visit : key
  who   : ref people
  on    : timestamp @time @known(+1d)
  mood  : int? @known(+5d)
  site  : ref sites
}
source sites = csv("sites.csv") {
  site  : key
  size  : int immutable
}
source moves = csv("moves.csv") {
  who   : ref people
  moved : timestamp @time @known(+2d)
  town  : text immutable
}
`;

const files = {
  'people.csv': 'id,since\na,2024-01-01T00:00Z\nb,2024-01-05T00:00Z\n',
  'visits.csv': [
    'visit,who,on,mood,site',
    'v1,a,2024-01-10T00:00Z,3,x',
    'v2,a,2024-01-12T00:00Z,5,y',
    'v3,b,2024-01-11T00:00Z,,x',
    'v4,b,2024-01-20T00:00Z,1,z',
  ].join('\n'),
  'sites.csv': 'site,size\nx,10\ny,20\n',
  'moves.csv': 'who,moved,town\na,2024-01-09T00:00Z,Ulm\na,2024-01-11T00:00Z,Bonn\nb,2024-01-01T00:00Z,Kiel\n',
};

describe('tables', () => {
  it('keep the known times of derived cells: the greatest of what they are made of', () => {
    const outcomes = run(`${sources}\ntable t = visits | derive happy = mood > 2, double = mood * 2, later = on + 1d`, files);
    expect(cells(outcomes, 'relation t', 'visit', 'double', '#event', '#known', 'double#known')[0]).toEqual([
      'v1',
      6,
      at('2024-01-10T00:00Z'),
      at('2024-01-11T00:00Z'),
      at('2024-01-15T00:00Z'),
    ]);
    const columns = planned({ main: `${sources}\ntable t = visits | derive later = on + 1d` }).nodes.find(n => n.id === 'relation t');
    expect(columns?.kind === 'relation' && columns.columns.map(c => c.name)).not.toContain('later#known');
  });

  it('join by key without a known time where nothing comes later', () => {
    const outcomes = run(`${sources}\ntable t = visits | join sites on site == site`, files);
    expect(cells(outcomes, 'relation t', 'visit', 'size')).toEqual([
      ['v1', 10],
      ['v2', 20],
      ['v3', 10],
      ['v4', null],
    ]);
    const plan = planned({ main: `${sources}\ntable t = visits | join sites on site == site` });
    const node = plan.nodes.find(n => n.id === 'relation t');
    expect(node?.kind === 'relation' && [node.steps.map(s => s.op), node.key, node.identity]).toEqual([
      ['join'],
      'visit',
      ['visit', 'who', 'on', 'site'],
    ]);
  });

  it('join as of a moment: the latest row known before it, and the cell known at that moment', () => {
    const outcomes = run(`${sources}\ntable t = visits | join moves on who == who as of on`, files);
    // The move to Bonn on the 11th is known on the 13th only.
    expect(cells(outcomes, 'relation t', 'visit', 'town', 'town#known')).toEqual([
      ['v1', null, at('2024-01-11T00:00Z')],
      ['v2', 'Ulm', at('2024-01-13T00:00Z')],
      ['v3', 'Kiel', at('2024-01-12T00:00Z')],
      ['v4', 'Kiel', at('2024-01-21T00:00Z')],
    ]);
  });

  it('join a partner that may yet come: without one, nothing that is computed of it is ever known', () => {
    const visit = 'visit : key, who : ref people, on : timestamp @time @known(+0d)';
    const text = `source people = csv("people.csv") { id : key, since : timestamp @time @known(+0d), age : int immutable }
source visits = csv("visits.csv") { ${visit} }
table t = visits | join people on who == id | derive years = age ?? 0`;
    const outcomes = run(text, {
      'people.csv': 'id,since,age\na,2024-01-01T00:00Z,30\nb,2024-01-20T00:00Z,40\n',
      'visits.csv': 'visit,who,on\nv1,a,2024-01-10T00:00Z\nv2,b,2024-01-10T00:00Z\nv3,c,2024-01-10T00:00Z\n',
    });
    expect(cells(outcomes, 'relation t', 'visit', 'years', 'years#known')).toEqual([
      ['v1', 30, at('2024-01-10T00:00Z')],
      ['v2', 40, at('2024-01-20T00:00Z')],
      ['v3', 0, null],
    ]);
  });

  it('filter and note when the choice was settled, for those who join', () => {
    const outcomes = run(`${sources}\ntable t = visits | where mood > 2 | select visit, who, on`, files);
    expect(cells(outcomes, 'relation t', 'visit', '#known', '#exists')).toEqual([
      ['v1', at('2024-01-11T00:00Z'), at('2024-01-15T00:00Z')],
      ['v2', at('2024-01-13T00:00Z'), at('2024-01-17T00:00Z')],
    ]);
  });

  it('group, and state the time again', () => {
    const outcomes = run(
      `${sources}\ntable t = visits | group by who { first = min(on), n = count() } | derive seen = first + 1d | time first known seen`,
      files,
    );
    expect(cells(outcomes, 'relation t', 'who', 'n', '#event', '#known')).toEqual([
      ['a', 2, at('2024-01-10T00:00Z'), at('2024-01-11T00:00Z')],
      ['b', 2, at('2024-01-11T00:00Z'), at('2024-01-12T00:00Z')],
    ]);
  });

  it('keep the first or last of each, ties going to the key', () => {
    const twice = { ...files, 'visits.csv': `${files['visits.csv']}\nv0,a,2024-01-12T00:00Z,1,x` };
    expect(cells(run(`${sources}\ntable t = visits | dedupe by who keep earliest`, twice), 'relation t', 'visit')).toEqual([['v1'], ['v3']]);
    expect(cells(run(`${sources}\ntable t = visits | dedupe by who keep latest`, twice), 'relation t', 'visit')).toEqual([['v2'], ['v4']]);
  });

  it('take values from the row before, known when both are', () => {
    const steps = 'visits | sort by who, on | derive before = lag(visit, 1), felt = lag(mood, 1), next = lead(visit, 1), place = rank()';
    const outcomes = run(`${sources}\ntable t = ${steps}`, files);
    expect(cells(outcomes, 'relation t', 'visit', 'before', 'felt', 'felt#known', 'next', 'next#known', 'place')).toEqual([
      ['v1', null, null, null, 'v2', at('2024-01-13T00:00Z'), 1],
      ['v2', 'v1', 3, at('2024-01-15T00:00Z'), null, null, 2],
      ['v3', null, null, null, 'v4', at('2024-01-21T00:00Z'), 1],
      ['v4', 'v3', null, at('2024-01-21T00:00Z'), null, null, 2],
    ]);
    const node = planned({ main: `${sources}\ntable t = ${steps}` }).nodes.find(n => n.id === 'relation t');
    expect(node?.kind === 'relation' && node.columns.map(c => c.name)).not.toContain('before#known');
  });

  it('order by several keys, downwards, nulls last', () => {
    const outcomes = run(`${sources}\ntable t = visits | sort by site, mood desc, on | derive place = rank()`, files);
    expect(cells(outcomes, 'relation t', 'visit', 'place')).toEqual([
      ['v1', 1],
      ['v3', 2],
      ['v2', 1],
      ['v4', 1],
    ]);
  });

  it('fold changes into versions, each until the next one is known', () => {
    const outcomes = run(`${sources}\ntable t = moves | history by who at moved`, files);
    expect(cells(outcomes, 'relation t', 'who', 'town', '#event', 'valid_to', 'valid_to#known')).toEqual([
      ['a', 'Ulm', at('2024-01-09T00:00Z'), at('2024-01-11T00:00Z'), at('2024-01-13T00:00Z')],
      ['a', 'Bonn', at('2024-01-11T00:00Z'), null, null],
      ['b', 'Kiel', at('2024-01-01T00:00Z'), null, null],
    ]);
  });

  it('draw a share by the hash of the key, and a number of rows', () => {
    const many = { ...files, 'sites.csv': `site,size\n${Array.from({ length: 200 }, (_, i) => `s${i},${i}`).join('\n')}\n` };
    const drawn = (steps: string, from = many) => cells(run(`${sources}\ntable t = sites | ${steps}`, from), 'relation t', 'site').flat();
    const share = drawn('sample 10% seed 3');
    expect(share.length).toBeGreaterThan(8);
    expect(share.length).toBeLessThan(40);
    expect(drawn('sample 10% seed 4')).not.toEqual(share);
    const more = { ...many, 'sites.csv': `${many['sites.csv']}extra,1\n` };
    expect(drawn('sample 10% seed 3', more).filter(site => site !== 'extra')).toEqual(share);
    expect(drawn('sample 7 seed 3')).toHaveLength(7);
  });

  it('put rows one after the other, with the known times of both', () => {
    const main = `${sources}
table late  = visits | select who, on, mood
table early = moves | derive on = moved, mood = 0 | select who, on, mood
table both  = late | union early`;
    const outcomes = run(main, files);
    expect(cells(outcomes, 'relation both', 'who', 'mood', '#known', 'mood#known').slice(3, 6)).toEqual([
      ['b', 1, at('2024-01-21T00:00Z'), at('2024-01-25T00:00Z')],
      ['a', 0, at('2024-01-11T00:00Z'), at('2024-01-11T00:00Z')],
      ['a', 0, at('2024-01-13T00:00Z'), at('2024-01-13T00:00Z')],
    ]);
  });

  it('read a table behind its quarantine', () => {
    const main = `${sources}
check visits { on >= 2024-01-11  quarantine
  count() >= 1  warn }
table t = visits | select visit`;
    const plan = planned({ main });
    expect(plan.nodes.find(n => n.id === 'relation t')?.inputs).toEqual(['check visits']);
    expect(cells(executed(plan, files), 'relation t', 'visit')).toEqual([['v2'], ['v3'], ['v4']]);
    const beside = planned({ main: main.replace('quarantine', 'warn') });
    expect(beside.nodes.find(n => n.id === 'relation t')?.inputs).toEqual(['scan visits']);
  });
});

describe('a quarantine of a table of another file', () => {
  const tables = `import { visits } from "./sources.cupel"\ntable all = visits | select visit`;
  const main = `import { visits } from "./sources.cupel"
import { all } from "./tables.cupel"
check visits { on >= 2024-01-11  quarantine }
table here = visits | select visit
table there = all | where true`;

  it('holds for what the file of the check reads, and not for what others do', () => {
    const plan = planned({ main, others: { 'sources.cupel': sources, 'tables.cupel': tables } });
    const made = executed(plan, files);
    expect(cells(made, 'relation here', 'visit')).toEqual([['v2'], ['v3'], ['v4']]);
    expect(cells(made, 'relation there', 'visit')).toEqual([['v1'], ['v2'], ['v3'], ['v4']]);
  });
});

describe('dates', () => {
  const dated = `
source days = csv("days.csv", zone: "America/New_York") {
  id  : key
  day : date @time
  x   : int immutable
  y   : int @known(+2d)
}
task t {
  each d in days
  label y
  zone: "America/New_York"
}
split t by time { train: ..2024-01-15, test: 2024-01-20.., gap: 4d }
`;
  it('stand at their first instant, are known at their last, and include their day as a cutoff', () => {
    const outcomes = run(dated, { 'days.csv': 'id,day,x,y\na,2024-01-01,1,2\nb,2024-02-01,1,2\n' });
    expect(cells(outcomes, 'scan days', '#event', '#known', 'y#known')[0]).toEqual([
      at('2024-01-01T05:00Z'),
      at('2024-01-02T05:00Z') - 1,
      at('2024-01-04T05:00Z') - 1,
    ]);
    expect(cells(outcomes, 'frame t', 'id', '#cutoff', '#label', '#state')[0]).toEqual(['a', at('2024-01-02T05:00Z') - 1, 2, 'ready']);
  });
});

describe('splits along refs', () => {
  it('read the row that the ref reaches', () => {
    const main = `
source studies = csv("studies.csv") { study : key  site : text immutable }
source scans = csv("scans.csv") { scan : key  study : ref studies  bad : bool  x : int }
task t { each s in scans  label bad }
split t by group { group: study.site, test: 50%, seed: 3 }
features f for t { x }
model m = baseline(f)
evaluate m on test { log_loss  by study.site { log_loss } }`.replaceAll('  ', '\n  ');
    const plan = planned({ main });
    const split = plan.nodes.find(n => n.kind === 'split');
    expect(split?.kind === 'split' && split.method.kind === 'group' && split.method.group).toEqual({
      op: 'column',
      type: 'text',
      name: 'study.site',
      of: null,
    });
    const data = {
      'studies.csv': 'study,site\ns1,A\ns2,B\ns3,A\n',
      'scans.csv': 'scan,study,bad,x\n1,s1,true,1\n2,s2,false,1\n3,s3,true,1\n4,s1,false,1\n',
    };
    const rows = cells(executed(plan, data), 'split t', 'study.site', '#partition');
    expect(new Set(rows.filter(([site]) => site === 'A').map(([, partition]) => partition)).size).toBe(1);
  });
});
