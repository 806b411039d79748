/**
 * Typing as queries, one for each declaration: what a declaration asked for while it was typed is what it depends on. A declaration in
 * a circle is not typed at all, so queries never run in circles and their answers do not depend on who asked first.
 */

import { type Choices, unitedAmong, withAmong } from '../model/among.ts';
import { quarantineAmong, quarantineFacts, typeCheck } from '../model/checks.ts';
import type { ColumnContext } from '../model/columnTypes.ts';
import { type AskedBy, circularDefinition } from '../model/cycles.ts';
import type { Environment, Found, ParamModel } from '../model/environment.ts';
import { typeEvaluation } from '../model/evaluations.ts';
import { joinFacts, noFacts } from '../model/factOps.ts';
import type { Facts } from '../model/facts.ts';
import { typeFeatures } from '../model/features.ts';
import { typeModel } from '../model/models.ts';
import { nameOf } from '../model/names.ts';
import { typeParam } from '../model/params.ts';
import { type Problem, problem } from '../model/problem.ts';
import { typeTable } from '../model/relations.ts';
import { typeSource } from '../model/sources.ts';
import { typeSplit } from '../model/splits.ts';
import { emptyRelation } from '../model/stepContext.ts';
import { tableKey } from '../model/tableKey.ts';
import { typeTask } from '../model/tasks.ts';
import type { DeclarationModel, FeatureSetModel, ModelModel, RelationModel, SplitModel, TaskModel } from '../model/typed.ts';
import { typeTest } from '../model/unitTests.ts';
import type { QueryStore } from '../query.ts';
import type { Declaration } from '../syntax/ast.ts';
import { equal } from '../text/equal.ts';
import { gather } from '../text/gather.ts';
import type { Place } from '../text/place.ts';
import { keyOf, type NameQueries, type ProgramInputs, partsOf } from './nameQueries.ts';

/** What the rows of a table owe to the quarantines of one file. */
interface Quarantined {
  readonly facts: Facts;
  readonly choices: Choices;
}

const noneTakenOut: Quarantined = { facts: noFacts, choices: {} };

interface Typed {
  readonly model: DeclarationModel | ParamModel | null;
  readonly problems: readonly Problem[];
}

const nothing: Typed = { model: null, problems: [] };

export interface TypedQueries {
  /** Keys are `keyOf(file, decl)`. */
  model(key: string): DeclarationModel | null;
  problems(key: string): readonly Problem[];
  /** The environment of a declaration, with `report` going nowhere: for asking what its text can name. */
  environment(file: string, decl: string): Environment;
}

function once<V>(ask: (name: string) => V): (name: string) => V {
  const answers = new Map<string, V>();
  return name => {
    const known = answers.get(name);
    if (known !== undefined) return known;
    const answer = ask(name);
    answers.set(name, answer);
    return answer;
  };
}

/** Between the file that is asked and the key of a declaration. */
const inFile = '\u0001';

const isDeclaration = (model: DeclarationModel | ParamModel | null): model is DeclarationModel => model !== null && 'kind' in model;

