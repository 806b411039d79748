/** The sheet in the terminal: one line a type of leakage with its argument, and below it whatever leaks, is assumed or is left open. */

import { readText } from '../../rules/claims/decided.ts';
import { countOf } from '../report.ts';
import type { Style } from '../style.ts';
import { displayWidth, padEnd, printable, wrap } from '../width.ts';
import type { SheetEvidence } from './argument.ts';
import { type ClaimGroup, groupsOf, nameOf } from './groups.ts';
import { heldText, movedText, outcomeOf, perturbationTitle, type SheetTrial, trialText } from './perturbed.ts';
import type { SectionVerdict, Sheet, SheetClaim, SheetCounts, SheetModel } from './sheet.ts';

export interface SheetTextOptions {
  readonly width: number;
  readonly style: Style;
  /** Also the claims that hold, with their evidence. */
  readonly verbose: boolean;
}

const words: Readonly<Record<SectionVerdict, string>> = {
  proved: 'proved',
  'on data': 'on data',
  assumed: 'assumed',
  'needs data': 'undecided',
  leaks: 'leaks',
  'not applicable': 'not applicable',
};

export const verdictWord = (verdict: SectionVerdict): string => words[verdict];

export function sheetText(sheet: Sheet, options: SheetTextOptions): string[] {
  const { style, width } = options;
  const models = sheet.models.flatMap((model, i) => [...(i === 0 ? [] : ['']), ...modelText(sheet, model, options)]);
  const waived = sheet.waived.flatMap(({ rule, reason, file, range }) =>
    wrap(printable(`${rule} is allowed in ${file}:${range.start.line + 1}: ${reason}`), width - 2).map((line, i) =>
      style.dim(`${i === 0 ? '  ' : '    '}${line}`),
    ),
  );
  const run = sheet.run
    ? `Decided on data by run ${sheet.run.id}, of this program on these data.`
    : `Nothing is decided on data: ${sheet.undecided ?? 'no run has ended'}.`;
  const tried = sheet.perturbation
    ? ['', style.strong(perturbationTitle(sheet.perturbation)), ...sheet.perturbation.trials.flatMap(t => trialLines(t, options))]
    : [];
  return [
    ...models,
    ...tried,
    ...(waived.length > 0 ? ['', style.dim('Allowed in the text'), ...waived] : []),
    '',
    ...wrap(printable(run), width).map(style.dim),
  ];
}

function trialLines(trial: SheetTrial, { style, width }: SheetTextOptions): string[] {
  const outcome = outcomeOf(trial);
  const paint = { stays: style.good, moves: style.error, 'nothing to change': style.warning }[outcome];
  const lines = wrap(printable(trialText(trial)), width - 2).map((line, i) => (i === 0 ? `  ${line}` : `    ${line}`));
  const held = outcome === 'nothing to change' ? [] : wrap(printable(heldText(trial)), width - 6).map(line => `      ${style.dim(line)}`);
  const moved = trial.moved.flatMap(one => [
    ...wrap(printable(movedText(one)), width - 6).map((line, i) => `${i === 0 ? '      ' : '        '}${line}`),
    `        ${style.dim(printable(`${one.file}:${one.range.start.line + 1}`))}`,
  ]);
  return [...lines.slice(0, -1), `${lines.at(-1) ?? ''}   ${paint(outcome)}`, ...held, ...moved];
}

function modelText(sheet: Sheet, model: SheetModel, options: SheetTextOptions): string[] {
  const { style, width } = options;
  const name = printable(`${sheet.file} · ${model.model}`);
  const counts = countsText(model.counts);
  const head =
    displayWidth(name) + displayWidth(counts) + 3 <= width
      ? [`${style.strong(padEnd(name, width - displayWidth(counts)))}${counts}`]
      : [style.strong(name), counts];
  const figures = model.evaluations.flatMap(({ name: evaluation, metric, value, low, high, read }) => {
    const figure =
      metric === null || value === null
        ? ''
        : `   ${metric} ${value.toFixed(3)}${low === null || high === null ? '' : ` (${low.toFixed(3)} – ${high.toFixed(3)})`}`;
    return [`${evaluation}${figure}`, ...(read === null ? [] : [readText(read)])].flatMap(line => wrap(printable(line), width).map(style.dim));
  });
  const body = model.sections.flatMap(({ type, title, verdict, argument, claims }) => {
    const line = `${padEnd(type, 5)} ${padEnd(title, 33)} ${paintOf(verdict, style)(words[verdict])}`;
    const said = wrap(printable(argument), width - 6).map(text => `      ${style.dim(text)}`);
    // Without a run all that is left to the data is left to it alike, and the argument has said so.
    const isTold = (claim: SheetClaim): boolean => claim.verdict === 'needs data' && sheet.run === null;
    const listed = options.verbose ? claims : claims.filter(claim => claim.verdict !== 'proved' && claim.verdict !== 'on data' && !isTold(claim));
    return [line, ...(argument === '' ? [] : said), ...groupsOf(listed).flatMap(claim => claimText(claim, options))];
  });
  return [...head, ...figures, '', ...body];
}

function claimText(claim: ClaimGroup, { style, width, verbose }: SheetTextOptions): string[] {
  const mark = paintOf(claim.verdict, style)(`${words[claim.verdict]}`);
  const [first = '', ...rest] = wrap(printable(`${nameOf(claim)}${saysOf(claim)}`), width - 8 - displayWidth(words[claim.verdict]));
  const head = [`      ${mark}  ${first}`, ...rest.map(line => `        ${line}`)];
  return [...head, ...claim.evidence.slice(0, verbose ? 12 : 4).flatMap(one => evidenceText(one, style, width))];
}

/** What leaks or is assumed is told by its evidence: the claim would only say what does not hold as it stands. */
export const saysOf = ({ verdict, says, evidence }: SheetClaim): string =>
  (verdict === 'leaks' || verdict === 'assumed') && evidence.length > 0 ? '' : `: ${says}`;

function evidenceText({ message, file, range, fix }: SheetEvidence, style: Style, width: number): string[] {
  const at = file === null || range === null ? '' : `${file}:${range.start.line + 1}`;
  const lines = wrap(printable(message), width - 8);
  const last = lines.at(-1) ?? '';
  const fits = at !== '' && 8 + displayWidth(last) + 3 + displayWidth(at) <= width;
  const body = lines.map((line, i) => `        ${line}${fits && i === lines.length - 1 ? `   ${style.dim(at)}` : ''}`);
  return [
    ...body,
    ...(at !== '' && !fits ? [`        ${style.dim(printable(at))}`] : []),
    ...(fix === null ? [] : wrap(printable(fix), width - 13).map((line, i) => `        ${style.dim(i === 0 ? 'fix' : '   ')}  ${line}`)),
  ];
}

/** `21 proved · 6 on data · 1 assumed · no leak`. */
export function countsText({ proved, onData, assumed, needsData, leaks }: SheetCounts): string {
  const some = (count: number, word: string): string[] => (count === 0 ? [] : [`${count} ${word}`]);
  return [
    ...some(proved, 'proved'),
    ...some(onData, 'on data'),
    ...some(assumed, 'assumed'),
    ...some(needsData, 'undecided'),
    leaks === 0 ? 'no leak' : countOf(leaks, 'leak'),
  ].join(' · ');
}

function paintOf(verdict: SectionVerdict, style: Style): (text: string) => string {
  switch (verdict) {
    case 'leaks':
      return style.error;
    case 'assumed':
    case 'needs data':
      return style.warning;
    case 'proved':
    case 'on data':
      return style.good;
    case 'not applicable':
      return style.dim;
  }
}
