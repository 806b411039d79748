/** The grammar of expressions: operators by precedence, calls with windows, ranges, sets, pipes. */
import type { IToken, TokenType } from 'chevrotain';
import type { Span } from '../text/place.ts';
import type { Expr } from './ast.ts';
import { endOf } from './layout.ts';
import type { GrammarRule } from './leanEngine.ts';
import { closer, fromAny, fromSum, level, levels, operators } from './operators.ts';
import { maxDepth } from './parserBase.ts';
import { SqlParser } from './sqlParser.ts';
import { retype, T } from './tokens.ts';

/** What a range may begin and end with where its dots are missing. */
const bounds = new Set<TokenType>([T.Number, T.Scientific, T.NumberWord, T.Percent, T.Date, T.Timestamp]);

/** A chain of more operators than this would make a tree too deep to walk. */
const maxChain = 500;

export abstract class ExpressionParser extends SqlParser {
  /** A whole expression, pipes included. */
  protected readonly expression: GrammarRule<[], Expr> = this.RULE('expression', (): Expr => {
    const start = this.here();
    if (this.tooDeep(start)) return this.missing();
    this.depth++;
    let value = this.subrule(0, this.binary, fromAny);
    let links = 0;
    if (this.comes(T.PipeRight))
      this.many(0, {
        GATE: () => links < maxChain || !this.is(T.PipeRight) || this.tooLong(),
        DEF: () => {
          this.consume(0, T.PipeRight);
          const target = this.optional(0, this.primary) ?? this.noTarget();
          links++;
          value = this.ACTION(() => {
            if (target.kind !== 'call' && target.kind !== 'name' && target.kind !== 'missing') {
              this.report(target.span, 'The name of a transform comes after `|>`', { help: 'For example `age |> impute(median)`.' });
            }
            return { kind: 'pipe', span: this.from(start), value, target };
          });
        },
      });
    this.depth--;
    return value;
  });

  private noTarget(): Expr {
    this.expected('a transform such as `impute(median)`');
    return this.missing();
  }

  /** Operands joined by operators that bind at least as tightly as `lowest`. */
  protected readonly binary: GrammarRule<[number], Expr> = this.RULE('binary', (lowest: number): Expr => {
    const start = this.here();
    let left = this.begins(T.Identifier) || this.begins(T.Literal) ? this.subrule(0, this.primary) : this.subrule(0, this.prefix);
    let comparison: Span | null = null;
    let links = 0;
    if (this.RECORDING_PHASE || this.levelAhead() >= lowest)
      this.many(0, {
        GATE: () => this.levelAhead() >= lowest && (links < maxChain || this.tooLong()),
        DEF: () => {
          links++;
          const operator = this.next;
          const isComparison = this.levelAhead() === level.comparison;
          if (isComparison && comparison && operator.tokenType !== T.Equals) this.reportChain(operator);
          if (isComparison) comparison = this.spanOf(operator);
          left = this.begins(T.BinaryOperator)
            ? this.operation(start, left)
            : this.or<Expr>(0, [
                { ALT: () => this.rangeBehind(start, left) },
                { GATE: () => this.is(T.To), ALT: () => this.rangeTo(start, left) },
                { GATE: () => this.is(T.Is), ALT: () => this.nullTest(start, left) },
                { GATE: () => this.isBetween(), ALT: () => this.between(start, left) },
                { GATE: () => this.isLike(1) || this.isLike(2), ALT: () => this.like(start, left) },
                { ALT: () => this.negatedMembership(start, left) },
                { ALT: () => this.operation(start, left) },
              ]);
        },
      });
    return left;
  });

  private levelAhead(): number {
    const token = this.next;
    const known = levels[token.tokenTypeIdx] ?? -1;
    if (known !== closer) return known;
    if (token.tokenType === T.In) return this.windowAhead(2) ? -1 : level.comparison;
    if (token.tokenType === T.DotDot) return level.range;
    if (token.tokenType === T.Not) return this.is(T.In, 2) || this.isLike(2) ? level.comparison : -1;
    if (this.isBetween() || this.isLike(1)) return level.comparison;
    if (token.tokenType === T.To) return !this.toDivides && bounds.has(this.last.tokenType) && bounds.has(this.LA(2).tokenType) ? level.range : -1;
    if (token.tokenType === T.Is) return this.is(T.Null, 2) || (this.is(T.Not, 2) && this.is(T.Null, 3)) ? level.comparison : -1;
    return -1;
  }

