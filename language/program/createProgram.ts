/** The typed program over queries: declarations by file and name, and everything that is wrong with names. */

import { wayTo } from '../model/cycles.ts';
import type { DeclarationKind, Found } from '../model/environment.ts';
import { type FoundFile, importProblems } from '../model/imports.ts';
import { convertedTo } from '../model/names.ts';
import { type Problem, problem } from '../model/problem.ts';
import type { DeclarationEntry, FeatureRead, Program } from '../model/program.ts';
import type { DeclarationModel, EvaluationModel, RelationModel, SplitModel, TaskModel } from '../model/typed.ts';
import { parseUnit } from '../model/units.ts';
import { duplicateNames, unusedNames } from '../model/unused.ts';
import { readsBeside } from '../model/walk.ts';
import type { QueryStore } from '../query.ts';
import { equal } from '../text/equal.ts';
import { gather } from '../text/gather.ts';
import { keyOf, type NameQueries, nameQueries, type ProgramInputs, partsOf } from './nameQueries.ts';
import { typedQueries } from './typedQueries.ts';

type ModelOf<K extends DeclarationModel['kind']> = Extract<DeclarationModel, { kind: K }>;

export interface ProgramQueries {
  readonly program: Program;
  readonly syntax: NameQueries;
  /** The file and every file that its imports lead to, nearest first. */
  reach(file: string): readonly string[];
  /** Files that imports lead to and that were never set, with the file that asks for each. */
  missingFiles(): readonly { readonly path: string; readonly from: string }[];
}

/** The file as a whole, where no declaration is at fault. */
const wholeFile = '';

