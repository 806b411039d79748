/** The end of a run for people: figures with their intervals, what moved, what was claimed, and last whatever must be acted on. */
import { countOf, groupDigits } from '../../language/report/report.ts';
import type { Style } from '../../language/report/style.ts';
import { displayWidth, padEnd, padStart, printable, truncate, wrap } from '../../language/report/width.ts';
import type {
  CheckRecord,
  ClaimRecord,
  ConfusionRecord,
  DriftRecord,
  FindingRecord,
  MetricRecord,
  RecordPlace,
  RunRecord,
} from '../../runner/record.ts';
import { figure, interval, percentage, probability, seconds, signed, sparkline } from './figures.ts';

export interface ResultOptions {
  readonly width: number;
  readonly style: Style;
  /** A file of the record as the reader names it. */
  readonly shown: (file: string) => string;
  readonly verbose: boolean;
  readonly quiet: boolean;
  /** Where the run's folder and the files of what was taken out are, as the reader names them. */
  readonly folder: string;
  readonly quarantine: readonly string[];
}

const manySegments = 12;

/** Remarks that change what was learned: each is told in one line, and in full with --verbose. */
const told: Readonly<Record<string, (count: number) => string>> = {
  'first-block': count => `${countOf(count, 'training row')} left out: \`target_encode\` has no \`prior\``,
  'not-predicted': count => `${countOf(count, 'training row')} left out: no model could learn before them`,
};

export function resultLines(record: RunRecord, options: ResultOptions): string[] {
  const blocks = options.quiet
    ? []
    : [...evaluations(record).map(e => evaluationLines(record, e, options)), noteLines(record, options), endLines(record, options)];
  const gates = failedGates(record).map(c => gateLine(c, options));
  return [...blocks, gates].filter(b => b.length > 0).flatMap((block, i) => (i === 0 ? block : ['', ...block]));
}

export function failedGates(record: RunRecord): readonly ClaimRecord[] {
  return record.claims.filter(c => !c.passed && c.severity !== 'warn');
}

/** In the order of the record. */
function evaluations(record: RunRecord): string[] {
  return [
    ...new Set([
      ...record.metrics.map(m => m.evaluation),
      ...record.confusions.map(c => c.evaluation),
      ...record.claims.map(c => c.declaration),
      ...record.drift.map(d => d.evaluation),
    ]),
  ];
}

function evaluationLines(record: RunRecord, evaluation: string, options: ResultOptions): string[] {
  const metrics = record.metrics.filter(m => m.evaluation === evaluation);
  const claims = record.claims.filter(c => c.declaration === evaluation);
  const drift = record.drift.filter(d => d.evaluation === evaluation);
  return [
    ...metricLines(evaluation, metrics, options),
    ...claims.map(c => claimLine(c, options)),
    ...record.confusions.filter(c => c.evaluation === evaluation).flatMap(c => ['', ...confusionLines(c, options)]),
    ...(drift.length === 0 ? [] : ['', ...driftLines(drift, options)]),
  ];
}

/** As many classes as there is room for; all are in run.json. */
function confusionLines({ segment, threshold, classes, counts }: ConfusionRecord, { style, width }: ResultOptions): string[] {
  const at = threshold === null ? 'the most probable class' : `predicted from ${figure(threshold)} on`;
  const names = classes.map(name => truncate(printable(name), 14));
  const cells = counts.map(row => row.map(count => (Number.isInteger(count) ? groupDigits(count) : figure(count))));
  const first = Math.max(9, ...names.map(displayWidth));
  const columns = names.map((name, i) => Math.max(displayWidth(name), ...cells.map(row => displayWidth(row[i] ?? ''))));
  let shown = 0;
  for (let room = width - 4 - first; shown < columns.length && room >= (columns[shown] ?? 0) + 3; shown++) room -= (columns[shown] ?? 0) + 3;
  const line = (label: string, row: readonly string[]): string =>
    `    ${padEnd(label, first)}${row
      .slice(0, shown)
      .map((cell, i) => `   ${padStart(cell, columns[i] ?? 0)}`)
      .join('')}`;
  const left = classes.length - shown;
  return [
    style.strong(truncate(`  confusion${segment === null ? '' : ` · ${printable(segment)}`}, rows by label, columns by prediction: ${at}`, width)),
    line('', names),
    ...names.slice(0, shown).map((name, i) => line(name, cells[i] ?? [])),
    ...(left > 0 ? [style.dim(`    … ${left === 1 ? '1 more class' : `${left} more classes`} in run.json`)] : []),
  ];
}

interface Row {
  readonly label: string;
  readonly value: string;
  readonly interval: string;
  readonly against: string;
}

