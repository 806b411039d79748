/** The grammar of names and calls: named arguments, and the windows of aggregates. */
import type { IToken } from 'chevrotain';
import type { Argument, Expr, Name, WindowClause } from './ast.ts';
import { endOf } from './layout.ts';
import type { GrammarRule } from './leanEngine.ts';
import { LiteralParser } from './literalParser.ts';
import { fromSum } from './operators.ts';
import { T } from './tokens.ts';

/** Constants as other languages write them. */
const foreignConstants: ReadonlyMap<string, 'true' | 'false' | 'null'> = new Map([
  ['True', 'true'],
  ['TRUE', 'true'],
  ['False', 'false'],
  ['FALSE', 'false'],
  ['None', 'null'],
  ['NULL', 'null'],
  ['Null', 'null'],
  ['NA', 'null'],
  ['NaN', 'null'],
  ['nil', 'null'],
]);

type Frame = NonNullable<WindowClause['frame']>;

export abstract class CallParser extends LiteralParser {
  protected abstract readonly expression: GrammarRule<[], Expr>;
  protected abstract readonly binary: GrammarRule<[number], Expr>;
  protected abstract readonly primary: GrammarRule<[], Expr>;

  /** A name or a call. */
  protected readonly named: GrammarRule<[], Expr> = this.RULE('named', (): Expr => {
    const start = this.here();
    const token = this.consume(0, T.Identifier);
    const args = this.optional(0, this.argumentList);
    const name = this.nameOf(token);
    if (args) return { kind: 'call', span: this.from(start), callee: name, args };
    const constant = foreignConstants.get(token.image);
    return constant ? this.foreignConstant(token, constant) : { kind: 'name', span: name.span, name };
  });

  private foreignConstant(token: IToken, constant: 'true' | 'false' | 'null'): Expr {
    const at = this.spanOf(token);
    this.report(at, `\`${token.image}\` is written \`${constant}\``, {
      help: `Write \`${constant}\`; a column of that name stands between backticks.`,
      fix: { title: `Write \`${constant}\``, span: at, text: constant },
    });
    return constant === 'null' ? { kind: 'null', span: at } : { kind: 'bool', span: at, value: constant === 'true' };
  }

  protected readonly argumentList: GrammarRule<[], Argument[]> = this.RULE('argumentList', (): Argument[] => {
    const args: Argument[] = [];
    const open = this.consume(0, T.LeftParen);
    this.argumentHere(0, args);
    if (this.comes(T.Comma))
      this.many(0, () => {
        this.consume(0, T.Comma);
        this.argumentHere(1, args);
      });
    this.close(2, T.RightParen, ')', open, '`,`');
    return args;
  });

  private argumentHere(index: number, args: Argument[]): void {
    if (!this.RECORDING_PHASE && (this.is(T.RightParen) || this.atItemEnd())) return;
    const argument = this.optional(index, this.argument);
    if (argument !== undefined) args.push(argument);
  }

  /** `e`, `name: e`, `[e of] T [via c] [last d [lag d] | next d] [where p]` */
  protected readonly argument: GrammarRule<[], Argument> = this.RULE('argument', (): Argument => {
    const start = this.here();
    const isNamed = this.RECORDING_PHASE || this.is(T.Colon, 2) || this.is(T.Equals, 2);
    const name = isNamed ? this.option(0, () => this.argumentName()) : undefined;
    const isStar = this.is(T.Star);
    const value = this.valueFrom(
      1,
      this.expression,
      'a value',
      isStar ? { help: 'Rows are counted by table, as in `count(orders)`; in a check, `count()`.' } : {},
    );
    this.mendWindow();
    const window = this.optional(2, this.window) ?? null;
    return { span: this.from(start), name: name ?? null, value, window };
  });

