/**
 * Decides the claims of a file: a finding that nobody allowed makes a leak, a fact that rests on a declaration makes an assumption, what only
 * data can tell is left to them, and the rest is proved. What no claim of the table expects becomes a claim of its own, so that no finding is
 * left out.
 */
import type { Diagnostic, Verdict } from '../../diagnostic.ts';
import type { Block, Facts, Lineage, Reason } from '../../model/facts.ts';
import type { Program } from '../../model/program.ts';
import type { Place, Range } from '../../text/place.ts';
import { leakageRules } from '../leakage/list.ts';
import { assumedOf } from '../leakage/unknown-availability.ts';
import { ruleNamed } from '../list.ts';
import { remembered } from '../remembered.ts';
import { type Claim, type Ground, type LeakageType, leakageTypeOf } from './claim.ts';
import { type Claiming, claimsMade, type MadeClaim } from './made.ts';

export interface Findings {
  /** Everything that was found in a file, allowed or not. */
  readonly of: (file: string) => readonly Diagnostic[];
  /** Why a finding is allowed; null where it is not. */
  readonly reason: (found: Diagnostic) => string | null;
  readonly rangeOf: (place: Place) => Range | null;
  /** Where the declaration begins and ends that a place lies in. */
  readonly aroundOf: (place: Place) => Range | null;
}

/** Flows that rules of their own report, which know when they do no harm. */
const named: ReadonlySet<string> = new Set(leakageRules.map(rule => rule.name));

const isLeak = (d: Diagnostic): boolean => ruleNamed(d.rule)?.verdict === 'leaks';
const isAssumption = (d: Diagnostic): boolean => ruleNamed(d.rule)?.verdict === 'assumed';

const before = (a: Range['start'], b: Range['start']): boolean => a.line < b.line || (a.line === b.line && a.character <= b.character);
const isWithin = (inner: Range, outer: Range): boolean => before(outer.start, inner.start) && before(inner.end, outer.end);

/** `brief`: without places and grounds, for who only counts. */
export function judgedClaims(asked: Program, file: string, findings: Findings, brief = false): Claim[] {
  const program = remembered(asked, file);
  const found = findings.of(file).filter(d => isLeak(d) || isAssumption(d));
  const answered = new Set<Diagnostic>();
  const declarations = program.declarations(file);
  const claims = declarations.flatMap(({ model }) => {
    const made = claimsMade(program, file, model);
    return made ? judge(program, made, file, found, answered, findings, brief) : [];
  });
  // What no declaration with claims answers for.
  const rest = found.filter(d => isLeak(d) && !answered.has(d));
  const others = declarations.flatMap(({ model }): Claim[] => {
    if (model.kind !== 'source' && model.kind !== 'table' && model.kind !== 'check') return [];
    const [name, place] = model.kind === 'check' ? [model.table, model.place] : [model.relation.name, model.relation.place];
    const around = findings.aroundOf(place);
    return rest.filter(d => around !== null && isWithin(d.range, around)).map(d => unexpected(d, { kind: model.kind, name }, findings));
  });
  return [...claims, ...others];
}

function judge(
  program: Program,
  of: Claiming,
  file: string,
  found: readonly Diagnostic[],
  answered: Set<Diagnostic>,
  findings: Findings,
  brief: boolean,
): Claim[] {
  const around = findings.aroundOf(of.place);
  const here = around === null ? [] : found.filter(d => d.file === file && isWithin(d.range, around));
  const leaking = new Map<string, LeakageType>();
  const blockGround = groundOfBlocks(program, of, findings);
  const claims = of.claims.map(made => {
    const against = found.length === 0 ? [] : standingAgainst(made, found, findings);
    for (const d of against) answered.add(d);
    const readsLeak = made.reads.map(name => leaking.get(name)).find(type => type !== undefined) ?? null;
    const claim = decide(made, of, file, against, findings, { readsLeak, brief, blockGround });
    if (claim.verdict === 'leaks' && made.subject !== null) leaking.set(made.subject, claim.type);
    return claim;
  });
  const further = here.filter(d => !answered.has(d));
  for (const d of further) answered.add(d);
  return [...claims, ...further.map(d => unexpected(d, of, findings))];
}

function standingAgainst(made: MadeClaim, found: readonly Diagnostic[], findings: Findings): Diagnostic[] {
  const places = made.at().flatMap(place => {
    const range = findings.rangeOf(place);
    return range ? [{ file: place.file, range }] : [];
  });
  const fits = (d: Diagnostic): boolean => {
    const type = leakageTypeOf(d.type);
    return made.types === 'all' || (type !== null && made.types.includes(type));
  };
  const isHere = (at: { readonly file: string; readonly range: Range }): boolean =>
    places.some(({ file, range }) => at.file === file && isWithin(at.range, range));
  // One finding stands for all that have a leak from the same cause: the others are among its related places, as causes are.
  const flows = new Set<string>(made.facts.flatMap(({ blocks }) => blocks.flatMap(({ rule, verdict }) => (verdict === 'leaks' ? [rule] : []))));
  return found.filter(d => fits(d) && (isHere(d) || ((flows.has(d.rule) || isAssumption(d)) && d.related.some(isHere))));
}

const nowhere: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

