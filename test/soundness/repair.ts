/** Delay and gap as somebody who reads the diagnostics would write them, so that not every drawn program has the same two faults. */
import { rulesOf } from './checker.ts';
import type { Declaration, SoundProgram } from './program.ts';

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
  let rules = rulesOf(current);
  const become = (next: SoundProgram): void => {
    rules = rulesOf(next, current);
    current = next;
  };
  for (const delay of steps) {
    if (!rules.has('missing-item') && !rules.has('delay-shorter-than-known')) break;
    become(withLine(current, 'task', `delay: ${delay}d`));
  }
  for (const split of ['split', 'other']) {
    const gap = daysIn(current, split, 'gap');
    for (const more of steps) {
      if (!rules.has('gap-shorter-than-horizon')) break;
      become(withLine(current, split, `gap: ${gap + more}d`));
    }
  }
  return current;
}
