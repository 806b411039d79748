/** The grammar of declarations: one chunk of a file gives one declaration. */
import type { IToken, TokenType } from 'chevrotain';
import type { Declaration, Expr, ModelDeclaration, Name, Step, SyntaxProblem } from './ast.ts';
import { ForeignParser } from './foreignParser.ts';
import type { Tokens } from './layout.ts';
import type { GrammarRule } from './leanEngine.ts';
import { shorten } from './parserBase.ts';
import type { Head } from './taskParser.ts';
import { retype, T } from './tokens.ts';
import { foreignStatement, meantDeclaration } from './words.ts';

const typesByWord: ReadonlyMap<string, TokenType> = new Map<string, TokenType>([
  ['import', T.Import],
  ['param', T.Param],
  ['def', T.Def],
  ['source', T.Source],
  ['table', T.Table],
  ['check', T.Check],
  ['task', T.Task],
  ['split', T.Split],
  ['features', T.Features],
  ['model', T.Model],
  ['evaluate', T.Evaluate],
  ['test', T.Test],
]);

class DeclarationParser extends ForeignParser {
  private openAtEnd: readonly IToken[] = [];

  constructor() {
    super();
    this.performSelfAnalysis();
  }

  /** Reads the declaration of a chunk and all problems in it. */
  parse(tokens: Tokens, text: string): { declaration: Declaration | null; problems: readonly SyntaxProblem[] } {
    this.begin(tokens, text);
    this.openAtEnd = tokens.openAtEnd;
    if (tokens.tokens.every(token => token.tokenType === T.Newline)) return { declaration: null, problems: this.found() };
    const foreign = foreignStatement(text, tokens.tokens.find(token => token.tokenType !== T.Newline)?.startOffset ?? 0);
    if (foreign) {
      const declaration = this.foreignStatement(foreign);
      // What stands below a statement of one line is no part of it.
      if (foreign.isLine) this.rest();
      return { declaration, problems: this.found() };
    }
    this.mendFirstWord();
    const declaration = this.read(this.chunk);
    return { declaration: declaration ?? this.unreadable(text.length), problems: this.found() };
  }

  /** The grammar reads every text; should a hole be left in it, the declaration is damaged and its end is the place. */
  private unreadable(length: number): Declaration {
    const start = this.atEnd() ? 0 : this.next.startOffset;
    const at = { start, end: Math.min(length, start + this.next.image.length) };
    this.report(at, 'This declaration cannot be read from here on', { help: 'Compare it with an example of the same declaration.' });
    return { kind: 'damaged', span: { start: 0, end: length }, keyword: at, doc: null };
  }

  /** A misspelled first word is read as the word it is near to. */
  private mendFirstWord(): void {
    let ahead = 1;
    while (this.is(T.Newline, ahead)) ahead++;
    const first = this.LA(ahead);
    if (first.tokenType !== T.Identifier) return;
    const second = this.LA(ahead + 1);
    const isDeclaring = this.is(T.Identifier, ahead + 1) || second.tokenType === T.LeftBrace || second.tokenType === T.Text;
    const isTask = this.is(T.LeftBrace, ahead + 2);
    const meant = isDeclaring && (isTask || first.image !== 'predict') ? meantDeclaration(first.image) : null;
    const type = meant === null ? undefined : typesByWord.get(meant);
    if (meant === null || type === undefined) return;
    const at = this.spanOf(first);
    this.report(at, `\`${first.image}\` begins no declaration`, {
      rule: 'unknown-declaration',
      help: `Did you mean \`${meant}\`?`,
      fix: { title: `Write \`${meant}\``, span: at, text: meant },
    });
    retype(first, type);
  }

  private readonly chunk: GrammarRule<[], Declaration> = this.RULE('chunk', (): Declaration => {
    this.many(0, () => this.consume(0, T.Newline));
    const start = this.here();
    const first = this.next;
    this.opened = { ARGS: [start, { keyword: this.spanOf(first), doc: this.docHere() }] };
    const declaration = this.or(0, this.declarations);
    this.ACTION(() => this.rest());
    return declaration;
  });

  /** What the declaration begins with that is being read. */
  private opened: { ARGS: [number, Head] } = { ARGS: [0, { keyword: this.nothing(), doc: null }] };

