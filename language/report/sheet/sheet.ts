/**
 * The model info sheet: for each type of leakage of Kapoor and Narayanan (Patterns 4(9), 2023) the argument that a model is free of it, how it
 * holds, and the evidence. Plain data, which text, Markdown, HTML and JSON are written from; what further tests of the data show is one more
 * kind of evidence.
 */
import type { Program } from '../../model/program.ts';
import type { EvaluationModel, FeatureSetModel, ModelModel, TypedExpr } from '../../model/typed.ts';
import { parts } from '../../model/walk.ts';
import { type LeakageType, leakageTypes } from '../../rules/claims/claim.ts';
import type { DecidedClaim, DecidedVerdict, ReadCount } from '../../rules/claims/decided.ts';
import type { Waived } from '../../rules/waive.ts';
import type { Place, Range } from '../../text/place.ts';
import { argumentOf, evidenceOf, type SheetEvidence } from './argument.ts';
import type { SheetPerturbation } from './perturbed.ts';

export interface SheetClaim {
  /** `features activity`. */
  readonly declaration: string;
  readonly subject: string | null;
  readonly says: string;
  readonly verdict: DecidedVerdict;
  readonly file: string;
  readonly range: Range;
  readonly evidence: readonly SheetEvidence[];
}

/** Without any claim a section is open, or there is nothing that it could be about; it never is proved. */
export type SectionVerdict = DecidedVerdict | 'not applicable';

export interface SheetSection {
  readonly type: LeakageType;
  readonly title: string;
  readonly question: string;
  /** The weakest of its claims. */
  readonly verdict: SectionVerdict;
  readonly argument: string;
  readonly claims: readonly SheetClaim[];
}

export interface SheetCounts {
  readonly proved: number;
  readonly onData: number;
  readonly assumed: number;
  readonly needsData: number;
  readonly leaks: number;
}

export interface SheetModel {
  readonly model: string;
  readonly evaluations: readonly {
    readonly name: string;
    readonly partition: string;
    readonly metric: string | null;
    readonly value: number | null;
    readonly low: number | null;
    readonly high: number | null;
    /** How often its test rows have been read; null where it is not on test or nobody knows. */
    readonly read: ReadCount | null;
  }[];
  readonly counts: SheetCounts;
  readonly sections: readonly SheetSection[];
}

export interface Sheet {
  readonly tool: string;
  readonly file: string;
  /** The run that decided on data: on this program and these data. */
  readonly run: { readonly id: string; readonly started: string } | null;
  /** Why nothing was decided on data. */
  readonly undecided: string | null;
  readonly models: readonly SheetModel[];
  /** What changed data moved; null where it was not tried. */
  readonly perturbation: SheetPerturbation | null;
  /** Findings that comments allow. */
  readonly waived: readonly {
    readonly rule: string;
    readonly message: string;
    readonly reason: string;
    readonly file: string;
    readonly range: Range;
  }[];
}

/** What of a run record stands on the sheet beside the evidence. */
export interface SheetRun {
  readonly id: string;
  readonly timing: { readonly started: string };
  readonly metrics: readonly {
    readonly evaluation: string;
    readonly metric: string;
    readonly segment: string | null;
    readonly value: number | null;
    readonly low: number | null;
    readonly high: number | null;
  }[];
}

export interface SheetParts {
  readonly tool: string;
  readonly program: Program;
  readonly file: string;
  readonly claims: readonly DecidedClaim[];
  readonly waived: readonly Waived[];
  readonly run: SheetRun | null;
  readonly undecided: string | null;
  readonly readOf: (evaluation: string) => ReadCount | null;
  readonly perturbation: SheetPerturbation | null;
}

const sections: Readonly<Record<LeakageType, readonly [title: string, question: string]>> = {
  'L1.1': ['no training on test rows', 'Is the model judged on rows that nothing was learned from or chosen by?'],
  'L1.2': ['no shared preprocessing', 'Is whatever preprocessing learns learned from training rows?'],
  'L1.3': ['no shared selection', 'Are features chosen on training rows?'],
  'L1.4': ['no duplicates across the split', 'Is no row on both sides of the split?'],
  L2: ['legitimate features', 'Is each feature there when a prediction is made, and no proxy of the outcome?'],
  'L3.1': ['no future', 'Does the model learn from the past alone, and is it judged on what came later?'],
  'L3.2': ['no dependence across the split', 'Are test rows independent of training rows, as far as the claim goes?'],
  'L3.3': ['test rows of the population', 'Are the test rows drawn from what the claim is about, and are they enough?'],
};

/** From the weakest on. */
const weakest: readonly DecidedVerdict[] = ['leaks', 'needs data', 'assumed', 'on data', 'proved'];

export function sheetOf(of: SheetParts): Sheet {
  return {
    tool: of.tool,
    file: of.file,
    run: of.run && { id: of.run.id, started: of.run.timing.started },
    undecided: of.undecided,
    models: judgedModels(of).map(model => modelSheet(of, model)),
    perturbation: of.perturbation,
    waived: of.waived.map(({ rule, message, reason, file, range }) => ({ rule, message, reason, file, range })),
  };
}

