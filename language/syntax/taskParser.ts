/** The grammar of tasks and splits. */
import type { IToken } from 'chevrotain';
import { nearest } from '../text/nearest.ts';
import type { Span } from '../text/place.ts';
import type { Declaration, Expr, Item, Name, TaskDeclaration } from './ast.ts';
import type { BlockKind } from './itemParser.ts';
import type { GrammarRule } from './leanEngine.ts';
import { shorten } from './parserBase.ts';
import { TableParser } from './tableParser.ts';
import { retype, T } from './tokens.ts';

/** What every declaration begins with. */
export type Head = { readonly keyword: Span; readonly doc: string | null };

/** Parts of a task as other languages call them. */
const foreignParts: Readonly<Record<string, 'each' | 'at' | 'label'>> = {
  predict: 'label',
  predicts: 'label',
  target: 'label',
  outcome: 'label',
  response: 'label',
  entity: 'each',
  per: 'each',
  when: 'at',
  cutoff: 'at',
  cutoffs: 'at',
};

interface TaskParts {
  each: TaskDeclaration['each'];
  at: TaskDeclaration['at'];
  label: TaskDeclaration['label'];
  items: Item[];
}

export abstract class TaskParser extends TableParser {
  protected block(index: number, kind: BlockKind, what: string): Item[] {
    const items = this.option(index, () => this.subrule(index, this.itemBlock, { ARGS: [kind] }));
    if (items === undefined) this.expected(what);
    return items ?? [];
  }

  protected readonly task: GrammarRule<[number, Head], Declaration> = this.RULE('task', (start: number, head: Head): Declaration => {
    this.consume(0, T.Task);
    const name = this.name(0, 'a name for the task');
    const parts = { each: null, at: null, label: null, items: [] } as TaskParts;
    const open = this.need(1, T.LeftBrace, '`{` and what is predicted');
    this.many(0, {
      GATE: () => open !== null,
      DEF: () => {
        this.ACTION(() => this.mendPart());
        this.or<void>(0, [
          { ALT: () => void this.consume(0, T.Separator) },
          { GATE: () => !this.isNamed(), ALT: () => this.once(parts, 'each', this.subrule(0, this.each)) },
          { GATE: () => !this.isNamed(), ALT: () => this.once(parts, 'at', this.subrule(0, this.at)) },
          { GATE: () => !this.isNamed(), ALT: () => this.once(parts, 'label', this.subrule(0, this.label)) },
          {
            ALT: () => {
              parts.items.push(this.subrule(0, this.item, { ARGS: ['settings'] }));
              this.endItem();
            },
          },
          { ALT: () => this.junk() },
        ]);
      },
    });
    if (open) this.closeBlock(0, open);
    return { kind: 'task', span: this.from(start), ...head, name, ...parts };
  });

  /** `labl x` or `predict x` where `label x` was meant. */
  private mendPart(): void {
    const next = this.next;
    if (next.tokenType !== T.Identifier || !this.is(T.Identifier, 2)) return;
    const foreign = Object.hasOwn(foreignParts, next.image) ? foreignParts[next.image] : undefined;
    const meant = foreign ?? nearest(next.image, ['each', 'at', 'label']);
    if (meant === null) return;
    this.report(this.spanOf(next), `\`${shorten(next.image)}\` is no part of a task`, {
      help: `Did you mean \`${meant}\`?`,
      fix: { title: `Write \`${meant}\``, span: this.spanOf(next), text: meant },
    });
    retype(next, meant === 'each' ? T.Each : meant === 'at' ? T.At : T.Label);
  }

  /** Whether a setting or definition begins here. */
  private isNamed(): boolean {
    return this.is(T.Colon, 2) || this.is(T.Equals, 2);
  }

  private once<K extends 'each' | 'at' | 'label'>(parts: TaskParts, part: K, value: TaskParts[K]): void {
    this.ACTION(() => {
      if (parts[part] !== null && value) this.report(value.span, `The task has a second \`${part}\``, { help: 'Leave one of them out.' });
      parts[part] ??= value;
      this.endItem();
    });
  }

  protected readonly each: GrammarRule<[], TaskDeclaration['each']> = this.RULE('each', (): TaskDeclaration['each'] => {
    const start = this.here();
    this.consume(0, T.Each);
    const name = this.name(0, 'a name for one observation');
    this.need(1, T.In, '`in` and a table', { help: 'For example `each customer in customers`.' });
    const table = this.name(2, 'a table');
    const where = this.option(3, () => {
      this.consume(0, T.Where);
      return this.valueFrom(4, this.expression, 'a condition');
    });
    return { span: this.from(start), name, table, where: where ?? null };
  });

  protected readonly at: GrammarRule<[], TaskDeclaration['at']> = this.RULE('at', (): TaskDeclaration['at'] => {
    const start = this.here();
    this.consume(0, T.At);
    return this.or<TaskDeclaration['at']>(0, [
      {
        ALT: () => {
          this.consume(0, T.Every);
          const step = this.ACTION(() => this.onePeriod()) ?? this.valueFrom(1, this.primary, 'a step such as `month` or `7d`');
          this.need(2, T.From, '`from` and the first date');
          this.toDivides = true;
          const from = this.valueFrom(3, this.expression, 'the first date');
          this.toDivides = false;
          this.need(4, T.To, '`to` and the last date');
          const to = this.valueFrom(5, this.expression, 'the last date');
          return { kind: 'every', span: this.from(start), step, from, to };
        },
      },
      {
        ALT: () => {
          const value = this.valueFrom(6, this.expression, '`every month from … to …`, or the column that holds the cutoff');
          return { kind: 'column', span: this.from(start), value };
        },
      },
    ]);
  });

