/** Trees in a compact notation without places: what tests compare, and what tells whether two texts mean the same. */
import type { Argument, ColumnDeclaration, Constraint, Declaration, Expr, Item, Name, Step, TypeExpr } from './ast.ts';

const list = (head: string, ...parts: readonly (string | null | false)[]): string =>
  `(${[head, ...parts.filter(part => part !== null && part !== false && part !== '')].join(' ')})`;
const all = <V>(values: readonly V[], one: (value: V) => string): string => values.map(one).join(' ');
const text = (value: string): string => JSON.stringify(value);
const word = (name: Name): string => (/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name.text) ? name.text : `\`${name.text}\``);
const tagged = (tag: string, expr: Expr | null): string | null => (expr === null ? null : `${tag} ${exprNotation(expr)}`);

/** `(+ a (* b 2))`; calls are `(sum …)`, literals as written. */
export function exprNotation(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
    case 'percent':
    case 'duration':
      return expr.raw;
    case 'date':
    case 'timestamp':
      return expr.iso;
    case 'text':
      return text(expr.value);
    case 'bool':
      return String(expr.value);
    case 'null':
      return 'null';
    case 'missing':
      return '?';
    case 'name':
      return word(expr.name);
    case 'member':
      return `${exprNotation(expr.object)}.${word(expr.name)}`;
    case 'call':
      return list(word(expr.callee), ...expr.args.map(argumentNotation)).replace(/^\((\S+)\)$/, '($1)');
    case 'unary':
      return list(expr.operator, exprNotation(expr.operand));
    case 'binary':
      return list(expr.operator, exprNotation(expr.left), exprNotation(expr.right));
    case 'if':
      return list('if', exprNotation(expr.condition), exprNotation(expr.then), exprNotation(expr.otherwise));
    case 'list':
      return `[${all(expr.items, exprNotation)}]`;
    case 'set':
      return `{${all(expr.items, exprNotation)}}`;
    case 'range':
      return list('..', expr.from ? exprNotation(expr.from) : '_', expr.to ? exprNotation(expr.to) : '_');
    case 'pipe':
      return list('|>', exprNotation(expr.value), exprNotation(expr.target));
  }
}

function argumentNotation({ name, value, window }: Argument): string {
  const named = name ? `${word(name)}: ` : '';
  if (!window) return named + exprNotation(value);
  const { of, via, frame, where } = window;
  return (
    named +
    list(
      'rows',
      exprNotation(value),
      tagged('of', of),
      tagged('via', via),
      frame && `${frame.kind} ${exprNotation(frame.duration)}`,
      frame && tagged('lag', frame.lag),
      tagged('where', where),
    )
  );
}

function itemNotation(item: Item): string {
  switch (item.kind) {
    case 'setting':
      return list(':', word(item.name), item.direction, exprNotation(item.value), tagged('on', item.on), doc(item.doc));
    case 'definition':
      return list('=', word(item.name), exprNotation(item.value), doc(item.doc));
    case 'expression':
      return item.words.length || item.doc
        ? list('claim', exprNotation(item.value), ...item.words.map(word), doc(item.doc))
        : exprNotation(item.value);
    case 'segment':
      return list('by', exprNotation(item.by), ...item.items.map(itemNotation));
    case 'block':
      return list('block', word(item.word), ...item.header.map(word), ...item.items.map(itemNotation));
  }
}

const doc = (value: string | null): string | null => (value === null ? null : `/// ${text(value)}`);

function typeNotation({ name, args, levels, table, element, nullable }: TypeExpr): string {
  const base = [
    word(name),
    args.length > 0 && `(${all(args, exprNotation)})`,
    levels && ` {${all(levels, exprNotation)}}`,
    table && ` ${word(table)}`,
    element && `<${typeNotation(element)}>`,
  ];
  return base.filter(Boolean).join('') + (nullable ? '?' : '');
}

function constraintNotation(constraint: Constraint): string {
  switch (constraint.kind) {
    case 'in':
      return `in ${exprNotation(constraint.range)}`;
    case 'matches':
      return `matches ${exprNotation(constraint.pattern)}`;
    case 'unit':
      return `unit ${exprNotation(constraint.unit)}`;
    default:
      return constraint.kind;
  }
}

const columnNotation = (column: ColumnDeclaration): string =>
  list(
    word(column.name),
    typeNotation(column.type),
    ...column.constraints.map(constraintNotation),
    ...column.roles.map(role => `@${word(role.name)}${role.args.length ? `(${all(role.args, exprNotation)})` : ''}`),
    doc(column.doc),
  );

const definedNotation = ({ name, value }: { readonly name: Name; readonly value: Expr }): string => list('=', word(name), exprNotation(value));

