/** The connector of a source: `csv("x.csv", delimiter: ";")`, its path and options, held against the catalogue. */
import { entryOf, namesOf } from '../catalogue/catalogue.ts';
import type { ConnectorEntry, SettingEntry } from '../catalogue/entry.ts';
import type { Argument, Expr } from '../syntax/ast.ts';
import { isZone } from '../text/calendar.ts';
import { nearest } from '../text/nearest.ts';
import type { Place, Span } from '../text/place.ts';
import type { ColumnContext } from './columnTypes.ts';
import { type Constant, constantOf, settingValue } from './literals.ts';
import { problem, respell } from './problem.ts';
import { placeIn } from './scope.ts';
import type { SettingValue, SourceModel } from './typed.ts';

export type ConnectorModel = Pick<SourceModel, 'connector' | 'path' | 'pathPlace' | 'options'>;

const known = (name: string): SourceModel['connector'] | null =>
  name === 'csv' || name === 'parquet' || name === 'json' || name === 'arrow' ? name : null;

const quoted = (values: readonly string[]): string => values.map(value => `"${value}"`).join(', ');

const fits = ({ matches }: SettingEntry, text: string): boolean => matches === undefined || new RegExp(`^(?:${matches.pattern})$`).test(text);

/** What the setting takes, as the text to type; null when `value` fits. */
function misfit(entry: SettingEntry, value: Constant): string | null {
  if (value.kind === 'null') return entry.default === null ? null : `\`${entry.name}\` needs a value.`;
  switch (entry.type) {
    case 'bool':
      return value.kind === 'bool' ? null : `Write \`${entry.name}: true\` or \`${entry.name}: false\`.`;
    case 'choice':
      return value.kind === 'text' && entry.choices?.includes(value.value) ? null : `It can be ${quoted(entry.choices ?? [])}.`;
    case 'list':
      if (value.kind !== 'list' || !value.items.every(item => item.kind === 'text')) return `Write a list of texts: \`${entry.name}: ["NA", ""]\`.`;
      return value.items.every(item => item.kind === 'text' && fits(entry, item.value)) ? null : (entry.matches?.form ?? null);
    case 'int':
    case 'float':
    case 'share':
      return value.kind === 'number' ? null : `Write a number: \`${entry.name}: 1\`.`;
    case 'duration':
      return value.kind === 'duration' ? null : `Write a duration: \`${entry.name}: 30d\`.`;
    default:
      if (value.kind !== 'text') return `Write a text: \`${entry.name}: "…"\`.`;
      if (entry.name === 'zone' && !isZone(value.value)) return 'Write a place of the IANA list, such as `"America/New_York"`.';
      return fits(entry, value.value) ? null : (entry.matches?.form ?? null);
  }
}

function typeOption(
  argument: Argument & { readonly name: NonNullable<Argument['name']> },
  entry: ConnectorEntry,
  options: Record<string, SettingValue>,
  context: ColumnContext,
): void {
  const place = (span: Span): Place => placeIn(context.at, span);
  const name = argument.name.text;
  const option = entry.options.find(o => o.name === name);
  if (!option) {
    const near = nearest(
      name,
      entry.options.map(o => o.name),
    );
    context.report(
      problem('unknown-setting', place(argument.name.span), `\`${entry.name}\` has no option \`${name}\`.`, {
        help: near ? `Did you mean \`${near}\`?` : `Its options are ${entry.options.map(o => `\`${o.name}\``).join(', ')}.`,
        fixes: near ? [respell(place(argument.name.span), near)] : [],
      }),
    );
    return;
  }
  if (argument.value.kind === 'missing') return;
  const value = constantOf(argument.value, context.parameter);
  const wrong = name in options ? 'Leave one of the two out.' : value ? misfit(option, value) : 'Write the value itself.';
  if (wrong !== null || !value) {
    const message = name in options ? `\`${name}\` is set twice.` : `\`${name}\` cannot have this value.`;
    context.report(problem('wrong-setting', place(argument.value.span), message, { help: wrong }));
    return;
  }
  options[name] = settingValue(value);
}

/** Options hold only what was written: defaults are the catalogue's. */
export function typeConnector(expr: Expr, context: ColumnContext): ConnectorModel {
  const place = (span: Span): Place => placeIn(context.at, span);
  const nothing = { connector: 'csv', path: '', pathPlace: place(expr.span), options: {} } as const;
  if (expr.kind === 'missing') return nothing;
  if (expr.kind !== 'call') {
    context.report(
      problem('unknown-connector', place(expr.span), 'A source is read by a connector.', {
        help: expr.kind === 'text' ? `Write it as \`csv("${expr.value}")\`.` : 'Write it as `csv("data/file.csv")`.',
      }),
    );
    return nothing;
  }
  const name = expr.callee.text;
  const entry = entryOf('connector', name);
  if (!entry) {
    if (name !== '') {
      const near = nearest(name, namesOf('connector'));
      context.report(
        problem('unknown-connector', place(expr.callee.span), `There is no connector \`${name}\`.`, {
          help: near
            ? `Did you mean \`${near}\`?`
            : `Connectors are ${namesOf('connector')
                .map(n => `\`${n}\``)
                .join(', ')}.`,
          fixes: near ? [respell(place(expr.callee.span), near)] : [],
        }),
      );
    }
  }
  const [path, ...rest] = expr.args.filter(argument => argument.name === null);
  const value = path && constantOf(path.value, context.parameter);
  if (path?.value.kind !== 'missing' && (value?.kind !== 'text' || value.value === '')) {
    context.report(
      problem('wrong-setting', place(path?.value.span ?? expr.span), `\`${name}\` needs the path of the file.`, {
        help: `Write it as \`${name}("data/file.${known(name) ?? 'csv'}")\`.`,
      }),
    );
  }
  for (const argument of rest) {
    context.report(
      problem('wrong-setting', place(argument.span), `\`${name}\` takes one path; its options have names.`, {
        help: 'Use `*` in the path for several files, and write options as `delimiter: ";"`.',
      }),
    );
  }
  const options: Record<string, SettingValue> = {};
  for (const argument of expr.args) if (entry && argument.name) typeOption({ ...argument, name: argument.name }, entry, options, context);
  if (options['thousands'] !== undefined && options['thousands'] === (options['decimal'] ?? '.')) {
    const written = expr.args.find(argument => argument.name?.text === 'thousands');
    const decimal = options['thousands'] === '.' ? ',' : '.';
    context.report(
      problem('wrong-setting', place(written?.span ?? expr.span), `One sign cannot be both the decimal sign and that between thousands.`, {
        help: `Write \`decimal: "${decimal}"\` beside it, or another sign.`,
      }),
    );
  }
  return {
    connector: known(name) ?? 'csv',
    path: value?.kind === 'text' ? value.value : '',
    pathPlace: place(path?.value.span ?? expr.span),
    options,
  };
}
