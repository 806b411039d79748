/** What completion offers, by kind: entries of the catalogue, words of the language, names of the program. */
import { entriesOf, type Family } from '../catalogue/catalogue.ts';
import { forms as allForms, type FormEntry, formsOf } from '../catalogue/forms.ts';
import type { Program } from '../model/program.ts';
import { typeText } from '../model/typeOps.ts';
import type { Declaration, FileTree } from '../syntax/ast.ts';
import { reservedWords } from '../text/writtenName.ts';
import type { Wanted } from './clauses.ts';

export interface Completion {
  readonly label: string;
  readonly kind: 'keyword' | 'column' | 'feature' | 'table' | 'task' | 'model' | 'function' | 'setting' | 'role' | 'value';
  readonly detail: string;
  readonly doc: string;
  /** What is put into the text where that is not the label: a name in backticks. */
  readonly insert?: string;
}

/** What names are read from. */
export interface Seen {
  readonly declaration: Declaration;
  readonly tree: FileTree;
  readonly program: Program;
}

export const entries = (kind: Completion['kind'], family: Family): Completion[] =>
  entriesOf(family).map(entry => ({ label: entry.name, kind, detail: 'signature' in entry ? entry.signature : family, doc: entry.doc }));

export const values = (labels: readonly string[], detail: string): Completion[] => labels.map(label => ({ label, kind: 'value', detail, doc: '' }));

/** Forms of one place by name; a name that is no form there is left out. */
export const forms = (of: FormEntry['of'], names: readonly string[]): Completion[] =>
  formsOf(of)
    .filter(({ name }) => names.includes(name))
    .map(({ name, syntax, doc }) => ({ label: name, kind: of === 'task' || of === 'evaluation' ? 'keyword' : 'setting', detail: syntax, doc }));

export const keywords = (words: readonly string[]): Completion[] =>
  words.map(label => {
    const form = allForms.find(({ name, of }) => name === label && of !== 'declaration');
    return { label, kind: 'keyword', detail: form?.syntax ?? 'word', doc: form?.doc ?? '' };
  });

const columnsOf = ({ program, tree }: Seen, relation: string, home?: string): Completion[] =>
  program
    .relation(tree.file, relation, home)
    ?.columns.map(column => ({ label: column.name, kind: 'column', detail: typeText(column.type), doc: column.doc ?? '' })) ?? [];

/** Everything declared in the file or imported by it, by what it is. */
function declared({ program, tree }: Seen): Completion[] {
  const own = program.declarations(tree.file).flatMap(({ model }): Completion[] => {
    switch (model.kind) {
      case 'source':
      case 'table':
        return [{ label: model.relation.name, kind: 'table', detail: model.kind, doc: '' }];
      case 'task':
        return [{ label: model.name, kind: 'task', detail: 'task', doc: '' }];
      case 'features':
        return [{ label: model.name, kind: 'feature', detail: `features for ${model.task}`, doc: '' }];
      case 'model':
        return [{ label: model.name, kind: 'model', detail: 'model', doc: '' }];
      default:
        return [];
    }
  });
  const imported = tree.chunks.flatMap(({ parsed: { declaration: d } }) =>
    d?.kind === 'import' ? d.names.map(({ text }) => ({ text, from: d.path })) : [],
  );
  return [
    ...own,
    ...imported.map(({ text, from }): Completion => {
      const kind = program.task(tree.file, text)
        ? 'task'
        : program.features(tree.file, text)
          ? 'feature'
          : program.model(tree.file, text)
            ? 'model'
            : 'table';
      return { label: text, kind, detail: from, doc: '' };
    }),
  ];
}

/** Parameters and definitions, which stand in every expression. */
const defined = ({ tree }: Seen): Completion[] =>
  tree.chunks.flatMap(({ parsed: { declaration: d } }): Completion[] =>
    d?.kind === 'param' || d?.kind === 'def'
      ? [{ label: d.name.text, kind: d.kind === 'def' ? 'function' : 'value', detail: d.kind, doc: d.doc ?? '' }]
      : [],
  );

