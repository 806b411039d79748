/** The settings in force: command line over profile over `cupel.json` over defaults. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { dataRules } from '../language/catalogue/dataRules.ts';
import type { Severity } from '../language/diagnostic.ts';
import type { DataRuleSettings, RuleSeverity } from '../language/index.ts';
import { nearest } from '../language/text/nearest.ts';
import { type Call, flag, optionOf, optionsOf } from './arguments.ts';
import { CallError, type Host } from './host.ts';
import { whyUnread } from './programs.ts';

export interface Settings {
  /** Where relative paths of the call start. */
  readonly cwd: string;
  /** The project's folder: the nearest above `cwd` with a `cupel.json`, else `cwd`; the program's own folder when it lies outside. */
  readonly root: string;
  readonly failOn: Severity;
  readonly format: string;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly parameters: Readonly<Record<string, string>>;
  /** Severities that the project gives to rules in place of their own. */
  readonly severities: Readonly<Record<string, RuleSeverity>>;
  /** Thresholds of the leakage rules that are decided on data. */
  readonly leakage: DataRuleSettings;
  readonly threads: number;
  readonly memory: string | null;
  readonly backend: 'auto' | 'tfjs-node' | 'wasm' | 'cpu';
  readonly force: boolean;
  readonly store: string;
}

type ConfigValue = string | number | boolean;

interface Config {
  readonly failOn?: 'error' | 'warning' | 'info';
  readonly threads?: number;
  readonly memory?: string;
  readonly backend?: Settings['backend'];
  readonly store?: string;
  readonly leakage?: DataRuleSettings;
  readonly rules?: Readonly<Record<string, RuleSeverity>>;
  readonly params?: Readonly<Record<string, ConfigValue>>;
  readonly profiles?: Readonly<Record<string, Readonly<Record<string, ConfigValue>>>>;
}

const configName = 'cupel.json';
const backends = ['auto', 'tfjs-node', 'wasm', 'cpu'] as const;
const memoryForm = /^\d+(\.\d+)?\s*[KMGT]i?B$/i;

/** `paths`: the programs and folders of the call, which decide where the project is. */
export function settingsOf(call: Call, host: Host, paths: readonly string[]): Settings {
  const cwd = resolve(host.cwd, optionOf(call, 'cwd') ?? '.');
  if (!isFolder(cwd)) throw new CallError(`There is no folder ${cwd}`, 'Name an existing folder with --cwd.');
  const root = projectOf(cwd, paths[0] === undefined || paths[0] === '-' ? cwd : resolve(cwd, paths[0]));
  const config = readConfig(join(root, configName));
  const store = optionOf(call, 'store');
  return {
    cwd,
    root,
    failOn: oneOf(optionOf(call, 'fail-on'), ['error', 'warning', 'info'] as const) ?? config.failOn ?? 'error',
    format: optionOf(call, 'format') ?? 'pretty',
    quiet: flag(call, 'quiet'),
    verbose: flag(call, 'verbose'),
    parameters: parametersOf(call, config),
    severities: config.rules ?? {},
    leakage: config.leakage ?? {},
    threads: threadsOf(optionOf(call, 'threads')) ?? config.threads ?? availableParallelism(),
    memory: memoryOf(optionOf(call, 'memory')) ?? config.memory ?? null,
    backend: oneOf(optionOf(call, 'backend'), backends) ?? config.backend ?? 'auto',
    force: flag(call, 'force'),
    store: store === null ? resolve(root, config.store ?? '.cupel') : resolve(cwd, store),
  };
}

export function projectOf(cwd: string, path: string): string {
  let root = cwd;
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, configName))) {
      root = folder;
      break;
    }
    if (dirname(folder) === folder) break;
  }
  const start = isFolder(path) ? path : dirname(path);
  const inside = relative(root, start);
  return inside.startsWith('..') || isAbsolute(inside) ? start : root;
}

function parametersOf(call: Call, config: Config): Record<string, string> {
  const profile = optionOf(call, 'profile');
  const profiles = config.profiles ?? {};
  if (profile !== null && !Object.hasOwn(profiles, profile)) {
    const names = Object.keys(profiles);
    const meant = nearest(profile, names);
    throw new CallError(
      `There is no profile \`${profile}\``,
      names.length === 0
        ? `Write it in ${configName}: { "profiles": { "${profile}": { "horizon": "90d" } } }`
        : `${configName} has ${names.join(', ')}.${meant === null ? '' : ` Did you mean \`--profile ${meant}\`?`}`,
    );
  }
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(config.params ?? {})) values[name] = String(value);
  for (const [name, value] of Object.entries(profile === null ? {} : (profiles[profile] ?? {}))) values[name] = String(value);
  for (const text of optionsOf(call, 'param')) {
    const at = text.indexOf('=');
    if (at <= 0) throw new CallError(`--param has no value: ${text}`, `--param ${at === 0 ? 'name' : text}=value`);
    values[text.slice(0, at)] = text.slice(at + 1);
  }
  return values;
}

/** The names that this call sets by `--param`; those of cupel.json may be meant for other programs of the project. */
export function parametersSet(call: Call): string[] {
  return optionsOf(call, 'param').map(text => text.slice(0, Math.max(text.indexOf('='), 0)));
}

function threadsOf(text: string | null): number | null {
  if (text === null) return null;
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new CallError(`--threads is a whole number from 1, not \`${text}\``, '--threads 2');
  return Number(text);
}

