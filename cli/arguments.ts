/** Reads the command line against a table of commands. What is wrong is a message with the nearest right word, never an exception. */
import { nearest } from '../language/text/nearest.ts';

export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  /** What stands for the value in the help; absent: a switch. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly repeats?: boolean;
  readonly doc: string;
}

export interface CommandShape {
  readonly name: string;
  readonly options: readonly OptionSpec[];
  readonly arguments: { readonly min: number; readonly max: number; readonly names: string };
}

export interface Call {
  readonly command: string;
  readonly arguments: readonly string[];
  /** Values in the order given; a switch has one empty value for each time it is there. */
  readonly options: ReadonlyMap<string, readonly string[]>;
}

export type Parsed =
  | { readonly kind: 'call'; readonly call: Call }
  | { readonly kind: 'help'; readonly command: string | null }
  | { readonly kind: 'version' }
  | { readonly kind: 'wrong'; readonly message: string; readonly help: string };

export function parseArguments(argv: readonly string[], commands: readonly CommandShape[], shared: readonly OptionSpec[]): Parsed {
  const [first, ...rest] = argv;
  if (first === undefined || first === '--help' || first === '-h') return { kind: 'help', command: null };
  if (first === '--version' || first === '-V') return { kind: 'version' };
  if (first === 'help') return helpFor(rest[0], commands);
  if (first.startsWith('-')) return wrong(`An option stands before the command: ${first}`, `cupel COMMAND ${first}`);
  const command = commands.find(c => c.name === first);
  if (!command) return unknownCommand(first, commands);
  return parseCommand(command, rest, [...command.options, ...shared]);
}

export function flag(call: Call, name: string): boolean {
  return call.options.has(name);
}

/** The last value given. */
export function optionOf(call: Call, name: string): string | null {
  return call.options.get(name)?.at(-1) ?? null;
}

export function optionsOf(call: Call, name: string): readonly string[] {
  return call.options.get(name) ?? [];
}

function parseCommand(command: CommandShape, argv: readonly string[], specs: readonly OptionSpec[]): Parsed {
  const positional: string[] = [];
  const options = new Map<string, string[]>();
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    if (word === '--') {
      positional.push(...argv.slice(i + 1));
      break;
    }
    if (word === '-' || !word.startsWith('-')) {
      positional.push(word);
      continue;
    }
    const equals = word.startsWith('--') ? word.indexOf('=') : -1;
    const written = equals < 0 ? word : word.slice(0, equals);
    if (written === '--help' || written === '-h') return { kind: 'help', command: command.name };
    const spec = specs.find(o => written === `--${o.name}` || (o.short !== undefined && written === `-${o.short}`));
    if (!spec) return unknownOption(written, command, specs);
    let value = equals < 0 ? null : word.slice(equals + 1);
    if (spec.value === undefined) {
      if (value !== null) return wrong(`--${spec.name} takes no value`, `--${spec.name}`);
    } else if (value === null) {
      const next = argv[i + 1];
      if (next === undefined || (next.startsWith('-') && next !== '-' && !isNumber(next))) {
        return wrong(`--${spec.name} needs a value`, `--${spec.name} ${spec.value}`);
      }
      value = next;
      i++;
    }
    const bad = spec.choices && value !== null && !spec.choices.includes(value) ? notAChoice(spec, value) : null;
    if (bad) return bad;
    const given = options.get(spec.name);
    if (given && spec.value !== undefined && spec.repeats !== true && given.at(-1) !== value) {
      return wrong(`--${spec.name} is given twice`, `Keep one of --${spec.name} ${given.at(-1)} and --${spec.name} ${value}.`);
    }
    if (given) given.push(value ?? '');
    else options.set(spec.name, [value ?? '']);
  }
  const { min, max, names } = command.arguments;
  if (positional.length < min) return wrong(`\`cupel ${command.name}\` needs ${names}`, `cupel ${command.name} ${names}`);
  if (positional.length > max) {
    return wrong(`\`cupel ${command.name}\` has no place for \`${positional[max]}\``, `cupel ${command.name}${names === '' ? '' : ` ${names}`}`);
  }
  return { kind: 'call', call: { command: command.name, arguments: positional, options } };
}

function helpFor(name: string | undefined, commands: readonly CommandShape[]): Parsed {
  if (name === undefined) return { kind: 'help', command: null };
  return commands.some(c => c.name === name) ? { kind: 'help', command: name } : unknownCommand(name, commands);
}

function unknownCommand(name: string, commands: readonly CommandShape[]): Parsed {
  if (name.endsWith('.cupel')) return wrong(`A command comes before the file: \`${name}\``, `cupel run ${name}`);
  const names = commands.map(c => c.name);
  const meant = nearest(name, names);
  return wrong(`There is no command \`${name}\``, meant === null ? `The commands are ${names.join(', ')}.` : `Did you mean \`cupel ${meant}\`?`);
}

function unknownOption(written: string, command: CommandShape, specs: readonly OptionSpec[]): Parsed {
  const meant = nearest(
    written.replace(/^-+/, ''),
    specs.map(o => o.name),
  );
  return wrong(
    `\`cupel ${command.name}\` has no option \`${written}\``,
    meant === null ? `cupel ${command.name} --help lists the options.` : `Did you mean \`--${meant}\`?`,
  );
}

function notAChoice(spec: OptionSpec, value: string): Parsed {
  const choices = spec.choices ?? [];
  const meant = nearest(value, choices);
  return wrong(
    `--${spec.name} cannot be \`${value}\``,
    meant === null ? `It is one of ${choices.join(', ')}.` : `Did you mean \`--${spec.name} ${meant}\`?`,
  );
}

function isNumber(text: string): boolean {
  return /^-\d/.test(text);
}

function wrong(message: string, help: string): Parsed {
  return { kind: 'wrong', message, help };
}
