/** Names that fit where the cursor stands: columns and features in scope, settings of the algorithm, words of the catalogue. */
import { entriesOf, entryOf, type Family } from '../catalogue/catalogue.ts';
import { formsOf } from '../catalogue/forms.ts';
import type { Program } from '../model/program.ts';
import { typeText } from '../model/typeOps.ts';
import type { Declaration, FileTree } from '../syntax/ast.ts';
import { writtenName } from '../syntax/writtenName.ts';
import { lineIndex, offsetAt } from '../text/lines.ts';
import type { Position } from '../text/place.ts';
import { declarationAt } from './declarations.ts';

export interface Completion {
  readonly label: string;
  readonly kind: 'keyword' | 'column' | 'feature' | 'table' | 'task' | 'model' | 'function' | 'setting' | 'role' | 'value';
  readonly detail: string;
  readonly doc: string;
  /** What is put into the text where that is not the label: a name in backticks. */
  readonly insert?: string;
}

const declaring: ReadonlySet<Completion['kind']> = new Set(['column', 'feature', 'table', 'task', 'model']);

const words = (kind: Completion['kind'], family: Family): Completion[] =>
  entriesOf(family).map(entry => ({ label: entry.name, kind, detail: 'signature' in entry ? entry.signature : family, doc: entry.doc }));

const columnsOf = (program: Program, file: string, relation: string): Completion[] =>
  program
    .relation(file, relation)
    ?.columns.map(column => ({ label: column.name, kind: 'column' as const, detail: typeText(column.type), doc: column.doc ?? '' })) ?? [];

/** Everything declared in the file or imported by it, by what it is. */
function declared(program: Program, file: string): Completion[] {
  return program.declarations(file).flatMap(({ model }): Completion[] => {
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
}

function inside(declaration: Declaration, before: string, tree: FileTree, program: Program): Completion[] {
  const { file } = tree;
  const imported = tree.chunks.flatMap(({ parsed: { declaration: d } }) =>
    d?.kind === 'import' ? d.names.map(name => ({ label: name.text, kind: 'table' as const, detail: d.path, doc: '' })) : [],
  );
  const names = [...declared(program, file), ...imported];
  const tables = names.filter(({ kind }) => kind === 'table');
  const expressions = [...words('function', 'function')];
  switch (declaration.kind) {
    case 'source':
      if (/@\w*$/.test(before)) return words('role', 'role');
      return [
        ...['bool', 'int', 'float', 'decimal', 'text', 'category', 'date', 'timestamp', 'duration', 'key', 'ref'].map(label => ({
          label,
          kind: 'value' as const,
          detail: 'type',
          doc: '',
        })),
        ...words('function', 'connector'),
        ...tables,
      ];
    case 'table':
      return [
        ...columnsOf(program, file, declaration.base.text),
        ...columnsOf(program, file, declaration.name.text),
        ...tables,
        ...expressions,
        ...words('function', 'aggregate'),
      ];
    case 'check':
      return [...columnsOf(program, file, declaration.table.text), ...expressions, ...words('function', 'aggregate')];
    case 'task':
    case 'features': {
      const task = program.task(file, declaration.kind === 'task' ? declaration.name.text : declaration.task.text);
      const own = declaration.kind === 'features' ? (program.features(file, declaration.name.text)?.features ?? []) : [];
      const transforms = declaration.kind === 'features' ? words('function', 'transform') : [];
      return [
        ...(task ? columnsOf(program, file, task.relation) : []),
        ...tables.flatMap(({ label }) => columnsOf(program, file, label)),
        ...own.map(({ name, value, doc }) => ({ label: name, kind: 'feature' as const, detail: typeText(value.type), doc: doc ?? '' })),
        ...tables,
        ...words('function', 'aggregate'),
        ...transforms,
        ...expressions,
      ];
    }
    case 'model': {
      const { definition } = declaration;
      const entry = definition.kind === 'algorithm' ? entryOf('algorithm', definition.algorithm.text) : null;
      const settings =
        entry?.settings.map(({ name, type, doc, default: usual }) => ({
          label: name,
          kind: 'setting' as const,
          detail: `${type}, default ${JSON.stringify(usual ?? null)}`,
          doc,
        })) ?? [];
      return before.includes('{')
        ? settings
        : [...words('function', 'algorithm'), ...names.filter(({ kind }) => kind === 'feature' || kind === 'model')];
    }
    case 'evaluate':
      return [
        ...words('function', 'metric'),
        ...words('function', 'drift'),
        ...names.filter(({ kind }) => kind === 'model'),
        ...['test', 'validate'].map(label => ({ label, kind: 'value' as const, detail: 'partition', doc: '' })),
      ];
    default:
      return names;
  }
}

export function completions(tree: FileTree, program: Program, position: Position): Completion[] {
  const offset = offsetAt(lineIndex(tree.text), tree.text, position);
  const line = tree.text.slice(tree.text.lastIndexOf('\n', offset - 1) + 1, offset);
  const at = declarationAt(tree, position);
  const starters = formsOf('declaration').map(({ name, syntax, doc }) => ({ label: name, kind: 'keyword' as const, detail: syntax, doc }));
  if (!at || /^\w*$/.test(line)) return starters;
  const seen = new Set<string>();
  return inside(at.declaration, tree.text.slice(at.start, offset), tree, program)
    .filter(({ label }) => !seen.has(label) && seen.add(label))
    .map(item => (declaring.has(item.kind) && writtenName(item.label) !== item.label ? { ...item, insert: writtenName(item.label) } : item));
}
