/**
 * Which claims each declaration makes, in one table: what is claimed, of which type, at which places a finding stands against it, and with
 * which flow facts. Whether they hold is decided in `judged.ts`.
 */
import { durationLe, negateDuration, zeroDuration } from '../../model/factOps.ts';
import type { Facts } from '../../model/facts.ts';
import type { Program } from '../../model/program.ts';
import type {
  DeclarationModel,
  EvaluationModel,
  FeatureSetModel,
  ModelModel,
  SplitModel,
  TaskModel,
  TypedExpr,
  TypedWindow,
} from '../../model/typed.ts';
import { windows } from '../../model/walk.ts';
import { durationWords } from '../../text/duration.ts';
import type { Place } from '../../text/place.ts';
import { type Choice, choicesIn, isRefit } from '../choice.ts';
import { isTimed } from '../leakage/reads.ts';
import { anyPart, everyPart } from '../walk.ts';
import type { ClaimKind, Decider, LeakageType } from './claim.ts';

export interface MadeClaim {
  readonly place: Place;
  readonly subject: string | null;
  readonly type: LeakageType;
  readonly says: string;
  /** Findings at these places stand against the claim, if their rule is of one of its types. Asked only where there are findings. */
  readonly at: () => readonly Place[];
  readonly types: readonly LeakageType[] | 'all';
  readonly facts: readonly Facts[];
  /** Other features that the value is made of. */
  readonly reads: readonly string[];
  /** What speaks for the claim. */
  readonly because: () => readonly { readonly message: string; readonly place: Place }[];
  /** A form that is assumed because it was not written. */
  readonly unwritten: boolean;
  readonly by: Decider | null;
}

export interface Claiming {
  readonly kind: ClaimKind;
  readonly name: string;
  readonly place: Place;
  /** Whether there are cutoffs: without any, nothing has a past. */
  readonly timed: boolean;
  readonly claims: readonly MadeClaim[];
}

const claim = (place: Place, type: LeakageType, says: string, more: Partial<MadeClaim> = {}): MadeClaim => ({
  place,
  subject: null,
  type,
  says,
  at: () => [],
  types: [type],
  facts: [],
  reads: [],
  because: () => [],
  unwritten: false,
  by: null,
  ...more,
});

const onData = (place: Place, type: LeakageType, rule: string, says: string): MadeClaim => claim(place, type, says, { by: { kind: 'data', rule } });

/** All places of an expression: what a definition holds lies outside the feature that uses it. */
const placesIn = (expr: TypedExpr): readonly Place[] =>
  everyPart(expr).flatMap(part => (part.kind === 'aggregate' && part.window ? [part.place, part.window.framePlace] : [part.place]));

const readsOf = (expr: TypedExpr): readonly string[] => everyPart(expr).flatMap(part => (part.kind === 'feature' ? [part.name] : []));

/** Null: the declaration claims nothing about validity. */
export function claimsMade(program: Program, file: string, model: DeclarationModel): Claiming | null {
  switch (model.kind) {
    case 'task':
      return ofTask(program, model);
    case 'split':
      return ofSplit(program.task(file, model.task), model);
    case 'features':
      return ofFeatures(program.task(file, model.task), model);
    case 'model':
      return ofModel(model);
    case 'evaluate':
      return ofEvaluation(model);
    default:
      return null;
  }
}

function ofTask(program: Program, task: TaskModel): Claiming {
  const timed = isTimed(task);
  const relation = program.relation(task.place.file, task.relation);
  const observed = claim(
    task.relationPlace,
    'L3.3',
    timed
      ? `who is observed by \`${task.name}\` is decided by what is known at the cutoff`
      : `who is observed by \`${task.name}\` does not depend on the outcome`,
    {
      subject: 'observations',
      at: () => [task.relationPlace, ...(task.where ? [task.where.place] : [])],
      types: 'all',
      facts: [relation?.exists, task.where?.facts].filter(facts => facts !== undefined),
      because: () => [
        {
          message: task.where ? `rows of \`${task.relation}\` that meet the condition of the task` : `every row of \`${task.relation}\``,
          place: task.relationPlace,
        },
      ],
    },
  );
  const { cutoffs, label } = task;
  const cutoff =
    cutoffs.kind === 'none'
      ? []
      : [
          claim(cutoffs.place, 'L3.1', 'every cutoff is a moment that is known when it comes', {
            subject: 'cutoffs',
            at: () => (cutoffs.kind === 'column' && cutoffs.assumed ? [] : [cutoffs.place]),
            types: 'all',
            facts: [task.cutoffFacts],
            unwritten: cutoffs.kind === 'column' && cutoffs.assumed,
            because: () => [
              { message: cutoffs.kind === 'grid' ? 'cutoffs on a grid of dates' : 'a cutoff at a time of each row', place: cutoffs.place },
            ],
          }),
        ];
  // Without cutoffs a label is what it is; what is wrong with one is a finding.
  const decided =
    label && timed
      ? [
          claim(label.place, 'L3.1', `the label \`${label.name}\` is decided after the cutoff, by what is known then`, {
            subject: 'label',
            at: () => [...placesIn(label.value), label.place],
            types: 'all',
            facts: [label.value.facts],
            because: () => [{ message: decidedWhen(label), place: label.place }],
          }),
          onData(label.place, 'L3.1', 'immature-label', 'few labels are still open when the data end'),
        ]
      : [];
  return { kind: 'task', name: task.name, place: task.place, timed, claims: [observed, ...cutoff, ...decided] };
}

