/** A path in a table step means the join that it stands for: the same columns and facts as where it is written out. */
import { describe, expect, it } from 'vitest';
import { factsText, lineageText, rowsText, typedProgram } from './testProgram.ts';
import { program, sources } from './testRelations.ts';

const further = `${sources}
source shop = csv("shop.csv") {
  sid   : key
  owner : ref ent
  town  : text      @current
  rent  : int       @known(+7d)
  since : timestamp @time @known(+1d)
}
source sale = csv("sale.csv") {
  nr   : key
  shop : ref shop
  by   : ref ent
  t    : timestamp @time @known(+0d)
}
`;

/** The relation `r` as text: rows, then each column with type, facts and lineage; roots as they are called without their step. */
function told(steps: string): string {
  const relation = typedProgram(`${further}\ntable r = ${steps}\n`).relation('r');
  const columns = relation.columns.map(({ name, facts }) => `${name}: ${factsText(facts)} <- ${lineageText(facts)}`);
  return [rowsText(relation), `there <- ${lineageText(relation.exists)}`, ...columns]
    .join('\n')
    .replaceAll(/r#[\w.#/]*\//g, '')
    .replaceAll(/r#\d+/g, 'r#');
}

describe('a path through a ref in a table', () => {
  it.each([
    ['a condition', 'sale | where shop.rent > 3', 'sale | join shop on shop == sid | where rent > 3 | drop owner, town, rent, since'],
    ['a value of today', 'sale | where shop.town == "x"', 'sale | join shop on shop == sid | where town == "x" | drop owner, town, rent, since'],
    [
      'a value known late',
      'sale | derive a = shop.rent + 1',
      'sale | join shop on shop == sid | derive a = rent + 1 | drop owner, town, rent, since',
    ],
    [
      'several refs',
      'sale | derive a = shop.owner.state',
      'sale | join shop on shop == sid | join ent on owner == id | derive a = state | drop owner, town, rent, since, born, state',
    ],
    [
      'a time',
      'sale | where shop.since < t and by.born < t',
      'sale | join shop on shop == sid | join ent on by == id | where since < t and born < t | drop owner, town, rent, since, born, state',
    ],
    ['a group', 'sale | group by by { n = max(shop.rent) }', 'sale | join shop on shop == sid | group by by { n = max(rent) }'],
  ])('in %s has the facts of the join', (_, path, join) => expect(told(path)).toBe(told(join)));

  it('leaks what the ref leads to today', () => {
    expect(told('sale | where shop.town == "x"')).toContain('exists: shop.since + 1d, sale.t, leaks current-state(shop.town)');
    expect(told('sale | derive a = shop.rent')).toContain('a: shop.since + 7d, sale.t <- shop.rent');
  });

  it('is null where the ref reaches nothing', () => {
    const { column, table } = typedProgram(`${further}\ntable r = sale | derive a = shop.since, b = a, c = by.born`);
    expect(column('r', 'a').type).toMatchObject({ kind: 'timestamp', nullable: true });
    expect(table('r').steps.map(({ step }) => step.kind)).toEqual(['join', 'project', 'project', 'project', 'join', 'project', 'project']);
  });

  it('reads one ref once a step, and leaves no column', () => {
    const { relation, table } = typedProgram(`${further}\ntable r = sale | where shop.rent > 3 and shop.town == "x" | derive a = shop.rent`);
    expect(table('r').steps.map(({ step }) => step.kind)).toEqual(['join', 'where', 'project', 'join', 'project', 'project']);
    expect(relation('r').columns.map(({ name }) => name)).toEqual(['nr', 'shop', 'by', 't', 'a']);
  });

  it('follows a ref that the same step made', () => {
    const { relation } = typedProgram(`${further}\ntable r = sale | derive shop = by, a = shop.state`);
    expect(lineageText(relation('r').columns.find(({ name }) => name === 'a')?.facts ?? relation('r').exists)).toContain('ent.state');
  });

  it('goes through definitions', () => {
    const text = `${further}\ndef home(s) = s.owner.state == "x"\ndef dear = shop.rent > 3\ntable r = sale | where home(shop) and dear`;
    expect(typedProgram(text).problems).toEqual([]);
    expect(typedProgram(text).relation('r').columns).toHaveLength(4);
  });

  it('keeps clear of columns of its name', () => {
    const { relation, problems } = typedProgram(`${further}\ntable r = sale | derive \`shop.rent\` = 1 | where shop.rent > 3`);
    expect([problems, relation('r').columns.map(({ name }) => name)]).toEqual([[], ['nr', 'shop', 'by', 't', 'shop.rent']]);
  });

  it.each([
    ['ev | where cust.stat == "x"', ['unknown-column «stat»']],
    ['ev | where x.state == "x"', ['type-mismatch «x»']],
    ['ev | where cust.state > 3', ['type-mismatch «cust.state > 3»']],
    ['ev | sort by cust.state, t | derive a = rank()', ['later-form «cust.state»']],
    ['ev | where cust.born > t | where cust.nothing == 1', ['unknown-column «nothing»']],
  ])('%s', (steps, problems) => expect(program(steps).problems).toEqual(problems));
});
