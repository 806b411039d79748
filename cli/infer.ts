/** `cupel infer`: source declarations that fit data, to be put into a program. */
import { keyOfSurvey, propose } from '../runner/index.ts';
import type { Call } from './arguments.ts';
import { exit, type Host } from './host.ts';
import { sourceName, sourceText, typeText } from './sourceText.ts';
import { surveysOf } from './surveyed.ts';
import { tool } from './version.ts';

export async function command(call: Call, host: Host): Promise<number> {
  const surveyed = await surveysOf(call, host, false);
  if (surveyed === null) return exit.cancelled;
  const taken = new Set<string>();
  const named = surveyed.surveys
    .filter(s => s.columns.length > 0)
    .map(survey => {
      const name = sourceName(survey.path, taken);
      taken.add(name);
      return { name, survey };
    });
  const keyed = named.filter(({ survey }) => keyOfSurvey(survey) !== null).map(({ name }) => name);
  const sources = named.map(({ name, survey }) => {
    const columns = propose(
      survey,
      keyed.filter(other => other !== name),
    );
    return { name, survey, columns, text: sourceText(name, survey, columns) };
  });
  if (surveyed.settings.format === 'json') {
    const entries = sources.map(({ name, survey, columns, text }) => ({
      name,
      text,
      connector: survey.connector,
      path: survey.path,
      rows: survey.rows,
      columns: columns.map(c => ({ name: c.name, type: typeText(c), notes: c.notes })),
      unreadable: survey.unreadable,
    }));
    const findings = surveyed.surveys
      .flatMap(s => s.findings)
      .map(({ severity, rule, message, help, count }) => ({ severity, rule, message, help, count }));
    host.out(`${JSON.stringify({ version: 1, tool, sources: entries, findings }, null, 2)}\n`);
  } else host.out(sources.map(s => s.text).join('\n'));
  return surveyed.exit;
}
