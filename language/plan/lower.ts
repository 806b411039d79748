/**
 * From a typed program to its plan: every declaration that is asked for, each after what it reads and made once. The plan says everything
 * a run needs, visibility included, so the runner never looks back at the program.
 */
import type { Program } from '../model/program.ts';
import type { DeclarationModel, EvaluationModel, ModelModel, SplitModel } from '../model/typed.ts';
import type { Place } from '../text/place.ts';
import { fingerprinted, planFingerprint } from './fingerprint.ts';
import { type LoweredFeatures, lowerFeatures } from './lowerFeatures.ts';
import { type Lowering, type Predictor, Unplannable } from './lowering.ts';
import { type LoweredModel, lowerEvaluation, lowerModel, type Named, seedOf, withMetric } from './lowerModel.ts';
import { predictorOf } from './lowerPredict.ts';
import { lowerRelation } from './lowerRelation.ts';
import { type LoweredTask, lowerSplit, lowerTask } from './lowerTask.ts';
import { type Plan, type PlanPlace, planVersion } from './plan.ts';

interface Found<T> {
  readonly model: T;
  /** Made when first asked for. */
  readonly key: string;
}

/** What was made for a key, or what `make` gives, once. */
function once<T>(): (key: string, make: () => T) => T {
  const made = new Map<string, T>();
  return (key, make) => {
    const there = made.get(key);
    if (there !== undefined) return there;
    const value = make();
    made.set(key, value);
    return value;
  };
}

const keyed = <T extends { readonly name: string; readonly place: Place }>(model: T | null, what: string): Found<T> => {
  if (!model) throw new Unplannable(`there is no ${what}`);
  return { model, key: `${model.place.file} ${model.place.decl}` };
};

/** Everything behind models and evaluations, made on demand. */
function planner(lowering: Lowering) {
  const { program } = lowering;
  const tasks = once<LoweredTask>();
  const splits = once<string>();
  const sets = once<LoweredFeatures>();
  const models = once<LoweredModel>();
  const evaluations = once<string>();

  function task(file: string, name: string): LoweredTask {
    const { model, key } = keyed(program.task(file, name), `task ${name}`);
    return tasks(key, () => lowerTask(model, lowering));
  }

  function split(model: SplitModel): string {
    return splits(`${model.place.file} ${model.place.decl}`, () => lowerSplit(model, task(model.place.file, model.task), lowering));
  }

  /** The split of that name that `file` declares for the model's task. */
  function splitOf({ task: of, files }: ModelModel, name: string, file: string): SplitModel {
    const found = program.splits(file, of, files.task).find(s => s.name === name && s.place.file === file);
    if (!found) throw new Unplannable(`there is no split ${name}`);
    return found;
  }

  function features(file: string, name: string, by: SplitModel): LoweredFeatures {
    const { model, key } = keyed(program.features(file, name), `feature set ${name}`);
    const id = split(by);
    const predictor = (asked: string, from: string): Predictor => predictorFor(from, asked, by);
    return sets(`${key} ${id}`, () => lowerFeatures(model, task(model.place.file, model.task), id, predictor, lowering));
  }

  /** A model that a feature of a set over the split asks. */
  function predictorFor(file: string, name: string, by: SplitModel): Predictor {
    const { model: asked } = keyed<ModelModel>(program.model(file, name), `model ${name}`);
    const { definition, files } = asked;
    if (definition.kind !== 'algorithm') throw new Unplannable(`${name} does not learn by itself`);
    const set = features(files.features, asked.features, by);
    const parts = { task: task(files.task, asked.task), split: split(by), splitModel: by, features: set, seed: seedOf(by) };
    const declared = splitOf(asked, asked.split, files.split) === by ? model(file, name).trained : null;
    return predictorOf(asked, definition, parts, declared, lowering);
  }

  function model(file: string, name: string): LoweredModel {
    const found = keyed<ModelModel>(program.model(file, name), `model ${name}`);
    const { place, files, task: taskName, features: set } = found.model;
    const by = splitOf(found.model, found.model.split, files.split);
    return models(found.key, () => {
      const learned = features(files.features, set, by);
      const parts = { task: task(files.task, taskName), split: split(by), splitModel: by, features: learned, seed: seedOf(by) };
      return lowerModel(found.model, parts, candidate => model(place.file, candidate), lowering);
    });
  }

  function evaluation(declared: EvaluationModel): string {
    const { file, decl } = declared.place;
    return evaluations(`${file} ${decl}`, () => {
      const judged = model(file, declared.model);
      const by = split(splitOf(judged.model, declared.split, declared.splitFile));
      const named: Named = {
        model: (name, from = file) => model(from, name),
        evaluation(at, metric, place) {
          const found = program.declarations(at.file).find(entry => entry.decl === at.decl)?.model;
          if (found?.kind !== 'evaluate') throw new Unplannable('there is no such evaluation');
          const id = evaluation(found);
          withMetric(id, metric, lowering.locate(place), lowering);
          return id;
        },
      };
      return lowerEvaluation(declared, judged, by, named, lowering);
    });
  }

  return (declared: DeclarationModel): void => {
    const file = declared.kind === 'source' || declared.kind === 'table' ? declared.relation.place.file : declared.place.file;
    switch (declared.kind) {
      case 'source':
      case 'table':
        lowerRelation(declared.relation.name, file, lowering);
        return;
      case 'check':
        lowerRelation(declared.table, file, lowering);
        return;
      case 'task':
        task(file, declared.name);
        return;
      case 'split':
        split(declared);
        return;
      case 'features': {
        // A set that no model learns from is made under the first split of its task.
        const [first] = program.splits(file, declared.task);
        if (first) features(file, declared.name, first);
        return;
      }
      case 'model':
        model(file, declared.name);
        return;
      // Run by itself, on rows of its own.
      case 'test':
        return;
      case 'evaluate':
        evaluation(declared);
    }
  };
}

const nameOf = (model: DeclarationModel): string =>
  model.kind === 'source' || model.kind === 'table' ? model.relation.name : model.kind === 'check' ? model.table : model.name;

/** `names` restricts the plan to these declarations and what they need; without any, all of the file are planned. */
function wanted(program: Program, file: string, names: readonly string[]): readonly DeclarationModel[] {
  const all = program.declarations(file).map(({ model }) => model);
  return names.length === 0 ? all : all.filter(model => names.includes(nameOf(model)));
}

/**
 * `files`: the file and those that its imports lead to. Throws `Unplannable` on a program with errors, or with forms that do not run yet;
 * the analysis reports both and asks for no plan then.
 */
export function lower(
  program: Program,
  file: string,
  names: readonly string[],
  locate: (place: Place) => PlanPlace,
  files: readonly string[] = [file],
): Plan {
  const lowering: Lowering = {
    program,
    file,
    files: [...new Set([file, ...files])],
    locate,
    drafts: new Map(),
    relations: new Map(),
    unchecked: new Map(),
    inProgress: new Set(),
    predictors: new Map(),
  };
  const make = planner(lowering);
  for (const declared of wanted(program, file, names)) make(declared);
  const nodes = fingerprinted([...lowering.drafts.values()]);
  const seed = nodes.find(node => node.kind === 'train')?.seed ?? 0;
  const plan = { version: planVersion, program: lowering.files, seed, nodes } as const;
  return { ...plan, fingerprint: planFingerprint(plan) };
}
