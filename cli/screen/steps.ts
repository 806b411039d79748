/** One line for each step of a run, more where it has much to say: what was done, how much, how long. */
import type { Style } from '../../language/report/style.ts';
import { displayWidth, padEnd, padStart, printable, truncate } from '../../language/report/width.ts';
import { bar, seconds } from './figures.ts';

export interface StepOptions {
  readonly width: number;
  readonly style: Style;
}

export interface FinishedStep {
  readonly kind: string;
  readonly name: string;
  readonly seconds: number;
  readonly cached: boolean;
  readonly summary: string;
  /** Something in it does not hold, but the run goes on. */
  readonly warns: boolean;
}

export interface RunningStep {
  readonly kind: string;
  readonly name: string;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  readonly note: string | null;
  readonly elapsed: number;
}

const nameColumn = 18;
const timeColumn = 8;
const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Steps that share a name with what they belong to say what they do about it. */
export function stepName(kind: string, name: string): string {
  switch (kind) {
    case 'check':
    case 'split':
      return printable(`${kind} ${name.replace(/^(check|split) /, '')}`);
    case 'tune':
      return printable(`tune ${name}`);
    case 'crossfit':
      return printable(`${name} on folds`);
    case 'finish':
      return printable(`finish ${name}`);
    default:
      return printable(name);
  }
}

export function finishedLine(step: FinishedStep, { width, style }: StepOptions): string {
  const mark = step.warns ? style.warning('!') : style.good('✓');
  const name = nameCell(stepName(step.kind, step.name));
  const time = padStart(step.cached ? 'cached' : seconds(step.seconds), timeColumn);
  const room = Math.max(0, width - 4 - displayWidth(name) - 1 - timeColumn);
  const [first = '', ...rest] = parted(printable(step.summary), room);
  const indent = ' '.repeat(5 + displayWidth(name));
  return [`  ${mark} ${name} ${padEnd(first, room)}${style.dim(time)}`, ...rest.map(line => `${indent}${line}`)].join('\n');
}

/** Lines of whole parts, so that no figure is cut or left out; only a part that no line could hold is. */
export function parted(summary: string, room: number): string[] {
  const lines: string[] = [];
  for (const part of summary.split(' · ')) {
    const longer = `${lines.at(-1)} · ${part}`;
    if (lines.length > 0 && displayWidth(longer) <= room) lines[lines.length - 1] = longer;
    else lines.push(truncate(part, room));
  }
  return lines;
}

export function failedLine(kind: string, name: string, { style }: StepOptions): string {
  return `  ${style.error('✗')} ${stepName(kind, name)}`;
}

/** `tick` turns the spinner. The time left is a straight line through what was done so far. */
export function runningLine(step: RunningStep, tick: number, { width, style }: StepOptions): string {
  const name = nameCell(stepName(step.kind, step.name));
  const share = step.total > 0 ? step.done / step.total : 0;
  const left = share > 0.02 && step.elapsed > 2 ? `${timeLeft((step.elapsed / share) * (1 - share))} left` : '';
  const tail =
    step.total > 0
      ? `${bar(share, width >= 70 ? 12 : 8)}  ${padStart(left, 10)}`
      : padStart(step.elapsed >= 1 ? seconds(step.elapsed) : '', timeColumn);
  const counted = step.total > 0 ? `${step.done}/${step.total} ${step.unit}` : step.unit;
  const text = printable([counted, step.note].filter(part => part !== null && part !== '').join(' · '));
  const room = Math.max(0, width - 5 - displayWidth(name) - displayWidth(tail) - 2);
  return `  ${style.info(spinner[tick % spinner.length] ?? '⠋')} ${name} ${padEnd(truncate(text, room), room)}  ${style.dim(tail)}`;
}

function timeLeft(value: number): string {
  return value < 60 ? `${Math.round(value)} s` : `${Math.round(value / 60)} min`;
}

function nameCell(name: string): string {
  return padEnd(truncate(name, 30), nameColumn);
}
