/** The grammar of literals and quoted texts, and what is said when one has no value. */
import type { IToken } from 'chevrotain';
import type { Span } from '../text/place.ts';
import type { Expr } from './ast.ts';
import type { GrammarRule } from './leanEngine.ts';
import { dateValue, type Malformed, numberValue, numberWord, textValue, timestampValue, unitMeant } from './literals.ts';
import { ParserBase } from './parserBase.ts';
import { T } from './tokens.ts';

export abstract class LiteralParser extends ParserBase {
  protected readonly literal: GrammarRule<[], Expr> = this.RULE('literal', (): Expr => {
    const token = this.consume(0, T.Literal);
    return this.RECORDING_PHASE ? this.missing() : this.literalOf(token);
  });

  private literalOf(token: IToken): Expr {
    const at = this.spanOf(token);
    const raw = token.image;
    switch (token.tokenType) {
      case T.Number: {
        const unit = this.unitBehind();
        if (unit !== null) return this.spacedDuration(token, unit);
        return { kind: 'number', span: at, value: numberValue(raw), isInteger: !raw.includes('.'), raw };
      }
      case T.Scientific:
        return { kind: 'number', span: at, value: numberValue(raw), isInteger: /^[\d_]+$/.test(raw), raw };
      case T.NumberWord: {
        const read = numberWord(raw);
        if ('number' in read) return { kind: 'number', span: at, value: read.number, isInteger: Number.isInteger(read.number), raw };
        if ('duration' in read) return { kind: 'duration', span: at, value: read.duration, raw };
        this.reportMalformed(at, read.malformed);
        return { kind: 'missing', span: at };
      }
      case T.Percent:
        return { kind: 'percent', span: at, value: numberValue(raw.slice(0, -1)) / 100, raw };
      case T.Date: {
        const date = dateValue(raw);
        if (date.malformed) this.reportMalformed(at, date.malformed);
        return date.malformed && date.malformed.replacement === null ? { kind: 'missing', span: at } : { kind: 'date', span: at, ...date.value };
      }
      case T.Timestamp: {
        const time = timestampValue(raw);
        if (time.malformed) this.reportMalformed(at, time.malformed);
        return time.malformed ? { kind: 'missing', span: at } : { kind: 'timestamp', span: at, ...time.value };
      }
      case T.True:
      case T.False:
        return { kind: 'bool', span: at, value: token.tokenType === T.True };
      case T.Null:
        return { kind: 'null', span: at };
      default:
        return { kind: 'text', span: at, value: this.textOf(token) };
    }
  }

  /** The unit of `30 days`, unless the word begins something of its own. */
  private unitBehind(): string | null {
    const next = this.next;
    if (next.tokenType !== T.Identifier) return null;
    const begins = [T.Colon, T.Equals, T.LeftParen, T.Dot].some(type => this.is(type, 2));
    return begins ? null : unitMeant(next.image);
  }

  private spacedDuration(number: IToken, unit: string): Expr {
    const word = this.next;
    const at = { start: number.startOffset, end: this.spanOf(word).end };
    const raw = `${number.image}${unit}`;
    const read = numberWord(raw);
    this.SKIP_TOKEN();
    if ('malformed' in read) this.reportMalformed(at, read.malformed);
    else this.reportMalformed(at, { message: `A duration is written in one word`, help: `Write \`${raw}\`.`, replacement: raw, span: null });
    return 'duration' in read ? { kind: 'duration', span: at, value: read.duration, raw } : { kind: 'missing', span: at };
  }

  /** A text, however it is quoted. */
  protected readonly quotedText: GrammarRule<[], IToken> = this.RULE('quotedText', (): IToken => this.consume(0, T.Quoted));

  /** The value of a text token; reports wrong quotes and escapes. */
  protected textOf(token: IToken): string {
    const at = this.spanOf(token);
    const isUnclosed = token.tokenType === T.UnclosedText;
    const inside = token.image.slice(1, isUnclosed ? undefined : -1);
    if (isUnclosed) {
      this.report(at, 'This text has no closing quote', {
        rule: 'unclosed-text',
        help: `Write \`"\` at its end, in the same line.`,
        fix: { title: 'Insert `"`', span: at, text: `"${inside}"` },
      });
    } else if (token.tokenType !== T.Text) {
      const text = `"${inside.replaceAll('"', '\\"')}"`;
      this.report(at, 'A text stands between double quotes', { help: `Write \`${text}\`.`, fix: { title: 'Use double quotes', span: at, text } });
    }
    const read = textValue(inside);
    if (read.malformed) this.reportMalformed(at, read.malformed);
    return read.value;
  }

  protected reportMalformed(at: Span, malformed: Malformed): void {
    const within = malformed.span;
    // Spans of escapes count from behind the opening quote.
    const place = within ? { start: at.start + 1 + within.start, end: at.start + 1 + within.end } : at;
    this.report(place, malformed.message, {
      rule: 'malformed-literal',
      ...(malformed.help === null ? {} : { help: malformed.help }),
      ...(malformed.replacement === null ? {} : { fix: { title: `Write \`${malformed.replacement}\``, span: place, text: malformed.replacement } }),
    });
  }
}