  private argumentName(): Name {
    const token = this.consume(0, T.Identifier);
    const sign = this.or<IToken>(0, [{ ALT: () => this.consume(0, T.Colon) }, { ALT: () => this.consume(0, T.Equals) }]);
    if (sign.tokenType === T.Equals) {
      const text = endOf(token) === sign.startOffset ? ': ' : ':';
      this.report(this.spanOf(sign), 'A named argument is written with `:`', {
        help: `Write \`${token.image}: …\`.`,
        fix: {
          title: 'Write `:`',
          span: { start: endOf(token), end: endOf(sign) },
          text: text.trim() + (this.next.startOffset === endOf(sign) ? ' ' : ''),
        },
      });
    }
    return this.nameOf(token);
  }

  protected readonly window: GrammarRule<[], WindowClause> = this.RULE('window', (): WindowClause => {
    const start = this.here();
    let of: Expr | null = null;
    let via: Expr | null = null;
    let frame: Frame | null = null;
    let where: Expr | null = null;
    this.atLeastOne(0, () => {
      const word = this.next;
      const isRepeated =
        (of && word.tokenType === T.Of) ||
        (via && word.tokenType === T.Via) ||
        (where && word.tokenType === T.Where) ||
        (frame && (word.tokenType === T.Last || word.tokenType === T.Next));
      if (isRepeated) this.report(this.spanOf(word), `A second \`${word.image}\` follows in one window`, { help: 'Join conditions with `and`.' });
      if (this.begins(T.Of)) of = this.ofTable();
      else if (this.begins(T.Last)) frame = this.subrule(0, this.frame);
      else if (this.begins(T.Where)) where = this.whereCondition();
      else
        this.or<unknown>(0, [
          { ALT: () => (of = this.ofTable()) },
          { ALT: () => (via = this.viaColumn()) },
          { ALT: () => (frame = this.subrule(0, this.frame)) },
          { ALT: () => (where = this.whereCondition()) },
        ]);
      this.mendWindow();
    });
    return { span: this.from(start), of, via, frame, where };
  });

  /** `last 30d` or `next 30d` from that token on. */
  protected windowAhead(ahead: number): boolean {
    const word = this.LA(ahead).tokenType;
    if (word !== T.Last && word !== T.Next) return false;
    const length = this.LA(ahead + 1).tokenType;
    return length === T.NumberWord || length === T.Number;
  }

  /** `orders in last 30d`, `orders, last 30d`: the window follows its table directly. */
  private mendWindow(): void {
    const sign = this.next;
    if (!(sign.tokenType === T.In || sign.tokenType === T.Comma) || !this.windowAhead(2)) return;
    const at = { start: this.end(), end: this.LA(2).startOffset };
    this.report(this.spanOf(sign), 'A window follows its table directly', {
      help: `Leave the \`${sign.image}\` out: \`count(orders last 30d)\`.`,
      fix: { title: `Remove the \`${sign.image}\``, span: at, text: ' ' },
    });
    this.SKIP_TOKEN();
  }

  private ofTable(): Expr {
    this.consume(0, T.Of);
    return this.valueFrom(1, this.primary, 'a table');
  }

  private viaColumn(): Expr {
    this.consume(0, T.Via);
    return this.valueFrom(2, this.primary, 'the column that links the tables');
  }

  private whereCondition(): Expr {
    this.consume(0, T.Where);
    return this.valueFrom(3, this.expression, 'a condition');
  }

  private readonly frameWords = [{ ALT: () => this.consume(0, T.Last) }, { ALT: () => this.consume(0, T.Next) }];

  protected readonly frame: GrammarRule<[], Frame> = this.RULE('frame', (): Frame => {
    const start = this.here();
    const word = this.or(0, this.frameWords);
    const duration = this.optional(0, this.binary, fromSum) ?? this.noDuration();
    const lag = this.option(1, () => {
      this.consume(0, T.Lag);
      return this.optional(2, this.binary, fromSum) ?? this.noDuration();
    });
    return { kind: word.tokenType === T.Last ? 'last' : 'next', span: this.from(start), duration, lag: lag ?? null };
  });

  private noDuration(): Expr {
    this.expected('a duration such as `30d`');
    return this.missing();
  }
}
