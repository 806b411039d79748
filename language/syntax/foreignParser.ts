/** What people bring from other languages into declarations: statements, queries, settings between parentheses. Each is said once, and read past. */
import type { Declaration, Name } from './ast.ts';
import { shorten } from './parserBase.ts';
import { T } from './tokens.ts';
import { TestParser } from './unitTestParser.ts';
import { type ForeignStatement, queryHelp } from './words.ts';

export abstract class ForeignParser extends TestParser {
  /** A statement of another language: its line, or all of it. */
  protected foreignStatement({ message, help, isLine }: ForeignStatement): Declaration {
    while (this.is(T.Newline)) this.SKIP_TOKEN();
    const start = this.here();
    const keyword = this.spanOf(this.next);
    const doc = this.docHere();
    while (!this.atEnd() && !this.is(T.Newline)) this.SKIP_TOKEN();
    const line = this.from(start);
    if (!isLine) while (!this.atEnd()) this.SKIP_TOKEN();
    this.forgetFrom(start);
    this.report(line, message, {
      rule: 'unknown-declaration',
      help,
      ...(isLine ? { fix: { title: 'Leave the line out', span: line, text: '' } } : {}),
    });
    return { kind: 'damaged', span: this.from(start), keyword, doc };
  }

  /** `SELECT … FROM …` where a relation stands. */
  protected query(table: string): Name | null {
    const next = this.next;
    if (next.image.toLowerCase() !== 'select' || this.is(T.Pipe, 2) || this.is(T.Newline, 2) || this.isOutside(this.LA(2))) return null;
    const start = next.startOffset;
    while (!this.atEnd()) this.SKIP_TOKEN();
    const at = { start, end: this.behindText().end };
    this.forgetFrom(start);
    this.report(at, 'A table is no query', { help: queryHelp(this.textAt(at), table || undefined) });
    return this.noName();
  }

  /** `gradient_boosting(who, trees=100)`: reports where the settings stand, and reads the names before them. */
  protected settingsAsArguments(algorithm: string): Name[] | null {
    if (!this.is(T.LeftParen)) return null;
    let first = 2;
    while (this.is(T.Identifier, first) && this.is(T.Comma, first + 1)) first += 2;
    const isSetting = first > 2 && this.is(T.Identifier, first) && (this.is(T.Equals, first + 1) || this.is(T.Colon, first + 1));
    let last = first;
    while (isSetting && !this.is(T.RightParen, last)) {
      if (this.isOutside(this.LA(last)) || this.is(T.Newline, last) || this.is(T.LeftParen, last)) return null;
      last++;
    }
    if (!isSetting) return null;
    const names: Name[] = [];
    for (let ahead = 2; ahead < first; ahead += 2) names.push(this.nameOf(this.LA(ahead)));
    const settings = this.textAt({ start: this.LA(first).startOffset, end: this.LA(last).startOffset })
      .replace(/\s*=\s*/g, ': ')
      .trim();
    const at = { start: this.LA(first).startOffset, end: this.spanOf(this.LA(last - 1)).end };
    const block = this.is(T.LeftBrace, last + 1) ? null : `) { ${settings} }`;
    this.report(at, 'Settings stand in braces after the features', {
      help: `Write \`${algorithm}(${names.map(({ text }) => text).join(', ')}) { ${shorten(settings, 60)} }\`.`,
      ...(block
        ? {
            fix: {
              title: 'Put them into braces',
              span: { start: this.spanOf(this.LA(first - 2)).end, end: this.spanOf(this.LA(last)).end },
              text: block,
            },
          }
        : {}),
    });
    for (; last > 0; last--) this.SKIP_TOKEN();
    return names;
  }
}