  private readonly declarations: { ALT: () => Declaration }[] = [
    { ALT: () => this.subrule(0, this.importing, this.opened) },
    { ALT: () => this.subrule(0, this.param, this.opened) },
    { ALT: () => this.subrule(0, this.def, this.opened) },
    { ALT: () => this.subrule(0, this.source, this.opened) },
    { ALT: () => this.subrule(0, this.table, this.opened) },
    { ALT: () => this.subrule(0, this.check, this.opened) },
    { ALT: () => this.subrule(0, this.task, this.opened) },
    { ALT: () => this.subrule(0, this.split, this.opened) },
    { ALT: () => this.subrule(0, this.features, this.opened) },
    { ALT: () => this.subrule(0, this.model, this.opened) },
    { ALT: () => this.subrule(0, this.evaluate, this.opened) },
    { ALT: () => this.subrule(0, this.testing, this.opened) },
    { ALT: () => this.subrule(0, this.later, this.opened) },
    { ALT: () => this.damaged(...this.opened.ARGS) },
  ];

  /** What follows a declaration in its chunk. */
  private rest(): void {
    const isBelow = this.is(T.Newline);
    while (this.is(T.Newline)) this.SKIP_TOKEN();
    if (this.atEnd()) return;
    if (this.is(T.RightBrace)) this.strayBrace();
    else if (isBelow) this.beginsNothing();
    else this.expected('the end of the declaration');
    while (!this.atEnd()) this.skipOne();
  }

