/** Colour stands for state alone, and nothing needs it to be understood. */
import { expect, it } from 'vitest';
import { plainStyle } from '../language/report/style.ts';
import { screenOf, styleOf, widthOf } from './terminal.ts';

const esc = '\u001b[';

it('paints red what must be acted on, yellow what is worth a look, green what holds, and dims context', () => {
  const style = styleOf({ tty: true, columns: 80, colour: true });
  const codes = Object.fromEntries(Object.entries(style).map(([meaning, paint]) => [meaning, /\[(\d+)m/.exec(paint('x'))?.[1]]));
  expect(codes).toEqual({ error: '31', warning: '33', good: '32', info: '2', dim: '2', strong: '1' });
  for (const [meaning, paint] of Object.entries(style)) {
    expect([meaning, paint('')]).toEqual([meaning, '']);
    expect(paint('x').startsWith(esc)).toBe(true);
  }
});

it.each([
  [{ isTTY: true, columns: 120 }, {}, { tty: true, colour: true, width: 100 }],
  [{ isTTY: true, columns: 20 }, {}, { tty: true, colour: true, width: 40 }],
  [{ isTTY: true }, { NO_COLOR: '1' }, { tty: true, colour: false, width: 80 }],
  [{ isTTY: true }, { CI: 'true' }, { tty: false, colour: false, width: 80 }],
  [{ isTTY: true }, { TERM: 'dumb' }, { tty: false, colour: false, width: 80 }],
  [{}, {}, { tty: false, colour: false, width: 80 }],
  [{}, { FORCE_COLOR: '1' }, { tty: false, colour: true, width: 80 }],
  [{ isTTY: true }, { NO_COLOR: '1', FORCE_COLOR: '0' }, { tty: true, colour: false, width: 80 }],
])('%j with %j', (stream, env, expected) => {
  const screen = screenOf(stream, env);
  expect({ tty: screen.tty, colour: screen.colour, width: widthOf(screen) }).toEqual(expected);
  expect(styleOf(screen) === plainStyle).toBe(!expected.colour);
});
