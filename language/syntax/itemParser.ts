/** The grammar of blocks: settings, definitions, claims, segments and inner blocks, one damaged item never losing the others. */
import type { IToken, TokenType } from 'chevrotain';
import type { Expr, Item, Name } from './ast.ts';
import { ExpressionParser } from './expressionParser.ts';
import { endOf } from './layout.ts';
import type { GrammarRule } from './leanEngine.ts';
import { isForeignOperator, shorten } from './parserBase.ts';
import { T } from './tokens.ts';

/** What stands in the block: where definitions make no sense, a single `=` is taken for a comparison. */
export type BlockKind = 'claims' | 'definitions' | 'settings';

const literals = new Set<TokenType>([T.Number, T.Scientific, T.NumberWord, T.Percent, T.Date, T.Timestamp, T.Text, T.True, T.False, T.Null]);

interface Begun {
  readonly start: number;
  readonly doc: string | null;
  readonly kind: BlockKind;
}

export abstract class ItemParser extends ExpressionParser {
  /** The item whose form is being chosen; items inside of it come after that. */
  private begun: Begun = { start: 0, doc: null, kind: 'settings' };

  protected readonly itemBlock: GrammarRule<[BlockKind], Item[]> = this.RULE('itemBlock', (kind: BlockKind): Item[] => {
    const items: Item[] = [];
    const open = this.consume(0, T.LeftBrace);
    if (this.tooDeep(open.startOffset)) return items;
    this.depth++;
    const given: { ARGS: [BlockKind] } = { ARGS: [kind] };
    const parts = [
      { ALT: () => void this.consume(0, T.Separator) },
      {
        ALT: () => {
          items.push(this.subrule(0, this.item, given));
          this.endItem();
        },
      },
      { ALT: () => this.junk() },
    ];
    this.many(0, { GATE: () => !this.endsWithLine(open), DEF: () => this.or<void>(0, parts) });
    this.depth--;
    this.closeBlock(0, open);
    return items;
  });

  /** Between two items stands a line end or a comma. When a new item clearly begins, it is read, not skipped. */
  protected endItem(): void {
    if (this.RECORDING_PHASE || this.atItemEnd()) return;
    if (this.is(T.Identifier) && (this.is(T.Colon, 2) || this.is(T.Equals, 2))) {
      this.expected('a comma or a new line', { fix: { title: 'Insert `,`', span: this.nothing(), text: ',' } });
      return;
    }
    this.leftover('a comma or a new line');
  }

  /** What begins no item. */
  protected junk(): void {
    if (this.RECORDING_PHASE) {
      this.consume(0, T.Piece);
      return;
    }
    this.expected('an item of the block');
    this.skipItem();
  }

  protected closeBlock(index: number, open: IToken): void {
    const token = this.optionalToken(index + 200, T.RightBrace);
    if (token === undefined && !this.RECORDING_PHASE) this.reportUnclosed(open);
  }

  protected reportUnclosed(open: IToken): void {
    this.report(this.spanOf(open), 'This `{` is never closed', {
      rule: 'unclosed-block',
      help: 'Write `}` after its last item.',
      fix: { title: 'Insert `}`', span: this.behindText(), text: this.endsWithLine(open) ? ' }' : '\n}' },
    });
  }

  protected readonly item: GrammarRule<[BlockKind], Item> = this.RULE('item', (kind: BlockKind): Item => {
    this.begun = { start: this.here(), doc: this.docHere(), kind };
    return this.or(0, this.itemForms);
  });

  private readonly itemForms: { GATE?: () => boolean; ALT: () => Item }[] = [
    { GATE: () => this.settingAhead(this.begun.kind), ALT: () => this.setting(this.begun) },
    { GATE: () => this.begun.kind === 'definitions' && (this.is(T.Equals, 2) || this.is(T.Colon, 2)), ALT: () => this.definition(this.begun) },
    { GATE: () => !this.is(T.Separator, 2) && !this.is(T.RightBrace, 2), ALT: () => this.segment(this.begun) },
    { GATE: () => this.blockAhead(), ALT: () => this.innerBlock(this.begun) },
    { ALT: () => this.claim(this.begun) },
  ];

  /** In a block of settings, a name with a value behind it is a setting, whatever stands between them. */
  private settingAhead(kind: BlockKind): boolean {
    if (this.is(T.Colon, 2)) return kind !== 'definitions';
    if (kind !== 'settings') return false;
    return this.is(T.Equals, 2) || this.is(T.DotDot, 2) || literals.has(this.LA(2).tokenType) || (this.is(T.Identifier, 2) && !this.blockAhead());
  }

