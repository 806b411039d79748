/** Tests as SQL writes them, `x like "a%"` and `x is null`: each is read as what it means, and told how it is written here. */
import type { Expr } from './ast.ts';
import { CallParser } from './callParser.ts';
import { hasLikePattern, isLikeWord, likePattern } from './likePattern.ts';
import { T } from './tokens.ts';

export abstract class SqlParser extends CallParser {
  protected isLike(ahead: number): boolean {
    return isLikeWord(this.LA(ahead)) && hasLikePattern(this.LA(ahead + 1));
  }

  /** `x like "a%"`, `x not like "a%"`. */
  protected like(start: number, left: Expr): Expr {
    const leftEnd = this.end();
    const negation = this.optionalToken(2, T.Not);
    const word = this.consume(1, T.Identifier);
    const token = this.subrule(4, this.quotedText);
    return this.ACTION(() => {
      const pattern = likePattern(token.image) ?? '';
      const matches = `matches "${pattern.replace(/["\\]/g, '\\$&')}"`;
      const text = negation ? `not ${this.textAt({ start, end: leftEnd })} ${matches}` : matches;
      this.report(this.from(word.startOffset), 'A pattern is written behind `matches`, which finds it anywhere in a text', {
        help: `Write \`${text}\`.`,
        fix: { title: `Write \`${text}\``, span: this.from(negation ? start : word.startOffset), text },
      });
      const right: Expr = { kind: 'text', span: this.spanOf(token), value: pattern };
      const found: Expr = { kind: 'binary', span: this.from(start), operator: 'matches', operatorSpan: this.spanOf(word), left, right };
      return negation ? { kind: 'unary', span: found.span, operator: 'not', operand: found } : found;
    });
  }

  /** `x is null`, `x is not null`. */
  protected nullTest(start: number, left: Expr): Expr {
    const is = this.consume(0, T.Is);
    const negation = this.optionalToken(1, T.Not);
    this.consume(0, T.Null);
    return this.ACTION(() => {
      const operator = negation ? '!=' : '==';
      const at = this.from(is.startOffset);
      this.report(at, `A test for null is written \`${operator} null\``, {
        help: `Write \`${operator} null\` instead of \`${negation ? 'is not null' : 'is null'}\`.`,
        fix: { title: `Write \`${operator} null\``, span: at, text: `${operator} null` },
      });
      const right: Expr = { kind: 'null', span: this.spanOf(this.last) };
      return { kind: 'binary', span: this.from(start), operator, operatorSpan: this.spanOf(is), left, right };
    });
  }
}