function decide(
  made: MadeClaim,
  of: Claiming,
  file: string,
  against: readonly Diagnostic[],
  findings: Findings,
  { readsLeak, brief, blockGround }: { readonly readsLeak: LeakageType | null; readonly brief: boolean; readonly blockGround: BlockGround },
): Claim {
  const range = (brief ? null : findings.rangeOf(made.place)) ?? nowhere;
  const { subject, says } = made;
  const as = (
    verdict: Verdict,
    grounds: () => readonly Ground[],
    { by = null, type = made.type }: Partial<Pick<Claim, 'by' | 'type'>> = {},
  ): Claim => ({
    file,
    range,
    kind: of.kind,
    declaration: of.name,
    subject,
    type,
    says,
    verdict,
    grounds: brief ? [] : grounds(),
    by,
  });
  const leaks = against.filter(d => isLeak(d) && findings.reason(d) === null);
  const unreported = made.facts.flatMap(({ blocks }) => blocks.filter(block => block.verdict === 'leaks' && !named.has(block.rule)));
  if (leaks.length > 0 || unreported.length > 0 || readsLeak !== null) {
    const inner = readsLeak !== null ? [ground('made of a feature that leaks', file, range)] : [];
    // A claim stands where the finding against it belongs: a feature may be illegitimate, or come from the future.
    const worst = leakageTypeOf(leaks[0]?.type ?? null) ?? readsLeak ?? made.type;
    return as('leaks', () => [...leaks.map(groundOf), ...unreported.flatMap(blockGround), ...inner], { type: worst });
  }
  if (made.by) return as('needs data', () => [], { by: made.by });
  const blocks = assumedBlocks(made.facts, of.timed);
  // Of a source in another file the finding stands where the source is read: its block tells of it at home.
  const isTold = (d: Diagnostic): boolean =>
    d.rule === 'unknown-availability' && d.related.length > 0 && d.related.every(r => blocks.some(block => causeOf(block).place.file === r.file));
  const said = against.filter(d => (isAssumption(d) && !isTold(d)) || findings.reason(d) !== null);
  if (blocks.length > 0 || said.length > 0 || made.unwritten) {
    return as('assumed', () =>
      distinct([
        ...said.flatMap(d => (isAssumption(d) ? [groundOf(d)] : allowedGround(d, findings))),
        ...blocks.flatMap(blockGround),
        ...(made.unwritten ? unwrittenGround(file, range, of, findings) : []),
      ]),
    );
  }
  return as('proved', () =>
    made.because().flatMap(({ message, place }) => {
      const at = findings.rangeOf(place);
      return at ? [ground(message, place.file, at)] : [];
    }),
  );
}

/** A finding in a declaration that the table has no claim for. */
function unexpected(d: Diagnostic, of: Pick<Claiming, 'kind' | 'name'>, findings: Findings): Claim {
  const reason = findings.reason(d);
  return {
    file: d.file,
    range: d.range,
    kind: of.kind,
    declaration: of.name,
    subject: null,
    type: leakageTypeOf(d.type) ?? 'L2',
    says: ruleNamed(d.rule)?.why.replace(/\.$/, '') ?? d.message,
    verdict: isLeak(d) && reason === null ? 'leaks' : 'assumed',
    grounds: reason === null ? [groundOf(d)] : allowedGround(d, findings),
    by: null,
  };
}

const ground = (message: string, file: string, range: Range, rule: string | null = null): Ground => ({
  message,
  file,
  range,
  rule,
  help: null,
  fixes: [],
});

const groundOf = ({ message, file, range, rule, help, fixes }: Diagnostic): Ground => ({ message, file, range, rule, help, fixes });

function allowedGround(d: Diagnostic, findings: Findings): Ground[] {
  const reason = isLeak(d) ? findings.reason(d) : null;
  return reason === null ? [] : [ground(`${d.rule} is allowed here: ${reason}`, d.file, d.range, d.rule)];
}

/** Without cutoffs it does not matter when a value became known. */
const assumedBlocks = (facts: readonly Facts[], timed: boolean): Block[] =>
  facts.flatMap(({ blocks }) => blocks.filter(block => block.verdict === 'assumed' && (timed || block.rule !== 'unknown-availability')));

type BlockGround = (block: Block) => Ground[];

const causeOf = ({ reason }: Block): Reason => {
  let last = reason;
  while (last.because) last = last.because;
  return last;
};

/**
 * The declaration that an assumption rests on, with the fix of its finding, which stands there once for all who rest on it. It is said of the
 * columns that the claims of one declaration read, for all of them in the same words.
 */
function groundOfBlocks(program: Program, of: Claiming, findings: Findings): BlockGround {
  let cells: readonly Lineage[] | null = null;
  const reads = ({ subject, home }: Block, column: string): boolean => {
    cells ??= of.claims.flatMap(({ facts }) => facts.flatMap(({ lineage }) => lineage.filter(({ rows }) => rows !== 'counted')));
    return cells.some(cell => cell.source === subject && cell.home === home && cell.column === column);
  };
  return block => {
    const { rule } = block;
    const { place, message } = causeOf(block);
    const source = rule === 'unknown-availability' ? program.source(block.home, block.subject) : null;
    // Without history there is no time to point at, and the columns have no order: the source itself is what all rest on.
    const home = source && !source.relation.event ? source.relation.place : place;
    const range = findings.rangeOf(home);
    const around = findings.aroundOf(home);
    if (!range || !around) return [];
    const said = findings.of(home.file).find(d => d.rule === rule && d.file === home.file && isWithin(d.range, around));
    const assumed = source && assumedOf(source, column => reads(block, column.name));
    const found = said ? groundOf(said) : ground(message, home.file, range, rule);
    return [assumed ? { ...found, message: assumed.message, help: assumed.help } : found];
  };
}

function unwrittenGround(file: string, range: Range, of: Claiming, findings: Findings): Ground[] {
  const around = findings.aroundOf(of.place);
  const said = around && findings.of(file).find(d => isAssumption(d) && isWithin(d.range, around) && d.fixes.length > 0);
  return [said ? groundOf(said) : ground('the cutoff is not written', file, range)];
}

function distinct(grounds: readonly Ground[]): Ground[] {
  return [...new Map(grounds.map(g => [JSON.stringify([g.file, g.range, g.message]), g])).values()];
}
