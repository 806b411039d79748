/** Typing of calls: definitions, aggregates, row functions and fitted transforms, in this order. */
import { entryOf, laterWord, namesOf } from '../catalogue/catalogue.ts';
import type { FunctionEntry } from '../catalogue/entry.ts';
import type { Argument } from '../syntax/ast.ts';
import { isZone } from '../text/calendar.ts';
import { nearest } from '../text/nearest.ts';
import { type Call, counted, lineUp, misfit } from './callArguments.ts';
import { convertCall } from './conversions.ts';
import { joinFacts, withoutIdentity } from './factOps.ts';
import { foreignFunctionHelp } from './foreignFunctions.ts';
import { typeOfResult } from './functionResults.ts';
import { asInstant, knownLevel, meeting, reportClash } from './meeting.ts';
import { predictionCall, predictWord } from './predictions.ts';
import { respell } from './problem.ts';
import { type Definition, placeIn, type Scope, type TypeExpression } from './scope.ts';
import { transformCall } from './transforms.ts';
import type { TypedExpr } from './typed.ts';
import { clash, fits, isTime } from './typeOps.ts';
import type { Type } from './types.ts';
import { call, failed, isUnknown, report } from './typing.ts';
import { aggregateCall, isAggregateCall } from './windows.ts';

export function typeCall(expr: Call, scope: Scope, type: TypeExpression, expected?: Type): TypedExpr {
  const name = expr.callee.text;
  const place = placeIn(scope, expr.span);
  if (name === '') return failed(place, ...expr.args.map(arg => type(arg.value, scope)));
  const definition = scope.definition(name);
  if (definition) return expand(definition, expr, scope, type, expected);
  // A definition that is being expanded is a circle, which its own declaration reports.
  if (scope.isDefinition(name)) return failed(place, ...expr.args.flatMap(arg => (arg.window ? [] : [type(arg.value, scope)])));
  const aggregate = entryOf('aggregate', name);
  if (aggregate && isAggregateCall(expr, scope)) return aggregateCall(aggregate, expr, scope, type);
  const row = entryOf('function', name);
  if (row) return row.unit === 'written' ? convertCall(row, expr, scope, type) : functionCall(row, expr, scope, type);
  if (name === predictWord) return predictionCall(expr, scope);
  const transform = entryOf('transform', name);
  if (transform) return transformCall(transform, expr, scope, type);
  return unknownFunction(expr, scope);
}

/** Words that take a value from another row of a sorted table: no functions of one row. */
const neighbours: readonly string[] = ['lag', 'lead', 'rank'];

function unknownFunction(expr: Call, scope: Scope): TypedExpr {
  const { text: name, span } = expr.callee;
  const place = placeIn(scope, expr.span);
  // A definition that cannot be expanded has been reported where it is declared or imported.
  if (scope.isDefinition(name)) return failed(place);
  if (laterWord('function', name) || laterWord('transform', name)) {
    report(scope, 'later-form', span, `\`${name}\` is part of the language but does not run yet.`, { help: 'Leave it out for now.' });
    return failed(place);
  }
  if (neighbours.includes(name)) {
    const help = `Write it after \`sort\` as the whole value of a column: \`| derive previous = ${name}(${name === 'rank' ? '' : 'x, 1'})\`.`;
    report(scope, 'unknown-function', span, `\`${name}\` looks at other rows, which only a sorted table has.`, { help });
    return failed(place);
  }
  const elsewhere = foreignFunctionHelp(name);
  const known = [...scope.definitionNames(), ...namesOf('function'), ...namesOf('aggregate'), ...namesOf('transform')];
  const near = elsewhere === null ? nearest(name, known) : null;
  report(scope, 'unknown-function', span, `There is no function \`${name}\`.`, {
    help:
      elsewhere ?? (near ? `Did you mean \`${near}\`?` : 'The reference manual lists all functions; a definition of your own is `def name(x) = …`.'),
    fixes: near ? [respell(placeIn(scope, span), near)] : [],
  });
  return failed(place);
}

// ---------------------------------------------------------------- definitions

