/** `cupel profile`: what data hold, one line a column. */
import type { Survey, SurveyedColumn } from '../runner/index.ts';
import type { Call } from './arguments.ts';
import { exit, type Host } from './host.ts';
import { profileLines } from './screen/profile.ts';
import { surveysOf } from './surveyed.ts';
import { styleOf, widthOf } from './terminal.ts';
import { tool } from './version.ts';

export async function command(call: Call, host: Host): Promise<number> {
  const surveyed = await surveysOf(call, host, true);
  if (surveyed === null) return exit.cancelled;
  const { settings, surveys } = surveyed;
  if (settings.format === 'json') {
    host.out(`${JSON.stringify({ version: 1, tool, data: surveys.map(entryOf) }, null, 2)}\n`);
    return surveyed.exit;
  }
  const options = { width: widthOf(host.stdout), style: styleOf(host.stdout), verbose: settings.verbose };
  const blocks = surveys
    .filter(s => s.columns.length > 0)
    .map(s =>
      profileLines(s, options)
        .map(line => `${line}\n`)
        .join(''),
    );
  host.out(blocks.join('\n'));
  return surveyed.exit;
}

/** What `docs/schemas/profile.schema.json` describes. */
function entryOf({ findings, columns, options: _, ...survey }: Survey): object {
  return {
    ...survey,
    columns: columns.map(columnOf),
    findings: findings.map(({ severity, rule, message, help, count }) => ({ severity, rule, message, help, count })),
  };
}

function columnOf({ type, otherwise: _, ...column }: SurveyedColumn): object {
  const { name, ...figures } = column;
  return { name, type: typeof type === 'object' ? `decimal(${type.decimal.join(',')})` : type, ...figures };
}
