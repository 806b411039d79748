import { describe, expect, it } from 'vitest';
import { typedProgram } from './testProgram.ts';
import { typeText } from './typeOps.ts';

const program = (feature: string, at = 'at every month from 2024-02-01 to 2024-08-01', key = 'key') =>
  typedProgram(`
source people = csv("people.csv") {
  id    : ${key}
  since : timestamp @time @known(+0d)
  age   : int? in 0..120 immutable
  born  : timestamp? immutable
}
task old { each p in people, ${at}, label y = age > 30 }
features f for old { x = ${feature} }
`);

describe('impute(forward)', () => {
  it('stays nullable: nothing may have been there before', () => {
    const { program: typed, problems } = program('age |> impute(forward)');
    expect(problems.filter(text => text.includes('impute'))).toEqual([]);
    const [feature] = typed.features('main.cupel', 'f')?.features ?? [];
    expect([feature && typeText(feature.value.type), feature?.value.facts.fit]).toEqual(['int? in 0..120', 'train']);
    const filled = program('age |> impute(forward) |> impute(median)').program.features('main.cupel', 'f')?.features[0];
    expect(filled?.value.type.nullable).toBe(false);
  });

  it.each([
    ['a task of one cutoff each', program('age |> impute(forward)', 'at since'), 'wrong-arguments «age |> impute(forward)»'],
    ['a table without a key', program('age |> impute(forward)', undefined, 'text'), 'wrong-arguments «age |> impute(forward)»'],
    ['a moment', program('born |> impute(forward)'), 'type-mismatch «born |> impute(forward)»'],
    ['a constant beside it', program('age |> impute(forward, value: 3)'), 'wrong-arguments «value»'],
  ])('is refused for %s', (_, { problems }, problem) => expect(problems).toContain(problem));
});
