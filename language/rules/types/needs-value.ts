/**
 * A feature that may be missing where the algorithm needs a value. Elsewhere a needed value is found missing while typing; here only the
 * model says that it is needed, so the rule reads the typed program.
 */
import { entryOf } from '../../catalogue/catalogue.ts';
import type { Problem } from '../../model/problem.ts';
import type { FeatureModel, ModelModel } from '../../model/typed.ts';
import { isNumber } from '../../model/typeOps.ts';
import type { Rule } from '../rule.ts';

function found(feature: FeatureModel, model: ModelModel, algorithm: string, file: string): Problem {
  const here = feature.place.file === file;
  const [fill, how] = isNumber(feature.value.type) ? ['impute(median)', 'its median'] : ['impute(mode)', 'its most frequent value'];
  const { value } = feature;
  return {
    rule: 'needs-value',
    place: here ? feature.place : model.place,
    message: `\`${algorithm}\` needs a value in every row, and \`${feature.name}\` may be null.`,
    label: here ? 'may be null' : null,
    help: `Fill it: \`… |> ${fill}\`.`,
    related: [
      here
        ? { place: model.place, message: `\`${model.name}\` learns from it` }
        : { place: feature.place, message: `\`${feature.name}\` is defined here` },
    ],
    fixes: here
      ? [
          {
            title: `Fill missing values with ${how}`,
            safe: false,
            edits: [{ place: { ...value.place, span: { ...value.place.span, start: value.place.span.end } }, text: ` |> ${fill}` }],
          },
        ]
      : [],
  };
}

export default {
  name: 'needs-value',
  code: 'CUP2104',
  group: 'types',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'The algorithm cannot read a missing value, so training would stop or drop these rows.',
  check(program, file) {
    const reported = new Set<string>();
    return program.declarations(file).flatMap(({ model }) => {
      if (model.kind !== 'model' || model.definition.kind !== 'algorithm' || !entryOf('algorithm', model.definition.algorithm)?.needsNumbers)
        return [];
      const { algorithm } = model.definition;
      const features = program.features(file, model.features)?.features ?? [];
      return features.flatMap(feature => {
        const key = `${feature.place.file}|${feature.place.decl}|${feature.name}`;
        if (!feature.value.type.nullable || feature.value.type.kind === 'unknown' || reported.has(key)) return [];
        reported.add(key);
        return [found(feature, model, algorithm, file)];
      });
    });
  },
} satisfies Rule;
