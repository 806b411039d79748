/** What the terminal can show, and the colours of state: red must act, yellow look, green holds; what is only context is dim. */
import { plainStyle, type Style } from '../language/report/style.ts';
import type { Screen } from './host.ts';

const paint = (open: number, close: number) => (text: string) => (text === '' ? '' : `\u001b[${open}m${text}\u001b[${close}m`);

const colours: Style = {
  error: paint(31, 39),
  warning: paint(33, 39),
  info: paint(2, 22),
  good: paint(32, 39),
  dim: paint(2, 22),
  strong: paint(1, 22),
};

export function styleOf(screen: Screen): Style {
  return screen.colour ? colours : plainStyle;
}

/** Text is set to at most 100 columns: longer lines are harder to read, whatever the window. */
export function widthOf(screen: Screen): number {
  return screen.tty ? Math.max(40, Math.min(100, screen.columns)) : 80;
}

/** `NO_COLOR` and `CI` are honoured, `FORCE_COLOR` overrules both, a dumb terminal gets plain text. */
export function screenOf(stream: { readonly isTTY?: boolean; readonly columns?: number }, env: Readonly<Record<string, string | undefined>>): Screen {
  const tty = stream.isTTY === true && env['TERM'] !== 'dumb' && !isSet(env['CI']);
  const forced = isSet(env['FORCE_COLOR']) && env['FORCE_COLOR'] !== '0';
  return { tty, columns: stream.columns ?? 80, colour: forced || (tty && !isSet(env['NO_COLOR'])) };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false';
}