function decidedWhen({ name, horizon, delay }: NonNullable<TaskModel['label']>): string {
  const after = durationLe(horizon, zeroDuration) ? 'by the row itself' : `by the ${durationWords(horizon)} after the cutoff`;
  return `\`${name}\` is decided ${after}${durationLe(delay, zeroDuration) ? '' : `, and known ${durationWords(delay)} later`}`;
}

function ofSplit(task: TaskModel | null, split: SplitModel): Claiming {
  const { method, methodPlace: at } = split;
  const by = method.kind === 'random' ? 'at random' : `by ${method.kind}`;
  const gap = method.kind === 'time' && !durationLe(method.gap, zeroDuration) ? `, with a gap of ${durationWords(method.gap)}` : '';
  const because = () => [{ message: `split ${by}${gap}`, place: at }];
  const timed = isTimed(task);
  const whole = () => [split.place];
  const byTime = method.kind === 'time' && method.group === null;
  const unit = byTime ? 'rows of one unit on both sides are only earlier and later ones' : 'no unit has rows on both sides';
  return {
    kind: 'split',
    name: split.name,
    place: split.place,
    timed,
    claims: [
      claim(at, 'L1.1', 'no observation is in two partitions', { at: whole, because }),
      ...(timed || method.kind === 'time'
        ? [claim(at, 'L3.1', 'every partition is later than the one before, labels included', { at: whole, because })]
        : []),
      claim(at, 'L3.2', unit, {
        at: whole,
        because: byTime ? () => [{ message: 'divided by time alone, so what is claimed is claimed of known units', place: at }] : because,
      }),
      ...(method.kind === 'time' ? [] : [onData(at, 'L3.2', 'group-on-both-sides', 'no column names a unit with rows on both sides')]),
      claim(at, 'L3.3', 'partitions do not depend on the outcome', { at: whole }),
    ],
  };
}

function ofFeatures(task: TaskModel | null, set: FeatureSetModel): Claiming {
  const timed = isTimed(task);
  const typed = set.features.filter(({ value }) => value.type.kind !== 'unknown');
  const fitted = typed.filter(({ value }) => anyPart(value, part => part.kind === 'transform'));
  const selecting = typed.filter(({ value }) => anyPart(value, part => part.kind === 'transform' && part.transform === 'select'));
  const looking = typed.some(({ value }) => windows(value).some(({ window }) => window.from !== null));
  const past = typed.flatMap(({ value }) => windows(value)).filter(({ window }) => window.direction === 'past').length;
  const learned = (of: typeof typed) => of.map(({ name, place }) => ({ message: `\`${name}\` is learned on the training rows of each fold`, place }));
  return {
    kind: 'features',
    name: set.name,
    place: set.place,
    timed,
    claims: [
      ...typed.map(({ name, place, value }) =>
        claim(
          place,
          'L2',
          timed ? `\`${name}\` is known at the cutoff and says nothing of the outcome by itself` : `\`${name}\` is there when a prediction is made`,
          {
            subject: name,
            at: () => [place, ...placesIn(value)],
            types: 'all',
            facts: [value.facts],
            reads: readsOf(value),
            because: () => [{ message: sourcesOf(value), place }],
          },
        ),
      ),
      ...(timed
        ? [
            claim(set.place, 'L3.1', 'windows end before the cutoff and see what was known by then', {
              because: () => [
                {
                  message:
                    past === 0
                      ? 'no feature looks into a window'
                      : past === 1
                        ? 'a window ends before the cutoff and sees what was known by then'
                        : `${past} windows end before the cutoff and see what was known by then`,
                  place: set.place,
                },
              ],
            }),
          ]
        : []),
      claim(set.place, 'L1.2', fitted.length === 0 ? 'no feature is learned from rows' : 'what is learned from rows is learned from training rows', {
        because: () => learned(fitted),
      }),
      claim(set.place, 'L1.3', selecting.length === 0 ? 'no feature is chosen by the data' : 'features are chosen on training rows', {
        because: () => learned(selecting),
      }),
      onData(set.place, 'L1.4', 'duplicates-across-split', 'no test row has an equal row in train'),
      onData(set.place, 'L1.4', 'near-duplicates-across-split', 'no test row has an almost equal row in train, beyond chance'),
      onData(set.place, 'L2', 'target-proxy', 'no single feature decides the label'),
      onData(set.place, 'L2', 'missingness-proxy', 'nulls of no feature decide the label'),
      ...(looking ? [onData(set.place, 'L3.1', 'warm-up-uncovered', 'the data reach back as far as the windows do')] : []),
    ],
  };
}

