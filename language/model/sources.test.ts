import { describe, expect, it } from 'vitest';
import { columnText, factsText, lineageText, reasonText, rowsText, typedProgram } from './testProgram.ts';

const source = (columns: string): string => `source s = csv("s.csv") {\n${columns}\n}\n`;
const rows = (columns: string): string => rowsText(typedProgram(source(columns)).relation('s'));
const facts = (columns: string, column: string): string => factsText(typedProgram(source(columns)).column('s', column).facts);

describe('rows of a source', () => {
  it.each([
    ['no time: always known', 'x : int immutable', 'exists: -'],
    [
      'undeclared: the event time, assumed',
      'k : key\nt : timestamp @time',
      'exists: assumed unknown-availability(s)\nevent: t = s.t, itself s.t\nknown: s.t, assumed\nlag: 0d\nkey: k',
    ],
    ['a lag', 't : timestamp @time @known(+2d)', 'exists: -\nevent: t = s.t, itself s.t + 2d\nknown: s.t + 2d\nlag: 2d'],
    ['no lag, declared', 't : timestamp @time @known(+0d)', 'exists: -\nevent: t = s.t, itself s.t\nknown: s.t\nlag: 0d'],
    ['the event time itself', 't : timestamp @time @known', 'exists: -\nevent: t = s.t, itself s.t\nknown: s.t\nlag: 0d'],
    ['a column of its own', 't : timestamp @time\nk : timestamp @known', 'exists: -\nevent: t = s.t, itself s.k\nknown: s.k by k'],
    ['a column that the event names', 't : timestamp @time @known(k)\nk : timestamp', 'exists: -\nevent: t = s.t, itself s.k\nknown: s.k by k'],
    [
      'a date is known at its last instant',
      'd : date @time @known(+2d)',
      'exists: -\nevent: d = s.d, itself s.d + 2d end\nknown: s.d + 2d end\nlag: 2d end',
    ],
    [
      'filled in after the outcome',
      't : timestamp @time @known(+2d) @after(outcome)',
      'exists: -\nevent: t = s.t, itself s.t + 2d, leaks after-outcome(s.t)\nknown: s.t + 2d\nlag: 2d',
    ],
    [
      'overwritten in place',
      't : timestamp @time @known(+2d) @current',
      'exists: leaks current-state(s.t)\nevent: t = s.t, itself s.t + 2d, leaks current-state(s.t)\nknown: s.t + 2d\nlag: 2d',
    ],
    [
      'overwritten in place, and nothing else declared',
      't : timestamp @time @current',
      'exists: assumed unknown-availability(s), leaks current-state(s.t)\nevent: t = s.t, itself s.t, leaks current-state(s.t)\nknown: s.t, assumed\nlag: 0d',
    ],
    [
      'a known time that is overwritten',
      't : timestamp @time\nk : timestamp @known @current',
      'exists: leaks current-state(s.k)\nevent: t = s.t, itself s.k\nknown: s.k by k',
    ],
    ['a date that says when', 't : timestamp @time\nd : date @known', 'exists: -\nevent: t = s.t, itself s.d + end\nknown: s.d + end by d'],
  ])('%s', (_, columns, text) => expect(rows(columns)).toBe(text));
});

