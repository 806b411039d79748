/** From claims to words: the evidence of each, and the argument of a section in a sentence or two. */
import { dataRules } from '../../catalogue/dataRules.ts';
import type { LeakageType } from '../../rules/claims/claim.ts';
import type { DecidedClaim, MeasuredRule } from '../../rules/claims/decided.ts';
import type { Range } from '../../text/place.ts';

export interface SheetEvidence {
  readonly kind: 'text' | 'data' | 'ledger';
  readonly message: string;
  readonly file: string | null;
  readonly range: Range | null;
  readonly rule: string | null;
  /** What states an assumption explicitly or mends a leak. */
  readonly fix: string | null;
}

export function evidenceOf(claim: DecidedClaim): SheetEvidence[] {
  return [
    ...claim.grounds.map(
      ({ message, file, range, rule, help, fixes }): SheetEvidence => ({
        kind: 'text',
        message,
        file,
        range,
        rule,
        fix: help ?? fixes[0]?.title ?? null,
      }),
    ),
    // What holds is no evidence of a leak, nor of too little.
    ...claim.measures
      .filter(one => !(claim.verdict === 'leaks' || isOpen(claim)) || !one.passed)
      .map((one): SheetEvidence => ({ kind: 'data', message: measureText(one), file: one.file, range: one.range, rule: one.rule, fix: null })),
    ...claim.notes.map(
      (message): SheetEvidence => ({
        kind: claim.by?.kind === 'ledger' ? 'ledger' : 'data',
        message,
        file: null,
        range: null,
        rule: null,
        fix: null,
      }),
    ),
  ];
}

/** ``auc of one feature alone of `age`: 0.71, a finding from 0.95 on, 912 rows``. */
function measureText(one: MeasuredRule): string {
  const { measure, subject, figure, expected, against, low, high, n } = one;
  const of = subject === null ? '' : ` of \`${subject}\``;
  if (figure === null) return `${measure}${of}: these data cannot tell`;
  const spread = low === null || high === null ? '' : ` (${digits(low)} – ${digits(high)})`;
  const beside = expected === null ? '' : `, ${against ?? 'by chance'} ${digits(expected)}`;
  const limit = limitText(one);
  return `${measure}${of}: ${digits(figure)}${spread}${limit === null ? '' : `, ${limit}`}${beside}, ${groups(n)} ${n === 1 ? 'row' : 'rows'}`;
}

/** Which figures would be a finding; null where there is no threshold. */
function limitText({ rule, figure, threshold, passed }: MeasuredRule): string | null {
  if (figure === null || threshold === null) return null;
  const finds = dataRules.find(({ name }) => name === rule)?.finds;
  const isBelow = finds === 'below' || (finds === 'either' && figure !== threshold && figure > threshold === passed);
  const at = digits(threshold);
  return isBelow ? `a finding below ${at}` : threshold === 0 ? 'a finding above 0' : `a finding from ${at} on`;
}

const digits = (value: number): string => {
  if (value === 0) return '0';
  if (Number.isInteger(value)) return groups(value);
  return Math.abs(value) < 0.001 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
};

const groups = (value: number): string => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** What speaks for a section as a whole, or what is left open; what leaks is named by its claims. */
export function argumentOf(type: LeakageType, claims: readonly DecidedClaim[]): string {
  const held = claims.filter(({ verdict }) => verdict === 'proved' || verdict === 'on data');
  const features = held.filter(({ subject, kind }) => subject !== null && kind === 'features');
  const others = held.filter(claim => !features.includes(claim));
  const said = [...new Set([...(features.length > 0 ? [ofFeatures(features.length)] : []), ...others.flatMap(spokenFor), ...undecidedOf(claims)])];
  if (said.length === 0 && claims.length === 0 && type === 'L3.1')
    return 'There are no cutoffs: a prediction has no moment after which a future begins.';
  return said.length === 0 ? '' : `${capital(said.join('; '))}.`;
}

const ofFeatures = (count: number): string =>
  `${count === 1 ? 'a feature is' : `${count} features are`} there when a prediction is made, and not made of the outcome`;

function spokenFor({ grounds, says, notes, measures, by, kind, type }: DecidedClaim): readonly string[] {
  if (by?.kind === 'ledger') return notes.slice(0, 1);
  const [measure] = measures;
  if (measure) return [`${says}${figureText(measure)}`];
  if (kind === 'features' && grounds.length > 1) return [`${grounds.length} features are learned on the training rows of each fold`];
  // A model without choices makes none on test.
  if (kind === 'model' && type === 'L1.1') return grounds.map(({ message }) => message);
  return grounds.length > 0 && grounds.length <= 5 ? grounds.map(({ message }) => message) : [says];
}

function figureText(one: MeasuredRule): string {
  if (one.figure === null) return '';
  const limit = limitText(one);
  return ` (${one.measure}: ${digits(one.figure)}${limit === null ? '' : `; ${limit}`})`;
}

function undecidedOf(claims: readonly DecidedClaim[]): readonly string[] {
  const undecided = claims.filter(({ verdict }) => verdict === 'needs data');
  const open = undecided.filter(isOpen).length;
  const left = undecided.length - open;
  return [
    ...(left === 0 ? [] : [left === 1 ? 'one claim is left to the data' : `${left} claims are left to the data`]),
    ...(open === 0 ? [] : [open === 1 ? 'one claim stays open on these data' : `${open} claims stay open on these data`]),
  ];
}

/** The run has looked, and these data do not tell. */
const isOpen = ({ verdict, measures }: DecidedClaim): boolean => verdict === 'needs data' && measures.some(one => !one.passed);

const capital = (text: string): string => (text.startsWith('`') ? text : text.charAt(0).toUpperCase() + text.slice(1));
