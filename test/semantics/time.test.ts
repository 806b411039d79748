/** Semantics, time and visibility: which rows and cells an observation sees. */
import { describe, expect, it } from 'vitest';
import { diagnostic, expectTables, fixed, told } from './program.ts';

const people = `source people = csv("p.csv") {
  id    : key
  since : timestamp @time @known(+0d)
}
`;
const orders = `source orders = csv("o.csv") until 2024-12-31 {
  order    : key
  who      : ref people
  placed   : timestamp @time @known(+1d)
  amount   : int immutable
  returned : bool @known(+30d)
}
`;
const ana = 'id,since\nana,2024-01-01\n';
/** One cutoff, 2024-06-01, for everybody. */
const task = `task t { each p in people, at every month from 2024-06-01 to 2024-06-01, label y = count(orders next 10d) > 0 }
split t by time { train: ..2024-06-30, test: 2024-07-01.., gap: 0d }
`;
const open = `source people = csv("p.csv") until 2024-12-31 { id : key, since : timestamp @time @known(+0d) }
task t { each p in people, at every month from 2024-06-01 to 2024-06-01, label y = true, delay: 0d }
`;

/** The features at 2024-06-01 over orders that are given as `placed,amount,returned`. */
function sees(features: string, placed: readonly string[], values: string, source = orders) {
  const rows = placed.map((row, i) => `o${i},ana,${row}`).join('\n');
  const names = features.split('\n').map(line => line.trim().split(' ')[0] ?? '');
  return expectTables(
    `${people}${source}${task.replace('gap: 0d', 'gap: 11d')}features f for t {\n${features}\n}`,
    { 'p.csv': ana, 'o.csv': `order,who,placed,amount,returned\n${rows}\n` },
    { 'features f': `${names.join(' ')}\n${values}` },
  );
}

describe('a row is visible once it is known, a cell once its own time has come', () => {
  it('known before the cutoff, not at it', () =>
    sees('n = count(orders)', ['2024-05-30T23:59:59.999999Z,1,false', '2024-05-31T00:00:00Z,1,false'], '1'));

  it('a late cell is null until then', () =>
    sees(
      'n = count(orders)\nback = count(returned of orders)\nlast = last(returned of orders)',
      ['2024-04-01,1,true', '2024-05-02T00:00:00Z,1,true', '2024-05-03,1,true'],
      '3 1 true',
    ));

  it('also inside conditions', () =>
    sees(
      'yes = count(orders where returned)\nno = count(orders where not returned)\nopen = count(orders where returned == null)\nshare = rate(returned of orders)',
      ['2024-04-01,1,true', '2024-04-02,1,false', '2024-05-20,1,true'],
      '1 1 1 0.5',
    ));
});

describe("the entity's own row", () => {
  const own = `source people = csv("p.csv") until 2024-12-31 {
  id    : key
  since : timestamp @time @known(+0d)
  asked : timestamp
  reply : text? @known(asked)
  won   : bool
}
task t { each p in people, at every month from 2024-06-01 to 2024-07-01, label won, delay: 0d }
split t by time { train: ..2024-06-15, test: 2024-06-16.., gap: 0d }
features f for t { word = reply }
`;
  it('is seen at its own cutoff, and so are its cells', () =>
    expectTables(
      own.replace('at every month from 2024-06-01 to 2024-07-01', 'at since'),
      {
        'p.csv':
          'id,since,asked,reply,won\na,2024-06-01,2024-06-01,yes,true\nb,2024-06-02,2024-06-02T00:00:00.000001Z,no,true\nc,2024-07-01,2024-07-01,no,true\n',
      },
      { 'features f': 'id #cutoff word\na 2024-06-01 yes\nb 2024-06-02 null\nc 2024-07-01 no' },
    ));

  it('is seen on a grid of cutoffs as all rows are, and so are its cells', () =>
    expectTables(
      own,
      {
        'p.csv': [
          'id,since,asked,reply,won',
          'a,2024-05-31T23:59:59.999999Z,2024-05-31T23:59:59.999999Z,yes,true',
          'b,2024-06-01,2024-07-01,no,true',
          'c,2024-06-01,2024-06-30T23:59:59.999999Z,no,true\n',
        ].join('\n'),
      },
      { 'features f': 'id #cutoff word\na 2024-06-01 yes\na 2024-07-01 yes\nb 2024-07-01 null\nc 2024-07-01 no' },
    ));

  it('is there from its known time on', () =>
    expectTables(
      own.replace('@known(+0d)', '@known(+5d)'),
      { 'p.csv': 'id,since,asked,reply,won\na,2024-05-26,2024-05-26,yes,true\nb,2024-05-27,2024-05-27,no,true\n' },
      { 'frame t': 'id #cutoff\na 2024-06-01\na 2024-07-01\nb 2024-07-01' },
    ));

  it('but not what is @after or @current', () => {
    const two = own.replace('won   :', 'body : text? @after(outcome)\n  plan : text @current\n  won   :').replace('word = reply', 'body, plan');
    expect(told(two)).toEqual(['info unknown-availability «@time»', 'error after-outcome «body»', 'warning current-state «plan»']);
  });
});