describe('columns of a source', () => {
  const at = 't : timestamp @time @known(+2d)\n';
  it.each([
    ['immutable', `${at}x : int immutable`, 'x', 's.t + 2d'],
    ['undeclared', `${at}x : int`, 'x', 's.t + 2d, assumed unknown-availability(s)'],
    ['a key', `${at}x : key`, 'x', 's.t + 2d, entity'],
    ['a time', `${at}x : timestamp`, 'x', 's.t + 2d'],
    ['a ref', `${at}k : key\nx : ref s`, 'x', 's.t + 2d, group'],
    ['known later by a lag', `${at}x : bool @known(+30d)`, 'x', 's.t + 30d'],
    ['known by a lag shorter than the row’s', `${at}x : bool @known(+1h)`, 'x', 's.t + 2d'],
    ['a calendar lag next to the row’s', `${at}x : bool @known(+1mo)`, 'x', 's.t + 1mo'],
    ['known by a column', `${at}x : bool @known(y)\ny : timestamp`, 'x', 's.t + 2d, s.y'],
    ['the column that another names is known when it has come', `${at}x : bool @known(y)\ny : timestamp`, 'y', 's.t + 2d, s.y'],
    ['… unless it says otherwise', `${at}x : bool @known(y)\ny : timestamp @known(+3d)`, 'y', 's.t + 3d'],
    ['… but not the known time of the row', 't : timestamp @time\nk : timestamp @known\nx : bool @known(k)', 'k', 's.k'],
    ['known by a date', `${at}x : bool @known(y)\ny : date`, 'x', 's.t + 2d, s.y + end'],
    ['known by a column that is overwritten', `${at}x : bool @known(y)\ny : timestamp @current`, 'x', 's.t + 2d, s.y, leaks current-state(s.y)'],
    ['a lag on a date', 'd : date @time @known(+0d)\nx : bool @known(+1d)', 'x', 's.d + 1d end'],
    ['after the outcome', `${at}x : text @after(outcome)`, 'x', 's.t + 2d, leaks after-outcome(s.x)'],
    ['overwritten in place', `${at}x : text @current`, 'x', 's.t + 2d, leaks current-state(s.x)'],
    ['without time, undeclared', 'x : int', 'x', 'assumed unknown-availability(s)'],
    ['without time, immutable', 'x : int immutable', 'x', '-'],
    ['without time, known by a column', 'x : int @known(y)\ny : timestamp', 'x', 's.y'],
    ['tags', 'x : text immutable @protected @pii(name) @region("EU") @purpose(care)', 'x', 'protected, pii:name, region:EU, purpose:care'],
    ['a unique column tells rows apart', 'x : text unique immutable', 'x', 'entity'],
    ['a group', 'x : text immutable @group', 'x', 'group'],
  ])('%s', (_, columns, column, text) => expect(facts(columns, column)).toBe(text));

  it('knows which cell is read', () => expect(lineageText(typedProgram(source('x : int')).column('s', 'x').facts)).toBe('s.x'));

  it('gives the declaration as reason', () => {
    const { facts: late } = typedProgram(source(`${at}x : bool @known(+30d)`)).column('s', 'x');
    expect(reasonText(late.known[0]?.reason ?? null)).toEqual(['`x` of `s` is known 30 days after `t`']);
  });
});

describe('types of columns', () => {
  it.each([
    ['int in 1..3', 'int in 1..3'],
    ['float? in 0..', 'float? in 0..'],
    ['decimal(10, 2) unit "EUR"', 'decimal(10, 2) unit "EUR"'],
    ['category { "a", "b" }', 'category { "a", "b" }'],
    ['category in { "a", "b" }', 'category { "a", "b" }'],
    ['text matches "^[A-Z]+$"', 'text'],
    ['duration in 0d..30d', 'duration'],
  ])('%s', (written, text) => expect(columnText(typedProgram(source(`x : ${written} immutable`)).column('s', 'x'))).toBe(`${text}: -`));

  it('keeps limits of times, patterns and levels for the reader of the file', () => {
    const { bounds } = typedProgram(source('d : date in 2024-01-01..2024-01-31\nx : text in { "a" }\ny : text unique matches "^A"')).source('s');
    expect(bounds['d']?.bounds).toEqual({ min: Date.UTC(2024, 0, 1) * 1000, max: Date.UTC(2024, 1, 1) * 1000 - 1 });
    expect(bounds['x']?.levels).toEqual(['a']);
    expect(bounds['y']).toEqual({ bounds: null, pattern: '^A', unique: true, levels: null });
  });
});

