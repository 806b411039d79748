/** Surveys of the data that a call names, for `infer` and `profile`. What cannot be read is said, and counts as a finding. */
import { printable, wrap } from '../language/report/width.ts';
import type { FindingRecord, Survey } from '../runner/index.ts';
import type { Call } from './arguments.ts';
import { exit, type Host, ResourceError } from './host.ts';
import { isAtLeast } from './reported.ts';
import { type Settings, settingsOf } from './settings.ts';
import { styleOf, widthOf } from './terminal.ts';

export interface Surveyed {
  readonly settings: Settings;
  readonly surveys: readonly Survey[];
  /** Of the call, as far as what was found decides it. */
  readonly exit: number;
}

/** Null when cancelled. */
export async function surveysOf(call: Call, host: Host, distributions: boolean): Promise<Surveyed | null> {
  const settings = settingsOf(call, host, []);
  const { survey, RunFailed } = await import('../runner/index.ts');
  host.willEndItself();
  const surveys: Survey[] = [];
  for (const path of call.arguments) {
    const { cwd, threads, memory } = settings;
    try {
      surveys.push(await survey(path, { root: cwd, threads, memory, signal: host.signal, distributions }));
    } catch (error) {
      if (!(error instanceof RunFailed)) throw error;
      if (error.code === 'cancelled') return null;
      throw new ResourceError(error.message, error.help ?? 'Run `cupel doctor`.');
    }
  }
  const findings = surveys.flatMap(s => s.findings);
  if (!settings.quiet || isAtLeast(findings, 'error')) for (const found of findings) say(found, host);
  return { settings, surveys, exit: isAtLeast(findings, settings.failOn) ? exit.findings : exit.done };
}

/** There is no declaration yet, so remedies that speak of one are left out. */
function say({ severity, rule, message, help: remedy }: FindingRecord, host: Host): void {
  const help = rule === 'missing-file' && !/^Did you mean|Name a file/.test(remedy ?? '') ? 'Relative paths start at the current folder.' : remedy;
  const style = styleOf(host.stderr);
  const label = severity === 'error' ? style.error('error') : style.warning('warning');
  const [first = '', ...rest] = wrap(printable(message), widthOf(host.stderr) - 9);
  host.err(`${label}: ${first}\n${rest.map(line => `   ${line}\n`).join('')}`);
  if (severity === 'error' && help !== null) host.err(`   ${style.dim('fix')}   ${printable(help)}\n`);
}
