/**
 * What reads by the grammar. Chevrotain records the grammar; its own engine also keeps what recovery, backtracking and syntax trees need,
 * at several times the cost of the reading itself. Rules here report softly and build their trees themselves, so the methods that they
 * are written with are overridden by ones that choose and read, and do nothing else.
 *
 * Relied on: while it records, Chevrotain covers these methods by others on the instance and uncovers them afterwards; apart from that it
 * calls none of them, but from rules that are called directly, which none is; and a rule is a function of its own, free to carry more.
 */
import { EmbeddedActionsParser, EOF, type IOrAlt, type IToken, type ParserMethod, type TokenType } from 'chevrotain';
import { type Choices, candidatesOf, choicesOf, lookahead, noChoices } from './lookahead.ts';
import { isOf, tokenTypes } from './tokens.ts';

/** A rule of the grammar: how it reads, and where it chooses. */
export type GrammarRule<Given extends unknown[], Read> = ParserMethod<Given, Read> & {
  readonly title: string;
  readonly reads: (...given: Given) => Read;
  choices: Choices | null;
};

type Reads<Read> = () => Read;
interface Gated<Read> {
  readonly GATE?: () => boolean;
  readonly DEF: Reads<Read>;
}

/** Stands before the first token and behind the last one: nowhere, and of the form that the lexer gives its tokens. */
const outside: IToken = { image: '', startOffset: -1, tokenTypeIdx: EOF.tokenTypeIdx ?? 0, tokenType: EOF };

const hole = new Error('The grammar has no way on.');

export abstract class LeanEngine extends EmbeddedActionsParser {
  /** The token that is read next. */
  protected next: IToken = outside;
  /** The token that was read last. */
  protected last: IToken = outside;
  private tokens: readonly IToken[] = [];
  private place = 0;
  /** Of the rule that reads. */
  private choices: Choices = noChoices;

  constructor() {
    super([...tokenTypes], { recoveryEnabled: false, maxLookahead: 1, skipValidations: true, lookaheadStrategy: lookahead });
  }

  /** Stands before the first of these tokens. */
  protected standBefore(tokens: readonly IToken[]): void {
    this.tokens = tokens;
    this.place = 0;
    this.choices = noChoices;
    this.last = outside;
    this.next = tokens[0] ?? outside;
  }

  /** What a rule reads; undefined where the grammar has no way on from the next token. */
  protected read<Read>(rule: GrammarRule<[], Read>): Read | undefined {
    try {
      return this.subrule(0, rule);
    } catch (error) {
      if (error === hole) return undefined;
      throw error;
    }
  }

  // -------------------------------------------------------------- tokens

  protected override LA(ahead: number): IToken {
    const at = this.place + ahead - 1;
    return at < 0 || at >= this.tokens.length ? outside : (this.tokens[at] ?? outside);
  }

  /** Reads the next token, where there is one. */
  protected override SKIP_TOKEN(): IToken {
    if (this.place < this.tokens.length) this.advance();
    return this.next;
  }

  private advance(): void {
    this.place++;
    this.last = this.next;
    this.next = this.LA(1);
  }

  protected isOutside(token: IToken): boolean {
    return token.tokenType === EOF;
  }

  // -------------------------------------------------------------- the grammar

  protected override RULE<Given extends unknown[], Read>(title: string, reads: (...given: Given) => Read): GrammarRule<Given, Read> {
    return Object.assign(super.RULE(title, reads), { title, reads, choices: null });
  }

  protected override subrule<Given extends unknown[], Read>(_: number, rule: GrammarRule<Given, Read>, given?: { ARGS: Given }): Read;
  protected override subrule<Read>(_: number, rule: GrammarRule<unknown[], Read>, given?: { ARGS: unknown[] }): Read {
    const above = this.choices;
    this.choices = rule.choices ?? this.choicesOf(rule);
    const read = given === undefined ? rule.reads() : rule.reads(...given.ARGS);
    this.choices = above;
    return read;
  }

  private choicesOf(rule: GrammarRule<unknown[], unknown>): Choices {
    const recorded = this.getGAstProductions()[rule.title];
    rule.choices = recorded === undefined ? noChoices : choicesOf(recorded);
    return rule.choices;
  }

  protected override consume(_: number, type: TokenType): IToken {
    const token = this.next;
    if (!isOf(token, type)) throw hole;
    this.advance();
    return token;
  }

  protected override option<Read>(index: number, what: Reads<Read> | Gated<Read>): Read | undefined {
    if (this.choices.options[index]?.[this.next.tokenTypeIdx] !== 1) return undefined;
    if (typeof what === 'function') return what();
    return what.GATE === undefined || what.GATE() ? what.DEF() : undefined;
  }

  /** A rule, where it can begin. */
  protected optional<Given extends unknown[], Read>(index: number, rule: GrammarRule<Given, Read>, given?: { ARGS: Given }): Read | undefined {
    if (this.RECORDING_PHASE) return this.option(index, () => this.subrule(index, rule, given));
    return this.choices.options[index]?.[this.next.tokenTypeIdx] === 1 ? this.subrule(index, rule, given) : undefined;
  }

  /** A token, where it stands. */
  protected optionalToken(index: number, type: TokenType): IToken | undefined {
    if (this.RECORDING_PHASE) return this.option(index, () => this.consume(index, type));
    const token = this.next;
    if (!isOf(token, type)) return undefined;
    this.advance();
    return token;
  }

  /** Whether what begins with this sign needs to be looked at; a sign is of no other type. */
  protected comes(sign: TokenType): boolean {
    return this.RECORDING_PHASE || this.next.tokenType === sign;
  }

  protected override or<Read>(index: number, alternatives: IOrAlt<Read>[]): Read {
    const parting = this.choices.alternations[index];
    const next = this.next.tokenTypeIdx;
    const candidates = parting === undefined ? [] : (parting.byNext[next] ?? candidatesOf(parting, next));
    for (let i = 0; i < candidates.length; i++) {
      const alternative = alternatives[candidates[i] ?? 0];
      if (alternative !== undefined && (alternative.GATE === undefined || alternative.GATE())) return alternative.ALT();
    }
    throw hole;
  }

  protected override many(index: number, what: Reads<unknown> | Gated<unknown>): void {
    const begins = this.choices.repetitions[index];
    const reads = typeof what === 'function' ? what : what.DEF;
    const gate = typeof what === 'function' ? undefined : what.GATE;
    let before = -1;
    // What reads nothing does not read it for ever.
    while (begins?.[this.next.tokenTypeIdx] === 1 && (gate === undefined || gate()) && this.place > before) {
      before = this.place;
      reads();
    }
  }

  protected override atLeastOne(index: number, reads: Reads<unknown>): void {
    const begins = this.choices.mandatory[index];
    if (begins?.[this.next.tokenTypeIdx] !== 1) throw hole;
    let before = -1;
    while (begins[this.next.tokenTypeIdx] === 1 && this.place > before) {
      before = this.place;
      reads();
    }
  }
}