describe('windows', () => {
  it('last D takes [c − D, c)', () =>
    sees(
      'n = count(orders last 10d)\ns = sum(amount of orders last 10d)',
      ['2024-05-21T23:59:59.999999Z,1,false', '2024-05-22,2,false', '2024-05-30,4,false'],
      '2 6',
    ));

  it('last D lag L takes [c − L − D, c − L), still as known before c', () =>
    sees(
      's = sum(amount of orders last 10d lag 2d)\nr = sum(amount of orders last 10d lag 1d)',
      // The last order is known at 2024-05-31, after its window ends and before the cutoff.
      ['2024-05-19T23:59:59Z,1,false', '2024-05-20,2,false', '2024-05-29T23:59:59Z,4,false', '2024-05-30,8,false'],
      '6 12',
    ));

  it('no window takes all before the cutoff', () =>
    sees('n = count(orders)', ['1990-01-01,1,false', '2024-05-30,1,false', '2024-06-01,1,false'], '2'));

  it('months are of the calendar', () => sees('n = count(orders last 1mo)', ['2024-04-30T23:59:59Z,1,false', '2024-05-01,1,false'], '1'));

  it('next D takes [c, c + D)', async () => {
    const labelled = (placed: string, label: boolean) =>
      expectTables(
        `${people}${orders}${task}`.replace('gap: 0d', 'gap: 11d'),
        { 'p.csv': ana, 'o.csv': `order,who,placed,amount,returned\no1,ana,${placed},1,false\n` },
        { 'frame t': `#cutoff #label\n2024-06-01 ${label}` },
      );
    await labelled('2024-05-31T23:59:59Z', false);
    await labelled('2024-06-01', true);
    await labelled('2024-06-10T23:59:59.999999Z', true);
    await labelled('2024-06-11', false);
  });
});