  private rangeBehind(start: number, from: Expr): Expr {
    const dots = this.consume(0, T.DotDot);
    const to = this.option(0, { GATE: () => this.boundFollows(dots), DEF: () => this.subrule(1, this.binary, fromSum) }) ?? null;
    return { kind: 'range', span: this.from(start), from, to };
  }

  /** `2024-01-01 to 2024-03-31` */
  private rangeTo(start: number, from: Expr): Expr {
    const word = this.consume(0, T.To);
    const to = this.subrule(2, this.binary, fromSum);
    return this.ACTION(() => {
      const at = { start: from.span.end, end: to.span.start };
      this.report(this.spanOf(word), 'A range is written with two dots', {
        help: `Write \`${this.textAt(from.span)}..${this.textAt(to.span)}\`.`,
        fix: { title: 'Write `..`', span: at, text: '..' },
      });
      return { kind: 'range', span: this.from(start), from, to };
    });
  }

  /** A name is a bound only when it touches the dots: in `0.. warn` and `0.. immutable` the range is open. */
  private boundFollows(dots: IToken): boolean {
    return !this.is(T.Identifier) || this.next.startOffset === endOf(dots);
  }

  /** `x between 1 and 3`, where a bound follows. */
  private isBetween(): boolean {
    if (this.next.image.length !== 7 || !this.is(T.Identifier) || this.next.image.toLowerCase() !== 'between') return false;
    return bounds.has(this.LA(2).tokenType) || this.is(T.Minus, 2) || this.is(T.LeftParen, 2);
  }

  private between(start: number, left: Expr): Expr {
    const word = this.consume(0, T.Identifier);
    const from = this.subrule(3, this.binary, fromSum);
    this.ACTION(() => {
      if (this.next.image === 'AND') retype(this.next, T.And);
    });
    const and = this.optionalToken(8, T.And);
    const to = this.optional(9, this.binary, fromSum) ?? null;
    return this.ACTION(() => {
      const at = this.from(word.startOffset);
      const range = and && to ? `in ${this.textAt(from.span)}..${this.textAt(to.span)}` : 'in 1..3';
      this.report(at, 'A range is written with two dots', {
        help: `Write \`${range}\`.`,
        ...(and && to ? { fix: { title: `Write \`${range}\``, span: at, text: range } } : {}),
      });
      const right: Expr = { kind: 'range', span: { start: from.span.start, end: this.end() }, from, to };
      return { kind: 'binary', span: this.from(start), operator: 'in', operatorSpan: this.spanOf(word), left, right };
    });
  }

  /** `x not in { … }` */
  private negatedMembership(start: number, left: Expr): Expr {
    this.consume(1, T.Not);
    const token = this.consume(0, T.In);
    const right = this.rightOf(2, token, level.comparison + 1);
    return this.ACTION(() => {
      const inside: Expr = { kind: 'binary', span: this.from(start), operator: 'in', operatorSpan: this.spanOf(token), left, right };
      return { kind: 'unary', span: this.from(start), operator: 'not', operand: inside };
    });
  }

  private operation(start: number, left: Expr): Expr {
    const token = this.or(1, this.signs);
    const operator = operators.get(token.tokenType) ?? { sign: '==', level: level.comparison };
    const right = this.rightOf(3, token, operator.level + (operator.sign === '??' ? 0 : 1));
    return { kind: 'binary', span: this.from(start), operator: operator.sign, operatorSpan: this.spanOf(token), left, right };
  }

  private readonly signs = [{ ALT: () => this.consume(0, T.BinaryOperator) }, { ALT: () => this.equals() }];

  /** `=` inside an expression can only be a comparison. */
  private equals(): IToken {
    const token = this.consume(0, T.Equals);
    this.report(this.spanOf(token), 'A comparison is written `==`', {
      help: 'Write `==`; a single `=` gives a name to something.',
      fix: { title: 'Write `==`', span: this.spanOf(token), text: '==' },
    });
    return token;
  }

