/** Feature sets: named values of an observation, each of which may read the ones defined before it. */
import { entryOf } from '../catalogue/catalogue.ts';
import type { Expr, FeaturesDeclaration, Item, Name } from '../syntax/ast.ts';
import type { Place, Span } from '../text/place.ts';
import { writtenName } from '../text/writtenName.ts';
import { unknownSetting, wrongSetting } from './blockSettings.ts';
import { cutoffRead, momentOf } from './cutoffs.ts';
import { type Environment, isSame, relationOf, taskOf } from './environment.ts';
import { typeExpression } from './expression.ts';
import { noFacts } from './factOps.ts';
import { leftmostName } from './featureNames.ts';
import { labelFlow } from './labelFlow.ts';
import { requireLearnable } from './learnable.ts';
import { rowNames } from './names.ts';
import { predictionOf } from './predictions.ts';
import { type Problem, problem } from './problem.ts';
import { refer } from './references.ts';
import { resampling, typeResample } from './resample.ts';
import { scopeFor } from './scopes.ts';
import { entityRow, type RowScope } from './scopesRow.ts';
import { reportShadowed } from './shadowing.ts';
import { emptyRelation } from './stepContext.ts';
import type { FeatureModel, FeatureSetModel, RelationModel, TaskModel, TypedExpr } from './typed.ts';
import { unknownType } from './typeOps.ts';
import { atHome, mapParts, parts } from './walk.ts';

interface Written {
  readonly item: Item;
  readonly name: string;
  readonly namePlace: Place;
  readonly value: Expr;
  readonly doc: string | null;
  /** Only a definition puts a name in front of the columns: `age |> impute(median)` leaves `age` the column. */
  readonly defines: boolean;
}

/** A feature without a name; a text in its place is probably a column's name in the wrong quotes. */
function nameless(value: Expr, place: Place): Problem {
  let first = value;
  while (first.kind === 'pipe') first = first.value;
  if (first.kind !== 'text' || first.value === '')
    return problem('missing-item', place, 'This feature has no name.', { help: 'Put one in front: `name = …`.' });
  const column = writtenName(first.value);
  return problem('missing-item', { ...place, span: first.span }, 'A text is the same in every row, and no column.', {
    help: column === first.value ? `The column is written without quotes: \`${column}\`.` : `The column is written between backticks: ${column}.`,
    fixes: [{ title: 'Write it as a column', safe: false, edits: [{ place: { ...place, span: first.span }, text: column }] }],
  });
}

/** The item as a feature; null after reporting what it is instead. */
function writtenAs(env: Environment, set: Name, item: Item): Written | null {
  const place = (span: Span): Place => ({ file: env.file, decl: env.decl, span });
  const owner = `The feature set \`${set.text}\``;
  switch (item.kind) {
    case 'definition':
      if (item.name.text === '') return null;
      return { item, name: item.name.text, namePlace: place(item.name.span), value: item.value, doc: item.doc, defines: true };
    case 'expression': {
      if (item.value.kind === 'missing') return null;
      const name = leftmostName(item.value);
      if (name) return { item, name, namePlace: place(item.value.span), value: item.value, doc: item.doc, defines: false };
      env.report(nameless(item.value, place(item.value.span)));
      return null;
    }
    case 'setting':
      unknownSetting(env, owner, item.name, []);
      return null;
    case 'block':
      unknownSetting(env, owner, item.word, []);
      return null;
    case 'segment':
      wrongSetting(env, item.span, 'Segments stand in `evaluate`.', 'Name a feature: `name = …`.');
      return null;
  }
}

/** Two features of one name: the later one is left out, so that every column of the set is one feature. */
function distinct(env: Environment, set: Name, features: readonly Written[]): Written[] {
  const first = new Map<string, Written>();
  return features.filter(feature => {
    const earlier = first.get(feature.name);
    if (!earlier) {
      first.set(feature.name, feature);
      return true;
    }
    env.report(
      problem('duplicate-name', feature.namePlace, `\`${set.text}\` already has a feature \`${feature.name}\`.`, {
        help: 'Give one of the two another name.',
        related: [{ place: earlier.namePlace, message: `the first \`${feature.name}\`` }],
      }),
    );
    return false;
  });
}

/** A feature hides the column of its name from those that follow; said only where one of them reads the name. */
function reportHiding(env: Environment, features: readonly Written[], relation: RelationModel): void {
  features.forEach(({ defines, name, namePlace, value }, index) => {
    const column = defines && relation.columns.find(c => c.name === name);
    if (!column || leftmostName(value) === name) return;
    const reader = features.slice(index + 1).find(later => rowNames(later.value).includes(name));
    if (reader) reportShadowed(env, namePlace, name, 'feature', `the column of \`${relation.name}\``, column.place);
  });
}

