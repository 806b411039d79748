/**
 * How the parser chooses by its next token. The grammar is written so that one token and its gates decide, so first sets are all that is
 * computed, of each rule when it is first read: the general analysis would take longer at start than most programs take to parse.
 */
import {
  Alternation,
  type ILookaheadStrategy,
  type IProduction,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  type Rule,
  Terminal,
  type TokenType,
} from 'chevrotain';
import { typeCount } from './tokens.ts';

/** Of the number of a token's type: 1 where a part of the grammar can begin with such a token. */
type Begins = Uint8Array;
/** Where alternatives part: of the number of a token's type, those that can begin with such a token, in their order; worked out when met. */
export interface Parting {
  readonly firsts: readonly First[];
  readonly byNext: (readonly number[] | undefined)[];
}

/** Where a rule chooses, each kind by the numbers that the grammar gives. */
export interface Choices {
  readonly options: readonly Begins[];
  readonly repetitions: readonly Begins[];
  readonly mandatory: readonly Begins[];
  readonly alternations: readonly Parting[];
}

export const noChoices: Choices = { options: [], repetitions: [], mandatory: [], alternations: [] };

/** Numbers of token types; `nothing` stands for what may be empty. */
type First = ReadonlySet<number>;
const nothing = -1;

const firstByRule = new Map<Rule, First>();

function firstOfRule(rule: Rule): First {
  let first = firstByRule.get(rule);
  if (!first) firstByRule.set(rule, (first = firstOfAll(rule.definition)));
  return first;
}

const firstByType = new Map<TokenType, First>();

function firstOfType(type: TokenType): First {
  const { tokenTypeIdx, categoryMatches } = type;
  let first = firstByType.get(type);
  if (!first) firstByType.set(type, (first = new Set([...(tokenTypeIdx === undefined ? [] : [tokenTypeIdx]), ...(categoryMatches ?? [])])));
  return first;
}

function firstOfAll(productions: readonly IProduction[]): First {
  const first = new Set<number>();
  for (const production of productions) {
    const own = firstOf(production);
    for (const number of own) if (number !== nothing) first.add(number);
    if (!own.has(nothing)) return first;
  }
  return first.add(nothing);
}

function firstOf(production: IProduction): First {
  if (production instanceof Terminal) return firstOfType(production.terminalType);
  if (production instanceof NonTerminal) return firstOfRule(production.referencedRule);
  if (production instanceof Alternation) return new Set(production.definition.flatMap(alternative => [...firstOf(alternative)]));
  const first = firstOfAll(definitionOf(production));
  return production instanceof Option || production instanceof Repetition ? new Set(first).add(nothing) : first;
}

function definitionOf(production: IProduction): IProduction[] {
  return 'definition' in production && Array.isArray(production.definition) ? production.definition : [];
}

/** What every rule chooses by, found in one walk. */
export function choicesOf(rule: Rule): Choices {
  const options: Begins[] = [];
  const repetitions: Begins[] = [];
  const mandatory: Begins[] = [];
  const alternations: Parting[] = [];
  const walk = (productions: readonly IProduction[]): void => {
    for (const production of productions) {
      if (production instanceof NonTerminal) continue;
      if (production instanceof Option) options[production.idx] = beginsOf(production);
      else if (production instanceof Repetition) repetitions[production.idx] = beginsOf(production);
      else if (production instanceof RepetitionMandatory) mandatory[production.idx] = beginsOf(production);
      else if (production instanceof Alternation) alternations[production.idx] = { firsts: production.definition.map(firstOf), byNext: [] };
      walk(definitionOf(production));
    }
  };
  walk(rule.definition);
  return { options, repetitions, mandatory, alternations };
}

function beginsOf(production: Option | Repetition | RepetitionMandatory): Begins {
  const first = firstOfAll(production.definition);
  const begins = new Uint8Array(typeCount).fill(first.has(nothing) ? 1 : 0);
  for (const number of first) if (number !== nothing) begins[number] = 1;
  return begins;
}

export function candidatesOf({ firsts, byNext }: Parting, next: number): readonly number[] {
  const found = firsts.flatMap((first, i) => (first.has(next) || first.has(nothing) ? [i] : []));
  byNext[next] = found;
  return found;
}

/** Chevrotain asks for functions that choose, which nothing calls: what reads looks into the tables above. */
export const lookahead: ILookaheadStrategy = {
  validate: () => [],
  buildLookaheadForAlternation: () => () => undefined,
  buildLookaheadForOptional: () => () => false,
};
