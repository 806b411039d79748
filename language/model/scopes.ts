/**
 * Scopes for everything but table steps: what names mean in tasks, labels, features, windows, segments and settings. A scope is a row
 * (which columns there are and how they are reached), the declarations that the text can name, and the parameters of a definition
 * that is being expanded. Names of columns belong to the use, names of declarations to the file in which they were written.
 */
import type { Name } from '../syntax/ast.ts';
import { nearest } from '../text/nearest.ts';
import type { Place } from '../text/place.ts';
import type { Environment } from './environment.ts';
import { noFacts } from './factOps.ts';
import { linkOf } from './links.ts';
import { constantExpr } from './params.ts';
import { type Problem, problem, respell } from './problem.ts';
import type { Definition, ExpressionUse, Scope } from './scope.ts';
import type { RowScope } from './scopesRow.ts';
import { reportShadowed } from './shadowing.ts';
import type { TypedExpr } from './typed.ts';
import { isNumber, unknownType } from './typeOps.ts';
import { pure, sameUnit } from './units.ts';

type Arguments = Parameters<Scope['bind']>[0];

interface Expansion {
  /** Where the outermost use of a definition stands: problems in the body of another file's definition are reported there. */
  readonly use: Place | null;
  readonly arguments: Arguments;
  /** The definitions being expanded, as `file` and name. */
  readonly within: readonly Definition[];
}

const notExpanding: Expansion = { use: null, arguments: new Map(), within: [] };

const sameDefinition = (a: Definition, b: Definition): boolean => a.name === b.name && a.file === b.file && a.decl === b.decl;

/** A problem in the body of another file's definition, moved to the use: each file shows its own problems. */
function moved(found: Problem, env: Environment, { use, within }: Expansion): Problem {
  if (!use || found.place.file === env.file) return found;
  const name = within[0]?.name ?? '';
  return {
    ...found,
    place: use,
    label: null,
    related: [{ place: found.place, message: `in the definition of \`${name}\`` }, ...found.related],
    fixes: [],
  };
}

/** An argument that is read inside a window is an expression over the window's rows. */
const inWindow = (arguments_: Arguments, ...window: Parameters<Scope['windowRow']>): Arguments =>
  arguments_.size === 0 ? arguments_ : new Map([...arguments_].map(([name, { expr, scope }]) => [name, { expr, scope: scope.windowRow(...window) }]));

/** What each declaration has said about hidden names while it was typed. */
const saidHidden = new WeakMap<Environment, Set<string>>();

/** A definition with parameters is called, never read, so no column hides it. */
const definitionPlace = (definition: Definition | null): Place | null =>
  definition && definition.parameters.length === 0 ? { file: definition.file, decl: definition.decl, span: definition.body.span } : null;

/** A member that has been reported. */
const wrong = (place: Place): TypedExpr => ({ kind: 'error', type: unknownType, facts: noFacts, place });

/** What is the same on every row that the text reads, in windows and outside. */
interface Declared extends Pick<Scope, 'relation' | 'relationNames' | 'definition' | 'isDefinition' | 'definitionNames' | 'factors' | 'report'> {
  unknownMember(name: Name, of: string, candidates: readonly string[], place: Place): TypedExpr;
  hidden(what: string, name: string, place: Place): void;
}