/** The observation's row with the features defined so far in front of it. */
export function featureRow(task: TaskModel, relation: RelationModel, defined: ReadonlyMap<string, TypedExpr>): RowScope {
  const cutoff = cutoffRead(task.cutoffs, task.cutoffFacts);
  const row = entityRow(
    {
      name: task.entity,
      relation,
      cutoff,
      reads: 'masked',
      moment: momentOf(task.cutoffs),
      recurs: task.cutoffs.kind === 'grid' && relation.key !== null,
    },
    (name, place) => {
      const value = defined.get(name);
      return value ? { kind: 'feature', name, type: value.type, facts: value.facts, place } : null;
    },
    () => [...defined.keys()],
  );
  const { label } = task;
  return {
    ...row,
    absent(name, place) {
      if (name !== label?.name) return row.absent?.(name, place) ?? null;
      return problem('label-as-feature', place, `\`${name}\` is the label of \`${task.name}\`.`, {
        label: 'what is to be predicted',
        help: 'Read what is known before the cutoff instead, as in `count(orders last 30d)`.',
        related: [{ place: label.place, message: `\`${name}\` is the label of \`${task.name}\`` }],
      });
    },
  };
}

/** A transform that learns from the label takes it as a number. */
function requireNumericLabel(env: Environment, task: TaskModel, value: TypedExpr): void {
  const { label } = task;
  if (label?.kind !== 'classes') return;
  if (value.kind === 'transform' && entryOf('transform', value.transform)?.usesLabel) {
    env.report(
      problem('type-mismatch', value.place, `\`${value.transform}\` takes the mean of the label, and \`${label.name}\` has several classes.`, {
        help: 'Take `one_hot` or `frequency_encode`, or leave the category as it is.',
        related: [{ place: label.place, message: `the label of \`${task.name}\`` }],
      }),
    );
  }
  for (const part of parts(value)) requireNumericLabel(env, task, part);
}

/** Values of a set with the features that they read written out. */
function writtenOut({ features }: FeatureSetModel): readonly { readonly name: string; readonly value: TypedExpr }[] {
  const known = new Map<string, TypedExpr>();
  return features.map(({ name, value, defines }) => {
    const own = mapParts(value, part => (part.kind === 'feature' ? (known.get(part.name) ?? part) : part));
    if (defines) known.set(name, own);
    return { name, value: own };
  });
}

/** What is wrong with features whose task is not there, whatever it may be about: every name may be a column. */
function typeAlone(env: Environment, place: Place, items: readonly Written[]): void {
  const entity = { name: '', relation: emptyRelation('', place), cutoff: noFacts, reads: 'masked', recurs: true } as const;
  const row: RowScope = { ...entityRow(entity), prediction: (_, at) => ({ kind: 'error', type: unknownType, facts: noFacts, place: at }) };
  const scope = scopeFor(env, 'feature', row);
  for (const { value } of items) if (!resampling(value)) typeExpression(value, scope);
}

export function typeFeatures(declaration: FeaturesDeclaration, env: Environment): FeatureSetModel | null {
  const place = (span: Span): Place => ({ file: env.file, decl: env.decl, span });
  const task = refer(env, declaration.task, 'task') && env.task(declaration.task.text);
  const relation = task && relationOf(env, task);
  const items = distinct(
    env,
    declaration.name,
    declaration.items.map(item => writtenAs(env, declaration.name, item)).filter(item => item !== null),
  );
  if (!task || !relation) {
    typeAlone(env, place(declaration.task.span), items);
    return null;
  }
  reportHiding(env, items, relation);
  const defined = new Map<string, TypedExpr>();
  const features: FeatureModel[] = [];
  // The row sees what is defined as it grows.
  const row: RowScope = {
    featureSet(name) {
      const set = env.features(name);
      const other = set && taskOf(env, set);
      return set && other && isSame(other, task) ? writtenOut(set) : null;
    },
    prediction: (name, place, seen) => predictionOf(name, place, seen, task),
    ...featureRow(task, relation, defined),
  };
  const scope = scopeFor(env, 'feature', row);
  const withLabelFlow = labelFlow(task, relation, env);
  const calls = items.map(({ defines, value }) => (defines ? null : resampling(value)));
  for (const { item, name, value, doc, defines } of items.filter((_, i) => calls[i] === null)) {
    const typed = withLabelFlow(atHome(typeExpression(value, scope), env.file));
    requireLearnable(scope, typed);
    requireNumericLabel(env, task, typed);
    features.push({ name, place: place(item.span), doc, value: typed, defines });
    if (defines) defined.set(name, typed);
  }
  const [call] = calls.filter(found => found !== null);
  const resample = call ? typeResample(call, features, task, scope, typeExpression) : null;
  const set: FeatureSetModel = { kind: 'features', name: declaration.name.text, task: task.name, place: place(declaration.name.span), features };
  return resample ? { ...set, resample } : set;
}