/** The body in place of the call, with its parameters bound to the arguments as they were written. */
export function expand(definition: Definition, expr: Call, scope: Scope, type: TypeExpression, expected?: Type): TypedExpr {
  const place = placeIn(scope, expr.span);
  const { parameters } = definition;
  const bound = new Map<string, { expr: Argument['value']; scope: Scope }>();
  const positional = expr.args.filter(arg => arg.name === null);
  for (const [i, arg] of positional.entries()) {
    const parameter = parameters[i];
    if (parameter !== undefined) bound.set(parameter, { expr: arg.value, scope });
  }
  for (const { name, value } of expr.args) {
    if (!name) continue;
    if (parameters.includes(name.text)) bound.set(name.text, { expr: value, scope });
    else return wrongCount(definition, expr, scope);
  }
  if (positional.length > parameters.length || bound.size < parameters.length) return wrongCount(definition, expr, scope);
  return { ...type(definition.body, scope.bind(bound, definition, place), expected), place };
}

function wrongCount({ name, parameters }: Definition, expr: Call, scope: Scope): TypedExpr {
  report(scope, 'wrong-arguments', expr.span, `\`${name}\` takes ${counted(parameters.length)}.`, {
    help: `Write \`${name}(${parameters.join(', ')})\`.`,
  });
  return failed(placeIn(scope, expr.span));
}

// ---------------------------------------------------------------- row functions

function functionCall(entry: FunctionEntry, expr: Call, scope: Scope, type: TypeExpression): TypedExpr {
  const place = placeIn(scope, expr.span);
  const lined = lineUp(entry, expr, scope);
  if (!lined) return failed(place, ...expr.args.flatMap(arg => (arg.window ? [] : [type(arg.value, scope)])));
  const args = lined.map(({ argument }) => type(argument.value, scope));
  let wrong = args.some(isUnknown);
  for (const [i, arg] of args.entries()) {
    const parameter = lined[i]?.parameter;
    if (!parameter || isUnknown(arg)) continue;
    if (!fits(arg.type, parameter.accepts)) {
      misfit(entry, parameter.accepts, arg, scope);
      wrong = true;
    } else if (!isWritten(parameter.name, arg, scope)) wrong = true;
  }
  if (wrong) return failed(place, ...args);
  const first = args[0];
  const same = args.filter((_, i) => i === 0 || lined[i]?.parameter.accepts === 'same');
  for (const other of same.slice(1)) {
    const why = first && clash(first.type, other.type);
    if (first && why) {
      reportClash(scope, other.place, first, other, why, `arguments of one \`${entry.name}\``);
      return failed(place, ...args);
    }
  }
  if (!comparesLevels(args, scope)) return failed(place, ...args);
  const mixed = same.some(arg => arg.type.kind === 'timestamp') && same.some(arg => arg.type.kind === 'date');
  const betweenTimes = entry.unit === 'days' && first !== undefined && args[1] !== undefined ? meeting(first, args[1]) : null;
  const passed = betweenTimes ?? (mixed ? args.map(arg => (isTime(arg.type) ? asInstant(arg) : arg)) : args);
  const joined = joinFacts(...args.map(arg => arg.facts));
  return call(entry.key, passed, typeOfResult(entry, args), place, entry.keepsIdentity ? joined : withoutIdentity(joined));
}

/** Text functions that look for a part of a closed category are free; equal arguments of `min` and `max` are held against levels. */
const comparesLevels = (args: readonly TypedExpr[], scope: Scope): boolean => {
  const category = args.find(arg => arg.type.kind === 'category');
  return !category || args.length === 1 || args.every(arg => arg === category || arg.type.kind !== 'category' || knownLevel(scope, arg, category));
};

/** A zone is part of the program, never of the data. */
function isWritten(parameter: string, arg: TypedExpr, scope: Scope): boolean {
  if (parameter !== 'zone') return true;
  if (arg.kind === 'literal' && typeof arg.value === 'string') {
    if (isZone(arg.value)) return true;
    report(scope, 'wrong-arguments', arg.place, `There is no time zone ${JSON.stringify(arg.value)}.`, {
      help: 'Zones go by the names of the IANA database: `"America/New_York"`.',
    });
    return false;
  }
  report(scope, 'wrong-arguments', arg.place, 'A zone is written out.', { help: 'Write it in quotes: `"America/New_York"`.' });
  return false;
}
