/** What is told by choices among rows that go by what tells them apart. */
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../createAnalysis.ts';
import { factsText, lineageText, typedProgram } from './testProgram.ts';

const sources = `
source ps = csv("ps.csv") {
  id : key
  y  : int immutable
}
source nk = csv("nk.csv") {
  of    : ref ps
  giver : ref ps
  t     : timestamp  @time @known(+0d)
  x     : int        immutable
  v     : int        immutable
  late  : int        @known(+9d)
}
source kk = csv("kk.csv") {
  id : key
  of : ref ps
  t  : timestamp  @time @known(+0d)
  x  : int        immutable
}
table right = nk | derive y = giver.y | drop x
table pair = nk | derive y = giver.y | select giver, y
`;

const model = (steps: string) => typedProgram(`${sources}\ntable r = ${steps}\n`);
const rows = (steps: string): string => lineageText(model(steps).relation('r').exists);
const cell = (steps: string): string => lineageText(model(steps).column('r', 'l').facts);

describe('a share of rows without a key is drawn', () => {
  it.each([
    ['by what came with them', 'nk | derive w = giver.y | sample 50%', ''],
    ['also under other names', 'nk | derive w = giver.y | rename x as z | sample 50%', ''],
    ['by nothing but that where it is all there is', 'nk | drop x | sample 50%', 'nk.t, nk.v'],
    ['by all that is left once a column is gone', 'nk | derive w = giver.y | drop x | sample 50%', 'nk.t, nk.v, ps.y'],
    ['by all that there is once one is computed anew', 'nk | derive x = giver.y | select of, x | sample 50%', 'ps.y'],
    ['by a row that was taken from beside it', 'nk | sort by of, t | derive x = lag(v, 1) | select x | sample 50%', 'nk.v'],
    ['by no column that is known later than its row', 'nk | derive w = giver.y | known x at t | select late, w | sample 50%', 'ps.y'],
    ['by what became known later no more', 'nk | derive k = t + 9d | known v at k | select of, v, x | sample 50%', 'nk.x'],
    [
      'by cells that wait for nothing but their row',
      'nk | where late < 5 | sort by of, t | derive l = lag(v, 1) | select l | sample 50%',
      'nk.late, nk.v',
    ],
    ['by no ref, which says who is meant', 'nk | select of, giver | sample 50%', ''],
    ['by its key while it has one', 'kk | derive w = of.y | drop x | sample 50%', ''],
    ['by all else without it', 'kk | derive w = of.y | drop id | sample 50%', 'kk.t, kk.x, ps.y'],
    ['by what they are grouped by', 'nk | derive w = giver.y | group by of, giver { n = max(w) } | sample 50%', 'nk.of, nk.giver'],
    [
      'by what the groups hold once that is gone',
      'nk | derive w = giver.y | group by of, giver { n = max(w) } | drop of | sample 50%',
      'nk.of, nk.giver, ps.y, nk.of, nk.giver',
    ],
    ['by both sides of a union', 'nk | derive y = v | drop x | union right | select of, y | sample 50%', 'nk.v, ps.y'],
    ['by several partners', 'nk | join pair on giver | select of, y | sample 50%', 'nk.giver, ps.y'],
  ])('%s', (_, steps, lineage) => {
    expect(rows(steps)).toBe(lineage);
  });
});

const bare = 'nk | derive w = giver.y | drop x | drop v';

describe('of rows of one moment one is chosen by that', () => {
  it('as the row beside another', () => {
    expect(cell(`${bare} | sort by of, t | derive l = lag(late, 1)`)).toContain('ps.y');
    expect(cell('nk | derive w = giver.y | sort by of, t | derive x = w, l = lag(v, 1)')).toContain('ps.y');
    expect(cell('nk | derive w = giver.y | sort by of, t | derive l = lag(v, 1)')).not.toContain('ps.y');
  });

  it('as the first of a group', () => {
    expect(cell(`${bare} | group by of { l = first(late) }`)).toContain('ps.y');
    expect(cell(`${bare} | group by of { l = max(late) }`)).not.toContain('ps.y');
  });

  it('as the one that stays', () => {
    expect(rows(`${bare} | dedupe by of keep latest`)).toContain('ps.y');
    expect(rows(`${bare} | history by of at t`)).toContain('ps.y');
    expect(rows('nk | derive w = giver.y | dedupe by of keep latest')).not.toContain('ps.y');
  });

  it('as the row that is joined as of a moment', () => {
    const joined = (right: string): string =>
      lineageText(typedProgram(`${sources}\ntable s = ${right}\ntable r = kk | join s on of as of t\n`).column('r', 'late').facts);
    expect(joined(`${bare} | rename t as u`)).toContain('ps.y');
    expect(joined('nk | derive w = giver.y | rename t as u, x as z')).not.toContain('ps.y');
  });
});

it('takes over what leaks', () => {
  expect(factsText(model('nk | sort by of, v | derive l = rank() | drop x | sample 50%').relation('r').exists)).toContain('latest-version-kept(r.l)');
});

describe('the last row of a window', () => {
  const lineageOf = (steps: string, at: string): readonly string[] => {
    const task = `table r = ${steps}\ntask aim { each one in ps\n ${at}\n label y }\nfeatures f for aim { l = last(late of r via of) }\n`;
    const analysis = createAnalysis();
    const text = `${sources}\n${task}`;
    analysis.setFile('main.cupel', { kind: 'text', text });
    const [read] = analysis.program().reads('main.cupel');
    return (read?.feature.value.facts.lineage ?? []).map(
      ({ source, column, region }) => `${source}.${column} ${region === 'own' ? 'own' : 'window'}`,
    );
  };

  it('is chosen by all that is left, each cell as the window reads it', () => {
    expect(lineageOf(bare, 'at every month from 2024-01-01 to 2024-06-01')).toContain('ps.y window');
    expect(lineageOf(bare, 'at every month from 2024-01-01 to 2024-06-01')).not.toContain('ps.y own');
    expect(lineageOf('nk | derive w = giver.y', 'at every month from 2024-01-01 to 2024-06-01')).not.toContain('ps.y window');
  });
});

it('does not hide what rows are kept by', () => {
  const said = (steps: string): readonly string[] => {
    const analysis = createAnalysis();
    const source = 'source nk = csv("nk.csv") { team : text immutable, a : int immutable, b : int immutable, y : int immutable }';
    const task = 'task aim { each one in U\n  label y }\nsplit aim at random { test: 30%, seed: 1 }\nfeatures f for aim { a = a }';
    analysis.setFile('main.cupel', { kind: 'text', text: `${source}\ntable U = ${steps}\n${task}\n` });
    return analysis.diagnostics('main.cupel').flatMap(({ rule, severity }) => (severity === 'error' ? [rule] : []));
  };
  expect(said('nk | derive w = y + 1 | drop b | sample 50% | where w > 1')).toEqual(['outcome-conditioned-rows']);
  expect(said('nk | derive w = y + 1 | drop b | where w > 1 | sample 50%')).toEqual(['outcome-conditioned-rows']);
  expect(said('nk | derive w = y + 1 | drop b | sample 50%')).toEqual([]);
});
