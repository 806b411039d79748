/** `cupel explain`: the page of a rule, by its name or code, or of what a run finds in the data. */
import { pages } from 'cupel:pages';
import { dataFindingPage, dataFindings } from '../language/catalogue/dataFindings.ts';
import type { Style } from '../language/report/style.ts';
import { padEnd, printable, wrap } from '../language/report/width.ts';
import { findRule, rules } from '../language/rules/list.ts';
import { nearest } from '../language/text/nearest.ts';
import { type Call, optionOf } from './arguments.ts';
import { CallError, exit, type Host } from './host.ts';
import { styleOf, widthOf } from './terminal.ts';

export async function command(call: Call, host: Host): Promise<number> {
  const asked = call.arguments[0] ?? '';
  const rule = findRule(asked);
  const found = dataFindings.find(({ name }) => name === (rule?.name ?? asked.toLowerCase()));
  if (!rule) {
    if (found) return explained(dataFindingPage(found), { ...found, code: null, group: 'data', type: null, verdict: null }, call, host);
    const meant = nearest(asked, [...rules.map(r => r.name), ...rules.map(r => r.code), ...dataFindings.map(f => f.name)]);
    throw new CallError(
      `There is no rule \`${asked}\``,
      meant === null
        ? 'A finding names its rule: error[future-window] is `cupel explain future-window`.'
        : `Did you mean \`cupel explain ${meant}\`?`,
    );
  }
  const page = pages[rule.name] ?? `# ${rule.name}\n\n${rule.why}\n`;
  // What goes for programs and for data under one name.
  const inData = found ? `\n## In the data\n\n${found.what} ${found.why} ${found.fix}\n` : '';
  return explained(`${page.trimEnd()}\n${inData}`, rule, call, host);
}

interface Explained {
  readonly name: string;
  readonly code: string | null;
  readonly group: string;
  readonly severity: string;
  readonly type: string | null;
  readonly verdict: string | null;
  readonly why: string;
}

function explained(page: string, { name, code, group, severity, type, verdict, why }: Explained, call: Call, host: Host): number {
  if (optionOf(call, 'format') === 'json') {
    host.out(`${JSON.stringify({ version: 1, name, code, group, severity, type, verdict, why, page }, null, 2)}\n`);
    return exit.done;
  }
  const style = styleOf(host.stdout);
  const facts = [severity, group, code, type].filter(fact => fact !== null).join(' · ');
  host.out(`${renderPage(page, widthOf(host.stdout), style)}\n${style.dim(facts)}\n`);
  return exit.done;
}

/** Markdown as a terminal shows it: headings in bold, code indented, paragraphs wrapped, tables and lists as they stand. */
function renderPage(markdown: string, width: number, style: Style): string {
  const out: string[] = [];
  let code = false;
  let paragraph: string[] = [];
  const flush = () => {
    if (paragraph.length === 0) return;
    const text = paragraph.join(' ');
    const bullet = /^([*-]|\d+\.) /.exec(text)?.[0] ?? '';
    const lines = wrap(text.slice(bullet.length), width - bullet.length);
    out.push(...lines.map((line, i) => (i === 0 ? bullet : padEnd('', bullet.length)) + line));
    paragraph = [];
  };
  for (const line of printable(markdown.trimEnd()).split('\n')) {
    if (line.startsWith('```')) {
      flush();
      code = !code;
    } else if (code) {
      out.push(`    ${markOf(line) ? style.error(line) : line}`);
    } else if (line.startsWith('#')) {
      flush();
      out.push(style.strong(line.replace(/^#+ /, '')));
    } else if (line.trim() === '') {
      flush();
      out.push('');
    } else if (line.startsWith('|')) {
      flush();
      out.push(line);
    } else {
      if (/^([*-]|\d+\.) /.test(line)) flush();
      paragraph.push(line.trim());
    }
  }
  flush();
  return `${out.join('\n')}\n`;
}

function markOf(line: string): boolean {
  return /^\s*\/\/\s*(\^+|-) *(error|warning|info)\[/.test(line);
}
