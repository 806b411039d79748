/** Metrics in `evaluate` and `best of`: figures of models, bounds of their intervals, drift, and arithmetic with them. */
import { entryOf, laterWord, namesOf } from '../catalogue/catalogue.ts';
import type { MetricEntry } from '../catalogue/entry.ts';
import { metricText } from '../catalogue/metricCalls.ts';
import type { Argument, Expr, ExprOf, Item, Name } from '../syntax/ast.ts';
import { nearest } from '../text/nearest.ts';
import type { Place, Span } from '../text/place.ts';
import { parameterOf, unknownSetting, wrongSetting } from './blockSettings.ts';
import { counted } from './callArguments.ts';
import { typeSettings } from './catalogueSettings.ts';
import type { Environment, Found } from './environment.ts';
import { typeExpression } from './expression.ts';
import { constantOf } from './literals.ts';
import { problem, respell } from './problem.ts';
import { scopeFor } from './scopes.ts';
import { noRow } from './scopesRow.ts';
import type { FeatureSetModel, LabelModel, MetricExpr, ModelModel } from './typed.ts';

export interface NamedMetric {
  /** With its parameters: `lift(10%)`. */
  readonly metric: string;
  readonly place: Place;
}

export const labelWords = {
  binary: 'a yes-or-no label',
  number: 'a number',
  count: 'a count',
  classes: 'several classes',
} as const;

/** Counts of rows by label and prediction: no metric, and asked for like one. */
export const confusionWord = 'confusion';

const placeOf = (env: Environment, span: Span): Place => ({ file: env.file, decl: env.decl, span });
const quoted = (names: readonly string[]): string => names.map(name => `\`${name}\``).join(', ');

const metricsFor = (label: LabelModel | null): readonly string[] =>
  namesOf('metric').filter(name => !label || entryOf('metric', name)?.labels.includes(label.kind));

/** The metric of that name, held against the label; null after reporting that it is none, or that it judges other labels. */
function entryFor(env: Environment, name: Name, label: LabelModel | null): MetricEntry | null {
  if (name.text === '') return null;
  const place = placeOf(env, name.span);
  const entry = entryOf('metric', name.text);
  if (name.text === confusionWord) {
    wrongSetting(
      env,
      name.span,
      '`confusion` is a table of counts and no figure.',
      'Name it alone in `evaluate`; claim `precision`, `recall` or `accuracy`.',
    );
    return null;
  }
  if (!entry) {
    if (laterWord('metric', name.text)) {
      env.report(
        problem('later-form', place, `\`${name.text}\` is part of the language but does not run yet.`, {
          help: `Metrics that do: ${quoted(metricsFor(label))}.`,
        }),
      );
      return null;
    }
    const near = nearest(name.text, namesOf('metric'));
    env.report(
      problem('unknown-name', place, `There is no metric \`${name.text}\`.`, {
        help: near ? `Did you mean \`${near}\`?` : `Metrics are ${quoted(metricsFor(label))}.`,
        fixes: near ? [respell(place, near)] : [],
      }),
    );
    return null;
  }
  if (label && !entry.labels.includes(label.kind)) {
    env.report(
      problem('metric-does-not-fit', place, `\`${entry.name}\` does not judge ${labelWords[label.kind]}, which \`${label.name}\` is.`, {
        help: `Metrics that do: ${quoted(metricsFor(label))}.`,
        related: [{ place: label.place, message: `the label \`${label.name}\`` }],
      }),
    );
    return null;
  }
  return entry;
}

function withParameters(env: Environment, entry: MetricEntry, args: readonly Argument[], span: Span): NamedMetric {
  const given = args.flatMap(({ name, value }, index) => {
    const positional = entry.parameters[index];
    return name ? [{ name, value }] : positional ? [{ name: { text: positional.name, span: value.span }, value }] : [];
  });
  const extra = args.slice(entry.parameters.length).find(({ name }) => name === null);
  if (extra)
    env.report(
      problem('wrong-arguments', placeOf(env, extra.span), `\`${entry.name}\` takes ${counted(entry.parameters.length)}.`, {
        help: `Write \`${entry.name}${entry.parameters.length ? `(${entry.parameters.map(({ name }) => name).join(', ')})` : ''}\`.`,
      }),
    );
  const settings = typeSettings(entry.name, span, entry.parameters, given, scopeFor(env, 'constant', noRow), typeExpression);
  const parameters: Record<string, number> = {};
  for (const [name, value] of Object.entries(settings)) if (typeof value === 'number') parameters[name] = value;
  return { metric: metricText(entry, parameters), place: placeOf(env, span) };
}

/** Says which of the metrics that a claim names are none, where it is not known which model they would judge. */
function checkMetricWords(env: Environment, expr: Expr): void {
  switch (expr.kind) {
    case 'name':
    case 'member':
      if (expr.name.text !== confusionWord) entryFor(env, expr.name, null);
      break;
    case 'call':
      if (expr.callee.text === 'low' || expr.callee.text === 'high') for (const { value } of expr.args) checkMetricWords(env, value);
      else if (expr.callee.text !== 'drift') {
        const entry = entryFor(env, expr.callee, null);
        if (entry) withParameters(env, entry, expr.args, expr.span);
      }
      break;
    case 'binary':
      for (const side of [expr.left, expr.right]) checkMetricWords(env, side);
      break;
    default:
      break;
  }
}

/** What is wrong with an item of an evaluation whatever model it is about. */
export function checkAlone(env: Environment, item: Item): void {
  if (item.kind === 'expression') checkMetricWords(env, item.value);
  else if (item.kind === 'segment') for (const inner of item.items) checkAlone(env, inner);
  else if (item.kind === 'setting' && item.name.text !== 'plausible') unknownSetting(env, '`evaluate`', item.name, ['plausible']);
}

