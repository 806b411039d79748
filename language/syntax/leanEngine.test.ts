/** The methods of the grammar read as Chevrotain's own do; what is relied on of Chevrotain is held here too. */
import { EmbeddedActionsParser } from 'chevrotain';
import { describe, expect, it } from 'vitest';
import { readTokens } from './layout.ts';
import { LeanEngine } from './leanEngine.ts';
import { T } from './tokens.ts';

class Lists extends LeanEngine {
  maySkip = true;

  constructor() {
    super();
    this.performSelfAnalysis();
  }

  parse(text: string): readonly [string | undefined, string] {
    this.standBefore(readTokens(text).tokens);
    const read = this.read(this.list);
    return [read, this.next.image];
  }

  readonly list = this.RULE('list', (): string => {
    const items: string[] = [];
    this.consume(0, T.LeftBracket);
    this.many(0, {
      GATE: () => items.length < 4,
      DEF: () => {
        items.push(
          this.or<string>(0, [{ GATE: () => this.maySkip, ALT: () => this.subrule(0, this.sum, { ARGS: ['!'] }) }, { ALT: () => this.name() }]),
        );
        this.option(0, () => this.consume(0, T.Comma));
      },
    });
    this.many(1, () => this.option(1, { GATE: () => false, DEF: () => this.consume(0, T.Dot) }));
    this.consume(0, T.RightBracket);
    return items.join(' ');
  });

  readonly sum = this.RULE('sum', (end: string): string => {
    const parts: string[] = [this.name()];
    this.many(0, () => {
      this.consume(0, T.Plus);
      parts.push(this.subrule(0, this.dots));
    });
    return parts.join('+') + end;
  });

  readonly dots = this.RULE('dots', (): string => {
    let read = '';
    this.atLeastOne(0, () => (read += this.consume(0, T.Dot).image));
    return read;
  });

  private name(): string {
    return this.consume(5, T.Identifier).image;
  }
}

describe('the engine of the parser', () => {
  const lists = new Lists();

  it.each<[string, readonly [string | undefined, string]]>([
    ['[]', ['', '']],
    ['[a, b c]', ['a! b! c!', '']],
    ['[a + . . , b]', ['a+..! b!', '']],
    // A word of the language is a name too.
    ['[source, by]', ['source! by!', '']],
    // A gate that closes ends a repetition.
    ['[a b c d e]', [undefined, 'e']],
    // What must come at least once, and what reads nothing however often it is tried.
    ['[a + b]', [undefined, 'b']],
    ['[a .]', [undefined, '.']],
    ['a', [undefined, 'a']],
    ['[a', [undefined, '']],
  ])('%s', (text, read) => {
    expect(lists.parse(text)).toEqual(read);
  });

  it('takes the first alternative whose gate is open', () => {
    lists.maySkip = false;
    expect(lists.parse('[a b]')).toEqual(['a b', '']);
    lists.maySkip = true;
  });

  it('begins anew behind a hole of the grammar', () => {
    expect(lists.parse('[a + b]')[0]).toBeUndefined();
    expect(lists.parse('[a, b]')[0]).toBe('a! b!');
  });

  it('finds its methods uncovered once the grammar is recorded', () => {
    for (const method of ['consume', 'subrule', 'option', 'or', 'many', 'atLeastOne', 'LA', 'ACTION'])
      expect(Object.hasOwn(lists, method)).toBe(false);
    for (const method of ['consume', 'subrule', 'option', 'or', 'many', 'atLeastOne', 'RULE', 'LA', 'SKIP_TOKEN']) {
      expect(Object.hasOwn(LeanEngine.prototype, method), method).toBe(true);
      expect(method in EmbeddedActionsParser.prototype, method).toBe(true);
    }
  });
});
