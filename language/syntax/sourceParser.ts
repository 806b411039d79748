/** The grammar of columns: types, constraints and roles. */
import type { IToken } from 'chevrotain';
import type { ColumnDeclaration, Constraint, Expr, Name, Role, TypeExpr } from './ast.ts';
import { ItemParser } from './itemParser.ts';
import { endOf } from './layout.ts';
import type { GrammarRule } from './leanEngine.ts';
import { T } from './tokens.ts';

/** Constraints of other languages, and how the same is said here. */
const foreignConstraints: Readonly<Record<string, string>> = {
  null: 'A column that may be empty has a type with `?`, such as `float?`.',
  not: 'A column is never empty unless its type ends in `?`.',
  required: 'A column is never empty unless its type ends in `?`.',
  nullable: 'A column that may be empty has a type with `?`, such as `float?`.',
  optional: 'A column that may be empty has a type with `?`, such as `float?`.',
  primary: 'The column that identifies a row has the type `key`.',
  references: 'A column that points to a row of another table has the type `ref TABLE`.',
  between: 'A range is written `in 0..100`.',
};

export abstract class SourceParser extends ItemParser {
  protected readonly columnBlock: GrammarRule<[], ColumnDeclaration[]> = this.RULE('columnBlock', (): ColumnDeclaration[] => {
    const columns: ColumnDeclaration[] = [];
    const open = this.consume(0, T.LeftBrace);
    const parts = [
      { ALT: () => void this.consume(0, T.Separator) },
      {
        GATE: () => this.is(T.Identifier) || this.is(T.Colon, 2),
        ALT: () => {
          columns.push(this.subrule(0, this.column));
          this.endItem();
        },
      },
      { ALT: () => this.junkColumn() },
    ];
    this.many(0, () => this.or<void>(0, parts));
    this.closeBlock(0, open);
    return columns;
  });

  private junkColumn(): void {
    if (this.RECORDING_PHASE) {
      this.consume(0, T.Piece);
      return;
    }
    const isRole = this.is(T.AtSign);
    this.expected('the name of a column', isRole ? { help: 'Roles stand on the line of their column.' } : {});
    this.skipItem();
  }

  /** `name : type? constraints @roles` */
  private readonly column: GrammarRule<[], ColumnDeclaration> = this.RULE('column', (): ColumnDeclaration => {
    const start = this.here();
    const doc = this.docHere();
    const unquoted = this.ACTION(() => this.unquotedName());
    const name = unquoted ?? this.nameOf(this.or(0, this.columnNames));
    const colon = this.need(1, T.Colon, '`:` and a type', () => ({
      help: `Columns are written \`${name.text} : float\`.`,
      ...(this.is(T.Identifier) ? { fix: { title: 'Insert `:`', span: this.nothing(), text: ' :' } } : {}),
    }));
    const type = this.optional(2, this.type);
    if (type === undefined && colon) this.expected('a type', { help: 'Such as `int`, `float?`, `text`, `category`, `timestamp` or `key`.' });
    const constraints: Constraint[] = [];
    const roles: Role[] = [];
    this.many(0, () =>
      this.or<void>(1, [
        { ALT: () => void roles.push(this.subrule(0, this.role)) },
        { ALT: () => void constraints.push(this.subrule(0, this.constraint)) },
      ]),
    );
    this.ACTION(() => this.foreignConstraint());
    return {
      span: this.from(start),
      doc,
      name,
      type: type ?? this.noType(),
      constraints,
      roles,
    };
  });

  private readonly columnNames: { GATE?: () => boolean; ALT: () => IToken }[] = [
    { ALT: () => this.consume(0, T.Identifier) },
    { ALT: () => this.consume(0, T.Text) },
    { GATE: () => this.is(T.Colon, 2), ALT: () => this.reservedName() },
  ];

  /** A name in double quotes, or of several words, up to the `:` of its line: read as the name that it is, with a problem. */
  private unquotedName(): Name | null {
    let ahead = 1;
    while (ahead < 12 && !this.is(T.Colon, ahead) && !this.is(T.Separator, ahead) && !this.isOutside(this.LA(ahead))) ahead++;
    const isText = this.is(T.Text) && ahead === 2;
    if (!this.is(T.Colon, ahead) || (ahead === 2 && !isText)) return null;
    const start = this.here();
    const written = this.textAt({ start, end: this.LA(ahead).startOffset }).trimEnd();
    const text = isText ? written.slice(1, -1) : written;
    if (!/^[^`"\\\n\r:,;{}]{1,80}$/.test(text)) return null;
    for (; ahead > 1; ahead--) this.SKIP_TOKEN();
    this.forgetFrom(start);
    const at = { start, end: start + written.length };
    this.report(at, 'This name is no plain word', {
      help: `A name with other signs than letters, digits and \`_\` stands between backticks: \`${text}\`.`,
      fix: { title: 'Write it between backticks', span: at, text: `\`${text}\`` },
    });
    return { text, span: at };
  }

  /** A word of expressions as the name of a column. */
  private reservedName(): IToken {
    const token = this.or<IToken>(5, [
      { ALT: () => this.consume(0, T.BinaryOperator) },
      { ALT: () => this.consume(0, T.Not) },
      { ALT: () => this.consume(0, T.If) },
      { ALT: () => this.consume(0, T.Then) },
      { ALT: () => this.consume(0, T.Else) },
      { ALT: () => this.consume(0, T.True) },
      { ALT: () => this.consume(0, T.False) },
      { ALT: () => this.consume(0, T.Null) },
    ]);
    this.ACTION(() => {
      const quoted = `\`${token.image}\``;
      const isWord = /^[a-z]/.test(token.image);
      this.report(this.spanOf(token), isWord ? `${quoted} is a word of the language` : `${quoted} is not a name`, {
        help: isWord ? `As a name it is written between backticks: ${quoted}.` : 'A name begins with a letter.',
        ...(isWord ? { fix: { title: 'Write it between backticks', span: this.spanOf(token), text: quoted } } : {}),
      });
    });
    return token;
  }

