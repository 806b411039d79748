/**
 * A feature that may be missing where the algorithm needs a value. Elsewhere a needed value is found missing while typing; here only the
 * model says that it is needed, so the rule reads the typed program.
 */
import { entryOf } from '../../catalogue/catalogue.ts';
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { FeatureModel, ModelModel, TypedExpr } from '../../model/typed.ts';
import { isNumber } from '../../model/typeOps.ts';
import { nameOf } from '../../model/typing.ts';
import { smallest } from '../../model/walk.ts';
import { gather } from '../../text/gather.ts';
import type { Place } from '../../text/place.ts';
import { writtenName } from '../../text/writtenName.ts';
import type { Rule } from '../rule.ts';

/** Functions and operators that have no value for some numbers: of which argument, where, and the range that leaves those out. */
const partial: Readonly<Record<string, { readonly argument: 0 | 1; readonly where: string; readonly least: 0 | 1 }>> = {
  log1p: { argument: 0, where: 'is -1 or less', least: 0 },
  ln: { argument: 0, where: 'is 0 or less', least: 1 },
  log10: { argument: 0, where: 'is 0 or less', least: 1 },
  sqrt: { argument: 0, where: 'is less than 0', least: 0 },
  div: { argument: 1, where: 'is 0', least: 1 },
  intdiv: { argument: 1, where: 'is 0', least: 1 },
  mod: { argument: 1, where: 'is 0', least: 1 },
};

/** The number for which a feature has no value although nothing it reads is missing. */
interface Gap {
  readonly of: string;
  readonly where: string;
  /** How a column's declaration leaves the number out, and where the column is declared; null of what is computed. */
  readonly declaration: { readonly text: string; readonly place: Place } | null;
}

function gapOf(value: TypedExpr, program: Program): Gap | null {
  const part = smallest(value, ({ type }) => type.nullable);
  const rule = part?.kind === 'call' && Object.hasOwn(partial, part.fn) ? partial[part.fn] : undefined;
  const argument = rule && part?.kind === 'call' ? part.args[rule.argument] : undefined;
  if (!rule || !argument) return null;
  const of = nameOf(argument) ?? 'what it is computed from';
  const [read, ...others] = argument.facts.lineage;
  const isColumn = (argument.kind === 'column' || argument.kind === 'entity' || argument.kind === 'path') && others.length === 0;
  const column = isColumn && read ? program.relation(read.home, read.source)?.columns.find(c => c.name === read.column) : undefined;
  if (!column || !isNumber(column.type)) return { of, where: rule.where, declaration: null };
  const from = rule.least === 0 ? '0' : column.type.kind === 'int' ? '1' : '0.01';
  return { of, where: rule.where, declaration: { text: `${writtenName(column.name)} : ${column.type.kind} in ${from}..`, place: column.place } };
}

function found(feature: FeatureModel, model: ModelModel, algorithm: string, program: Program, file: string): Problem {
  const here = feature.place.file === file;
  const gap = gapOf(feature.value, program);
  const [fill, how] = isNumber(feature.value.type) ? ['impute(median)', 'the median'] : ['impute(mode)', 'the most frequent value'];
  const { value } = feature;
  return {
    rule: 'needs-value',
    place: here ? feature.place : model.place,
    message: `\`${algorithm}\` needs a value in every row, and \`${feature.name}\` ${gap ? `has none where ${gap.of} ${gap.where}` : 'may be null'}.`,
    label: !here ? null : gap ? `no value where ${gap.of} ${gap.where}` : 'may be null',
    help: gap?.declaration
      ? `If ${gap.of} never is, declare it: \`${gap.declaration.text}\`. Otherwise fill the gap: \`… |> ${fill}\`.`
      : `Fill it: \`… |> ${fill}\`.`,
    related: [
      here
        ? { place: model.place, message: `\`${model.name}\` learns from it` }
        : { place: feature.place, message: `\`${feature.name}\` is defined here` },
      ...(gap?.declaration ? [{ place: gap.declaration.place, message: `${gap.of} is declared without a range that leaves this out` }] : []),
    ],
    fixes: here
      ? [
          {
            title: `Fill missing values of \`${feature.name}\` with ${how}`,
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
    return gather(program.declarations(file), ({ model }) => {
      if (model.kind !== 'model' || model.definition.kind !== 'algorithm' || !entryOf('algorithm', model.definition.algorithm)?.needsNumbers)
        return [];
      const { algorithm } = model.definition;
      const features = program.features(model.files.features, model.features)?.features ?? [];
      return features.flatMap(feature => {
        const key = `${feature.place.file}|${feature.place.decl}|${feature.name}`;
        if (!feature.value.type.nullable || feature.value.type.kind === 'unknown' || reported.has(key)) return [];
        reported.add(key);
        return [found(feature, model, algorithm, program, file)];
      });
    });
  },
} satisfies Rule;
