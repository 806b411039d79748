/** Delay and gap as somebody who reads the diagnostics would write them, so that not every drawn program has the same two faults. */
import type { Declaration, SoundProgram } from './program.ts';
import { checked } from './run.ts';

const withLine = (program: SoundProgram, name: string, line: string): SoundProgram => {
  const [word] = line.split(':');
  const changed = (d: Declaration): Declaration => ({ ...d, pieces: [...d.pieces.filter(p => !p.text.startsWith(`${word}:`)), { text: line }] });
  return { ...program, declarations: program.declarations.map(d => (d.name === name ? changed(d) : d)) };
};

const daysIn = (program: SoundProgram, name: string, word: string): number => {
  const line = program.declarations.find(d => d.name === name)?.pieces.find(p => p.text.startsWith(`${word}:`));
  return Number(/(\d+)d/.exec(line?.text ?? '')?.[1] ?? 0);
};

const steps = [3, 9, 12, 20, 25];

/** The program with the least of some longer delays and gaps that the checker does not ask for more. */
export function repaired(program: SoundProgram): SoundProgram {
  let current = program;
  for (const delay of steps) {
    const { broken, leaks } = checked(current);
    if (!broken.some(b => b.startsWith('missing-item')) && !leaks.includes('delay-shorter-than-known')) break;
    current = withLine(current, 'task', `delay: ${delay}d`);
  }
  const gap = daysIn(current, 'split', 'gap');
  for (const more of steps) {
    if (!checked(current).leaks.includes('gap-shorter-than-horizon')) break;
    current = withLine(current, 'split', `gap: ${gap + more}d`);
  }
  return current;
}
