/**
 * The observation's own answer in its encoding: means of the label taken by hand over all rows, its own and those of the test partition
 * among them, and labels that are encoded twice.
 */
import { entryOf } from '../../catalogue/catalogue.ts';
import type { Problem } from '../../model/problem.ts';
import type { FeatureRead } from '../../model/program.ts';
import type { TypedExpr } from '../../model/typed.ts';
import { gather } from '../../text/gather.ts';
import { writtenName } from '../../text/writtenName.ts';
import type { Rule } from '../rule.ts';
import { everyPart } from '../walk.ts';
import { isDerived, labelReads, sharedWith } from './label-derived-feature.ts';
import { dropFeature, features, isTimed, traceTo } from './reads.ts';

const rule = 'target-encode-in-sample';
const label = 'its own answer is among these';

function byHand(read: FeatureRead): Problem[] {
  const { feature, task } = read;
  const [fault] = isDerived(feature.value) ? labelReads(read).inSample : [];
  if (!fault) return [];
  const shared = sharedWith(fault, read);
  const linked = read.windows.find(({ aggregate }) => everyPart(aggregate).includes(fault))?.window.link.entity;
  const by = linked?.kind === 'column' ? writtenName(linked.name) : null;
  return [
    {
      rule,
      place: fault.place,
      message: `\`${feature.name}\` aggregates what the label \`${task.label?.name ?? task.name}\` is computed from, the observation's own row included.`,
      label,
      help: `Encode the category by its label out of fold${by ? `: \`${by} |> target_encode(folds: 5)\`` : ', with `target_encode`'}.`,
      related: [
        ...(task.label ? [{ place: task.label.place, message: `the label of \`${task.name}\`` }] : []),
        ...(shared ? traceTo(shared.reason, fault.place) : []),
      ],
      fixes: [dropFeature(feature)],
    },
  ];
}

const isEncoding = (part: TypedExpr): boolean => part.kind === 'transform' && part.transform === 'target_encode';

/** The expression's parts, with those of the features that it names, each of these once. */
function partsOf(expr: TypedExpr, { set }: FeatureRead): readonly TypedExpr[] {
  const found = [...everyPart(expr)];
  const named = new Set<string>();
  for (const part of found) {
    if (part.kind !== 'feature' || named.has(part.name)) continue;
    named.add(part.name);
    const feature = set.features.find(({ name, defines }) => defines && name === part.name);
    if (feature) found.push(...everyPart(feature.value));
  }
  return found;
}

/** What is learned from labels in the expression: on a training row, the labels of other rows. */
const learnedIn = (expr: TypedExpr, read: FeatureRead): TypedExpr | undefined =>
  partsOf(expr, read).find(part => isEncoding(part) || part.kind === 'prediction');

/** Something that is learned from labels, over which another transform has learned. */
function learnedAgain(expr: TypedExpr, read: FeatureRead): TypedExpr | undefined {
  for (const part of partsOf(expr, read)) {
    if (part.kind !== 'transform' || isEncoding(part) || !entryOf('transform', part.transform)?.learns) continue;
    for (const input of part.inputs) {
      const learned = learnedIn(input, read);
      if (learned) return learned;
    }
  }
  return undefined;
}

/**
 * Other rows have the observation's label in their own encodings, so that means over these hold it too. By time they do not, for each block
 * learns from earlier ones alone, unless what is learned from all encodings, as the bounds of bins are, stands between.
 */
function twice(read: FeatureRead): Problem[] {
  const { feature, task } = read;
  for (const part of everyPart(feature.value)) {
    const [input] = part.kind === 'transform' && isEncoding(part) ? part.inputs : [];
    const learned = input && (isTimed(task) ? learnedAgain(input, read) : learnedIn(input, read));
    if (!learned) continue;
    const what = learned.kind === 'prediction' ? `what \`${learned.model}\` says` : 'encoded labels';
    return [
      {
        rule,
        place: part.place,
        message: `\`${feature.name}\` encodes by the label what is made of ${what}, and in those of other rows is the observation's own.`,
        label,
        help: 'Encode categories that no label went into, or give the model these as they are, or with `one_hot`.',
        related: traceTo({ place: learned.place, message: 'learned from labels of other rows', because: null }, part.place),
        fixes: [dropFeature(feature)],
      },
    ];
  }
  return [];
}

export default {
  name: rule,
  code: 'CUP3030',
  group: 'leakage',
  severity: 'error',
  type: 'L2',
  verdict: 'leaks',
  why: "A row's own answer is in its feature, the more of it the smaller the group, and the answers of test rows are in the training rows.",
  check: (program, file) => gather(features(program, file), read => [...byHand(read), ...twice(read)]),
} satisfies Rule;
