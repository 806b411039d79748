/** The grammar of tables: a base relation and steps, each behind a `|`. */
import type { IToken } from 'chevrotain';
import { nearest } from '../text/nearest.ts';
import type { Span } from '../text/place.ts';
import type { Expr, JoinKey, Name, SortKey, Step } from './ast.ts';
import { endOf } from './layout.ts';
import type { GrammarRule } from './leanEngine.ts';
import { SourceParser } from './sourceParser.ts';
import { T } from './tokens.ts';

const stepWords = [
  'where',
  'derive',
  'select',
  'drop',
  'rename',
  'join',
  'union',
  'group',
  'dedupe',
  'time',
  'known',
  'sort',
  'sample',
  'history',
] as const;
/** Steps that are read and not run. */
const laterSteps = new Set(['pivot', 'unnest', 'resolve']);

/** Steps as other languages call them. */
const foreignSteps: Readonly<Record<string, string>> = {
  filter: 'where',
  having: 'where',
  mutate: 'derive',
  assign: 'derive',
  extend: 'derive',
  compute: 'derive',
  with: 'derive',
  let: 'derive',
  project: 'select',
  keep: 'select',
  order: 'sort',
  orderby: 'sort',
  arrange: 'sort',
  groupby: 'group',
  group_by: 'group',
  aggregate: 'group',
  summarize: 'group',
  summarise: 'group',
  distinct: 'dedupe',
  unique: 'dedupe',
  merge: 'join',
  concat: 'union',
  append: 'union',
  limit: 'sample',
};

type StepHead = () => { span: Span; keyword: Span };
type Defined = { name: Name; value: Expr };

export abstract class TableParser extends SourceParser {
  protected readonly step: GrammarRule<[], Step> = this.RULE('step', (): Step => {
    const start = this.here();
    this.or(0, [{ ALT: () => this.consume(0, T.Pipe) }, { ALT: () => this.arrowForPipe() }]);
    const keyword = this.placeOfNext();
    const step = this.optional(0, this.stepBody, { ARGS: [start] });
    if (step === undefined) this.expected('a step such as `where` or `derive`');
    if (!this.RECORDING_PHASE && !this.atStepEnd()) {
      this.expectedOperator('`|` and the next step, or the end of the table');
      while (!this.atStepEnd()) this.skipOne();
    }
    return step ?? { kind: 'damaged', span: this.from(start), keyword };
  });

  private arrowForPipe(): IToken {
    const token = this.consume(0, T.PipeRight);
    this.report(this.spanOf(token), 'A step of a table comes after `|`', {
      help: 'Write `|`; `|>` applies a transform to a feature.',
      fix: { title: 'Write `|`', span: this.spanOf(token), text: '|' },
    });
    return token;
  }

  private atStepEnd(): boolean {
    return this.atEnd() || this.is(T.Pipe) || this.is(T.PipeRight) || this.is(T.Newline);
  }

  private readonly stepBody: GrammarRule<[number], Step> = this.RULE('stepBody', (start: number): Step => {
    const next = this.next;
    const keyword: Span = this.ACTION(() => this.spanOf(next)) ?? { start: 0, end: 0 };
    this.stepHead = () => ({ span: this.from(start), keyword });
    return this.or(0, this.stepForms);
  });

  /** Of the step whose form is being chosen; no step stands in another. */
  private stepHead: StepHead = () => ({ span: this.nothing(), keyword: this.nothing() });

  private readonly stepForms: { GATE?: () => boolean; ALT: () => Step }[] = [
    { ALT: () => this.whereStep(this.stepHead) },
    { ALT: () => this.deriveStep(this.stepHead) },
    { ALT: () => this.columnsStep(this.stepHead) },
    { ALT: () => this.renameStep(this.stepHead) },
    { ALT: () => this.joinStep(this.stepHead) },
    { ALT: () => this.unionStep(this.stepHead) },
    { ALT: () => this.groupStep(this.stepHead) },
    { ALT: () => this.dedupeStep(this.stepHead) },
    { GATE: () => !this.is(T.LeftParen, 2), ALT: () => this.timeStep(this.stepHead) },
    { GATE: () => !this.is(T.LeftParen, 2), ALT: () => this.knownStep(this.stepHead) },
    { ALT: () => this.sortStep(this.stepHead) },
    { GATE: () => !this.is(T.LeftParen, 2), ALT: () => this.sampleStep(this.stepHead) },
    { GATE: () => !this.is(T.LeftParen, 2), ALT: () => this.historyStep(this.stepHead) },
    { ALT: () => this.otherStep(this.stepHead) },
  ];

  private whereStep(head: StepHead): Step {
    this.consume(0, T.Where);
    const condition = this.valueFrom(1, this.expression, 'a condition');
    return { kind: 'where', ...head(), condition };
  }

  private deriveStep(head: StepHead): Step {
    this.consume(0, T.Derive);
    const columns: Defined[] = [];
    const first = this.optional(2, this.definedColumn);
    if (first) columns.push(first);
    else this.expected('the name of the new column');
    this.many(2, () => {
      this.consume(2, T.Comma);
      const column = this.optional(3, this.definedColumn);
      if (column) columns.push(column);
      else this.expected('the name of the new column');
    });
    return { kind: 'derive', ...head(), columns };
  }

