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
function waiting(program: SoundProgram): SoundProgram {
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

/** As many cutoffs as long gaps ask for. */
const moreOften = (program: SoundProgram): SoundProgram => {
  const at = (text: string): string => text.replace(/^at\s+every .* from .*$/, `at    every 15d from ${isoDay(10)} to ${isoDay(125)}`);
  const changed = (d: Declaration): Declaration => (d.name === 'task' ? { ...d, pieces: d.pieces.map(p => ({ ...p, text: at(p.text) })) } : d);
  return { ...program, declarations: program.declarations.map(changed) };
};

/** Days on which train may end, validate end and the test begin instead; null: as drawn. */
const otherDays = [null, 45].flatMap(train => [85, 95].flatMap(validate => [null, 90, 97, 105].map(test => ({ train, validate, test }))));

const isSplit = ({ name }: Declaration): boolean => name === 'split';

/** The program with a split in whose partitions some cutoff can be. */
function inhabited(program: SoundProgram): SoundProgram {
  if (!rulesOf(program).has('impossible-range')) return program;
  const pieces = program.declarations.find(isSplit)?.pieces ?? [];
  const drawn = pieces
    .find(({ text }) => text.startsWith('train:'))
    ?.text.split('..')
    .at(-1);
  const end = (Date.parse(drawn ?? '') * 1000 - firstDay) / day;
  if (!Number.isFinite(end)) return program;
  const hasValidate = pieces.some(({ text }) => text.startsWith('validate:'));
  const lines = otherDays.map(({ train, validate, test }) => [
    ...(train === null ? [] : [`train: ..${isoDay(train)}`]),
    ...(hasValidate ? [`validate: ${isoDay((train ?? end) + 1)}..${isoDay(validate)}`] : []),
    ...(test === null ? [] : [`test: ${isoDay(test)}..`]),
  ]);
  for (const at of [program, moreOften(program)])
    for (const own of lines) {
      const one = own.reduce((changed, line) => withLine(changed, 'split', line), at);
      if (!rulesOf(one).has('impossible-range') && !rulesOf(one).has('overlapping-partitions')) return one;
    }
  return program;
}

/** With what all programs need, and of careful ones what would be said of them. */
export function repaired(program: SoundProgram, isCareful: boolean): SoundProgram {
  if (!isCareful) return inhabited(program);
  return inhabited(waiting(inhabited(waiting(program))));
}
