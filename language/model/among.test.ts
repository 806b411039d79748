/** Rows that are chosen among others, in tasks without cutoffs: those of the test partition choose too. */
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../createAnalysis.ts';

function told(steps: string, feature: string, more = '', at = '', each = 'ps'): readonly string[] {
  const analysis = createAnalysis();
  const text = `source ps = csv("ps.csv") until 2024-12-31 { id : key, since : timestamp ${at === '' ? '' : '@time @known(+0d)'}, team : text immutable, a : int immutable, y : int ${at === '' ? 'immutable' : '@known(+30d)'} }
source nt = csv("nt.csv") { n : key, of : ref ps, giver : ref ps, t : timestamp @time @known(+0d), s : text immutable, x : int immutable }
${more}
table T = nt | ${steps}
task aim { each one in ${each}
  ${at}
  label y }
split aim ${at === '' ? 'at random { test: 30%, seed: 1 }' : 'by time { train: ..2024-03-01, test: 2024-05-01.., gap: 31d }'}
features f for aim { v = ${feature} }
`;
  analysis.setFile('main.cupel', { kind: 'text', text });
  const said = analysis.diagnostics('main.cupel').filter(({ severity }) => severity === 'error');
  return said.map(({ rule, message }) => `${rule}: ${message}`);
}

const all = ['latest-version-kept: `v` rests on `T`, where rows of others decide what stays.'];

describe('a window rests on a choice', () => {
  it.each([
    ['among rows of one group', 'dedupe by s keep earliest', 'count(T via of)', all],
    ['among rows of another entity', 'dedupe by giver keep earliest', 'count(T via of)', all],
    ['among the rows of the entity, and of no others', 'dedupe by of keep earliest', 'count(T via of)', []],
    ['among rows of both', 'dedupe by s, of keep earliest', 'count(T via of)', []],
    ['by what is the entity under another name', 'dedupe by of keep earliest | rename of as who', 'count(T via who)', []],
    ['by what was the entity once', 'dedupe by of keep earliest | drop of', 'count(T via giver)', all],
    ['by what was the entity once, whose name another has', 'dedupe by of keep earliest | drop of | derive of = giver', 'count(T via of)', all],
    [
      'by what groups have lost, whose name another has',
      'dedupe by giver keep earliest | group by of { first = min(t) } | time first known first | derive giver = of',
      'count(T via giver)',
      all,
    ],
    ['by what was computed anew', 'dedupe by of keep earliest | derive of = giver', 'count(T via of)', all],
    ['by a copy of the entity', 'dedupe by of keep earliest | derive who = of', 'count(T via who)', []],
    ['of a row by its key, which is none', 'dedupe by n keep earliest', 'count(T via of)', []],
    ['between versions', 'history by s at t', 'count(T via of)', all],
    ['between versions of the entity', 'history by of at t', 'count(T via of)', []],
    ['of the row before', 'sort by giver, t | derive l = lag(x, 1)', 'sum(l of T via of)', all],
    ['of the row before of the entity', 'sort by of, t | derive l = lag(x, 1)', 'sum(l of T via of)', []],
    [
      'that was made before rows are grouped',
      'dedupe by s keep earliest | group by of { first = min(t) } | time first known first',
      'count(T via of)',
      all,
    ],
  ])('%s', (_, steps, feature, found) => {
    expect(told(steps, feature)).toEqual(found);
  });

  it('that another table made', () => {
    const firsts = 'table firsts = nt | dedupe by s keep earliest | select n, x | rename n as m, x as k';
    expect(told('join firsts on n == m', 'sum(k of T via of)', firsts)).toEqual(all);
    const own = 'table own = nt | dedupe by of keep earliest | select of, x | rename of as who, x as k';
    expect(told('join own on of == who', 'sum(k of T via of)', own)).toEqual([]);
    expect(told('join own on giver == who', 'sum(k of T via of)', own)).toEqual(all);
    const others = 'table others = nt | dedupe by of keep earliest';
    expect(told('union others', 'sum(x of T via of)', others)).toEqual([]);
    expect(told('union others', 'sum(x of T via giver)', others)).toEqual(all);
  });

  it('of a table that is reached otherwise', () => {
    const firsts = 'table F = nt | dedupe by s keep earliest | dedupe by of keep earliest | select of, x | rename x as k';
    const reads = (feature: string, each: string, of = firsts): readonly string[] => told('where x > 0', feature, `${of}\n${each}`, '', 'U');
    expect(reads('k ?? 0', 'table U = ps | join F on id == of')).toEqual([
      'latest-version-kept: `v` rests on `U`, where rows of others decide what stays.',
    ]);
    expect(reads('a', 'table U = ps | join F on id == of')).toEqual([]);
    expect(reads('k ?? 0', 'table U = ps | join F on id == of', firsts.replace('dedupe by s keep earliest | ', ''))).toEqual([]);
    const kept = reads('a', 'table U = ps | inner join F on id == of');
    expect(kept).toEqual(['latest-version-kept: The choice of observations of `aim` rests on `U`, where rows of others decide what stays.']);
    const link = 'source lk = csv("lk.csv") { of : ref ps, note : ref F }\n';
    const keyed = `table F = nt | dedupe by s keep earliest\n${link}`;
    expect(reads('sum(note.x of lk via of)', 'table U = ps', keyed)).toEqual([
      'latest-version-kept: `v` rests on `F`, where rows of others decide what stays.',
    ]);
    expect(reads('count(lk via of where note.x > 2)', 'table U = ps', keyed)).toHaveLength(1);
    expect(reads('count(lk via of)', 'table U = ps', keyed)).toEqual([]);
  });

  it('of the past, where there are cutoffs', () => {
    expect(told('dedupe by s keep earliest', 'count(T via of)', '', 'at since')).toEqual([]);
  });
});