  private rightOf(index: number, operator: IToken, lowest: number): Expr {
    const set = this.RECORDING_PHASE || operator.tokenType === T.In ? this.optional(index, this.set) : undefined;
    if (set && !this.RECORDING_PHASE) return set;
    if (this.tooDeep(operator.startOffset)) return this.missing();
    this.depth++;
    const right = this.optional(index + 10, this.binary, { ARGS: [lowest] });
    this.depth--;
    if (right) return right;
    this.expected(operator.tokenType === T.In ? 'a range such as `0..100` or a set such as `{ "a", "b" }`' : 'a value');
    return this.missing();
  }

  private reportChain(operator: IToken): void {
    this.report(this.spanOf(operator), 'Two comparisons cannot follow each other', {
      help: 'Join them with `and`, as in `0 < x and x < 10`, or write `x in 0..10`.',
    });
  }

  private tooLong(): false {
    this.report(this.spanOf(this.next), `This expression joins more than ${maxChain} values`, {
      rule: 'nesting-too-deep',
      help: 'Name parts of it with `def`, or as columns of a table.',
    });
    this.giveUp();
    return false;
  }

  /** Reports nesting beyond the limit and skips the item. */
  protected tooDeep(start: number): boolean {
    if (this.RECORDING_PHASE || this.depth < maxDepth) return false;
    this.report({ start, end: Math.max(start, this.placeOfNext().end) }, `More than ${maxDepth} levels are nested here`, {
      rule: 'nesting-too-deep',
      help: 'Name inner parts with `def`, or as columns of a table.',
    });
    this.giveUp();
    return true;
  }

  /** Reads what is nested one level deeper; nothing when that is too deep. */
  private deeper<E extends Expr | null>(start: number, read: () => E): E | Expr {
    if (this.tooDeep(start)) return this.missing();
    this.depth++;
    const value = read();
    this.depth--;
    return value;
  }

  /** An operand with the signs before it. */
  protected readonly prefix: GrammarRule<[], Expr> = this.RULE('prefix', (): Expr => {
    const start = this.here();
    return this.or<Expr>(0, [
      { ALT: () => this.signed(start, this.or(1, [{ ALT: () => this.consume(0, T.Minus) }, { ALT: () => this.consume(0, T.Plus) }])) },
      { ALT: () => this.negated(start) },
      { ALT: () => this.rangeFromStart(start) },
      { ALT: () => this.subrule(0, this.choice) },
      { ALT: () => this.subrule(0, this.primary) },
    ]);
  });

  private signed(start: number, sign: IToken): Expr {
    const operand = this.deeper(start, () => this.optional(0, this.prefix) ?? this.noOperand());
    return { kind: 'unary', span: this.from(start), operator: sign.tokenType === T.Minus ? '-' : '+', operand };
  }

  private negated(start: number): Expr {
    this.consume(0, T.Not);
    const operand = this.deeper(start, () => this.optional(1, this.binary, { ARGS: [level.comparison] }) ?? this.noOperand());
    return { kind: 'unary', span: this.from(start), operator: 'not', operand };
  }

  private rangeFromStart(start: number): Expr {
    const dots = this.consume(0, T.DotDot);
    const to = this.deeper(
      start,
      () => this.option(2, { GATE: () => this.boundFollows(dots), DEF: () => this.subrule(1, this.binary, fromSum) }) ?? null,
    );
    if (!to) this.expected('the end of the range');
    return { kind: 'range', span: this.from(start), from: null, to: to ?? this.missing() };
  }

  private noOperand(): Expr {
    this.expected('a value');
    return this.missing();
  }

  /** `if c then a else b` */
  protected readonly choice: GrammarRule<[], Expr> = this.RULE('choice', (): Expr => {
    const start = this.here();
    this.consume(0, T.If);
    const condition = this.valueFrom(1, this.expression, 'a condition');
    this.need(2, T.Then, '`then` and a value');
    const then = this.valueFrom(3, this.expression, 'a value');
    this.need(4, T.Else, '`else` and a value', { help: 'Without an `else`, write `else null`.' });
    const otherwise = this.deeper(start, () => this.optional(5, this.binary, fromAny) ?? this.noOperand());
    return { kind: 'if', span: this.from(start), condition, then, otherwise };
  });