  private columnsStep(head: StepHead): Step {
    const word = this.or<IToken>(1, [{ ALT: () => this.consume(0, T.Select) }, { ALT: () => this.consume(0, T.Drop) }]);
    const columns = this.names(10, 'the name of a column');
    return { kind: word.tokenType === T.Select ? 'select' : 'drop', ...head(), columns };
  }

  private renameStep(head: StepHead): Step {
    this.consume(0, T.Rename);
    const pairs = [this.subrule(0, this.renamed)];
    this.many(4, () => {
      this.consume(4, T.Comma);
      pairs.push(this.subrule(1, this.renamed));
    });
    return { kind: 'rename', ...head(), pairs: this.ACTION(() => pairs.filter(pair => pair.to.text !== '')) };
  }

  private readonly renamed: GrammarRule<[], { from: Name; to: Name }> = this.RULE('renamed', () => {
    const from = this.name(0, 'the name of a column');
    this.need(2, T.As, '`as` and the new name');
    const to = this.name(3, 'the new name');
    return { from, to };
  });

  private joinStep(head: StepHead): Step {
    const first = this.or<IToken>(2, [
      { ALT: () => this.consume(0, T.Join) },
      { ALT: () => this.consume(0, T.Left) },
      { ALT: () => this.consume(0, T.Inner) },
    ]);
    if (this.RECORDING_PHASE || first.tokenType !== T.Join) this.need(21, T.Join, '`join` and a table');
    const table = this.name(22, 'the table to join');
    this.need(23, T.On, '`on` and the columns that are equal', {
      help: `For example \`join ${table?.text || 'customers'} on customer == customer_id\`.`,
    });
    const on = [this.subrule(0, this.joinKey)];
    this.many(20, () => {
      this.or(3, [{ ALT: () => this.consume(20, T.Comma) }, { ALT: () => this.consume(20, T.And) }]);
      on.push(this.subrule(1, this.joinKey));
    });
    const asOf = this.option(24, () => {
      this.consume(21, T.As);
      this.need(25, T.Of, '`of` and a time');
      return this.valueFrom(26, this.expression, 'a time');
    });
    return this.ACTION(() => ({
      kind: 'join',
      ...head(),
      join: first.tokenType === T.Inner ? 'inner' : 'left',
      table,
      on: on.filter(key => key.left.text !== ''),
      asOf: asOf ?? null,
    }));
  }

  /** `key`, or `a == b`. */
  private readonly joinKey: GrammarRule<[], JoinKey> = this.RULE('joinKey', (): JoinKey => {
    const start = this.here();
    const left = this.keyColumn(0);
    const right = this.option(10, () => {
      this.or(0, [{ ALT: () => this.consume(0, T.EqualEqual) }, { ALT: () => this.singleEquals() }]);
      return this.keyColumn(20);
    });
    return { span: this.from(start), left, right: right ?? left };
  });

  /** A column's name; the table's name before it is reported and left out. */
  private keyColumn(index: number): Name {
    let column = this.name(index, 'the name of a column');
    const table = column;
    this.option(index + 1, () => {
      this.consume(index, T.Dot);
      column = this.name(index + 2, 'the name of a column');
      this.ACTION(() => {
        const at = { start: table.span.start, end: this.end() };
        this.report(at, 'A join names columns without their table', {
          help: 'The column before `==` is of the table so far, the one after it of the joined table.',
          fix: { title: `Write \`${column.text}\``, span: at, text: column.text },
        });
      });
    });
    return column;
  }

  private singleEquals(): IToken {
    const token = this.consume(0, T.Equals);
    this.report(this.spanOf(token), 'A comparison is written `==`', {
      help: 'Write `==`.',
      fix: { title: 'Write `==`', span: this.spanOf(token), text: '==' },
    });
    return token;
  }

  private unionStep(head: StepHead): Step {
    this.consume(0, T.Union);
    const table = this.name(30, 'the table to append');
    return { kind: 'union', ...head(), table };
  }

  private groupStep(head: StepHead): Step {
    this.consume(0, T.Group);
    this.need(40, T.By, '`by` and the columns to group by');
    const by = this.names(41, 'the column to group by');
    const aggregates = this.option(44, () => this.subrule(0, this.aggregates));
    if (aggregates === undefined) this.expected('`{` and the columns of each group', { help: 'For example `{ n = count(), total = sum(amount) }`.' });
    return { kind: 'group', ...head(), by, aggregates: aggregates ?? [] };
  }

  private readonly aggregates: GrammarRule<[], Defined[]> = this.RULE('aggregates', (): Defined[] => {
    const columns: Defined[] = [];
    const open = this.consume(0, T.LeftBrace);
    this.many(0, () =>
      this.or<void>(0, [
        { ALT: () => void this.consume(0, T.Separator) },
        {
          ALT: () => {
            columns.push(this.subrule(0, this.definedColumn));
            this.endItem();
          },
        },
        { ALT: () => this.junk() },
      ]),
    );
    this.closeBlock(0, open);
    return columns;
  });