/** `auc`, `recall_at(precision: 50%)`: a metric by itself, of the model that is being judged. */
export function metricNamed(env: Environment, expr: Expr, label: LabelModel | null): NamedMetric | null {
  if (expr.kind === 'missing') return null;
  if (expr.kind === 'name') {
    const entry = entryFor(env, expr.name, label);
    return entry && withParameters(env, entry, [], expr.span);
  }
  if (expr.kind === 'call') {
    const entry = entryFor(env, expr.callee, label);
    return entry && withParameters(env, entry, expr.args, expr.span);
  }
  env.report(problem('unknown-name', placeOf(env, expr.span), 'A metric belongs here.', { help: `Write one of ${quoted(metricsFor(label))}.` }));
  return null;
}

// ---------------------------------------------------------------- metric expressions

export interface Named {
  readonly model: ModelModel;
  readonly label: LabelModel | null;
  readonly evaluation: Found | null;
}

/** What a claim is about: the judged model, its label and its features. */
export interface Judged {
  readonly env: Environment;
  readonly model: ModelModel;
  readonly label: LabelModel | null;
  readonly features: FeatureSetModel | null;
  /** The model behind a name, a model's or a named evaluation's; with the evaluation where that is of other rows. Null after reporting. */
  readonly modelNamed: (name: Name) => Named | null;
  /** The drift test written behind the claim, such as `psi`. */
  readonly driftTest: string | null;
}

const arithmetic = { '+': '+', '-': '-', '*': '*', '/': '/' } as const;

const isArithmetic = (operator: string): operator is keyof typeof arithmetic => operator in arithmetic;

function drift({ env, features, driftTest }: Judged, expr: ExprOf<'call'>): MetricExpr | null {
  const place = placeOf(env, expr.span);
  const [subject, ...others] = expr.args;
  if (!subject || others.length > 0 || subject.value.kind !== 'name') {
    if (subject?.value.kind !== 'missing') {
      env.report(
        problem('wrong-arguments', place, '`drift` is of one thing.', {
          help: 'Write `drift(features)`, `drift(score)`, `drift(label)`, or the name of a feature.',
        }),
      );
    }
    return null;
  }
  const { name } = subject.value;
  const { text } = name;
  if (text === 'features' || text === 'score' || text === 'label') return { kind: 'drift', subject: text, test: driftTest, place };
  if (!features || features.features.some(feature => feature.name === text))
    return { kind: 'drift', subject: { feature: text }, test: driftTest, place };
  const near = nearest(text, ['features', 'score', 'label', ...features.features.map(feature => feature.name)]);
  env.report(
    problem('unknown-name', placeOf(env, name.span), `\`${features.name}\` has no feature \`${text}\`.`, {
      help: near ? `Did you mean \`${near}\`?` : 'Write `features` for all of them, `score` or `label`.',
      fixes: near ? [respell(placeOf(env, name.span), near)] : [],
    }),
  );
  return null;
}

/** A figure as claims compare it; null after reporting what it is not. */
export function typeMetric(judged: Judged, expr: Expr): MetricExpr | null {
  const { env, model, label } = judged;
  const place = placeOf(env, expr.span);
  const constant = expr.kind === 'name' && entryOf('metric', expr.name.text) ? null : constantOf(expr, parameterOf(env));
  if (constant?.kind === 'number') return { kind: 'number', value: constant.value, place };
  switch (expr.kind) {
    case 'missing':
      return null;
    case 'name': {
      const found = metricNamed(env, expr, label);
      return found && { kind: 'metric', model: model.name, home: model.place.file, ...found };
    }
    case 'member': {
      if (expr.object.kind !== 'name') break;
      const other = judged.modelNamed(expr.object.name);
      const found = metricNamed(env, { kind: 'name', span: expr.name.span, name: expr.name }, other ? other.label : label);
      if (!other || !found) return null;
      const { evaluation } = other;
      return {
        kind: 'metric',
        model: other.model.name,
        home: other.model.place.file,
        ...found,
        ...(evaluation && { evaluation: { file: evaluation.file, decl: evaluation.decl } }),
        place,
      };
    }
    case 'call': {
      if (expr.callee.text === 'drift') return drift(judged, expr);
      if (expr.callee.text === 'low' || expr.callee.text === 'high') {
        const [argument, ...others] = expr.args;
        if (!argument || others.length) {
          env.report(
            problem('wrong-arguments', place, `\`${expr.callee.text}\` is the end of one figure's interval.`, {
              help: `Write \`${expr.callee.text}(auc)\`.`,
            }),
          );
          return null;
        }
        const of = typeMetric(judged, argument.value);
        return of && { kind: 'bound', side: expr.callee.text, of, place };
      }
      const found = metricNamed(env, expr, label);
      return found && { kind: 'metric', model: model.name, home: model.place.file, ...found };
    }
    case 'unary': {
      if (expr.operator !== '-') break;
      const right = typeMetric(judged, expr.operand);
      return right && { kind: 'arithmetic', operator: '-', left: { kind: 'number', value: 0, place }, right, place };
    }
    case 'binary': {
      if (!isArithmetic(expr.operator)) break;
      const left = typeMetric(judged, expr.left);
      const right = typeMetric(judged, expr.right);
      return left && right && { kind: 'arithmetic', operator: expr.operator, left, right, place };
    }
  }
  wrongSetting(env, expr.span, 'A claim compares figures and numbers.', 'Write it as `auc >= 0.80` or `auc - baseline.auc >= 0.10`.');
  return null;
}
