/** A figure that is claimed, or a model that is chosen, with nothing simple beside it. */
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { EvaluationModel, MetricExpr, ModelModel } from '../../model/typed.ts';
import { gather } from '../../text/gather.ts';
import type { Place } from '../../text/place.ts';
import { writtenName } from '../../text/writtenName.ts';
import type { Rule } from '../rule.ts';
import { claimsFigure } from './choices.ts';

function modelsIn(metric: MetricExpr): readonly (readonly [name: string, home: string])[] {
  switch (metric.kind) {
    case 'metric':
      return [[metric.model, metric.home]];
    case 'bound':
      return modelsIn(metric.of);
    case 'arithmetic':
      return [...modelsIn(metric.left), ...modelsIn(metric.right)];
    case 'drift':
    case 'number':
      return [];
  }
}

const isBaseline = ({ definition }: ModelModel): boolean => definition.kind === 'algorithm' && definition.algorithm === 'baseline';

const compares = ({ claims, model, modelFile }: EvaluationModel): boolean =>
  claims.some(({ left, right }) => [...modelsIn(left), ...modelsIn(right)].some(([name, home]) => name !== model || home !== modelFile));

interface Candidate {
  readonly model: ModelModel;
  readonly place: Place;
  readonly message: string;
}

/** What is claimed first, else what is chosen, of each task and split. */
function unheld(program: Program, file: string): readonly Candidate[] {
  const found = new Map<string, Candidate>();
  const models = gather(program.declarations(file), ({ model }) => (model.kind === 'model' ? [model] : []));
  const rows = ({ task, split, files }: ModelModel): string => [task, files.task, split, files.split].join('\0');
  const held = new Set(models.filter(isBaseline).map(rows));
  for (const evaluation of program.evaluations(file)) {
    const model = program.model(file, evaluation.model);
    if (!model) continue;
    if (evaluation.baseline !== null || isBaseline(model) || compares(evaluation)) held.add(rows(model));
    else if (claimsFigure(evaluation) && !found.has(rows(model)))
      found.set(rows(model), { model, place: evaluation.place, message: `Nothing simple is there to hold \`${model.name}\` against.` });
  }
  for (const model of models) {
    if (model.definition.kind === 'best' && !found.has(rows(model)))
      found.set(rows(model), { model, place: model.place, message: `\`${model.name}\` is chosen among models with nothing simple among them.` });
  }
  return [...found.values()].filter(({ model }) => !held.has(rows(model)));
}

/** A name that the file does not take yet. */
function freeName(program: Program, file: string): string {
  const taken = new Set(
    gather(program.declarations(file), ({ model }) => ('name' in model ? [model.name] : 'relation' in model ? [model.relation.name] : [])),
  );
  return ['usual', 'simple', 'plain_baseline'].find(name => !taken.has(name)) ?? 'baseline_model';
}

const baselineOf = (program: Program, file: string, { model }: Candidate): string =>
  `model ${freeName(program, file)} = baseline(${writtenName(model.features)})`;

const problemOf = (program: Program, file: string, candidate: Candidate): Problem => ({
  rule: 'missing-baseline',
  place: candidate.place,
  message: candidate.message,
  label: 'how good is good here?',
  help: baselineOf(program, file, candidate),
  related: [],
  fixes: [],
});

export default {
  name: 'missing-baseline',
  code: 'CUP3055',
  group: 'validity',
  severity: 'info',
  type: null,
  verdict: null,
  why: 'A figure by itself does not say whether a model was needed: the usual answer may do as well.',
  check: (program, file) => unheld(program, file).map(candidate => problemOf(program, file, candidate)),
  fixes: (program, { place }, textOf) => {
    const { file } = place;
    const candidate = unheld(program, file).find(({ place: other }) => other === place);
    const isHere = program
      .declarations(file)
      .some(({ model }) => model.kind === 'features' && model.name === candidate?.model.features && candidate.model.files.features === file);
    if (!candidate || !isHere) return [];
    // In a paragraph of its own, so that no line above takes another layout.
    const above = textOf({ ...place, span: { start: -2, end: 0 } });
    const text = `${above === '' || above === '\n\n' ? '' : '\n'}${baselineOf(program, file, candidate)}\n\n`;
    return [{ title: 'Add a baseline', safe: false, edits: [{ place: { ...place, span: { start: 0, end: 0 } }, text }] }];
  },
} satisfies Rule;