describe('known times', () => {
  it('are a column, a lag, or the event time', async () => {
    const rows = ['2024-05-20,1,false', '2024-05-30T12:00Z,2,false', '2024-05-31T12:00Z,4,false'];
    await sees('s = sum(amount of orders)', rows, '3');
    await sees('s = sum(amount of orders)', rows, '7', orders.replace(' @known(+1d)', ''));
    await sees('s = sum(amount of orders)', rows, '1', orders.replace('@known(+1d)', '@known(+2d)'));
  });

  it('of the event are assumed, which is told once a source with the fix that writes it', () => {
    const text = `${people}${orders.replace(' @known(+1d)', '').replace(' immutable', '')}`;
    expect(told(text)).toEqual(['info unknown-availability «@time»']);
    expect(diagnostic(text, 'unknown-availability')).toMatchObject({
      verdict: 'assumed',
      message: 'Rows of `orders` are assumed to be known at `placed`, and `amount` never to be overwritten.',
    });
    const stated = fixed(text, 'unknown-availability');
    expect(stated).toContain('placed   : timestamp @time @known(+0d)');
    expect(stated).toContain('amount   : int immutable');
    expect(told(stated)).toEqual([]);
  });

  const shipped = `source orders = csv("o.csv") until 2024-12-31 {
  who    : ref people
  placed : timestamp @time @known(+0d)
  landed : timestamp?
  weight : int? @known(landed)
}
`;
  it('that name a column are known at its own value; a missing one is never known', () =>
    expectTables(
      `${people}${shipped}${task.replace('gap: 0d', 'gap: 10d')}features f for t {
  n     = count(orders)
  seen  = count(landed of orders)
  heavy = sum(weight of orders)
}`,
      {
        'p.csv': ana,
        'o.csv': 'who,placed,landed,weight\nana,2024-05-01,2024-05-31T23:59:59Z,1\nana,2024-05-02,2024-06-01,2\nana,2024-05-03,,4\n',
      },
      { 'features f': 'n seen heavy\n3 1 1' },
    ));

  it('of a date are its last instant, while it stands in windows at its first', () =>
    expectTables(
      `${people.replace('timestamp', 'date')}
source orders = csv("o.csv") until 2024-12-31 { who : ref people, placed : date @time @known(+0d) }
task t { each p in people, at every 12h from 2024-06-01 to 2024-06-02T00:00:00Z, label y = count(orders next 1d) > 0 }
split t by time { train: ..2024-06-30, test: 2024-08-01.., gap: 2d }
features f for t { day = count(orders last 1d), all = count(orders), half = count(orders last 12h) }`,
      { 'p.csv': 'id,since\nana,2024-01-01\neve,2024-06-01\n', 'o.csv': 'who,placed\nana,2024-05-31\nana,2024-06-01\n' },
      {
        // Eve's row is known when her day is over.
        'features f': `id #cutoff day all half
          ana 2024-06-01           1 1 0
          ana 2024-06-01T12:00Z    0 1 0
          ana 2024-06-02           1 2 0
          eve 2024-06-02           0 0 0`,
      },
    ));

  it('are UTC unless the source names a zone', () =>
    expectTables(
      `${people}${orders.replace('"o.csv"', '"o.csv", zone: "America/New_York"')}table late = orders | where amount > 0`,
      {
        'p.csv': ana,
        'o.csv':
          'order,who,placed,amount,returned\no1,ana,2024-01-15 10:00:00,1,false\no2,ana,2024-07-15 10:00:00,1,false\no3,ana,2024-07-15T10:00:00Z,1,false\n',
      },
      {
        'relation late': `order placed #event #known
          o1 2024-01-15T15:00Z 2024-01-15T15:00Z 2024-01-16T15:00Z
          o2 2024-07-15T14:00Z 2024-07-15T14:00Z 2024-07-16T14:00Z
          o3 2024-07-15T10:00Z 2024-07-15T10:00Z 2024-07-16T10:00Z`,
      },
    ));

  it('of a date in a zone end with its day there', () =>
    expectTables(
      'source days = csv("d.csv", zone: "America/New_York") { d : date @time @known(+0d), x : int immutable }\ntable some = days | where x > 0',
      { 'd.csv': 'd,x\n2024-01-15,1\n' },
      { 'relation some': 'd #event #known\n2024-01-15 2024-01-15T05:00Z 2024-01-16T04:59:59.999Z' },
    ));

  it("a bound that is a date includes its whole day in the task's zone", () =>
    expectTables(
      `source people = csv("p.csv") until 2024-12-31 { id : key, since : timestamp @time @known(+0d), won : bool }
task t { each p in people, at since, label won, delay: 0d, zone: "America/New_York" }
split t by time { train: ..2024-06-01, validate: 2024-06-02..2024-06-02, test: 2024-06-03.. }`,
      {
        'p.csv': 'id,since,won\na,2024-06-02T03:59:59Z,true\nb,2024-06-02T04:00:00Z,true\nc,2024-06-03T03:59:59Z,true\nd,2024-06-03T04:00:00Z,true\n',
      },
      { 'split t': 'id #partition\na train\nb validate\nc validate\nd test' },
    ));
});