/** The columns that the declaration reads. */
function columns(seen: Seen): Completion[] {
  const { declaration, program, tree } = seen;
  switch (declaration.kind) {
    case 'source': {
      const own = declaration.columns ?? [];
      return own.map(({ name }) => ({ label: name.text, kind: 'column', detail: 'column', doc: '' }));
    }
    case 'table':
      return [
        declaration.base.text,
        declaration.name.text,
        ...declaration.steps.flatMap(step => (step.kind === 'join' ? [step.table.text] : [])),
      ].flatMap(name => columnsOf(seen, name));
    case 'check':
      return columnsOf(seen, declaration.table.text);
    case 'task':
    case 'split':
    case 'features': {
      const named =
        declaration.kind === 'task'
          ? declaration.name.text
          : ((declaration.kind === 'split' ? declaration.task?.text : declaration.task.text) ?? declaration.name.text);
      const task = program.task(tree.file, named);
      const entity = task
        ? columnsOf(seen, task.relation, task.place.file)
        : declaration.kind === 'task'
          ? columnsOf(seen, declaration.each?.table.text ?? '')
          : [];
      const linked =
        declaration.kind === 'split'
          ? []
          : declared(seen)
              .filter(({ kind }) => kind === 'table')
              .flatMap(({ label }) => columnsOf(seen, label));
      const earlier = declaration.kind === 'features' ? (program.features(tree.file, declaration.name.text)?.features ?? []) : [];
      return [
        ...entity,
        ...earlier.map(({ name, value, doc }): Completion => ({ label: name, kind: 'feature', detail: typeText(value.type), doc: doc ?? '' })),
        ...linked,
      ];
    }
    case 'evaluate': {
      const model = program.model(tree.file, declaration.model.text);
      const task = model && program.task(model.files.task, model.task);
      const features = model ? (program.features(model.files.features, model.features)?.features ?? []) : [];
      return [
        ...(task ? columnsOf(seen, task.relation, task.place.file) : []),
        ...features.map(({ name, value, doc }): Completion => ({ label: name, kind: 'feature', detail: typeText(value.type), doc: doc ?? '' })),
      ];
    }
    default:
      return [];
  }
}

/** Partitions of the task, and those of its further splits. */
function partitions({ program, tree }: Seen): Completion[] {
  const further = program.declarations(tree.file).flatMap(({ model }) => (model.kind === 'split' && model.name !== model.task ? [model.name] : []));
  return [
    ...values(['test', 'validate', 'folds'], 'partition'),
    ...values(
      further.flatMap(name => [`${name}.test`, `${name}.validate`]),
      'partition of a further split',
    ),
  ];
}

const splits = ({ program, tree }: Seen): Completion[] =>
  program.declarations(tree.file).flatMap(({ model }) => (model.kind === 'split' ? values([model.name], `split of ${model.task}`) : []));

const types = (): Completion[] => formsOf('type').map(({ name, syntax, doc }) => ({ label: name, kind: 'value', detail: syntax, doc }));

const asking: readonly Completion[] = allForms
  .filter(({ name }) => name === 'predict')
  .map(({ name, syntax, doc }) => ({ label: name, kind: 'function', detail: syntax, doc }));

const expression = (seen: Seen): Completion[] => [
  ...(seen.declaration.kind === 'task' || seen.declaration.kind === 'features' || seen.declaration.kind === 'def'
    ? values(['cutoff'], 'the moment of the prediction')
    : []),
  ...entries('function', 'function'),
  ...(seen.declaration.kind === 'evaluate' ? [] : entries('function', 'aggregate')),
  ...(seen.declaration.kind === 'features' || seen.declaration.kind === 'def' ? [...entries('function', 'transform'), ...asking] : []),
  ...defined(seen),
  ...keywords(reservedWords),
];

export function namesFor(wanted: Wanted | 'splits', seen: Seen): Completion[] {
  const ofKind = (kind: Completion['kind']): Completion[] => declared(seen).filter(offer => offer.kind === kind);
  switch (wanted) {
    case 'tables':
      return ofKind('table');
    case 'tasks':
      return ofKind('task');
    case 'feature sets':
      return ofKind('feature');
    case 'models':
      return ofKind('model');
    case 'columns':
      return columns(seen);
    case 'expression':
      return expression(seen);
    case 'transforms':
      return [...entries('function', 'transform'), ...entries('function', 'function')];
    case 'types':
      return types();
    case 'connectors':
      return entries('function', 'connector');
    case 'algorithms':
      return entries('function', 'algorithm');
    case 'metrics':
      return entries('function', 'metric');
    case 'partitions':
      return partitions(seen);
    case 'splits':
      return splits(seen);
    case 'steps':
      return [
        ...formsOf('step').map(({ name, syntax, doc }): Completion => ({ label: name, kind: 'keyword', detail: syntax, doc })),
        ...keywords(['left', 'inner']),
      ];
    case 'constraints':
      return formsOf('constraint').map(({ name, syntax, doc }) => ({ label: name, kind: 'keyword', detail: syntax, doc }));
    case 'periods':
      return values(['hour', 'day', 'week', 'month', 'quarter', 'year'], 'step between cutoffs');
  }
}