describe('a source', () => {
  it('is read by a connector with options', () => {
    const { connector, path, options, until } = typedProgram(
      'source s = csv("data/*.csv", delimiter: ";", nulls: ["NA", ""], header: false) until 2024-12-31 { x : int }',
    ).source('s');
    expect({ connector, path, options, until }).toEqual({
      connector: 'csv',
      path: 'data/*.csv',
      options: { delimiter: ';', nulls: ['NA', ''], header: false },
      until: Date.UTC(2025, 0, 1) * 1000 - 1,
    });
  });

  it.each([
    ['source s = csv("s.csv")', ['missing-columns «s»']],
    ['source s = cvs("s.csv") { x : int }', ['unknown-connector «cvs»']],
    ['source s = csv("s.csv", thousands: ".") { x : int }', ['wrong-setting «thousands: "."»']],
    ['source s = csv("s.csv", thousands: ",", decimal: ",") { x : int }', ['wrong-setting «thousands: ","»']],
    ['source s = csv("s.csv", thousands: ".", decimal: ",") { x : int }', []],
    ['source s = "s.csv" { x : int }', ['unknown-connector «"s.csv"»']],
    ['source s = csv() { x : int }', ['wrong-setting «csv()»']],
    ['source s = csv("s.csv", ";") { x : int }', ['wrong-setting «";"»']],
    ['source s = csv("s.csv", delimeter: ";") { x : int }', ['unknown-setting «delimeter»']],
    ['source s = csv("s.csv", header: "no") { x : int }', ['wrong-setting «"no"»']],
    ['source s = csv("s.csv", decimal: ";") { x : int }', ['wrong-setting «";"»']],
    ['source s = csv("s.csv", delimiter: "") { x : int }', ['wrong-setting «""»']],
    ['source s = csv("s.csv", delimiter: "||") { x : int }', ['wrong-setting «"||"»']],
    ['source s = csv("s.csv", delimiter: "\\t") { x : int }', []],
    ['source s = csv("s.csv", nulls: ["NA", "\\"\\""]) { x : int }', ['wrong-setting «["NA", "\\"\\""]»']],
    ['source s = json("s.json", nulls: ["\\"\\""]) { x : int }', []],
    ['source s = csv("s.csv", date_format: "%Q") { x : int }', ['wrong-setting «"%Q"»']],
    ['source s = csv("s.csv", date_format: "dd.mm.yyyy") { x : int }', ['wrong-setting «"dd.mm.yyyy"»']],
    ['source s = csv("s.csv", date_format: "%-d.%m.%Y") { x : int }', []],
    ['source s = csv("s.csv", timestamp_format: "%-d.%m.%Y %H Uhr") { x : int }', []],
    ['source s = csv("s.csv", zone: "Mars/Base") { x : int }', ['wrong-setting «"Mars/Base"»']],
    ['source s = csv("s.csv") until 30d { x : int }', ['wrong-setting «30d»']],
    ['source s = csv("s.csv") { x : int\n y : int\n x : text }', ['duplicate-column «x»']],
    ['source s = csv("s.csv") { x : integer }', ['unknown-type «integer»']],
    ['source s = csv("s.csv") { x : decimal }', ['unknown-type «decimal»']],
    ['source s = csv("s.csv") { x : json }', ['later-form «json»']],
    ['source s = csv("s.csv") { x : ref customers }', ['unknown-ref «customers»']],
    ['source s = csv("s.csv") { x : ref r }\nsource r = csv("r.csv") { y : int }', ['ref-without-key «r»']],
    ['source s = csv("s.csv") { a : key\n b : key }', ['role-does-not-fit «key»']],
  ])('%s', (text, problems) => expect(typedProgram(text).problems).toEqual(problems));
});