describe('the latest of several', () => {
  const prices = `source sales = csv("s.csv") { sale : key, item : text immutable, at : timestamp @time @known(+0d) }
source prices = csv("r.csv") {
  item  : text immutable
  from  : timestamp @time
  told  : timestamp @known
  price : int immutable
  note  : int @known(+90d)
}
`;
  const joined = `${prices}table priced = sales | join prices on item == item as of at\n`;
  const sale = 'sale,item,at\ns1,tea,2024-06-01\n';
  const asOf = (rows: string, price: string, text = joined) =>
    expectTables(text, { 's.csv': sale, 'r.csv': `item,from,told,price,note\n${rows}\n` }, { 'relation priced': `sale price\ns1 ${price}` });

  it('as of t has event and known time before t', async () => {
    await asOf('tea,2024-05-01,2024-05-01,1,0\ntea,2024-05-31T23:59:59Z,2024-05-31T23:59:59Z,2,0\ntea,2024-06-01,2024-05-01,3,0', '2');
    await asOf('tea,2024-05-01,2024-05-01,1,0\ntea,2024-05-02,2024-06-01,2,0', '1');
    await asOf('tea,2024-06-01,2024-06-01,1,0', 'null');
  });

  it('ties go by event time, then known time, then by what is known with the row, whatever the order of the file', async () => {
    const first = ['tea,2024-05-01,2024-05-03,1,0', 'tea,2024-05-02,2024-05-02,2,0', 'tea,2024-05-02,2024-05-03,3,0'];
    await asOf(first.join('\n'), '3');
    await asOf([...first].reverse().join('\n'), '3');
    // Equal times: the price decides, and the note, which is known late, does not.
    const second = ['tea,2024-05-02,2024-05-03,5,1', 'tea,2024-05-02,2024-05-03,4,9'];
    await asOf(second.join('\n'), '5');
    await asOf([...second].reverse().join('\n'), '5');
  });

  it.each([0, 1, 2])('of rows alike in all of that the one whose cells are known first (rotated by %i)', async turn => {
    const text = `source sales = csv("s.csv") { sale : key, item : text immutable, at : timestamp @time @known(+0d) }
source prices = csv("r.csv") { item : text immutable, from : timestamp @time @known(+0d), price : int @known(told), told : timestamp? }
table late = prices | select item, from, price
table priced = sales | join late on item == item as of at`;
    const rows = ['tea,2024-05-02,9,2024-05-20', 'tea,2024-05-02,1,2024-05-10', 'tea,2024-05-02,99,'];
    await expectTables(
      text,
      { 's.csv': sale, 'r.csv': `item,from,price,told\n${[...rows.slice(turn), ...rows.slice(0, turn)].join('\n')}\n` },
      { 'relation priced': 'sale price\ns1 1' },
    );
  });

  it('as of is known at t at the earliest', async () => {
    const { plan } = await asOf('tea,2024-05-01,2024-05-01,1,0', '1');
    expect(plan.nodes.find(node => node.id === 'relation priced')).toMatchObject({
      columns: expect.arrayContaining([{ name: 'price#known', type: 'timestamp' }]),
    });
    const later = `${joined
      .replace('at : timestamp', 'at : timestamp immutable, due : timestamp immutable')
      .replace(
        'at : timestamp immutable, due : timestamp immutable @time @known(+0d)',
        'at : timestamp @time @known(+0d), due : timestamp',
      )}`.replace('as of at', 'as of due');
    await expectTables(
      later,
      { 's.csv': 'sale,item,at,due\ns1,tea,2024-05-01,2024-06-01\n', 'r.csv': 'item,from,told,price,note\ntea,2024-05-10,2024-05-10,7,0\n' },
      { 'relation priced': 'price price#known\n7 2024-06-01' },
    );
  });

  const plans = (key: string) => `${people.replace('"p.csv")', '"p.csv") until 2024-12-31')}source plans = csv("c.csv") {
  ${key}who : ref people
  at   : timestamp @time
  told : timestamp @known
  plan : text immutable
  seen : int @known(+400d)
}
${open.split('\n').slice(1).join('\n')}split t by time { train: ..2024-06-30, test: 2024-07-01.. }
features f for t { a = first(plan of plans), z = last(plan of plans) }`;
  const changes = ['c9,ana,2024-02-01,2024-02-03,gold,1', 'c2,ana,2024-02-01,2024-02-03,iron,2', 'c3,ana,2024-02-01,2024-02-02,clay,3'];
  it.each([0, 1, 2])('first and last go by event time, known time and key (rotated by %i)', async turn => {
    const rows = [...changes.slice(turn), ...changes.slice(0, turn)];
    await expectTables(
      plans('change : key\n  '),
      { 'p.csv': ana, 'c.csv': `change,who,at,told,plan,seen\n${rows.join('\n')}\n` },
      { 'features f': 'a z\nclay gold' },
    );
  });

  it.each([0, 1])('without a key by the columns known with the row (rotated by %i)', async turn => {
    const rows = ['ana,2024-02-01,2024-02-03,iron,9', 'ana,2024-02-01,2024-02-03,gold,1'];
    await expectTables(
      plans(''),
      { 'p.csv': ana, 'c.csv': `who,at,told,plan,seen\n${[...rows.slice(turn), ...rows.slice(0, turn)].join('\n')}\n` },
      { 'features f': 'a z\ngold iron' },
    );
  });

  it.each([0, 1, 2])('dedupe keeps by the same order (rotated by %i)', async turn => {
    const text = `${people}source plans = csv("c.csv") { change : key, who : ref people, at : timestamp @time @known(+0d), plan : text immutable }
table newest = plans | dedupe by who keep latest at
table oldest = plans | dedupe by who keep earliest at`;
    const rows = ['c1,ana,2024-02-01,a', 'c2,ana,2024-02-02,b', 'c3,ana,2024-02-02,c'];
    await expectTables(
      text,
      { 'p.csv': ana, 'c.csv': `change,who,at,plan\n${[...rows.slice(turn), ...rows.slice(0, turn)].join('\n')}\n` },
      { 'relation newest': 'who change\nana c3', 'relation oldest': 'who change\nana c1' },
    );
  });
});

