/** Delay, gap and bounds as somebody who reads the diagnostics would write them, so that not every drawn program has the same faults. */
import { rulesOf } from './checker.ts';
import type { Declaration, SoundProgram } from './program.ts';
import { day, firstDay, isoDay } from './schema.ts';

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

/** Days on which the test may begin instead. */
const laterTests = [90, 97, 105];

/** The program with a split in whose partitions some cutoff can be: with an earlier validate, a later test, or both. */
export function inhabited(program: SoundProgram): SoundProgram {
  if (!rulesOf(program).has('impossible-range')) return program;
  const train = program.declarations.find(d => d.name === 'split')?.pieces.find(p => p.text.startsWith('train:'));
  const end = (Date.parse(train?.text.split('..').at(-1) ?? '') * 1000 - firstDay) / day;
  const hasValidate = program.declarations.some(d => d.name === 'split' && d.pieces.some(p => p.text.startsWith('validate:')));
  const earlier = hasValidate && Number.isFinite(end) ? withLine(program, 'split', `validate: ${isoDay(end + 1)}..${isoDay(85)}`) : program;
  const tried = [earlier, program].flatMap(one => laterTests.map(from => withLine(one, 'split', `test: ${isoDay(from)}..`)));
  return [earlier, ...tried].find(one => !rulesOf(one).has('impossible-range')) ?? program;
}