function metricLines(evaluation: string, metrics: readonly MetricRecord[], { width, style, verbose }: ResultOptions): string[] {
  const baseline = metrics.find(m => m.baseline !== null)?.baseline?.model ?? null;
  const whole = metrics.filter(m => m.segment === null);
  const segments = metrics.filter(m => m.segment !== null);
  const shown = verbose ? segments : segments.slice(0, manySegments);
  const head: Row = {
    label: printable(evaluation),
    value: '',
    interval: metrics.length > 0 ? '95% interval' : '',
    against: baseline === null ? '' : `against ${printable(baseline)}`,
  };
  const rows = [...whole, ...shown].map(m => metricRow(m, Math.max(20, width - 44)));
  const table = [head, ...rows.map(r => ({ ...r, label: `  ${r.label}` }))];
  const labels = Math.max(20, ...table.map(r => displayWidth(r.label)));
  const values = Math.max(6, ...table.map(r => displayWidth(r.value)));
  const intervals = Math.max(...table.map(r => displayWidth(r.interval)));
  const lines = table.map((r, i) => {
    const cells = `${padEnd(r.label, labels)}  ${padStart(r.value, values)}   ${padEnd(r.interval, intervals)}   ${r.against}`;
    const text = truncate(`  ${cells.trimEnd()}`, width);
    return i === 0 ? style.strong(text) : text;
  });
  const folded = whole.flatMap(({ metric, folds }) => (folds ? [{ metric, ...folds }] : []));
  const [first] = folded;
  if (first) {
    const each = folded.map(({ metric, mean, deviation }) => `${printable(metric)} ${figure(mean)} ± ${figure(deviation)}`);
    lines.push(style.dim(truncate(`    mean ± deviation over ${first.count} folds: ${each.join(' · ')}`, width)));
  }
  if (segments.length > shown.length) lines.push(style.dim(`    … ${countOf(segments.length - shown.length, 'more figure')} by segment in run.json`));
  return lines;
}

/** `widest`: of the label, so that the figures behind it are seen. */
function metricRow(m: MetricRecord, widest: number): Row {
  const label = truncate(printable(m.segment === null ? m.metric : `${m.metric} · ${m.segment}`), widest);
  if (m.value === null) return { label, value: '—', interval: printable(m.method), against: '' };
  const against = m.baseline === null ? '' : `${signed(m.baseline.difference)} (${probability(m.baseline.p)})`;
  return { label, value: figure(m.value), interval: interval(m.low, m.high), against };
}

export function claimLine(c: ClaimRecord, options: ResultOptions): string {
  const { style, width } = options;
  const mark = c.passed ? style.good('✓') : c.severity === 'warn' ? style.warning('!') : style.error('✗');
  const claim = c.segment === undefined ? c.claim : `${c.claim} · ${c.segment}`;
  return row(mark, printable(claim), c.value === null ? '—' : figure(c.value), place(c, options), width, style);
}

function row(mark: string, text: string, value: string, at: string, width: number, style: Style): string {
  const room = Math.max(10, width - 6 - displayWidth(at) - 2);
  // Where it is narrow the claim is cut and never its figure: the program says what was claimed.
  const claim = Math.min(34, Math.max(8, room - displayWidth(value) - 1));
  return `    ${mark} ${padEnd(`${padEnd(truncate(text, claim), claim)} ${value}`, room)}  ${style.dim(at)}`;
}

/** `✗ auc >= 0.75   0.731 (0.722 – 0.740)   churn.cupel:58:24`. */
function gateLine(c: ClaimRecord, options: ResultOptions): string {
  const range = interval(c.low, c.high);
  const value = c.value === null ? 'no figure' : `${figure(c.value)}${range === '' ? '' : ` (${range})`}`;
  const segment = c.segment === undefined ? '' : `   ${printable(c.segment)}`;
  return `${options.style.error(`✗ ${printable(c.claim)}`)}${segment}   ${value}   ${place(c, options)}`;
}

export function driftLines(drift: readonly DriftRecord[], { style, width, verbose }: ResultOptions): string[] {
  const [first] = drift;
  if (!first) return [];
  const features = drift.filter(d => d.kind === 'feature');
  const moved = features.filter(d => d.drifted).length;
  const others = drift.filter(d => d.kind !== 'feature').map(d => `${d.kind} ${d.drifted ? 'moved' : 'held'}`);
  const byChance = expectedByChance(features.reduce((total, d) => total + d.expectedFalseAlarms, 0));
  const head = `  drift ${first.reference.name} → ${first.current.name}    `;
  const counts = `${moved === 0 ? 'none' : moved} of ${countOf(features.length, 'feature')} moved${byChance}`;
  const beside = [counts, ...others].join(' · ');
  const fits = displayWidth(head) + displayWidth(beside) <= width;
  const shown = verbose ? drift : drift.filter(d => d.drifted);
  const names = Math.max(18, ...shown.map(d => displayWidth(d.subject)));
  return [
    style.strong(truncate(`${head}${fits ? beside : counts}`, width)),
    ...(fits ? [] : [truncate(`    ${others.join(' · ')}`, width)]),
    ...shown.map(d => {
      const largest = Math.max(...d.histogram.reference, ...d.histogram.current);
      const lines = `${sparkline(d.histogram.reference, largest)} → ${sparkline(d.histogram.current, largest)}`;
      const compared = `${testName(d.test)} ${figure(d.statistic)} ${d.statistic > d.threshold ? '>' : '<='} ${figure(d.threshold)}${isSmall(d) ? ', but small' : ''}`;
      return truncate(`    ${padEnd(printable(d.subject), names)}  ${padEnd(lines, 17)}   ${compared}`, width);
    }),
    ...(shown.some(isSmall) ? [style.dim(truncate('    small: so many rows tell apart what has hardly moved; below psi 0.1 it held', width))] : []),
  ];
}