  /** Reports a constraint as another language writes it. */
  private foreignConstraint(): void {
    if (this.atItemEnd()) return;
    const word = this.next.image;
    const help = Object.hasOwn(foreignConstraints, word) ? foreignConstraints[word] : undefined;
    const isColumn = this.is(T.Identifier) && this.is(T.Colon, 2);
    if (isColumn) return;
    this.expected('a constraint such as `unique`, a role such as `@time`, or a new line', help === undefined ? {} : { help });
    this.skipItem();
  }

  private noType(): TypeExpr {
    return { span: this.nothing(), name: this.noName(), args: [], levels: null, table: null, element: null, nullable: false };
  }

  protected readonly type: GrammarRule<[], TypeExpr> = this.RULE('type', (): TypeExpr => {
    const start = this.here();
    const name = this.nameOf(this.consume(0, T.Identifier));
    const referred = this.RECORDING_PHASE || name.text === 'ref' ? this.optionalToken(0, T.Identifier) : undefined;
    const table = referred && this.nameOf(referred);
    if (name.text === 'ref' && table === undefined) this.expected('the table that `ref` points to');
    const args = this.optional(1, this.values);
    const element = this.optional(2, this.elementType);
    const early = this.optionalToken(3, T.Question);
    const levels = this.optional(4, this.set);
    const loose = this.ACTION(() => (name.text === 'category' && levels === undefined && this.is(T.Text) ? this.looseLevels() : null));
    const late = this.optionalToken(5, T.Question);
    return {
      span: this.from(start),
      name,
      args: args ?? [],
      levels: levels?.kind === 'set' ? levels.items : loose,
      table: table ?? null,
      element: element ?? null,
      nullable: early !== undefined || late !== undefined,
    };
  });

  /** `category "a", "b"`: levels without braces, or with the closing one only. */
  private looseLevels(): Expr[] {
    this.expected('`{` before the levels', { fix: { title: 'Insert `{`', span: this.nothing(), text: ' {' } });
    const levels: Expr[] = [];
    while (this.is(T.Text) || this.is(T.Comma)) {
      const token = this.next;
      if (token.tokenType === T.Text) levels.push({ kind: 'text', span: this.spanOf(token), value: this.textOf(token) });
      this.SKIP_TOKEN();
    }
    if (this.is(T.RightBrace)) this.SKIP_TOKEN();
    return levels;
  }

  private readonly elementType: GrammarRule<[], TypeExpr> = this.RULE('elementType', (): TypeExpr => {
    const open = this.consume(0, T.LeftAngle);
    if (this.tooDeep(open.startOffset)) return this.noType();
    this.depth++;
    const type = this.optional(0, this.type);
    if (type === undefined) this.expected('the type of the elements');
    this.depth--;
    this.close(1, T.RightAngle, '>', open, '`>`');
    return type ?? this.noType();
  });

  /** `(a, b)`: plain values, as in `decimal(10, 2)` and `@known(+2d)`. */
  private readonly values: GrammarRule<[], Expr[]> = this.RULE('values', (): Expr[] => {
    const values: Expr[] = [];
    const open = this.consume(0, T.LeftParen);
    this.option(0, () => values.push(this.subrule(0, this.expression)));
    this.many(0, () => {
      this.consume(0, T.Comma);
      this.option(1, () => values.push(this.subrule(1, this.expression)));
    });
    this.close(2, T.RightParen, ')', open, '`,`');
    return values;
  });

  private readonly constraint: GrammarRule<[], Constraint> = this.RULE('constraint', (): Constraint => {
    const start = this.here();
    return this.or<Constraint>(0, [
      {
        ALT: () => {
          this.consume(0, T.In);
          const range = this.option(0, () =>
            this.or<Expr>(1, [{ ALT: () => this.subrule(0, this.set) }, { ALT: () => this.subrule(0, this.bounds) }]),
          );
          if (range === undefined) this.expected('a range such as `0..100`');
          return { kind: 'in', span: this.from(start), range: range ?? this.missing() };
        },
      },
      {
        ALT: () => {
          this.consume(0, T.Matches);
          const pattern = this.valueFrom(1, this.primary, 'a pattern such as `"[A-Z]+"`');
          return { kind: 'matches', span: this.from(start), pattern };
        },
      },
      {
        ALT: () => {
          this.consume(0, T.Unit);
          const unit = this.valueFrom(2, this.primary, 'a unit such as `"EUR"`');
          return { kind: 'unit', span: this.from(start), unit };
        },
      },
      {
        ALT: () => {
          this.consume(0, T.Unique);
          return { kind: 'unique', span: this.from(start) };
        },
      },
      {
        ALT: () => {
          this.consume(0, T.Immutable);
          return { kind: 'immutable', span: this.from(start) };
        },
      },
    ]);
  });

  private readonly role: GrammarRule<[], Role> = this.RULE('role', (): Role => {
    const sign = this.consume(0, T.AtSign);
    const name = this.name(0, 'a role such as `time` or `known`');
    const args = this.optional(1, this.values);
    return { span: { start: sign.startOffset, end: Math.max(endOf(sign), this.end()) }, name, args: args ?? [] };
  });
}
