/** Diagnostics as the reader of a report sees them: paths from the folder the command works in, excerpts, and whether any reaches the bar. */
import { resolve } from 'node:path';
import type { Diagnostic, Severity } from '../language/diagnostic.ts';
import { prettyDiagnostic } from '../language/report/pretty.ts';
import type { CheckReport } from '../language/report/report.ts';
import type { Host } from './host.ts';
import { readProgram, relativePath } from './programs.ts';
import type { Settings } from './settings.ts';
import { styleOf, widthOf } from './terminal.ts';
import { tool } from './version.ts';

export function reportOf(
  settings: Settings,
  files: number,
  diagnostics: readonly Diagnostic[],
  { verdicts, waived }: Pick<CheckReport, 'verdicts' | 'waived'>,
): CheckReport {
  const shown = shownFrom(settings);
  const placed = <D extends Diagnostic>(d: D): D => ({
    ...d,
    file: shown(d.file),
    related: d.related.map(r => ({ ...r, file: shown(r.file) })),
    fixes: d.fixes.map(f => ({ ...f, edits: f.edits.map(e => ({ ...e, file: shown(e.file) })) })),
  });
  return {
    tool,
    files,
    diagnostics: diagnostics.map(placed),
    waived: waived.map(placed),
    verdicts: verdicts.map(v => ({ ...v, file: shown(v.file) })),
  };
}

export function shownFrom({ cwd, root }: Pick<Settings, 'cwd' | 'root'>): (file: string) => string {
  return cwd === root ? file => file : file => relativePath(cwd, resolve(root, file));
}

/** Blocks of diagnostics for people, each with its excerpt. */
export function prettyDiagnostics(diagnostics: readonly Diagnostic[], settings: Settings, host: Host, screen = host.stdout): string {
  const texts = new Map<string, string | null>();
  const source = (file: string) => {
    const known = texts.get(file);
    if (known !== undefined) return known;
    const input = readProgram(settings.cwd, file);
    const found = input.kind === 'outside' ? readProgram(settings.root, relativePath(settings.root, resolve(settings.cwd, file))) : input;
    const text = found.kind === 'text' ? found.text : null;
    texts.set(file, text);
    return text;
  };
  const options = { width: widthOf(screen), style: styleOf(screen), source };
  return diagnostics.map(d => `${prettyDiagnostic(d, options)}\n\n`).join('');
}

const ranks: Readonly<Record<Severity, number>> = { error: 3, warning: 2, info: 1, hint: 0 };

export function isAtLeast(diagnostics: readonly { readonly severity: Severity }[], bar: Severity): boolean {
  return diagnostics.some(d => ranks[d.severity] >= ranks[bar]);
}