  private dedupeStep(head: StepHead): Step {
    this.consume(0, T.Dedupe);
    this.need(50, T.By, '`by` and the columns that identify a row');
    const by = this.names(51, 'the column that identifies a row');
    this.need(53, T.Keep, '`keep latest` or `keep earliest` and a time');
    const which = this.option(54, () => this.or<IToken>(5, [{ ALT: () => this.consume(0, T.Latest) }, { ALT: () => this.consume(0, T.Earliest) }]));
    if (which === undefined) this.expected('`latest` or `earliest`');
    const name = this.option(55, () => this.nameOf(this.consume(55, T.Identifier))) ?? null;
    // What is missing is told once: an order without a name is none to look for.
    const order = which === undefined ? this.noName() : name;
    return { kind: 'dedupe', ...head(), by, keep: which?.tokenType === T.Earliest ? 'earliest' : 'latest', order };
  }

  private timeStep(head: StepHead): Step {
    this.consume(0, T.Time);
    const time = this.name(60, 'the column that holds the time');
    const known = this.option(61, () => {
      this.consume(60, T.Known);
      return this.name(62, 'the column that holds when the row was known');
    });
    return { kind: 'time', ...head(), time, known: known ?? null };
  }

  private knownStep(head: StepHead): Step {
    this.consume(70, T.Known);
    const columns = this.names(71, 'the name of a column');
    this.need(73, T.At, '`at` and the column that holds when they were known');
    const at = this.name(74, 'the column that holds when they were known');
    return { kind: 'known', ...head(), columns, at };
  }

  private sortStep(head: StepHead): Step {
    this.consume(0, T.Sort);
    this.need(80, T.By, '`by` and the columns to sort by');
    const keys = [this.subrule(0, this.sortKey)];
    this.many(80, () => {
      this.consume(80, T.Comma);
      keys.push(this.subrule(1, this.sortKey));
    });
    return { kind: 'sort', ...head(), keys };
  }

  private readonly sortKey: GrammarRule<[], SortKey> = this.RULE('sortKey', (): SortKey => {
    const start = this.here();
    const value = this.valueFrom(0, this.expression, 'the column to sort by');
    const order = this.option(1, () => this.or<IToken>(1, [{ ALT: () => this.consume(0, T.Desc) }, { ALT: () => this.consume(0, T.Asc) }]));
    return { span: this.from(start), value, descending: order?.tokenType === T.Desc };
  });

  private sampleStep(head: StepHead): Step {
    this.consume(0, T.Sample);
    const amount = this.valueFrom(90, this.primary, 'a share such as `10%`');
    const seed = this.option(91, () => {
      this.consume(0, T.Seed);
      return this.valueFrom(92, this.primary, 'a number');
    });
    return { kind: 'sample', ...head(), amount, seed: seed ?? null };
  }

  private historyStep(head: StepHead): Step {
    this.consume(0, T.History);
    this.need(93, T.By, '`by` and the column that names what changes');
    const by = this.names(94, 'the column that names what changes');
    this.need(96, T.At, '`at` and the time of the change');
    const at = this.name(97, 'the time of the change');
    return { kind: 'history', ...head(), by, at };
  }

  /** A transform or function as a step, a step that is not run yet, or a word that is no step. */
  private otherStep(head: StepHead): Step {
    const word = this.next;
    if (!this.RECORDING_PHASE && laterSteps.has(word.image)) {
      while (!this.atStepEnd()) this.skipOne();
      return { kind: 'later', ...head(), word: word.image };
    }
    if (!this.RECORDING_PHASE && this.isForeignStep()) return this.unknownStep(word, head);
    const call = this.subrule(99, this.expression);
    return { kind: 'call', ...head(), call };
  }

  private isForeignStep(): boolean {
    if (!this.is(T.Identifier) || this.is(T.LeftParen, 2) || this.is(T.Dot, 2)) return false;
    const isBare = this.is(T.Pipe, 2) || this.is(T.PipeRight, 2) || this.is(T.Newline, 2) || this.isOutside(this.LA(2));
    return !isBare || Object.hasOwn(foreignSteps, this.next.image);
  }

  private unknownStep(word: IToken, head: StepHead): Step {
    const at = this.spanOf(word);
    const foreign = Object.hasOwn(foreignSteps, word.image) ? foreignSteps[word.image] : undefined;
    const meant = foreign ?? nearest(word.image, stepWords);
    this.report(at, `\`${word.image}\` is not a step of a table`, {
      help: meant ? `Did you mean \`${meant}\`?` : `Steps are ${stepWords.map(step => `\`${step}\``).join(', ')}.`,
      ...(meant ? { fix: { title: `Write \`${meant}\``, span: { start: at.start, end: endOf(word) }, text: meant } } : {}),
    });
    while (!this.atStepEnd()) this.skipOne();
    return { kind: 'damaged', ...head() };
  }
}