describe('cutoffs', () => {
  const at = (written: string, cutoffs: string, rest = '') =>
    expectTables(
      `source people = csv("p.csv") until 2024-12-31 { id : key, since : timestamp @time @known(+0d), won : bool }
task t { each p in people, at ${written}, label won, delay: 0d${rest} }`,
      { 'p.csv': 'id,since,won\na,2000-01-01,true\n' },
      { 'frame t': `#cutoff\n${cutoffs}` },
    );

  it('every 1mo is clamped to the end of the month, both ends included', () =>
    at('every 1mo from 2024-01-31 to 2024-04-30', '2024-01-31\n2024-02-29\n2024-03-31\n2024-04-30'));
  it('every month is the same', () => at('every month from 2024-01-31 to 2024-03-30', '2024-01-31\n2024-02-29'));
  it('every 2w', () => at('every 2w from 2024-01-01 to 2024-01-29', '2024-01-01\n2024-01-15\n2024-01-29'));
  it("at midnight of the task's zone", () =>
    at('every day from 2024-03-09 to 2024-03-11', '2024-03-09T05:00Z\n2024-03-10T05:00Z\n2024-03-11T04:00Z', ', zone: "America/New_York"'));

  const own = `source people = csv("p.csv") until 2024-12-31 { id : key, since : timestamp @time @known(+0d), won : bool @known(+1h) }
task t {
  each p in people
  label won
}
`;
  it("without `at` it is the entity's @time", () =>
    expectTables(own, { 'p.csv': 'id,since,won\na,2024-01-05T10:00:00Z,true\n' }, { 'frame t': '#cutoff\n2024-01-05T10:00Z' }));

  it('which is assumed, and a fix writes it', () => {
    expect(told(own)).toEqual(['info unknown-availability «t»']);
    const stated = fixed(own, 'unknown-availability');
    expect(stated).toContain('each p in people\n  at since\n  label won');
    expect(told(stated)).toEqual([]);
    expect(fixed(own.replace('since', '`first seen`'), 'unknown-availability')).toContain('\n  at `first seen`\n');
  });

  it('without any time there are no windows and no splits by time', () =>
    expect(
      told(`source people = csv("p.csv") { id : key, won : bool }
source orders = csv("o.csv") { who : ref people, amount : float }
task t { each p in people, label won }
split t by time { train: ..2024-03-01, test: 2024-05-01.. }
features f for t { n = count(orders last 30d) }`),
    ).toEqual(['error missing-item «time»', 'error window-without-time «last 30d»']));

  it.each([
    ['died', 'error cutoff-from-outcome «died»'],
    ['due', 'error cutoff-from-outcome «due»'],
    ['seen', 'error cutoff-from-outcome «seen»'],
    ['told', null],
    ['planned', null],
    ['since', null],
  ])('at %s is known at or before itself, or a leak', (column, said) =>
    expect(
      told(`source people = csv("p.csv") until 2024-12-31 {
  id      : key
  since   : timestamp @time @known(+0d)
  died    : timestamp @after(outcome)
  seen    : timestamp @known(+9d)
  told    : timestamp
  due     : timestamp @known(told)
  planned : timestamp immutable
  won     : bool immutable
}
task t { each p in people, at ${column}, label won, delay: 7d }`),
    ).toEqual(said ? [said] : []),
  );
});