  private setting({ start, doc }: Begun): Item {
    const token = this.consume(0, T.Identifier);
    const name = this.nameOf(token);
    const colon = this.option(10, () => this.or(10, this.colons));
    if (colon === undefined) this.expected('`:`', { fix: { title: 'Insert `:`', span: this.nothing(), text: ':' } });
    const direction = this.option(0, {
      GATE: () => !this.is(T.LeftParen, 2) && !this.is(T.Separator, 2) && !this.is(T.RightBrace, 2),
      DEF: () => this.or<IToken>(1, [{ ALT: () => this.consume(0, T.Max) }, { ALT: () => this.consume(0, T.Min) }]),
    });
    const value = this.valueFrom(1, this.expression, 'a value', name.text ? { help: `Write \`${name.text}: …\`, or leave the setting out.` } : {});
    const on = this.option(2, () => {
      this.consume(0, T.On);
      return this.valueFrom(3, this.expression, 'a partition such as `validate`');
    });
    return {
      kind: 'setting',
      span: this.from(start),
      doc,
      name,
      value,
      direction: direction === undefined ? null : direction.tokenType === T.Max ? 'max' : 'min',
      on: on ?? null,
    };
  }

  private readonly colons = [{ ALT: () => this.consume(0, T.Colon) }, { ALT: () => this.equalsForColon() }];

  private equalsForColon(): IToken {
    const name = this.last;
    const token = this.consume(1, T.Equals);
    const at = this.spanOf(token);
    this.report(at, 'A setting is written with `:`', {
      help: `Write \`${shorten(name.image)}: …\`.`,
      fix: { title: 'Write `:`', span: { start: Math.min(this.spanOf(name).end, at.start), end: at.end }, text: this.here() === at.end ? ': ' : ':' },
    });
    return token;
  }

  private definition({ start, doc }: Begun): Item {
    const name = this.nameOf(this.consume(1, T.Identifier));
    this.or(11, this.featureSigns);
    const value = this.valueFrom(4, this.expression, 'a value');
    return { kind: 'definition', span: this.from(start), doc, name, value };
  }

  private readonly featureSigns = [{ ALT: () => this.consume(0, T.Equals) }, { ALT: () => this.colonForEquals('A feature') }];

  /** `by e { … }` */
  private segment({ start, kind }: Begun): Item {
    this.consume(0, T.By);
    const by = this.valueFrom(5, this.expression, 'what to divide by');
    const items = this.optional(6, this.itemBlock, { ARGS: [kind] });
    if (items === undefined) this.expected('`{` and the metrics of each part');
    return { kind: 'segment', span: this.from(start), by, items: items ?? [] };
  }

  /** Words and then a brace. */
  private blockAhead(): boolean {
    let ahead = 1;
    while (ahead < 6 && this.is(T.Identifier, ahead)) ahead++;
    return ahead > 1 && this.is(T.LeftBrace, ahead);
  }

  /** `tune { … }`, `fair over sex { … }` */
  private innerBlock({ start, kind }: Begun): Item {
    const word = this.nameOf(this.consume(2, T.Identifier));
    const header: Name[] = [];
    this.many(1, () => header.push(this.nameOf(this.consume(3, T.Identifier))));
    const items = this.subrule(7, this.itemBlock, { ARGS: [word.text === 'tune' ? 'settings' : kind] });
    return { kind: 'block', span: this.from(start), word, header, items };
  }

  /** An expression and the bare words behind it. */
  private claim({ start, doc, kind }: Begun): Item {
    const value = this.subrule(8, this.expression);
    const words: Name[] = [];
    this.many(2, {
      GATE: () =>
        kind === 'claims' && !this.is(T.Colon, 2) && !this.is(T.Equals, 2) && !this.is(T.LeftParen, 2) && !isForeignOperator(this.next.image),
      DEF: () => words.push(this.nameOf(this.consume(4, T.Identifier))),
    });
    return { kind: 'expression', span: this.from(start), doc, value, words };
  }

  /** Names separated by commas; the word `until` ends the list even behind a comma. */
  protected names(index: number, what: string, until?: TokenType): Name[] {
    const names = [this.name(index, what)];
    this.many(index, {
      GATE: () => !this.is(T.Newline),
      DEF: () => {
        this.consume(index + 100, T.Comma);
        if (until && this.is(until) && !this.RECORDING_PHASE) this.expected(what);
        else names.push(this.name(index + 1, what));
      },
    });
    return names.filter(name => name.text !== '');
  }

  protected readonly definedColumn: GrammarRule<[], { name: Name; value: Expr }> = this.RULE('definedColumn', () => {
    const token = this.consume(0, T.Identifier);
    const sign = this.or<IToken | null>(0, [
      { ALT: () => this.consume(0, T.Equals) },
      { ALT: () => this.colonForEquals('A column') },
      { ALT: () => this.noSign(token) },
    ]);
    const value = sign === null ? this.missing() : this.valueFrom(1, this.expression, 'a value');
    return { name: this.nameOf(token), value };
  });

  protected colonForEquals(what: string): IToken {
    const token = this.consume(1, T.Colon);
    this.report(this.spanOf(token), `${what} is defined with \`=\``, {
      help: 'Write `=` instead of `:`.',
      fix: { title: 'Write `=`', span: { start: this.spanOf(token).start, end: endOf(token) }, text: ' =' },
    });
    return token;
  }

  private noSign(name: IToken): null {
    this.expected('`=` and a value', { help: `Write \`${name.image} = …\`.` });
    return null;
  }
}