  private beginsNothing(): void {
    const image = shorten(this.next.image);
    this.report(this.placeOfNext(), `\`${image}\` begins no declaration`, {
      rule: 'unknown-declaration',
      help: `A declaration begins with ${[...typesByWord.keys()].map(word => `\`${word}\``).join(', ')}.`,
    });
  }

  private strayBrace(): void {
    const at = this.spanOf(this.next);
    this.report(at, 'This `}` closes nothing', { help: 'Leave it out.', fix: { title: 'Remove it', span: at, text: '' } });
  }

  /** Text that no declaration can be made of. */
  private damaged(start: number, head: Head): Declaration {
    if (!this.RECORDING_PHASE) {
      if (this.is(T.RightBrace)) this.strayBrace();
      else this.beginsNothing();
      while (!this.atEnd()) this.skipOne();
    }
    return { kind: 'damaged', span: this.from(start), ...head };
  }

  // -------------------------------------------------------------- names and values

  private readonly importing: GrammarRule<[number, Head], Declaration> = this.RULE('import', (start: number, head: Head): Declaration => {
    this.consume(0, T.Import);
    const names = this.option(0, () => this.subrule(0, this.importedNames)) ?? this.looseNames();
    this.need(2, T.From, '`from` and the path of a file');
    const path = this.option(3, () => this.subrule(0, this.quotedText));
    if (path === undefined) this.expected('the path of a file in double quotes', { help: 'For example `"./shop.cupel"`.' });
    return this.ACTION(() => ({
      kind: 'import',
      span: this.from(start),
      ...head,
      names,
      path: path ? this.textOf(path) : '',
      pathSpan: path ? this.spanOf(path) : this.nothing(),
    }));
  });

  private readonly importedNames: GrammarRule<[], Name[]> = this.RULE('importedNames', (): Name[] => {
    const names: Name[] = [];
    const open = this.consume(0, T.LeftBrace);
    this.many(0, {
      GATE: () => !this.is(T.From) || !this.is(T.Text, 2),
      DEF: () =>
        this.or<void>(0, [
          { ALT: () => void this.consume(0, T.Separator) },
          {
            ALT: () => {
              names.push(this.nameOf(this.consume(0, T.Identifier)));
              if (this.RECORDING_PHASE || this.atItemEnd() || this.is(T.From)) return;
              this.expected('`,` or `}`');
              if (!this.is(T.Identifier)) this.skipItem();
            },
          },
          { ALT: () => this.junk() },
        ]),
    });
    this.close(0, T.RightBrace, '}', open, '`,`');
    return names;
  });

  /** `import a, b from …` without braces. */
  private looseNames(): Name[] {
    this.expected('`{` and the names to import', { help: 'For example `import { orders } from "./shop.cupel"`.' });
    if (!this.RECORDING_PHASE) while (!this.atEnd() && !this.is(T.From) && !this.is(T.Text)) this.skipOne();
    return [];
  }

  private readonly param: GrammarRule<[number, Head], Declaration> = this.RULE('param', (start: number, head: Head): Declaration => {
    this.consume(0, T.Param);
    const name = this.name(0, 'a name for the parameter');
    const type = this.option(1, () => {
      this.consume(0, T.Colon);
      const written = this.option(2, () => this.subrule(0, this.type));
      if (written === undefined) this.expected('a type');
      return written ?? null;
    });
    const unit = this.option(6, () => {
      this.consume(0, T.Unit);
      return this.valueFrom(7, this.primary, 'a unit such as `"EUR/USD"`');
    });
    const value = this.option(3, () => {
      this.consume(0, T.Equals);
      return this.valueFrom(4, this.expression, 'a value');
    });
    if (type === undefined && value === undefined)
      this.expected('`:` and a type, or `=` and a value', { help: 'For example `param horizon: duration = 60d`.' });
    return this.ACTION(() => ({
      kind: 'param',
      span: this.from(start),
      ...head,
      name,
      type: type ?? null,
      unit: unit ?? null,
      value: value ?? null,
    }));
  });

  private readonly def: GrammarRule<[number, Head], Declaration> = this.RULE('def', (start: number, head: Head): Declaration => {
    this.consume(0, T.Def);
    const name = this.name(0, 'a name for the definition');
    const parameters = this.option(1, () => this.subrule(0, this.parameters)) ?? [];
    this.need(2, T.Equals, '`=` and an expression');
    const body = this.valueFrom(3, this.expression, 'an expression');
    return this.ACTION(() => ({ kind: 'def', span: this.from(start), ...head, name, parameters, body }));
  });

  private readonly parameters: GrammarRule<[], Name[]> = this.RULE('parameters', (): Name[] => {
    const names: Name[] = [];
    const open = this.consume(0, T.LeftParen);
    this.option(0, () => names.push(this.nameOf(this.consume(0, T.Identifier))));
    this.many(0, () => {
      this.consume(0, T.Comma);
      this.option(1, () => names.push(this.nameOf(this.consume(1, T.Identifier))));
    });
    this.close(2, T.RightParen, ')', open, '`,`');
    return names;
  });

  // -------------------------------------------------------------- relations

  private readonly source: GrammarRule<[number, Head], Declaration> = this.RULE('source', (start: number, head: Head): Declaration => {
    this.consume(0, T.Source);
    const name = this.name(0, 'a name for the source');
    this.need(1, T.Equals, '`=` and a connector', { help: 'For example `= csv("data/orders.csv")`.' });
    const connector = this.valueFrom(2, this.expression, 'a connector such as `csv("data/orders.csv")`');
    const until = this.option(3, () => {
      this.consume(0, T.Until);
      return this.valueFrom(4, this.expression, 'the date at which the data ends');
    });
    const columns = this.option(5, () => this.subrule(0, this.columnBlock));
    return this.ACTION(() => ({ kind: 'source', span: this.from(start), ...head, name, connector, until: until ?? null, columns: columns ?? null }));
  });

  private readonly table: GrammarRule<[number, Head], Declaration> = this.RULE('table', (start: number, head: Head): Declaration => {
    this.consume(0, T.Table);
    const name = this.name(0, 'a name for the table');
    this.need(1, T.Equals, '`=` and the table to start from');
    const query = this.ACTION(() => this.query(name.text));
    const base = query ?? this.name(2, 'the table to start from');
    const steps: Step[] = [];
    this.many(0, () => steps.push(this.subrule(0, this.step)));
    return this.ACTION(() => ({ kind: 'table', span: this.from(start), ...head, name, base, steps }));
  });

  private readonly check: GrammarRule<[number, Head], Declaration> = this.RULE('check', (start: number, head: Head): Declaration => {
    this.consume(0, T.Check);
    const table = this.name(0, 'the table to check');
    const items = this.block(1, 'claims', '`{` and the claims about the table');
    return this.ACTION(() => ({ kind: 'check', span: this.from(start), ...head, table, items }));
  });

  // -------------------------------------------------------------- features, models, evaluations

  private readonly features: GrammarRule<[number, Head], Declaration> = this.RULE('features', (start: number, head: Head): Declaration => {
    this.consume(0, T.Features);
    const name = this.name(0, 'a name for the features');
    this.need(1, T.For, '`for` and the task');
    const task = this.name(2, 'the task');
    const items = this.block(3, 'definitions', '`{` and the features');
    return this.ACTION(() => ({ kind: 'features', span: this.from(start), ...head, name, task, items }));
  });

  private readonly model: GrammarRule<[number, Head], Declaration> = this.RULE('model', (start: number, head: Head): Declaration => {
    this.consume(0, T.Model);
    const name = this.name(0, 'a name for the model');
    this.need(1, T.Equals, '`=` and an algorithm', { help: 'For example `= gradient_boosting(who)`.' });
    const definition = this.option(2, () =>
      this.or<ModelDeclaration['definition']>(0, [
        { GATE: () => this.is(T.Of, 2), ALT: () => this.subrule(0, this.best) },
        { ALT: () => this.subrule(0, this.algorithm) },
      ]),
    );
    if (definition === undefined) this.expected('an algorithm such as `gradient_boosting(who)`, or `best of a, b by auc`');
    const items = this.option(3, () => this.subrule(0, this.itemBlock, { ARGS: ['settings'] })) ?? [];
    return this.ACTION(() => ({
      kind: 'model',
      span: this.from(start),
      ...head,
      name,
      definition: definition ?? { kind: 'missing', span: this.nothing() },
      items,
    }));
  });

  private readonly best: GrammarRule<[], ModelDeclaration['definition']> = this.RULE('best', (): ModelDeclaration['definition'] => {
    const start = this.here();
    this.consume(0, T.Best);
    this.consume(0, T.Of);
    const of = this.names(1, 'a model', T.By);
    this.need(3, T.By, '`by` and a metric');
    const by = this.valueFrom(4, this.primary, 'a metric such as `auc`');
    const on = this.option(5, () => {
      this.consume(0, T.On);
      return this.valueFrom(6, this.primary, 'a partition such as `validate`');
    });
    return this.ACTION(() => ({ kind: 'best', span: this.from(start), of, by, on: on ?? null }));
  });

  private readonly algorithm: GrammarRule<[], ModelDeclaration['definition']> = this.RULE('algorithm', (): ModelDeclaration['definition'] => {
    const start = this.here();
    const algorithm = this.nameOf(this.consume(0, T.Identifier));
    const args = this.ACTION(() => this.settingsAsArguments(algorithm.text)) ?? this.option(1, () => this.subrule(0, this.parameters));
    if (args === undefined) this.expected('`(` and a feature set', { help: `For example \`${algorithm.text}(features)\`.` });
    return this.ACTION(() => ({ kind: 'algorithm', span: this.from(start), algorithm, args: args ?? [] }));
  });

  private readonly evaluate: GrammarRule<[number, Head], Declaration> = this.RULE('evaluate', (start: number, head: Head): Declaration => {
    this.consume(0, T.Evaluate);
    const model = this.name(0, 'the model to evaluate');
    this.need(1, T.On, '`on` and a partition', { help: 'For example `on test`.' });
    const partition = this.valueFrom(2, this.primary, 'a partition such as `test`');
    let where: Expr | null = null;
    let as: Name | null = null;
    this.many(0, () =>
      this.or<void>(0, [
        {
          ALT: () => {
            this.consume(0, T.Where);
            where = this.valueFrom(3, this.expression, 'a condition');
          },
        },
        {
          ALT: () => {
            this.consume(0, T.As);
            as = this.name(4, 'a name for the evaluation');
          },
        },
      ]),
    );
    const items = this.option(5, () => this.subrule(0, this.itemBlock, { ARGS: ['claims'] })) ?? [];
    return this.ACTION(() => ({ kind: 'evaluate', span: this.from(start), ...head, model, partition, where, as, items }));
  });

  /** Declarations that are recognised and skipped. */
  private readonly later: GrammarRule<[number, Head], Declaration> = this.RULE('later', (start: number, head: Head): Declaration => {
    const word = this.or<IToken>(0, [
      { ALT: () => this.consume(0, T.Mine) },
      { ALT: () => this.consume(0, T.Deploy) },
      { ALT: () => this.consume(0, T.Monitor) },
      { ALT: () => this.consume(0, T.Policy) },
    ]);
    const name = this.option(0, () => this.nameOf(this.consume(0, T.Identifier)));
    this.ACTION(() => {
      while (!this.atEnd()) this.skipOne();
      for (const open of this.openAtEnd) this.reportUnclosed(open);
    });
    return this.ACTION(() => ({ kind: 'later', span: this.from(start), ...head, word: word.image, name: name ?? null }));
  });
}

let parser: DeclarationParser | null = null;

/** The one parser of the process: building it costs more than most parses. */
export function declarationParser(): DeclarationParser {
  parser ??= new DeclarationParser();
  return parser;
}