function stepNotation(step: Step): string {
  switch (step.kind) {
    case 'where':
      return list('where', exprNotation(step.condition));
    case 'derive':
      return list('derive', ...step.columns.map(definedNotation));
    case 'select':
    case 'drop':
      return list(step.kind, ...step.columns.map(word));
    case 'rename':
      return list('rename', ...step.pairs.map(({ from, to }) => `${word(from)}>${word(to)}`));
    case 'join': {
      const keys = step.on.map(({ left, right }) => `${word(left)}=${word(right)}`);
      return list('join', step.join, word(step.table), ...keys, tagged('as-of', step.asOf));
    }
    case 'union':
      return list('union', word(step.table));
    case 'group':
      return list('group', ...step.by.map(word), ...step.aggregates.map(definedNotation));
    case 'dedupe':
      return list('dedupe', ...step.by.map(word), step.keep, step.order && word(step.order));
    case 'time':
      return list('time', word(step.time), step.known && `known ${word(step.known)}`);
    case 'known':
      return list('known', ...step.columns.map(word), `at ${word(step.at)}`);
    case 'sort':
      return list('sort', ...step.keys.map(key => exprNotation(key.value) + (key.descending ? ' desc' : '')));
    case 'sample':
      return list('sample', exprNotation(step.amount), tagged('seed', step.seed));
    case 'history':
      return list('history', ...step.by.map(word), `at ${word(step.at)}`);
    case 'later':
      return list('later', step.word);
    case 'call':
      return list('call', exprNotation(step.call));
    case 'damaged':
      return '(damaged)';
  }
}

export function declarationNotation(declaration: Declaration): string {
  const note = doc(declaration.doc);
  switch (declaration.kind) {
    case 'import':
      return list('import', ...declaration.names.map(word), text(declaration.path), note);
    case 'param':
      return list(
        'param',
        word(declaration.name),
        declaration.type && `: ${typeNotation(declaration.type)}`,
        tagged('unit', declaration.unit),
        tagged('=', declaration.value),
        note,
      );
    case 'def':
      return list('def', word(declaration.name), `(${all(declaration.parameters, word)})`, exprNotation(declaration.body), note);
    case 'source': {
      const { name, connector, until, columns } = declaration;
      return list('source', word(name), exprNotation(connector), tagged('until', until), ...(columns ?? []).map(columnNotation), note);
    }
    case 'table':
      return list('table', word(declaration.name), word(declaration.base), ...declaration.steps.map(stepNotation), note);
    case 'check':
      return list('check', word(declaration.table), ...declaration.items.map(itemNotation), note);
    case 'task':
      return list('task', word(declaration.name), ...taskParts(declaration), ...declaration.items.map(itemNotation), note);
    case 'split': {
      const { name, task, method, items } = declaration;
      return list('split', word(name), task && `for ${word(task)}`, word(method), ...items.map(itemNotation), note);
    }
    case 'features':
      return list('features', word(declaration.name), word(declaration.task), ...declaration.items.map(itemNotation), note);
    case 'model':
      return list('model', word(declaration.name), definitionNotation(declaration.definition), ...declaration.items.map(itemNotation), note);
    case 'evaluate': {
      const { model, partition, where, as, items } = declaration;
      return list('evaluate', word(model), exprNotation(partition), tagged('where', where), as && `as ${word(as)}`, ...items.map(itemNotation), note);
    }
    case 'test': {
      const { of, as, given, cutoff, expect } = declaration;
      const rows = (of: readonly { readonly cells: readonly Item[] }[]): string[] => of.map(row => list('row', ...row.cells.map(itemNotation)));
      return list(
        'test',
        word(of),
        as && `as ${word(as)}`,
        ...given.map(part => list('given', word(part.table), ...rows(part.rows))),
        cutoff && list('cutoff', exprNotation(cutoff.value)),
        expect && list(expect.features ? 'expect features' : 'expect', ...rows(expect.rows)),
        note,
      );
    }
    case 'later':
      return list('later', declaration.word, declaration.name && word(declaration.name), note);
    case 'damaged':
      return '(damaged)';
  }
}

function taskParts({ each, at, label }: Extract<Declaration, { kind: 'task' }>): (string | null)[] {
  return [
    each && list('each', word(each.name), word(each.table), tagged('where', each.where)),
    at &&
      (at.kind === 'column' ? list('at', exprNotation(at.value)) : list('every', exprNotation(at.step), exprNotation(at.from), exprNotation(at.to))),
    label && (label.kind === 'none' ? '(label none)' : list('label', word(label.name), label.value && exprNotation(label.value))),
  ];
}

function definitionNotation(definition: Extract<Declaration, { kind: 'model' }>['definition']): string {
  switch (definition.kind) {
    case 'algorithm':
      return list(word(definition.algorithm), ...definition.args.map(word));
    case 'best':
      return list('best', ...definition.of.map(word), `by ${exprNotation(definition.by)}`, tagged('on', definition.on));
    case 'missing':
      return '?';
  }
}