function declaredIn(top: Environment, env: Environment, expansion: Expansion): Declared {
  const report = (found: Problem): void => top.report(moved(found, top, expansion));
  return {
    relation: env.relation,
    relationNames: () => env.visible('source', 'table'),
    definition(name) {
      const definition = env.definition(name);
      return definition && !expansion.within.some(outer => sameDefinition(outer, definition)) ? definition : null;
    },
    isDefinition(name) {
      const found = env.lookup(name);
      return found?.kind === 'def' || found?.kind === 'unknown';
    },
    definitionNames: () => env.visible('def', 'unknown'),
    factors: () =>
      env.visible('param').flatMap(name => {
        const param = env.param(name);
        if (param?.value?.kind !== 'number' || !isNumber(param.type) || !param.type.unit || sameUnit(param.type.unit, pure)) return [];
        return [{ name, value: param.value.value, unit: param.type.unit }];
      }),
    report,
    unknownMember(name, of, candidates, place) {
      const near = nearest(name.text, candidates);
      report(
        problem('unknown-column', place, `${of} has no column \`${name.text}\`.`, {
          help: near ? `Did you mean \`${near}\`?` : null,
          fixes: near ? [respell(place, near)] : [],
        }),
      );
      return wrong(place);
    },
    /** A column that hides a parameter or definition: said once in a declaration, and never in a body that another one wrote. */
    hidden(what, name, place) {
      const found = expansion.within.length ? null : env.lookup(name);
      if (found?.kind !== 'param' && found?.kind !== 'def') return;
      const other = found.kind === 'param' ? env.param(name)?.place : definitionPlace(env.definition(name));
      const said = saidHidden.get(top) ?? new Set();
      saidHidden.set(top, said);
      if (!other || said.has(name)) return;
      said.add(name);
      reportShadowed({ report }, place, name, what, found.kind === 'param' ? 'the parameter' : 'the definition', other);
    },
  };
}

/**
 * `top` is the environment of the declaration that is being typed; `env` the one of the text, which differs inside the body of an
 * imported definition.
 */
function scopeOf(
  top: Environment,
  env: Environment,
  decl: string,
  use: ExpressionUse,
  row: RowScope,
  expansion: Expansion,
  declared = declaredIn(top, env, expansion),
): Scope {
  const { report, unknownMember, hidden } = declared;
  const scope: Scope = {
    file: env.file,
    decl,
    use,
    isTimed: row.entity !== null && row.entity.cutoff !== null,
    recurs: row.entity?.recurs ?? false,
    resolve(name, place) {
      const column = row.resolve(name, place);
      if (column) {
        if (use !== 'window' && (column.kind === 'column' || column.kind === 'feature')) hidden(column.kind, name, place);
        return column;
      }
      const param = env.param(name);
      if (param) return constantExpr(param, place);
      // What an import did not bring, or a circle of parameters, has been reported there.
      const found = env.lookup(name);
      if (found?.kind === 'unknown' || found?.kind === 'param') return wrong(place);
      // A task and its label often share a name.
      const why = found && found.kind !== 'task' ? null : row.absent?.(name, place);
      if (why) report(why);
      return why ? wrong(place) : null;
    },
    featureSet: (name, place) => (row.resolve(name, place) || env.lookup(name)?.kind !== 'features' ? null : (row.featureSet?.(name) ?? null)),
    prediction: row.prediction ? (name, place) => row.prediction?.(name, place, env) ?? null : null,
    names: () => [...row.names(), ...env.visible('param')],
    relation: declared.relation,
    relationNames: declared.relationNames,
    definition: declared.definition,
    isDefinition: declared.isDefinition,
    definitionNames: declared.definitionNames,
    factors: declared.factors,
    member(object, name) {
      const place = { file: env.file, decl, span: name.span };
      const found = row.member(object, name.text, place, env);
      if (found === null || found.kind === 'value') return found?.value ?? null;
      if (found.kind === 'unknown') return unknownMember(name, found.of, found.names, place);
      report(found.problem);
      return wrong(place);
    },
    link: (relation, via, place) => linkOf(row, relation, via, place, env, report),
    // What is declared is passed on: a feature set has very many windows.
    windowRow: (relation, frame) => {
      const arguments_ = inWindow(expansion.arguments, relation, frame);
      const within = arguments_ === expansion.arguments ? expansion : { ...expansion, arguments: arguments_ };
      return scopeOf(top, env, decl, 'window', row.windowRow(relation, frame), within, declared);
    },
    bind: (arguments_, definition, at) =>
      scopeOf(top, env.seenFrom(definition.file), definition.decl, use, row, {
        use: expansion.use ?? at ?? null,
        arguments: arguments_,
        within: [...expansion.within, definition],
      }),
    argument: name => expansion.arguments.get(name) ?? null,
    report,
  };
  return scope;
}

/** The scope of an expression of the declaration that `env` belongs to. */
export const scopeFor = (env: Environment, use: ExpressionUse, row: RowScope): Scope => scopeOf(env, env, env.decl, use, row, notExpanding);