  /** `every 1 month`: the word alone says it. */
  private onePeriod(): Expr | null {
    const number = this.next;
    const word = this.LA(2);
    const period = /^(hour|day|week|month|quarter|year)s?$/.exec(word.image)?.[1];
    if (number.tokenType !== T.Number || number.image !== '1' || period === undefined) return null;
    const at = { start: number.startOffset, end: this.spanOf(word).end };
    this.report(at, `One ${period} is written as the word alone`, {
      help: `Write \`every ${period}\`.`,
      fix: { title: `Write \`${period}\``, span: at, text: period },
    });
    this.SKIP_TOKEN();
    this.SKIP_TOKEN();
    return { kind: 'name', span: at, name: { text: period, span: at } };
  }

  protected readonly label: GrammarRule<[], TaskDeclaration['label']> = this.RULE('label', (): TaskDeclaration['label'] => {
    const start = this.here();
    this.consume(0, T.Label);
    const unnamed = this.option(3, { GATE: () => this.isUnnamedLabel(), DEF: () => this.subrule(3, this.expression) });
    if (unnamed && !this.RECORDING_PHASE) return this.namedLabel(start, unnamed);
    const name = this.name(0, 'the column or the name of what is predicted');
    const value = this.option(1, () => {
      this.or(1, [{ ALT: () => this.consume(0, T.Equals) }, { ALT: () => this.colonForEquals('What is predicted') }]);
      return this.valueFrom(2, this.expression, 'what is predicted');
    });
    if (value === undefined && name.text === 'none') return { kind: 'none', span: this.from(start) };
    return { kind: 'label', span: this.from(start), name, value: value ?? null };
  });

  /** `split t random { … }` */
  private missingManner(): void {
    const word = this.next.image;
    const manner = word === 'random' ? 'at' : word === 'time' || word === 'group' ? 'by' : null;
    this.expected('`by time`, `by group` or `at random`', {
      ...(manner === null
        ? { help: 'For example `at random { test: 20%, seed: 1 }`.' }
        : {
            help: `Write \`${manner} ${word}\`.`,
            fix: { title: `Write \`${manner} ${word}\``, span: { start: this.here(), end: this.here() }, text: `${manner} ` },
          }),
    });
  }

  /** `label count(orders next 30d) == 0` */
  private isUnnamedLabel(): boolean {
    return this.is(T.Identifier) && (this.is(T.BinaryOperator, 2) || this.is(T.LeftParen, 2) || this.is(T.Dot, 2));
  }

  private namedLabel(start: number, value: Expr): TaskDeclaration['label'] {
    const name = { text: 'outcome', span: { start: value.span.start, end: value.span.start } };
    this.report(value.span, 'What is predicted by an expression has a name', {
      help: `Write \`label outcome = ${shorten(this.textAt(value.span), 60)}\`.`,
      fix: { title: 'Name it `outcome`', span: name.span, text: 'outcome = ' },
    });
    return { kind: 'label', span: this.from(start), name, value };
  }

  /** `split churn by time as late { … }` */
  private nameBehind(task: Name, { text, span }: Name): void {
    const written = { start: task.span.start, end: span.end };
    const manner = this.textAt(written)
      .slice(task.span.end - task.span.start)
      .replace(/\s+as\s+\S+$/, '');
    const form = `${text} for ${task.text}${manner}`;
    this.report(written, 'The name of a split stands in front of its task', {
      help: `Write \`split ${shorten(form, 60)} { … }\`.`,
      fix: { title: `Write \`split ${shorten(form, 60)}\``, span: written, text: form },
    });
  }

  protected readonly split: GrammarRule<[number, Head], Declaration> = this.RULE('split', (start: number, head: Head): Declaration => {
    this.consume(0, T.Split);
    const name = this.name(0, 'the task to split');
    const task = this.option(1, () => {
      this.consume(0, T.For);
      return this.name(2, 'the task to split');
    });
    const manner = this.option(3, () => this.or<IToken>(0, [{ ALT: () => this.consume(0, T.By) }, { ALT: () => this.consume(0, T.At) }]));
    if (manner === undefined) this.missingManner();
    const method = this.option(4, () => this.nameOf(this.consume(9, T.Identifier)));
    if (method === undefined) this.expected('`time`, `group` or `random`');
    const other = this.option(6, () => {
      this.consume(0, T.As);
      return this.name(7, 'the name of the split');
    });
    if (other && !this.RECORDING_PHASE) this.nameBehind(name, other);
    const items = this.block(5, 'settings', '`{` and the partitions');
    const named = other && task === undefined ? { name: other, task: name } : { name, task: task ?? null };
    return this.ACTION(() => ({ kind: 'split', span: this.from(start), ...head, ...named, method: method ?? this.noName(), items }));
  });
}