export function createProgram(store: QueryStore, inputs: ProgramInputs): ProgramQueries {
  const syntax = nameQueries(store, inputs);
  const typed = typedQueries(store, inputs, syntax);
  const { files, known, others } = inputs;

  function foundFile(path: string, from: string): FoundFile {
    const input = files.get(path);
    if (input?.kind !== 'text') return input;
    const [unread] = syntax.tree(path)?.problems ?? [];
    if (unread && syntax.names(path).kinds.every(kind => kind === 'damaged')) return { kind: 'not text', why: '' };
    return { kind: 'text', names: syntax.names(path), wayBack: wayTo(path, from, syntax.imports) };
  }

  /** What an import that finds no file may have meant. */
  const offered = (): readonly string[] => {
    const texts = known.get('').filter(path => files.get(path)?.kind === 'text');
    return [...new Set([...texts, ...others.get('')])].sort();
  };

  const importing = store.query(
    file =>
      gather(syntax.decls(file), decl => {
        const declaration = syntax.chunk(keyOf(file, decl))?.declaration;
        return declaration?.kind === 'import' ? importProblems(declaration, { file, decl }, path => foundFile(path, file), offered) : [];
      }),
    { equal },
  );

  function fileProblem(file: string): Problem[] {
    const input = files.get(file);
    const place = { file, decl: wholeFile, span: { start: 0, end: 0 } };
    switch (input?.kind) {
      case 'absent':
        return [problem('file-not-found', place, `There is no file \`${file}\`.`, { help: 'Check the path; it may have been moved or deleted.' })];
      case 'outside':
        return [
          problem('outside-project', place, `\`${file}\` lies outside the project.`, {
            help: 'Check files of the project, or start in the folder that holds it.',
          }),
        ];
      case 'unreadable':
        return [problem('unreadable-file', place, `\`${file}\` cannot be read: ${input.why}.`, { help: 'Check that the file may be read.' })];
      case 'not text':
        return [
          problem('unreadable-file', place, `\`${file}\` is no program: ${input.why}.`, {
            help: 'A program is text in UTF-8; data stay in files that a `source` reads.',
          }),
        ];
      default:
        return [];
    }
  }

  /** Whether a `convert` of the file can rest on the parameter: one of its targets is a unit that the parameter's has a part of. */
  function isFactor(file: string, name: string): boolean {
    const targets = gather(syntax.decls(file), decl => {
      const chunk = syntax.chunk(keyOf(file, decl));
      return (chunk ? convertedTo(chunk) : []).map(parseUnit);
    });
    if (targets.length === 0) return false;
    const type = typed.environment(file, '').param(name)?.type;
    const unit = type && 'unit' in type ? type.unit : null;
    return unit !== null && unit !== undefined && targets.some(target => target !== null && Object.keys(target).some(base => base in unit));
  }

  const naming = store.query(
    file => {
      const names = syntax.names(file);
      const exported = new Set(syntax.exported(file));
      return [
        ...fileProblem(file),
        ...duplicateNames(file, names, task => syntax.splits(file, task, file)),
        ...unusedNames(
          names,
          syntax.decls(file),
          decl => syntax.mentions(keyOf(file, decl)),
          exported,
          name => isFactor(file, name),
        ),
      ];
    },
    { equal },
  );

  const evaluationNames = store.query(
    file => {
      const first = new Map<string, EvaluationModel>();
      const found: Problem[] = [];
      for (const { model } of declarations(file)) {
        if (model.kind !== 'evaluate') continue;
        const earlier = first.get(model.name);
        if (!earlier) first.set(model.name, model);
        else {
          found.push(
            problem('duplicate-name', model.place, `There already is an evaluation \`${model.name}\`.`, {
              help: `Give this one a name: \`evaluate ${model.model} on ${model.partition} as NAME\`.`,
              related: [{ place: earlier.place, message: 'the first one' }],
            }),
          );
        }
      }
      return found;
    },
    { equal },
  );

  const written = store.query(
    file => [...naming(file), ...importing(file), ...gather(syntax.decls(file), decl => typed.problems(keyOf(file, decl))), ...evaluationNames(file)],
    { equal },
  );

  /** Declarations that can be read and mean nothing, though nothing is wrong in any file that they could rest on. */
  const unexplained = store.query(
    (file): Problem[] => {
      const lost = gather(syntax.decls(file), decl => {
        const declaration = syntax.chunk(keyOf(file, decl))?.declaration;
        const isTyped = declaration && !['import', 'def', 'param', 'later', 'damaged'].includes(declaration.kind);
        return isTyped && !typed.model(keyOf(file, decl)) ? [{ decl, declaration }] : [];
      });
      const isWrong = (path: string): boolean =>
        files.get(path)?.kind !== 'text' ||
        written(path).some(({ rule }) => rule !== 'unused-declaration') ||
        syntax.decls(path).some(decl => (syntax.chunk(keyOf(path, decl))?.problems.length ?? 0) > 0);
      if (lost.length === 0 || reach(file).some(isWrong)) return [];
      return lost.map(({ decl, declaration }) =>
        problem('internal-error', { file, decl, span: declaration.keyword }, 'This declaration is left out, and nothing says why.', {
          help: 'This is a bug in Cupel. Please report it with the file.',
        }),
      );
    },
    { equal },
  );

  const problems = store.query(file => [...written(file), ...unexplained(file)], { equal });

  const declarations = store.query((file): readonly DeclarationEntry[] => {
    const found: DeclarationEntry[] = [];
    for (const decl of syntax.decls(file)) {
      const model = typed.model(keyOf(file, decl));
      if (model) found.push({ file, decl, model });
    }
    return found;
  });

  const reach = store.query(
    (file): readonly string[] => {
      const seen = new Set<string>();
      const queue = [file];
      for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
        if (seen.has(at)) continue;
        seen.add(at);
        queue.push(...syntax.imports(at));
      }
      return [...seen];
    },
    { equal },
  );

  /** A name as the file sees it, else as the files see it that it imports from: relations and tasks name others there. */
  const reached = store.query(
    (key): Found | null => {
      const [file, name] = partsOf(key);
      for (const path of reach(file)) {
        const found = syntax.find(keyOf(path, name));
        if (found && found.kind !== 'unknown') return found;
      }
      return null;
    },
    { equal },
  );

  const modelOf = (found: Found | null): DeclarationModel | null => found && typed.model(keyOf(found.file, found.decl));

  function ofKind<K extends DeclarationModel['kind'] & DeclarationKind>(file: string, name: string, kind: K): ModelOf<K> | null {
    const found = reached(keyOf(file, name));
    const model = found?.kind === kind ? modelOf(found) : null;
    return model?.kind === kind ? (model as ModelOf<K>) : null;
  }

  /** By the file that reads and the name in the file that wrote it. */
  const relation = store.query((key): RelationModel | null => {
    const [file, asked] = partsOf(key);
    const found = reached(asked);
    return found && typed.environment(file, '').declared(found.file, found.name);
  });

  const task = (file: string, name: string): TaskModel | null => ofKind(file, name, 'task');

  const tasks = store.query((file): readonly TaskModel[] => gather(declarations(file), ({ model }) => (model.kind === 'task' ? [model] : [])));

  /** Of one feature set, so that an edit elsewhere leaves them as they are. */
  const readsOf = store.query((key): readonly FeatureRead[] => {
    const [file] = partsOf(key);
    const model = typed.model(key);
    const of = model?.kind === 'features' ? task(file, model.task) : null;
    if (model?.kind !== 'features' || !of) return [];
    return model.features.map(feature => ({ set: model, task: of, feature, ...readsBeside(feature.value) }));
  });

  const reads = store.query((file): readonly FeatureRead[] =>
    gather(declarations(file), ({ decl, model }) => (model.kind === 'features' ? readsOf(keyOf(file, decl)) : [])),
  );

  /** By the file that uses them and the name of the task in the file that wrote it. */
  const splits = store.query((key): readonly SplitModel[] => {
    const [file, asked] = partsOf(key);
    const [home, of] = partsOf(asked);
    return syntax.splits(file, of, home).flatMap(found => {
      const model = typed.model(keyOf(found.file, found.decl));
      return model?.kind === 'split' ? [model] : [];
    });
  });

  const split = store.query((key): SplitModel | null => {
    const [file, name] = partsOf(key);
    const tasks = gather(syntax.visible(file), found => (found.kind === 'task' ? [found.name] : []));
    const here = [...new Set([...syntax.names(file).splits.map(written => written.task), ...tasks])];
    const named = here.flatMap(of => splits(keyOf(file, keyOf(file, of)))).filter(found => found.name === name);
    return named.find(found => found.place.file === file) ?? named[0] ?? null;
  });

  const program: Program = {
    declarations,
    source: (file, name) => ofKind(file, name, 'source'),
    relation: (file, name, home = file) => relation(keyOf(file, keyOf(home, name))),
    table: (file, name) => ofKind(file, name, 'table'),
    task,
    tasks,
    features: (file, name) => ofKind(file, name, 'features'),
    reads,
    model: (file, name) => ofKind(file, name, 'model'),
    splits: (file, of, home = file) => splits(keyOf(file, keyOf(home, of))),
    split: (file, name) => split(keyOf(file, name)),
    evaluations: file => gather(declarations(file), ({ model }) => (model.kind === 'evaluate' ? [model] : [])),
    checks(file, table) {
      const found = reached(keyOf(file, table));
      const from = [...new Set([found?.file ?? file, file])];
      return from.flatMap(path => gather(declarations(path), ({ model }) => (model.kind === 'check' && model.table === table ? [model] : [])));
    },
    problems,
  };

  return {
    program,
    syntax,
    reach,
    missingFiles() {
      const wanted = new Map<string, string>();
      for (const from of known.get(''))
        for (const path of syntax.imports(from)) if (files.get(path) === null && !wanted.has(path)) wanted.set(path, from);
      return [...wanted].map(([path, from]) => ({ path, from }));
    },
  };
}
