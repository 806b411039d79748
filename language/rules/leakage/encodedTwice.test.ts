/** Labels that are encoded twice: other rows hold the observation's own in their encodings, but for blocks of time, which learn from earlier ones alone. */
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';

/** The leakage rules that say something of a program over guests, with what they stand at. */
function found(features: string, isTimed = false): readonly string[] {
  const text = `source guests = csv("g.csv") until 2024-12-31 {
  id : key
  came : timestamp  ${isTimed ? '@time @known(+0d)' : ''}
  town : text immutable
  kind : text immutable
  left : bool ${isTimed ? '@known(+30d)' : '@after(outcome)'}
}
task t {
  each g in guests
${isTimed ? '  at came\n' : ''}  label gone = left
}
split t ${isTimed ? 'by time { train: ..2024-03-31, test: 2024-06-01.., gap: 30d' : 'at random { test: 20%, seed: 1'} }
features plain for t { code = town |> target_encode(prior: 0.5) }
model usual = baseline(plain)
features f for t {
  ${features}
}
`;
  const lines = text.split('\n');
  const analysis = createAnalysis();
  analysis.setFile('main.cupel', { kind: 'text', text });
  return analysis
    .diagnostics('main.cupel')
    .filter(({ severity }) => severity === 'error')
    .map(({ rule, range: { start, end } }) => `${rule} «${lines[start.line]?.slice(start.character, end.character)}»`);
}

const encode = 'target_encode(prior: 0.5)';
const codes = `a = town |> ${encode}`;

describe('an encoding of', () => {
  it.each([
    ['bins of encoded labels', `v = town |> ${encode} |> quantile_bin(4) |> ${encode}`],
    ['a feature made of them', `${codes}\n  b = if a > 0.5 then "often" else kind\n  v = b |> ${encode}`],
    ['a feature that rests on one', `${codes}\n  b = a\n  c = if b > 0.5 then "often" else "seldom"\n  v = c |> ${encode}`],
    ['bins of what a model says', `v = predict(usual) |> quantile_bin(4) |> ${encode}`],
  ])('%s is told, over time too where bins are learned between', (what, features) => {
    const rules = (isTimed?: boolean): readonly string[] => found(features, isTimed).map(said => said.replace(/ «.*/s, ''));
    expect(rules()).toEqual(['target-encode-in-sample']);
    expect(rules(true)).toEqual(what.startsWith('bins') ? ['target-encode-in-sample'] : []);
  });

  it.each([
    ['categories', `${codes}\n  v = kind |> ${encode}`],
    ['bins of something else', `${codes}\n  v = days(came, came) |> quantile_bin(4) |> ${encode}`],
    ['a column with the name of a feature', `a = town |> ${encode}\n  kind = kind |> ${encode}`],
  ])('%s is not', (_, features) => {
    expect(found(features)).toEqual([]);
    expect(found(features, true)).toEqual([]);
  });

  it('labels may be learned from in other ways', () =>
    expect(found(`${codes}\n  b = a |> standardize\n  c = predict(usual) |> quantile_bin(4) |> one_hot`)).toEqual([]));
});