/** ``reads `orders.amount`, `orders.status` of the 90 days before the cutoff``: the columns of sources that went in, and the windows. */
function sourcesOf(value: TypedExpr): string {
  const read = [...new Set(value.facts.lineage.filter(({ rows }) => rows !== 'chosen').map(({ source, column }) => `${source}.${column}`))];
  const named = read.slice(0, 4).map(name => `\`${name}\``);
  const frames = [...new Set(windows(value).flatMap(({ window }) => frameText(window) ?? []))];
  const columns = read.length === 0 ? 'reads no column' : `reads ${named.join(', ')}${read.length > 4 ? ` and ${read.length - 4} more` : ''}`;
  return `${columns}${frames.length === 0 ? '' : ` ${frames.join(' and ')}`}`;
}

function frameText({ from, to, direction }: TypedWindow): string | null {
  if (direction === 'future') return null;
  const lag = durationLe(zeroDuration, to) ? '' : ` until ${durationWords(negateDuration(to))} before it`;
  return from === null ? `of all time before the cutoff${lag}` : `of the ${durationWords(negateDuration(from))} before the cutoff${lag}`;
}

function ofModel(model: ModelModel): Claiming {
  const { definition, place } = model;
  const isBlend = definition.kind === 'ensemble' && !definition.final;
  const chosen = () => [...choicesIn(model).map(chosenBy), ...(isBlend ? ['the mean of its members'] : [])].map(message => ({ message, place }));
  return {
    kind: 'model',
    name: model.name,
    place,
    timed: true,
    claims: [
      claim(place, 'L1.1', `no choice about \`${model.name}\` is made on test rows`, { at: () => [place], because: chosen }),
      claim(place, 'L1.2', `\`${model.name}\` learns from training rows`, {
        at: () => [place],
        types: ['L1.2', 'L1.3', 'L1.4', 'L2', 'L3.1', 'L3.2', 'L3.3'],
        because: () => [{ message: isRefit(model) ? 'learned on train, and again on train and validate' : 'learned on train', place }],
      }),
    ],
  };
}

function chosenBy(choice: Choice): string {
  switch (choice.what) {
    case 'model':
      return `chosen by ${choice.by} on ${choice.on}`;
    case 'settings':
      return `settings searched by ${choice.by} on ${choice.on === 'train' || choice.on === 'folds' ? 'inner folds of train' : choice.on}`;
    case 'rounds':
      return `training stops by ${choice.on}`;
    case 'threshold':
      return `threshold set on ${choice.on}`;
    case 'calibration':
      return 'calibrated on out-of-fold scores of train';
    case 'stack':
      return `members out of fold, ${choice.folds} folds`;
  }
}

function ofEvaluation(model: EvaluationModel): Claiming {
  const { place, partitionPlace: at } = model;
  const because = () => [{ message: `judged on ${model.partition}`, place: at }];
  const onTest = model.partition === 'test';
  return {
    kind: 'evaluate',
    name: model.name,
    place,
    timed: true,
    claims: [
      claim(at, 'L1.1', `nothing of \`${model.name}\` was learned or chosen on the rows it is judged on`, {
        at: () => [place],
        types: ['L1.1', 'L1.2', 'L1.3', 'L1.4', 'L2', 'L3.1', 'L3.2'],
        because,
      }),
      claim(at, 'L3.3', 'the judged rows are those that the claim is about', {
        at: () => [place],
        because: () => [
          model.where
            ? { message: `a part of ${model.partition}, as the evaluation says`, place: model.where.place }
            : { message: `all rows of ${model.partition} that have a label`, place: at },
        ],
      }),
      ...(onTest
        ? [
            claim(at, 'L1.1', 'the test rows have not been read so often that the best figure is luck', { by: { kind: 'ledger' } }),
            onData(at, 'L3.3', 'tiny-test', 'there are rows enough for the precision that is claimed'),
          ]
        : []),
    ],
  };
}
