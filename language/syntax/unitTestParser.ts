/** The grammar of tests: rows that are given, a cutoff, rows that are expected. */
import { nearest } from '../text/nearest.ts';
import type { Declaration, TestDeclaration, TestRow } from './ast.ts';
import type { GrammarRule } from './leanEngine.ts';
import { shorten } from './parserBase.ts';
import { type Head, TaskParser } from './taskParser.ts';
import { T } from './tokens.ts';

const parts = ['given', 'cutoff', 'expect'] as const;
type Part = (typeof parts)[number];

/** Parts of a test as other languages call them. */
const foreignParts: ReadonlyMap<string, Part> = new Map([
  ['when', 'given'],
  ['with', 'given'],
  ['input', 'given'],
  ['output', 'expect'],
  ['returns', 'expect'],
  ['result', 'expect'],
  ['at', 'cutoff'],
]);

interface Parts {
  readonly given: TestDeclaration['given'][number][];
  cutoff: TestDeclaration['cutoff'];
  expect: TestDeclaration['expect'];
}

export abstract class TestParser extends TaskParser {
  protected readonly testing: GrammarRule<[number, Head], Declaration> = this.RULE('testing', (start: number, head: Head): Declaration => {
    this.consume(0, T.Test);
    const of = this.name(0, 'the table or feature set that is tested');
    const as = this.option(1, () => {
      this.consume(0, T.As);
      return this.name(2, 'a name for the test');
    });
    const found: Parts = { given: [], cutoff: null, expect: null };
    const open = this.need(3, T.LeftBrace, '`{`, and the rows that are given and expected');
    this.many(0, {
      GATE: () => open !== null && !this.endsWithLine(open),
      DEF: () =>
        this.or<void>(0, [
          { ALT: () => void this.consume(0, T.Separator) },
          { GATE: () => this.partAhead() === 'given', ALT: () => void found.given.push(this.subrule(0, this.given)) },
          { GATE: () => this.partAhead() === 'cutoff', ALT: () => this.alone(found, 'cutoff', this.subrule(0, this.testCutoff)) },
          { GATE: () => this.partAhead() === 'expect', ALT: () => this.alone(found, 'expect', this.subrule(0, this.expecting)) },
          { ALT: () => this.junk() },
        ]),
    });
    if (open) this.closeBlock(0, open);
    return this.ACTION(() => ({ kind: 'test', span: this.from(start), ...head, of, as: as ?? null, ...found }));
  });

  /** The part that begins here, as it is written or as it was meant. */
  private partAhead(): Part | null {
    const next = this.next;
    const known = parts.find(part => part === next.image);
    if (known !== undefined) return known;
    if (!this.is(T.Identifier)) return null;
    const near = nearest(next.image, parts);
    return foreignParts.get(next.image) ?? parts.find(part => part === near) ?? null;
  }

  private word(index: number, part: Part): void {
    const token = this.consume(index, T.Identifier);
    this.ACTION(() => {
      if (token.image === part) return;
      this.report(this.spanOf(token), `\`${shorten(token.image)}\` is no part of a test`, {
        help: `Did you mean \`${part}\`?`,
        fix: { title: `Write \`${part}\``, span: this.spanOf(token), text: part },
      });
    });
  }

  private alone<K extends 'cutoff' | 'expect'>(found: Parts, part: K, value: Parts[K]): void {
    this.ACTION(() => {
      if (found[part] !== null && value) this.report(value.span, `The test has a second \`${part}\``, { help: 'Write another test for it.' });
      found[part] ??= value;
    });
  }

  protected readonly given: GrammarRule<[], TestDeclaration['given'][number]> = this.RULE('given', (): TestDeclaration['given'][number] => {
    const start = this.here();
    this.word(0, 'given');
    const table = this.name(1, 'the source that the rows are of');
    const rows = this.option(2, () => this.subrule(0, this.testRows));
    if (rows === undefined) this.expected('`[` and the rows', { help: 'For example `given orders [ { order_id: "o1", amount: 5 } ]`.' });
    return this.ACTION(() => ({ span: this.from(start), table, rows: rows ?? [] }));
  });

  protected readonly testCutoff: GrammarRule<[], TestDeclaration['cutoff']> = this.RULE('testCutoff', (): TestDeclaration['cutoff'] => {
    const start = this.here();
    this.word(0, 'cutoff');
    this.option(0, () => this.consume(0, T.Colon));
    const value = this.valueFrom(1, this.primary, 'a date such as `2024-01-01`');
    return this.ACTION(() => ({ span: this.from(start), value }));
  });

  protected readonly expecting: GrammarRule<[], TestDeclaration['expect']> = this.RULE('expecting', (): TestDeclaration['expect'] => {
    const start = this.here();
    this.word(0, 'expect');
    const features = this.option(0, () => this.spanOf(this.consume(0, T.Features)));
    const rows = this.option(1, () =>
      this.or<TestRow[]>(0, [{ ALT: () => this.subrule(0, this.testRows) }, { ALT: () => [this.subrule(0, this.testRow)] }]),
    );
    if (rows === undefined)
      this.expected('`[` and the rows', { help: 'For example `expect [ { order_id: "o1" } ]`; of features, `expect features { recent: 2 }`.' });
    return this.ACTION(() => ({ span: this.from(start), features: features ?? null, rows: rows ?? [] }));
  });

  protected readonly testRows: GrammarRule<[], TestRow[]> = this.RULE('testRows', (): TestRow[] => {
    const rows: TestRow[] = [];
    const open = this.consume(0, T.LeftBracket);
    this.many(0, () =>
      this.or<void>(0, [{ ALT: () => void this.consume(0, T.Comma) }, { ALT: () => void rows.push(this.subrule(0, this.testRow)) }]),
    );
    this.close(1, T.RightBracket, ']', open, '`{` and a row,');
    return rows;
  });

  protected readonly testRow: GrammarRule<[], TestRow> = this.RULE('testRow', (): TestRow => {
    const start = this.here();
    const cells = this.subrule(0, this.itemBlock, { ARGS: ['settings'] });
    return this.ACTION(() => ({ span: this.from(start), cells }));
  });
}