/** Surely moved, but too little to count as drift. */
const isSmall = (d: DriftRecord): boolean => !d.drifted && d.statistic > d.threshold;

/** How many alarms of features there are when nothing has moved. */
function expectedByChance(alarms: number): string {
  return ` (${alarms === 0 ? 'none' : alarms < 0.01 ? '< 0.01' : alarms.toFixed(2)} expected by chance)`;
}

function testName(test: DriftRecord['test']): string {
  return test === 'chi_square' ? 'chi-square' : test;
}

/** Checks that do not hold and findings, most severe last. */
function noteLines(record: RunRecord, options: ResultOptions): string[] {
  const checks = record.checks.filter(c => !c.passed).flatMap(c => checkLines(c, options));
  const order = { info: 0, warning: 1, error: 2 };
  const waived = record.findings.filter(f => f.waived !== undefined).length;
  const sorted = record.findings.filter(f => f.waived === undefined).sort((a, b) => order[a.severity] - order[b.severity]);
  const isShort = (f: FindingRecord): boolean => !options.verbose && f.severity === 'info' && Object.hasOwn(told, f.rule);
  const findings = sorted.filter(f => options.verbose || f.severity !== 'info');
  const short = sorted.filter(isShort);
  const infos = sorted.length - findings.length - short.length;
  return [
    ...short.flatMap(f => findingLines({ ...f, message: told[f.rule]?.(f.count) ?? f.message, help: null }, options)),
    ...findings.flatMap(f => findingLines(f, options)),
    ...checks,
    ...(waived === 0 ? [] : [options.style.dim(`  ${countOf(waived, 'finding')} allowed with a reason`)]),
    ...(infos === 0 ? [] : [options.style.dim(`  ${countOf(infos, 'remark')} more with --verbose`)]),
  ];
}

function checkLines(c: CheckRecord, options: ResultOptions): string[] {
  const { style } = options;
  const mark = c.severity === 'error' ? style.error('✗') : style.warning('!');
  const such = c.first === undefined ? '' : ` (${c.failing <= 3 ? '' : 'such as '}${printable(c.first)})`;
  const rows = `${groupDigits(c.failing)} of ${countOf(c.total, 'row')}${such}`;
  const isShare = /^complete\b/.test(c.claim) && c.value !== null;
  const measured = c.failing > 0 ? (isShare ? `${percentage(c.value ?? 0)} · null in ${rows}` : rows) : c.value === null ? '—' : figure(c.value);
  return placedLines(mark, `${printable(c.table)}: ${printable(c.claim)}   ${measured}`, place(c, options), options);
}

/** Text behind its mark, as many lines as it takes, and where it is said of at the end or, where that is full, below. */
function placedLines(mark: string, text: string, at: string, { style, width }: ResultOptions): string[] {
  if (4 + displayWidth(text) + 3 + displayWidth(at) <= width) return [`  ${mark} ${text}   ${style.dim(at)}`];
  const [first = '', ...rest] = wrap(text, width - 4);
  const lines = [`  ${mark} ${first}`, ...rest.map(line => `    ${line}`)];
  const last = rest.at(-1) ?? first;
  if (4 + displayWidth(last) + 3 + displayWidth(at) <= width) lines[lines.length - 1] += `   ${style.dim(at)}`;
  else lines.push(`    ${style.dim(at)}`);
  return lines;
}

export function findingLines(f: FindingRecord, options: ResultOptions): string[] {
  const { style, width } = options;
  const mark = f.severity === 'error' ? style.error('✗') : f.severity === 'warning' ? style.warning('!') : style.dim('·');
  // With the name that `cupel explain` knows.
  const lines = placedLines(mark, printable(f.message), `${place(f, options)} · ${f.rule}`, options);
  if (f.help === null) return lines;
  const [remedy = '', ...more] = wrap(printable(f.help), width - 9);
  return [...lines, `    ${style.dim('fix')}  ${remedy}`, ...more.map(line => `         ${line}`)];
}

function endLines(record: RunRecord, { style, folder, quarantine }: ResultOptions): string[] {
  const cached = record.nodes.filter(n => n.status === 'cached').length;
  const readings = record.ledger.map(
    l => `  ${l.partition} rows read ${times(l.readings)}, by ${countOf(l.models, 'model')} in ${countOf(l.runs, 'run')} so far`,
  );
  const steps = `${cached} of ${countOf(record.nodes.length, 'step')} from cache`;
  const aside = quarantine.map(path => `  taken out: ${printable(path)}`);
  return [...aside, ...readings, `  run ${style.strong(record.id)}   ${seconds(record.timing.seconds)}, ${steps}`, style.dim(`  ${folder}`)];
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}

export function place({ file, range }: RecordPlace, { shown }: Pick<ResultOptions, 'shown'>): string {
  return `${printable(shown(file))}:${range.start.line + 1}:${range.start.character + 1}`;
}
