/**
 * How the parser chooses by its next token. The grammar is written so that one token and its gates decide, so first sets are all that is
 * computed: the general analysis would take longer at start than most programs take to parse.
 */
import {
  Alternation,
  type ILookaheadStrategy,
  type IOrAlt,
  type IProduction,
  type IToken,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  type Rule,
  Terminal,
} from 'chevrotain';

/** The parser, as far as choosing needs it. */
interface Looking {
  LA(ahead: number): IToken;
}

/** Numbers of token types; `nothing` stands for what may be empty. */
type First = Set<number>;
const nothing = -1;

type Choosing = Alternation | Option | Repetition | RepetitionMandatory;
const kinds = { Alternation, Option, Repetition, RepetitionMandatory } as const;
type Kind = keyof typeof kinds;
const kindNames: readonly Kind[] = ['Alternation', 'Option', 'Repetition', 'RepetitionMandatory'];

const firstByRule = new Map<Rule, First>();

function firstOfRule(rule: Rule): First {
  let first = firstByRule.get(rule);
  if (!first) firstByRule.set(rule, (first = firstOfAll(rule.definition)));
  return first;
}

function firstOfAll(productions: readonly IProduction[]): First {
  const first: First = new Set();
  for (const production of productions) {
    const own = firstOf(production);
    for (const number of own) if (number !== nothing) first.add(number);
    if (!own.has(nothing)) return first;
  }
  return first.add(nothing);
}

function firstOf(production: IProduction): First {
  if (production instanceof Terminal) {
    const { tokenTypeIdx, categoryMatches } = production.terminalType;
    return new Set([...(tokenTypeIdx === undefined ? [] : [tokenTypeIdx]), ...(categoryMatches ?? [])]);
  }
  if (production instanceof NonTerminal) return firstOfRule(production.referencedRule);
  if (production instanceof Alternation) return new Set(production.definition.flatMap(alternative => [...firstOf(alternative)]));
  const first = firstOfAll(definitionOf(production));
  return production instanceof Option || production instanceof Repetition ? new Set(first).add(nothing) : first;
}

function definitionOf(production: IProduction): IProduction[] {
  return 'definition' in production && Array.isArray(production.definition) ? production.definition : [];
}

const choicesByRule = new Map<Rule, ReadonlyMap<string, Choosing>>();

/** Where a rule chooses, by kind and number: found in one walk, as every one of them is asked for. */
function choicesOf(rule: Rule): ReadonlyMap<string, Choosing> {
  const found = new Map<string, Choosing>();
  const walk = (productions: readonly IProduction[]): void => {
    for (const production of productions) {
      if (production instanceof NonTerminal) continue;
      for (const kind of kindNames) if (production instanceof kinds[kind]) found.set(`${kind} ${production.idx}`, production);
      walk(definitionOf(production));
    }
  };
  walk(rule.definition);
  return found;
}

function productionOf(rule: Rule, kind: Kind, index: number): Choosing {
  let choices = choicesByRule.get(rule);
  if (!choices) choicesByRule.set(rule, (choices = choicesOf(rule)));
  const found = choices.get(`${kind} ${index}`);
  if (!found) throw new Error(`The rule ${rule.name} has no ${kind} ${index}.`);
  return found;
}

export const lookahead: ILookaheadStrategy = {
  validate: () => [],

  /** The first alternative whose gate is open and that can begin with the next token. */
  buildLookaheadForAlternation({ rule, prodOccurrence }) {
    const firsts = productionOf(rule, 'Alternation', prodOccurrence).definition.map(firstOf);
    const byNext = new Map<number, readonly number[]>();
    const beginning = (next: number): readonly number[] => {
      const found = firsts.flatMap((first, i) => (first.has(next) || first.has(nothing) ? [i] : []));
      byNext.set(next, found);
      return found;
    };
    return function (this: Looking, alternatives?: IOrAlt<unknown>[]) {
      const next = this.LA(1).tokenTypeIdx;
      const candidates = byNext.get(next) ?? beginning(next);
      for (let at = 0; at < candidates.length; at++) {
        const i = candidates[at] ?? 0;
        const gate = alternatives?.[i]?.GATE;
        if (gate === undefined || gate()) return i;
      }
      return undefined;
    };
  },

  /** Whether what may be left out, or comes once more, can begin with the next token. */
  buildLookaheadForOptional({ rule, prodOccurrence, prodType }) {
    if (!(prodType in kinds)) throw new Error(`The grammar does not use ${prodType}.`);
    const first = firstOfAll(productionOf(rule, prodType as Kind, prodOccurrence).definition);
    const mayBeEmpty = first.has(nothing);
    return function (this: Looking) {
      return mayBeEmpty || first.has(this.LA(1).tokenTypeIdx);
    };
  },
};