export function typedQueries(store: QueryStore, { parameters }: ProgramInputs, syntax: NameQueries): TypedQueries {
  const typed = store.query(typeKey, { onCycle: () => nothing });
  const model = store.query(
    key => {
      const found = typed(key).model;
      return isDeclaration(found) ? found : null;
    },
    { equal, onCycle: () => null },
  );
  const param = store.query(
    (key): ParamModel | null => {
      const found = typed(key).model;
      return found !== null && !isDeclaration(found) ? found : null;
    },
    { equal, onCycle: () => null },
  );
  const problems = store.query(key => typed(key).problems, { equal });

  /** What the quarantines that stand in one file decide about the being there of a table's rows. */
  const quarantined = store.query(
    (asked): Quarantined => {
      const at = asked.indexOf(inFile);
      const [file, key] = [asked.slice(0, at), asked.slice(at + 1)];
      const known = (name: string): RelationModel | null => rawRelation(syntax.find(keyOf(file, name)));
      const checks = gather(syntax.checks(file), ({ table, decl, takesOut }) => {
        const meant = takesOut ? syntax.find(keyOf(file, table)) : null;
        const check = meant && keyOf(meant.file, meant.decl) === key ? model(keyOf(file, decl)) : null;
        return check?.kind === 'check' ? [check] : [];
      });
      const relation = checks[0] ? known(checks[0].table) : null;
      if (!relation) return noneTakenOut;
      return {
        facts: joinFacts(...checks.map(check => quarantineFacts(check, known))),
        choices: checks.map(check => quarantineAmong(check, relation, known)).reduce(unitedAmong, {}),
      };
    },
    { equal, onCycle: () => noneTakenOut },
  );

  const declared = (found: Found | null): DeclarationModel | null => found && model(keyOf(found.file, found.decl));

  function rawRelation(found: Found | null): RelationModel | null {
    if (found?.kind !== 'source' && found?.kind !== 'table' && found?.kind !== 'unknown') return null;
    const typedModel = declared(found);
    if (typedModel?.kind === 'source' || typedModel?.kind === 'table') return typedModel.relation;
    return emptyRelation(found.name, { file: found.file, decl: found.decl, span: { start: 0, end: 0 } });
  }

  /** The relation as a file reads it: behind the quarantines of its own file and of the one that reads. */
  function relationOf(found: Found | null, reader: string): RelationModel | null {
    const relation = rawRelation(found);
    const from = found && relation && !relation.open ? new Set([found.file, reader]) : new Set<string>();
    const all = [...from].map(file => quarantined(`${file}${inFile}${found ? keyOf(found.file, found.decl) : ''}`));
    const facts = joinFacts(...all.map(one => one.facts));
    return relation && (facts !== noFacts || all.some(({ choices }) => choices.among))
      ? withAmong({ ...relation, exists: joinFacts(relation.exists, facts) }, ...all.map(one => one.choices))
      : relation;
  }

  const keyOfRelation = store.query(
    (key): { readonly key: string | null } | 'unknown' => {
      const [file, decl] = partsOf(key);
      const declaration = syntax.chunk(key)?.declaration;
      if (declaration?.kind === 'source') {
        return { key: declaration.columns?.find(column => column.type.name.text === 'key')?.name.text ?? null };
      }
      if (declaration?.kind !== 'table') return 'unknown';
      const base = syntax.find(keyOf(file, declaration.base.text));
      const before = base && base.decl !== decl ? keyOfRelation(keyOf(base.file, base.decl)) : 'unknown';
      return { key: before === 'unknown' ? null : tableKey(declaration, before.key) };
    },
    { equal, onCycle: () => 'unknown' as const },
  );

  const baselines = store.query(
    (file): readonly ModelModel[] =>
      gather(syntax.visible(file), found => {
        const judged = found.kind === 'model' ? declared(found) : null;
        return judged?.kind === 'model' && judged.definition.kind === 'algorithm' && judged.definition.algorithm === 'baseline' ? [judged] : [];
      }),
    { equal, onCycle: () => [] },
  );

  function environmentOf(file: string, decl: string, report: (found: Problem) => void): Environment {
    // An environment lives for one typing, in which no answer changes: each name is asked for once.
    const find = once(name => syntax.find(keyOf(file, name)));
    const ofKind = <K extends DeclarationModel['kind']>(name: string, kind: K): Extract<DeclarationModel, { kind: K }> | null => {
      const found = declared(find(name));
      return found?.kind === kind ? (found as Extract<DeclarationModel, { kind: K }>) : null;
    };
    const splitModel = (split: { readonly file: string; readonly decl: string }): SplitModel[] => {
      const found = model(keyOf(split.file, split.decl));
      return found?.kind === 'split' ? [found] : [];
    };
    const declaredAs = once(key => relationOf(syntax.find(key), file));
    const isCheck = syntax.chunk(keyOf(file, decl))?.declaration?.kind === 'check';
    const env: Environment = {
      file,
      decl,
      lookup: find,
      visible: (...kinds) => gather(syntax.visible(file), ({ kind, name }) => (kinds.includes(kind) ? [name] : [])),
      relation: once(name => (isCheck ? rawRelation(find(name)) : relationOf(find(name), file))),
      declared: (home, name) => declaredAs(keyOf(home, name)),
      keyOf(name) {
        const found = find(name);
        // Nothing is known of the table, so nothing is wrong with a ref to it.
        if (found?.kind === 'unknown') return { key: '', home: found.file };
        const held = found?.kind === 'source' || found?.kind === 'table' ? keyOfRelation(keyOf(found.file, found.decl)) : 'unknown';
        return found && held !== 'unknown' ? { key: held.key, home: found.file } : 'unknown';
      },
      definition(name) {
        const found = find(name);
        if (found?.kind !== 'def' || syntax.circle(keyOf(found.file, found.decl))) return null;
        const declaration = syntax.chunk(keyOf(found.file, found.decl))?.declaration;
        if (declaration?.kind !== 'def') return null;
        return { name, parameters: declaration.parameters.map(({ text }) => text), body: declaration.body, file: found.file, decl: found.decl };
      },
      param(name) {
        const found = find(name);
        return found?.kind === 'param' ? param(keyOf(found.file, found.decl)) : null;
      },
      task: (name): TaskModel | null => ofKind(name, 'task'),
      features: (name): FeatureSetModel | null => ofKind(name, 'features'),
      model: (name): ModelModel | null => ofKind(name, 'model'),
      splits: task => gather(syntax.splits(file, task.name, task.place.file), splitModel),
      hasSplit: task =>
        syntax.splits(file, task.name, task.place.file).length > 0 || syntax.names(file).splits.some(split => find(split.task)?.kind !== 'task'),
      baselines: () => baselines(file),
      evaluated(evaluation) {
        const declaration = syntax.chunk(keyOf(evaluation.file, evaluation.decl))?.declaration;
        if (declaration?.kind !== 'evaluate') return null;
        const judged = declared(syntax.find(keyOf(evaluation.file, declaration.model.text)));
        const { partition } = declaration;
        const text =
          partition.kind === 'name'
            ? partition.name.text
            : partition.kind === 'member' && partition.object.kind === 'name'
              ? `${partition.object.name.text}.${partition.name.text}`
              : '';
        const order = syntax.decls(file);
        const isEarlier = evaluation.file !== file || order.indexOf(evaluation.decl) < order.indexOf(decl);
        return judged?.kind === 'model' ? { model: judged, partition: text, isFiltered: declaration.where !== null, isEarlier } : null;
      },
      seenFrom: other => (other === file ? env : environmentOf(other, '', report)),
      report,
    };
    return env;
  }

  function typeDeclaration(declaration: Declaration, text: string, env: Environment): Typed['model'] {
    const at = { file: env.file, decl: env.decl };
    const columns: Omit<ColumnContext, 'at' | 'report'> = {
      parameter: name => env.param(name)?.value ?? null,
      table: env.keyOf,
      tableNames: () => env.visible('source', 'table'),
    };
    switch (declaration.kind) {
      case 'param':
        return typeParam(declaration, { ...columns, at, report: env.report, set: parameters.get(declaration.name.text) });
      case 'source':
        return typeSource(declaration, at, columns, env.report);
      case 'table':
        return typeTable(declaration, env);
      case 'check':
        return typeCheck(declaration, text, env);
      case 'task':
        return typeTask(declaration, env);
      case 'split':
        return typeSplit(declaration, env);
      case 'features':
        return typeFeatures(declaration, env);
      case 'model':
        return typeModel(declaration, env);
      case 'evaluate':
        return typeEvaluation(declaration, env, text);
      case 'test':
        return typeTest(declaration, env);
      case 'later':
        env.report(
          problem('later-form', { ...at, span: declaration.keyword }, `\`${declaration.word}\` is part of the language but does not run yet.`, {
            help: 'Leave the declaration out.',
          }),
        );
        return null;
      case 'import':
      case 'def':
      case 'damaged':
        return null;
    }
  }

  function typeKey(key: string): Typed {
    const [file, decl] = partsOf(key);
    const chunk = syntax.chunk(key);
    if (!chunk?.declaration) return nothing;
    const circle = syntax.circle(key);
    if (circle) return { model: null, problems: circleProblems(file, decl, circle) };
    const found: Problem[] = [];
    try {
      const model = typeDeclaration(
        chunk.declaration,
        chunk.text,
        environmentOf(file, decl, next => found.push(next)),
      );
      return { model, problems: found };
    } catch (error) {
      const place: Place = { file, decl, span: chunk.declaration.keyword };
      const message = `Typing \`${decl}\` failed: ${error instanceof Error ? error.message : String(error)}`;
      const failure = problem('internal-error', place, message, { help: 'This is a bug in Cupel. Please report it with the file.' });
      return { model: null, problems: [...found, failure] };
    }
  }

  /** A circle is reported once in each file: at the first of its declarations there. */
  function circleProblems(file: string, decl: string, circle: readonly string[]): Problem[] {
    const order = syntax.decls(file);
    const here = circle.flatMap(key => (partsOf(key)[0] === file ? [order.indexOf(partsOf(key)[1])] : []));
    if (order[Math.min(...here)] !== decl) return [];
    const names = circle.map(key => {
      const declaration = syntax.chunk(key)?.declaration;
      return (declaration && nameOf(declaration)?.text) ?? '';
    });
    const declaration = syntax.chunk(keyOf(file, decl))?.declaration;
    const name = declaration && nameOf(declaration);
    return name ? [circularDefinition({ file, decl, span: name.span }, names, askedIn(circle))] : [];
  }

  /** The first claim in the files of a circle through which a table of it is waited for, where nothing names it. */
  function askedIn(circle: readonly string[]): AskedBy | null {
    for (const file of new Set(circle.map(key => partsOf(key)[0]))) {
      for (const { table, decl, partners } of syntax.checks(file)) {
        for (const { name, span, takesOut } of partners) {
          const found = syntax.find(keyOf(file, name));
          const at = found ? circle.indexOf(keyOf(found.file, found.decl), 1) : -1;
          const before = circle[at - 1];
          if (before !== undefined && !syntax.mentions(before).includes(name)) return { place: { file, decl, span }, table, partner: name, takesOut };
        }
      }
    }
    return null;
  }

  return { model, problems, environment: (file, decl) => environmentOf(file, decl, () => {}) };
}