function memoryOf(text: string | null): string | null {
  if (text === null) return null;
  if (!memoryForm.test(text)) throw new CallError(`--memory is a number with a unit, not \`${text}\``, '--memory 4GB');
  return text;
}

function readConfig(path: string): Config {
  if (!existsSync(path)) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8').replace(/^\ufeff/, ''));
  } catch (error) {
    throw new CallError(`${path} ${whyNotJson(error)}`, 'Mend the file, or remove it to use the defaults.');
  }
  const problem = configProblem(parsed);
  if (problem !== null) throw new CallError(`${path}: ${problem.message}`, problem.help);
  return parsed as Config;
}

/** For the editor, which says nothing about a damaged `cupel.json`: every command does. */
export function severitiesIn(root: string): Readonly<Record<string, RuleSeverity>> {
  try {
    return readConfig(join(root, configName)).rules ?? {};
  } catch {
    return {};
  }
}

function whyNotJson(error: unknown): string {
  if (!(error instanceof SyntaxError)) {
    const found = whyUnread(error);
    return 'why' in found ? `cannot be read: ${found.why}` : 'vanished while it was read';
  }
  const at = /at position (\d+)/.exec(error.message)?.[1];
  return at === undefined ? 'is not JSON' : `is not JSON at its character ${Number(at) + 1}`;
}

interface ConfigProblem {
  readonly message: string;
  readonly help: string;
}

type Accepts = (value: unknown) => boolean;
const isPlain: Accepts = v => typeof v === 'string' || typeof v === 'number' || typeof v === 'boolean';
const isSeverity: Accepts = v => v === 'off' || v === 'hint' || v === 'info' || v === 'warning' || v === 'error';
const isValues: Accepts = v => isObject(v) && Object.values(v).every(isPlain);

const configKeys: Readonly<Record<string, { readonly accepts: Accepts; readonly form: string }>> = {
  $schema: { accepts: v => typeof v === 'string', form: '"$schema": "…"' },
  failOn: { accepts: v => v === 'error' || v === 'warning' || v === 'info', form: '"failOn": "warning"' },
  threads: { accepts: v => Number.isInteger(v) && Number(v) >= 1, form: '"threads": 2' },
  memory: { accepts: v => typeof v === 'string' && memoryForm.test(v), form: '"memory": "4GB"' },
  backend: { accepts: v => typeof v === 'string' && backends.some(b => b === v), form: '"backend": "auto"' },
  store: { accepts: v => typeof v === 'string' && v !== '', form: '"store": ".cupel"' },
  rules: { accepts: v => isObject(v) && Object.values(v).every(isSeverity), form: '"rules": { "current-state": "error" }' },
  leakage: { accepts: isObject, form: '"leakage": { "target-proxy": { "warn": 0.97 } }' },
  params: { accepts: isValues, form: '"params": { "horizon": "60d" }' },
  profiles: { accepts: v => isObject(v) && Object.values(v).every(isValues), form: '"profiles": { "long": { "horizon": "90d" } }' },
};

function configProblem(value: unknown): ConfigProblem | null {
  if (!isObject(value)) return { message: 'the file holds no object', help: '{ "failOn": "warning" }' };
  for (const [key, item] of Object.entries(value)) {
    const spec = Object.hasOwn(configKeys, key) ? configKeys[key] : undefined;
    if (spec === undefined) {
      const meant = nearest(key, Object.keys(configKeys));
      return {
        message: `there is no setting \`${key}\``,
        help: meant === null ? `The settings are ${Object.keys(configKeys).slice(1).join(', ')}.` : `Did you mean \`${meant}\`?`,
      };
    }
    if (!spec.accepts(item)) return { message: `\`${key}\` cannot be ${JSON.stringify(item)}`, help: spec.form };
    const threshold = key === 'leakage' ? thresholdProblem(item) : null;
    if (threshold !== null) return threshold;
  }
  return null;
}

function thresholdProblem(rules: unknown): ConfigProblem | null {
  for (const [name, values] of Object.entries(rules as object)) {
    const rule = dataRules.find(r => r.name === name);
    if (!rule) {
      const meant = nearest(
        name,
        dataRules.map(r => r.name),
      );
      const all = `Rules that are decided on data: ${dataRules.map(r => r.name).join(', ')}.`;
      return { message: `there is no rule \`${name}\` that is decided on data`, help: meant === null ? all : `Did you mean \`${meant}\`?` };
    }
    if (!isObject(values)) return { message: `\`${name}\` cannot be ${JSON.stringify(values)}`, help: `"${name}": { "warn": 0.1 }` };
    for (const [key, value] of Object.entries(values)) {
      const setting = rule.settings.find(s => s.name === key);
      if (!setting) {
        const has = rule.settings.map(s => `\`${s.name}\``).join(', ');
        return { message: `\`${name}\` has no threshold \`${key}\``, help: has === '' ? 'It has none.' : `It has ${has}.` };
      }
      if (typeof value !== 'number' || !(value >= setting.min && value <= setting.max)) {
        return { message: `\`${key}\` of \`${name}\` cannot be ${JSON.stringify(value)}`, help: `A number from ${setting.min} to ${setting.max}.` };
      }
    }
  }
  return null;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What cannot be looked at is no folder; the command says why when it reads it. */
function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    return false;
  }
}

function oneOf<T extends string>(text: string | null, choices: readonly T[]): T | null {
  return choices.find(c => c === text) ?? null;
}