describe('a table without @time', () => {
  const places = `${people.replace('"p.csv")', '"p.csv") until 2024-12-31').replace('since ', 'town  : ref towns\n  since ')}source towns = csv("t.csv") { town : key, size : int, name : text immutable }
${open.split('\n').slice(1).join('\n')}split t by time { train: ..2024-06-30, test: 2024-07-01.. }
features f for t { size = town.size }`;
  it('is known whenever its rows are read', () =>
    expectTables(places, { 'p.csv': 'id,town,since\na,u,2024-01-01\n', 't.csv': 'town,size,name\nu,7,Ulm\n' }, { 'features f': 'id size\na 7' }));

  it('is in windows with all its rows, with cutoffs and without', async () => {
    const items = 'source items = csv("i.csv") { who : ref people, price : int immutable, won : bool immutable }';
    const over = 'features f for t { n = count(items), sum = sum(price of items where won) }';
    const rows = 'who,price,won\na,1,true\na,2,false\na,4,true\nb,8,true\n';
    const untimed = `source people = csv("p.csv") { id : key, won : bool immutable }
${items}
task t { each p in people, label won }
split t at random { test: 30%, seed: 1 }
${over}`;
    const wanted = { 'features f': 'id n sum\na 3 5\nb 1 8\nc 0 null' };
    await expectTables(untimed, { 'p.csv': 'id,won\na,true\nb,false\nc,true\n', 'i.csv': rows }, wanted);
    await expectTables(
      `${people.replace('"p.csv")', '"p.csv") until 2024-12-31')}${items}
${open.split('\n').slice(1).join('\n')}split t by time { train: ..2024-06-30, test: 2024-07-01.. }
${over}`,
      { 'p.csv': 'id,since\na,2024-01-01\nb,2024-01-01\nc,2024-01-01\n', 'i.csv': rows },
      wanted,
    );
  });

  it('which is assumed once a source where a task with cutoffs reads it, unless immutable', () => {
    expect(told(places)).toEqual(['info unknown-availability «towns»']);
    const stated = fixed(places, 'unknown-availability');
    expect(stated).toContain('size : int immutable');
    expect(told(stated)).toEqual([]);
  });

  it('with @time a value is proved for keys, refs, times, immutable and known columns', () => {
    const source = (column: string) => `${people}source orders = csv("o.csv") { who : ref people, at : timestamp @time @known(+0d), ${column} }`;
    expect(told(source('o : key'))).toEqual([]);
    expect(told(source('w : ref people'))).toEqual([]);
    expect(told(source('d : date'))).toEqual([]);
    expect(told(source('x : int immutable'))).toEqual([]);
    expect(told(source('x : int @known(+0d)'))).toEqual([]);
    expect(told(source('x : int'))).toEqual(['info unknown-availability «@time»']);
  });
});