describe('roles and limits that do not fit', () => {
  it.each([
    ['x : int @tme', ['unknown-role «tme»']],
    ['x : int @time', ['role-does-not-fit «@time»']],
    ['x : int @known', ['role-does-not-fit «@known»']],
    ['t : timestamp @time @known(+0d)\nu : timestamp @time', ['role-does-not-fit «@time»']],
    ['t : timestamp @time @known(+0d)\nk : timestamp @known', ['role-does-not-fit «@known»']],
    ['t : timestamp @time @known(-1d)', ['role-does-not-fit «-1d»']],
    ['x : int @known(+1d)', ['role-does-not-fit «@known(+1d)»']],
    ['k : timestamp @known', ['role-does-not-fit «@known»']],
    ['t : timestamp @time @known(+0d)\nx : int @known(y)\ny : int', ['role-does-not-fit «y»']],
    ['t : timestamp @time @known(+0d)\nx : int @known(tt)', ['unknown-column «tt»']],
    ['t : timestamp @time @known(t)', ['role-does-not-fit «t»']],
    ['x : text @weight', ['role-does-not-fit «@weight»']],
    ['x : float @weight', ['role-does-not-fit «@weight»']],
    ['x : float? in 0.. @weight', ['role-does-not-fit «@weight»']],
    ['x : float in -1.. @weight', ['role-does-not-fit «@weight»']],
    ['x : float in 0.. @weight\ny : int in 1..9 @weight', ['role-does-not-fit «@weight»']],
    ['x : decimal(9,2) in 0.. @weight', []],
    ['x : text @pii', ['role-does-not-fit «@pii»']],
    ['x : text immutable @current', ['role-does-not-fit «@current»']],
    ['x : text @protected @protected', ['role-does-not-fit «@protected»']],
    ['x : text in 0..1', ['role-does-not-fit «in 0..1»']],
    ['x : int in { "a" }', ['role-does-not-fit «in { "a" }»']],
    ['x : int matches "a"', ['role-does-not-fit «matches "a"»']],
    ['x : text matches "("', ['role-does-not-fit «"("»']],
    ['x : text unit "EUR"', ['role-does-not-fit «unit "EUR"»']],
    ['x : category { "a", "a" }', ['role-does-not-fit «"a"»']],
    ['x : int in 3..1', ['impossible-range «3..1»']],
  ])('%s', (columns, problems) => expect(typedProgram(source(columns)).problems).toEqual(problems));

  it('takes a lag by its name', () => {
    const late = (wait: string) => typedProgram(`param wait: duration = ${wait}\n${source('t : timestamp @time @known(+0d)\nx : int @known(wait)')}`);
    expect(factsText(late('30d').column('s', 'x').facts)).toBe('s.t + 30d');
    expect(late('-1d').problems).toEqual(['role-does-not-fit «wait»']);
  });

  const sent = 'sms : timestamp? @known(sms)';
  const leaving = sent.replace(' @known(sms)', '');
  it.each([
    ['alone', `t : timestamp @time\n${sent}`, 'Write `@known` alone when', `t : timestamp @time\n${leaving} @known`],
    ['in a table', `t : timestamp @time\nk : timestamp @known\n${sent}`, 'state it in a table: `s | known sms at sms`.', null],
    ['in a table, where a lag says of the row', `t : timestamp @time @known(+2d)\n${sent}`, '`s | known sms at sms`', null],
    ['in a table, where the event time names another', `t : timestamp @time @known(k)\nk : timestamp\n${sent}`, '`s | known sms at sms`', null],
    ['by another', `t : timestamp @time @known(+0d)\n${sent}\nx : int @known(sms)`, 'Leave it out: `x` is known at `sms`, so', ''],
    ['not of an event time', 't : timestamp @time @known(t)\nk : timestamp @known', 'Leave it out: `k` already says when a row is known.', ''],
  ])('a column that names itself is told what says so: %s', (_, columns, help, instead) => {
    const { problems, messages } = typedProgram(source(columns));
    expect(problems).toEqual([expect.stringMatching(/^role-does-not-fit «(sms|t)»$/)]);
    expect(messages[0]).toContain(help);
    const without = columns.replace(/ @known\((sms|t)\)/, '');
    const repaired = typedProgram(instead === null ? `${source(without)}table r = s | known sms at sms` : source(instead || without));
    expect(repaired.problems).toEqual([]);
    if (instead === null) expect(factsText(repaired.column('r', 'sms').facts)).toMatch(/^s\.sms(,|$)/);
  });

  it('suggests the role that was meant', () =>
    expect(typedProgram(source('x : text @protectd')).messages[0]).toContain('Did you mean `@protected`?'));
});
