/** A rule's page, taken apart: prose by heading, and the programs of its wrong and right examples with their marks. */

export const headings = ['What', 'Why', 'When it does not apply', 'Wrong', 'Right', 'Fix'] as const;

export interface Example {
  /** Texts by file name; the one without a name is `main.cupel`. */
  readonly files: Readonly<Record<string, string>>;
}

/** A mark under a line: `//^^^^ error[rule]`, or `//- error[rule]` for any place in the line above. */
export interface Mark {
  readonly file: string;
  /** Zero-based. */
  readonly line: number;
  /** Null: anywhere in the line. */
  readonly columns: { readonly start: number; readonly end: number } | null;
  readonly severity: string;
  readonly rule: string;
}

export interface Page {
  readonly title: string;
  readonly summary: string;
  readonly sections: Readonly<Record<string, string>>;
}

export function parsePage(text: string): Page {
  const [head = '', ...rest] = text.split(/^## /m);
  const [titleLine = '', ...summary] = head.trim().split('\n');
  const sections: Record<string, string> = {};
  for (const part of rest) {
    const end = part.indexOf('\n');
    sections[part.slice(0, end).trim()] = part.slice(end + 1).trim();
  }
  return { title: titleLine.replace(/^# /, '').trim(), summary: summary.join('\n').trim(), sections };
}

/** The programs in a section: each ```cupel block is a file of one project. */
export function exampleOf(section: string): Example {
  const files: Record<string, string> = {};
  for (const match of section.matchAll(/^```cupel(?:[ \t]+file=(\S+))?[ \t]*\n([\s\S]*?)^```/gm)) files[match[1] ?? 'main.cupel'] = match[2] ?? '';
  return { files };
}

const markLine = /^(\s*)\/\/(?:(\s*)(\^+)|-)\s*(error|warning|info)\[([\w-]+)\]\s*$/;

/** The marks of an example; a line may be followed by several mark lines. */
export function marksOf({ files }: Example): Mark[] {
  const marks: Mark[] = [];
  for (const [file, text] of Object.entries(files)) {
    let last = 0;
    text.split('\n').forEach((line, number) => {
      const match = markLine.exec(line);
      if (!match) {
        last = number;
        return;
      }
      const [, indent = '', space = '', carets, severity = '', rule = ''] = match;
      const start = indent.length + 2 + space.length;
      marks.push({ file, line: last, columns: carets ? { start, end: start + carets.length } : null, severity, rule });
    });
  }
  return marks;
}
