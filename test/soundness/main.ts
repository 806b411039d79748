/**
 * `npm run fuzz:leakage -- --programs N --seed S`: the long form, ended after `--minutes M` if that comes first; `--confirm-every K` asks of
 * one seed in K whether what is flagged is an influence. `--planted N` plants leaks instead, and `--explain SEED` shows one program, made as
 * small as it still tells.
 */
import { generate } from './generate.ts';
import { type Effort, judge, type Tries } from './judge.ts';
import { planted, plantedText } from './planted.ts';
import { shown } from './program.ts';
import { addTo, emptyReport, minimal, minimalQuiet, reportText } from './report.ts';

const option = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  const value = at < 0 ? otherwise : Number(process.argv[at + 1]);
  if (!Number.isSafeInteger(value)) throw new Error(`--${name} takes a whole number.`);
  return value;
};

const clean: Tries = { data: option('data', 1), rounds: option('rounds', 4) };
const flagged: Tries = { data: option('flagged-data', 8), rounds: option('flagged-rounds', 5) };
const effort: Effort = { clean, flagged };
/** Of the seeds, one in so many is also asked whether what is flagged is confirmed, which costs far more than the rest. */
const every = option('confirm-every', 1);

function explain(seed: number): void {
  const program = generate(seed);
  const judged = judge(program, seed, effort);
  console.log(shown(program));
  console.log(
    `\n${judged.verdict}, ${judged.isLive ? 'live' : 'no rows'}; ${[...judged.broken].join(', ')}\n${[...judged.checked.told, ...judged.checked.broken].join('\n')}`,
  );
  const deep: Effort = { clean: { data: 4, rounds: 12 }, flagged: flagged };
  const [rule, ...others] = judged.checked.leaks;
  const smaller =
    judged.verdict === 'clean' && judged.broken.size > 0
      ? minimal(seed, judged.broken, deep)
      : judged.verdict === 'leaks' && judged.isLive && rule !== undefined && others.length === 0 && judged.confirmed.length === 0
        ? minimalQuiet(seed, rule, deep)
        : null;
  const least = smaller && judge(smaller, seed, deep);
  if (least) console.log(`\n=== at its smallest\n\n${shown(smaller)}\n\n${[...least.broken].join(', ')}\n${least.checked.told.join('\n')}`);
}

const explained = option('explain', -1);
const planting = option('planted', 0);
if (planting > 0) {
  console.log(plantedText(planted(planting, option('seed', 1), flagged)));
} else if (explained >= 0) {
  explain(explained);
} else {
  const programs = option('programs', 1000);
  const first = option('seed', 1);
  const report = emptyReport();
  const end = performance.now() + option('minutes', 24 * 60) * 60_000;
  for (let seed = first; seed < first + programs && performance.now() < end; seed++) {
    try {
      addTo(report, seed, judge(generate(seed), seed, seed % every === 0 ? effort : { clean, flagged: null }));
    } catch (error) {
      throw new Error(`The program of seed ${seed} cannot be judged.`, { cause: error });
    }
    const last = report.holes.at(-1);
    if (last?.seed === seed) console.log(`clean but influenced: ${seed} (${last.broken.join(', ')})`);
    if (report.programs % 500 === 0 && report.programs < programs) console.log(`… ${report.programs}, ${report.holes.length} clean but influenced`);
  }
  console.log(`seeds ${first} to ${first + report.programs - 1}\n${reportText(report)}`);
  process.exitCode = report.holes.length ? 1 : 0;
}