/** Models that are judged; all models where none is. */
function judgedModels({ program, file }: SheetParts): ModelModel[] {
  const evaluated = [...new Set(program.evaluations(file).map(({ model }) => model))];
  const models = evaluated.flatMap(name => program.model(file, name) ?? []);
  return models.length > 0 ? models : program.declarations(file).flatMap(({ model }) => (model.kind === 'model' ? [model] : []));
}

function modelSheet(of: SheetParts, model: ModelModel): SheetModel {
  const evaluations = of.program.evaluations(of.file).filter(evaluation => evaluation.model === model.name);
  const related = relatedTo(of, model, evaluations);
  const claims = of.claims.filter(
    claim =>
      claim.kind === null || ['source', 'table', 'check'].includes(claim.kind) || related.has(keyOf(claim.file, claim.kind, claim.declaration)),
  );
  const made = leakageTypes.map((type): SheetSection => {
    const inOrder = claims.filter(claim => claim.type === type);
    const own = [...inOrder].sort((a, b) => weakest.indexOf(a.verdict) - weakest.indexOf(b.verdict));
    const [title, question] = sections[type];
    const verdict = weakest.find(one => own.some(claim => claim.verdict === one)) ?? withoutClaims(type);
    const sheetClaims = own.map(
      (claim): SheetClaim => ({
        declaration: claim.kind === null ? claim.declaration : `${claim.kind} ${claim.declaration}`,
        subject: claim.subject,
        says: claim.says,
        verdict: claim.verdict,
        file: claim.file,
        range: claim.range,
        evidence: evidenceOf(claim),
      }),
    );
    return { type, title, question, verdict, argument: argumentOf(type, inOrder), claims: sheetClaims };
  });
  const count = (which: DecidedVerdict): number => claims.filter(({ verdict }) => verdict === which).length;
  return {
    model: model.name,
    evaluations: evaluations.map(evaluation => figureOf(of, evaluation)),
    counts: { proved: count('proved'), onData: count('on data'), assumed: count('assumed'), needsData: count('needs data'), leaks: count('leaks') },
    sections: made,
  };
}

function figureOf({ run, readOf }: SheetParts, { name, partition }: EvaluationModel): SheetModel['evaluations'][number] {
  const found = run?.metrics.find(m => m.evaluation === name && m.segment === null && m.value !== null);
  const { metric = null, value = null, low = null, high = null } = found ?? {};
  return { name, partition, metric, value, low, high, read: partition === 'test' ? readOf(name) : null };
}

const keyOf = (file: string, kind: string, name: string): string => `${file} ${kind} ${name}`;

/** Only a program without cutoffs has no claim about the future; any other type is claimed by what every model has. */
const withoutClaims = (type: LeakageType): SectionVerdict => (type === 'L3.1' ? 'not applicable' : 'needs data');

/** The declarations that a model's validity rests on, by file, kind and name: each name is looked up where it is written. */
function relatedTo({ program }: SheetParts, model: ModelModel, evaluations: readonly EvaluationModel[]): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (kind: string, declared: { readonly name: string; readonly place: Place } | null): void => {
    if (declared) found.add(keyOf(declared.place.file, kind, declared.name));
  };
  const visit = (one: ModelModel): void => {
    const at = one.place.file;
    if (found.has(keyOf(at, 'model', one.name))) return;
    add('model', one);
    const set = program.features(one.files.features, one.features);
    add('features', set);
    add('task', program.task(one.files.task, one.task));
    add('split', program.split(one.files.split, one.split));
    const { definition } = one;
    const members = definition.kind === 'best' ? definition.candidates : definition.kind === 'ensemble' ? definition.members : [];
    const asked = [...members.map(name => ({ name, from: at })), ...(set ? predictionsIn(set) : [])];
    for (const { name, from } of asked) {
      const member = program.model(from, name);
      if (member) visit(member);
    }
  };
  visit(model);
  for (const evaluation of evaluations) {
    add('evaluate', evaluation);
    add('split', program.split(evaluation.splitFile, evaluation.split));
  }
  return found;
}

/** Models whose out-of-fold predictions are features. */
function predictionsIn(set: FeatureSetModel): readonly { readonly name: string; readonly from: string }[] {
  const inside = (expr: TypedExpr): readonly { readonly name: string; readonly from: string }[] => [
    ...(expr.kind === 'prediction' ? [{ name: expr.model, from: expr.file }] : []),
    ...parts(expr).flatMap(inside),
  ];
  return set.features.flatMap(({ value }) => inside(value));
}

/** All verdicts on the sheet, of claims and of sections that have none. */
export const weakestOf = (sheet: Sheet): ReadonlySet<SectionVerdict> =>
  new Set(sheet.models.flatMap(({ sections: made }) => made.flatMap(({ verdict, claims }) => [verdict, ...claims.map(one => one.verdict)])));
