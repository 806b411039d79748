/** The help of the command and of each of its commands, from the table. */
import type { OptionSpec } from './arguments.ts';
import { type Command, commands, sharedOptions } from './commands.ts';

export function overview(version: string): string {
  const width = Math.max(...commands.map(c => c.name.length)) + 2;
  return [
    `cupel ${version}: the knowledge-discovery process as one typed file`,
    '',
    'cupel COMMAND [PATH…] [options]',
    '',
    ...commands.map(c => `  ${c.name.padEnd(width)}${c.summary}`),
    '',
    'cupel COMMAND --help shows its options and two examples. cupel --version shows the version.',
    '',
  ].join('\n');
}

export function helpOf(command: Command): string {
  const rows = [...command.options, ...sharedOptions].map(o => [optionText(o), o.doc] as const);
  const width = Math.min(32, Math.max(...rows.map(([text]) => text.length)) + 2);
  const examples = Math.max(...command.examples.map(([text]) => text.length)) + 3;
  return [
    `cupel ${command.name}${command.arguments.names === '' ? '' : ` ${command.arguments.names}`} [options]`,
    command.summary,
    '',
    ...command.examples.map(([text, what]) => `  ${text.padEnd(examples)}${what}`),
    '',
    ...rows.map(([text, doc]) => (text.length + 2 > width ? `  ${text}\n  ${' '.repeat(width)}${doc}` : `  ${text.padEnd(width)}${doc}`)),
    '',
  ].join('\n');
}

function optionText(o: OptionSpec): string {
  const name = o.short === undefined ? `--${o.name}` : `-${o.short}, --${o.name}`;
  return o.value === undefined ? name : `${name} ${o.value}`;
}