  /** A range or list, as a constraint has it. */
  protected readonly bounds: GrammarRule<[], Expr> = this.RULE('bounds', (): Expr => this.subrule(0, this.binary, { ARGS: [level.range] }));

  private readonly operands: { ALT: () => Expr }[] = [
    { ALT: () => this.subrule(0, this.literal) },
    { ALT: () => this.subrule(0, this.parenthesis) },
    { ALT: () => this.subrule(0, this.list) },
    { ALT: () => this.subrule(0, this.named) },
  ];

  /** A literal, name, call, list or parenthesis, and the members read from it. */
  protected readonly primary: GrammarRule<[], Expr> = this.RULE('primary', (): Expr => {
    const start = this.here();
    let value = this.or(0, this.operands);
    let links = 0;
    if (this.comes(T.Dot))
      this.many(0, {
        GATE: () => links < maxChain || !this.is(T.Dot) || this.tooLong(),
        DEF: () => {
          this.consume(0, T.Dot);
          const name = this.name(1, 'the name of a column');
          const object = value;
          links++;
          value = { kind: 'member', span: this.from(start), object, name };
        },
      });
    if (links > 0 && this.is(T.LeftParen)) this.reportMethod(start, value);
    return value;
  });

  /** `amount.sum()` */
  private reportMethod(start: number, value: Expr): void {
    if (this.RECORDING_PHASE || value.kind !== 'member') return;
    const function_ = value.name.text;
    const at = this.from(value.name.span.start);
    const isEmpty = this.is(T.RightParen, 2);
    const object = value.object.kind === 'name' ? value.object.name.text : null;
    this.skipOne();
    this.report(at, `\`${function_}\` stands after its argument`, {
      help: object ? `Write \`${function_}(${object})\`.` : 'A function stands before its arguments, which follow in parentheses.',
      ...(isEmpty && object ? { fix: { title: `Write \`${function_}(${object})\``, span: this.from(start), text: `${function_}(${object})` } } : {}),
    });
  }

  protected readonly parenthesis: GrammarRule<[], Expr> = this.RULE('parenthesis', (): Expr => {
    const start = this.here();
    const open = this.consume(0, T.LeftParen);
    const inside = this.valueFrom(1, this.expression, 'a value');
    this.close(2, T.RightParen, ')', open, 'an operator');
    return { ...inside, span: this.from(start) };
  });

  protected readonly list: GrammarRule<[], Expr> = this.RULE('list', (): Expr => {
    const start = this.here();
    const open = this.consume(0, T.LeftBracket);
    const items: Expr[] = [];
    this.option(0, () => items.push(this.subrule(0, this.expression)));
    this.many(0, () => {
      this.consume(0, T.Comma);
      this.option(1, () => items.push(this.subrule(1, this.expression)));
    });
    this.close(2, T.RightBracket, ']', open, '`,`');
    return { kind: 'list', span: this.from(start), items };
  });

  /** `{ "male", "female" }` */
  protected readonly set: GrammarRule<[], Expr> = this.RULE('set', (): Expr => {
    const start = this.here();
    const open = this.consume(0, T.LeftBrace);
    const items: Expr[] = [];
    this.many(0, () => this.consume(0, T.Newline));
    this.option(0, { GATE: () => !this.itemBegins(1), DEF: () => items.push(this.subrule(0, this.expression)) });
    this.many(1, {
      GATE: () => !(this.is(T.Newline) && this.itemBegins(2)),
      DEF: () => {
        this.consume(0, T.Separator);
        this.option(1, { GATE: () => !this.itemBegins(1), DEF: () => items.push(this.subrule(1, this.expression)) });
      },
    });
    this.close(2, T.RightBrace, '}', open, '`,`');
    return { kind: 'set', span: this.from(start), items };
  });

  /** Whether the next item of the enclosing block begins here: then the set was never closed. */
  private itemBegins(ahead: number): boolean {
    return this.is(T.Identifier, ahead) && (this.is(T.Colon, ahead + 1) || this.is(T.Equals, ahead + 1));
  }
}
