/**
 * What a run on exactly these data decides of the claims that the text left open: by the figures that its leakage rules measured, and by the
 * ledger of test readings. Without such a run they stay open.
 */
import { dataRules, type RuleMeasure } from '../../catalogue/dataRules.ts';
import type { Verdict } from '../../diagnostic.ts';
import type { Range } from '../../text/place.ts';
import { ruleNamed } from '../list.ts';
import { type Claim, type LeakageType, leakageTypeOf } from './claim.ts';

export interface MeasuredRule extends RuleMeasure {
  readonly file: string;
  readonly range: Range;
  readonly passed: boolean;
}

/** How often test rows have been read, of how many models, in how many runs. */
export interface ReadCount {
  readonly readings: number;
  readonly models: number;
  readonly runs: number;
}

export interface RunFinding {
  readonly file: string;
  readonly range: Range;
  readonly rule: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly waived?: string;
}

/** The part of a run record, with the ledger as it is now, that decides claims. */
export interface RunEvidence {
  readonly leakage: readonly MeasuredRule[];
  readonly findings: readonly RunFinding[];
  /** What is wrong with the ledger now. */
  readonly tampered: readonly string[];
  readonly ledger: readonly (ReadCount & { readonly evaluations: readonly string[] })[];
}

export type DecidedVerdict = Verdict | 'on data';

export interface DecidedClaim extends Omit<Claim, 'verdict' | 'kind'> {
  readonly kind: Claim['kind'] | null;
  readonly verdict: DecidedVerdict;
  readonly measures: readonly MeasuredRule[];
  /** What the ledger or a finding of the run says. */
  readonly notes: readonly string[];
}

/** What each rule that is measured claims where it holds. */
const says: Readonly<Record<string, string>> = {
  'literal-from-data': 'no number of the program is a figure of all rows',
  'join-fanout': 'no join multiplies observations',
  'unstable-split': 'keys name their rows for good',
  'key-as-feature': 'no feature tells every observation apart',
  'delay-shorter-than-known': 'labels are known when the task says',
  'too-good': 'no figure is better than the task can be',
  'train-after-test': 'training rows lie no later than test rows',
  'group-on-both-sides': 'no column names a unit with rows on both sides',
  'immature-label': 'few labels are still open when the data end',
  'warm-up-uncovered': 'the data reach back as far as the windows do',
  'tiny-test': 'there are rows enough for the precision that is claimed',
  'metric-mismatch': 'the metric tells something about the rarer class',
};

/** `evidence`: null where no run was on this program and these data. */
export function decidedClaims(claims: readonly Claim[], evidence: RunEvidence | null): DecidedClaim[] {
  const used = new Set<MeasuredRule>();
  const decided = claims.map((claim): DecidedClaim => {
    if (claim.by === null || evidence === null) return { ...claim, measures: [], notes: [] };
    if (claim.by.kind === 'ledger') return byLedger(claim, evidence);
    const measures = measuresOf(claim, claim.by.rule, evidence.leakage);
    for (const one of measures) used.add(one);
    return byData(claim, claim.by.rule, measures, evidence);
  });
  return [...decided, ...further(evidence, used)];
}

/** Of the declaration itself; else of whichever declaration the rule could be measured on. */
function measuresOf(claim: Claim, rule: string, leakage: readonly MeasuredRule[]): readonly MeasuredRule[] {
  const all = leakage.filter(one => one.rule === rule);
  const named = all.filter(one => one.declaration === claim.declaration);
  const here = named.filter(one => one.file === claim.file);
  const own = here.length > 0 ? here : named;
  return own.length > 0 ? own : all;
}

function byData(claim: Claim, rule: string, measures: readonly MeasuredRule[], evidence: RunEvidence): DecidedClaim {
  const told = evidence.findings.filter(f => f.rule === rule);
  const failed = measures.filter(one => !one.passed);
  const allowed = failed.flatMap(one => told.find(f => isAt(f, one))?.waived ?? []);
  const unsaid = failed.filter(one => !told.some(f => isAt(f, one)));
  const notes = [...allowed.map(reason => `${rule} is allowed here: ${reason}`), ...(unsaid.length > 0 ? [`${rule} is off in this project`] : [])];
  const open = measures.length === 0 || measures.every(one => one.figure === null);
  const against: DecidedVerdict = isAboutLeaks(rule) ? 'leaks' : 'needs data';
  const verdict: DecidedVerdict =
    failed.length > allowed.length + unsaid.length ? against : failed.length > 0 ? 'assumed' : open ? 'needs data' : 'on data';
  return { ...claim, verdict, measures, notes };
}

/** Figures that rest on too little are no way by which anything leaked: what they were to show stays open. */
const isAboutLeaks = (rule: string): boolean => ruleNamed(rule)?.group === 'leakage';

const isAt = (a: { readonly file: string; readonly range: Range }, b: { readonly file: string; readonly range: Range }): boolean =>
  a.file === b.file && a.range.start.line === b.range.start.line;

function byLedger(claim: Claim, { findings, ledger, tampered }: RunEvidence): DecidedClaim {
  const count = ledger.find(({ evaluations }) => evaluations.includes(claim.declaration));
  const here = findings.filter(f => f.file === claim.file && (f.rule === 'test-reread' || f.rule === 'best-of-many'));
  const allowed = here.flatMap(({ rule, waived }) => (waived === undefined ? [] : [`${rule} is allowed here: ${waived}`]));
  const against = here.filter(f => f.waived === undefined && f.severity !== 'info');
  const notes = [...(count ? [readText(count)] : []), ...tampered, ...allowed, ...against.map(f => f.message)];
  const open = tampered.length > 0 || !count || count.readings === 0;
  const verdict: DecidedVerdict = against.length > 0 ? 'leaks' : open ? 'needs data' : allowed.length > 0 ? 'assumed' : 'on data';
  return { ...claim, verdict, measures: [], notes };
}

/** `test rows read twice, by 2 models in 2 runs`. */
export function readText({ readings, models, runs }: ReadCount): string {
  const times = readings === 1 ? 'once' : readings === 2 ? 'twice' : `${readings} times`;
  return `test rows read ${times}, by ${models} ${models === 1 ? 'model' : 'models'} in ${runs} ${runs === 1 ? 'run' : 'runs'}`;
}

/** Rules that were measured where no declaration expected them. */
function further(evidence: RunEvidence | null, used: ReadonlySet<MeasuredRule>): DecidedClaim[] {
  const rest = new Map<string, MeasuredRule[]>();
  const claimed = new Set([...used].map(one => one.rule));
  for (const one of evidence?.leakage ?? []) {
    if (used.has(one) || claimed.has(one.rule)) continue;
    const key = `${one.rule} ${one.declaration}`;
    rest.set(key, [...(rest.get(key) ?? []), one]);
  }
  return [...rest.values()].flatMap(measures => {
    const [first] = measures;
    const type = first && typeOf(first.rule);
    if (!first || !type || !evidence) return [];
    const { file, range, declaration, rule } = first;
    const claim: Claim = {
      file,
      range,
      kind: 'features',
      declaration,
      subject: null,
      type,
      says: says[rule] ?? rule,
      verdict: 'needs data',
      grounds: [],
      by: { kind: 'data', rule },
    };
    return [{ ...byData(claim, rule, measures, evidence), kind: null }];
  });
}

const typeOf = (rule: string): LeakageType | null => leakageTypeOf(dataRules.find(({ name }) => name === rule)?.type ?? null);
