/** `cupel score`: a stored model on new rows, with the features that it was trained on. Every row gets its line, or nothing is written. */
import { extname, resolve } from 'node:path';
import { countOf, groupDigits } from '../language/report/report.ts';
import { printable } from '../language/report/width.ts';
import { type Call, optionOf } from './arguments.ts';
import { CallError, exit, type Host } from './host.ts';
import { hasChanged, momentText, newDataCall, refused, tellFindings, tellPassedOver } from './newData.ts';
import { isAtLeast } from './reported.ts';
import { styleOf } from './terminal.ts';
import { tool } from './version.ts';

const endings = ['.parquet', '.csv', '.jsonl'];

export async function command(call: Call, host: Host): Promise<number> {
  const [, model = ''] = call.arguments;
  const asked = newDataCall(call, host, 'data');
  const { settings, program, options, paths, at } = asked;
  const written = optionOf(call, 'out');
  if (written === null) throw new CallError('--out names the file of the scores, and is missing', '--out scores.parquet');
  if (!endings.includes(extname(written)))
    throw new CallError(`--out ends in ${endings.join(', ')}, not like \`${written}\``, '--out scores.parquet');
  host.willEndItself();
  const { score } = await import('../runner/index.ts');
  try {
    const scored = await score({ program, model, paths, at, out: resolve(settings.cwd, written) }, options);
    const { run, rows, read, cutoff, columns, unscored, findings } = scored;
    const changed = hasChanged(scored.program, settings);
    if (settings.format === 'json') {
      const shown = findings.map(({ severity, rule, message, help, count }) => ({ severity, rule, message, help, count }));
      const moment = cutoff === null ? null : new Date(Math.floor(cutoff / 1000)).toISOString();
      host.out(
        `${JSON.stringify({ version: 1, tool, run, model, programChanged: changed, out: written, rows, read, cutoff: moment, columns, unscored, findings: shown }, null, 2)}\n`,
      );
    } else {
      const left = read === rows ? '' : ` of ${groupDigits(read)}`;
      const as = cutoff === null ? '' : `, as of ${momentText(cutoff)}`;
      host.out(`  ${groupDigits(rows)}${left} ${rows === 1 && left === '' ? 'row' : 'rows'} scored by ${printable(model)} of run ${run}${as}\n`);
      host.out(`  ${printable(written)}   ${columns.map(printable).join(', ')}\n`);
      if (!scored.hasKey) host.out('  The rows have no key, so each stands under a hash of its values: declare a `key` to find them again\n');
      if (unscored > 0) host.out(`  ${countOf(unscored, 'row')} without a score: the model needs a value that is null there\n`);
    }
    if (changed && !settings.quiet) host.err(`  ${styleOf(host.stderr).dim(`The program has changed since; the model scores as it was trained.`)}\n`);
    tellPassedOver(scored.passedOver, settings, host);
    tellFindings(findings, settings, host);
    return isAtLeast(findings, settings.failOn) ? exit.findings : exit.done;
  } catch (error) {
    return refused(error, settings, host);
  }
}
