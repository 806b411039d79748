/** The figures of many programs: how many are clean and live, which clean ones are influenced, which rules are confirmed and which stay quiet. */
import { generate } from './generate.ts';
import { type Effort, type Judged, judge } from './judge.ts';
import type { SoundProgram } from './program.ts';
import { shrunk } from './shrink.ts';

export interface Hole {
  readonly seed: number;
  readonly broken: readonly string[];
}

export interface RuleCount {
  /** Programs in which the rule speaks, with rows on both sides and labels that differ. */
  said: number;
  confirmed: number;
  /** The same where no other rule speaks. */
  alone: number;
  aloneConfirmed: number;
  quiet: number[];
}

export interface Report {
  programs: number;
  readonly verdicts: Record<Judged['verdict'], number>;
  /** Clean with rows on both sides. */
  live: number;
  readonly holes: Hole[];
  readonly rules: Map<string, RuleCount>;
  readonly faults: Map<string, number>;
}

export const emptyReport = (): Report => ({
  programs: 0,
  verdicts: { clean: 0, assumed: 0, leaks: 0, broken: 0 },
  live: 0,
  holes: [],
  rules: new Map(),
  faults: new Map(),
});

const countOf = (report: Report, rule: string): RuleCount => {
  const there = report.rules.get(rule) ?? { said: 0, confirmed: 0, alone: 0, aloneConfirmed: 0, quiet: [] };
  report.rules.set(rule, there);
  return there;
};

export function addTo(report: Report, seed: number, { verdict, checked, isLive, isTelling, broken, confirmed }: Judged): void {
  report.programs++;
  report.verdicts[verdict]++;
  if (verdict === 'clean' && isLive) report.live++;
  if (verdict === 'clean' && broken.size > 0) report.holes.push({ seed, broken: [...broken] });
  const [fault] = checked.broken;
  if (fault !== undefined) report.faults.set(fault, (report.faults.get(fault) ?? 0) + 1);
  if (verdict !== 'leaks' || !isLive || !isTelling) return;
  for (const rule of checked.leaks) {
    const count = countOf(report, rule);
    const isConfirmed = confirmed.includes(rule);
    count.said++;
    if (isConfirmed) count.confirmed++;
    if (checked.leaks.length > 1) continue;
    count.alone++;
    if (isConfirmed) count.aloneConfirmed++;
    else count.quiet.push(seed);
  }
}

const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`);

export function reportText(report: Report): string {
  const { programs, verdicts, live, holes, rules, faults } = report;
  const sound = programs - verdicts.broken;
  const alone = [...rules.values()].reduce((sum, r) => sum + r.alone, 0);
  const aloneConfirmed = [...rules.values()].reduce((sum, r) => sum + r.aloneConfirmed, 0);
  const lines = [
    `${programs} programs: ${verdicts.clean} clean (${percent(live, sound)} of all are clean with rows to learn from and to judge on), ${verdicts.assumed} assumed, ${verdicts.leaks} flagged, ${verdicts.broken} not well-typed`,
    `clean but influenced: ${holes.length}${
      holes.length
        ? ` – ${holes
            .slice(0, 20)
            .map(h => `${h.seed} (${h.broken.join(', ')})`)
            .join('; ')}`
        : ''
    }`,
    `flagged by one rule and confirmed by its oracle: ${aloneConfirmed} of ${alone} (${percent(aloneConfirmed, alone)})`,
    ...[...rules]
      .sort()
      .map(
        ([name, r]) =>
          `  ${name}: ${r.confirmed} of ${r.said}; alone ${r.aloneConfirmed} of ${r.alone} (${percent(r.aloneConfirmed, r.alone)})${r.quiet.length ? `, quiet in ${r.quiet.slice(0, 6).join(' ')}` : ''}`,
      ),
    ...[...faults]
      .sort((a, b) => b[1] - a[1])
      .slice(0, 12)
      .map(([fault, n]) => `  not well-typed ${n}: ${fault}`),
  ];
  return lines.join('\n');
}

/** The smallest program that is still clean and influenced by the same property. */
export function minimal(seed: number, broken: ReadonlySet<string>, effort: Effort): SoundProgram {
  return shrunk(generate(seed), smaller => {
    try {
      const judged = judge(smaller, seed, effort);
      return judged.verdict === 'clean' && [...judged.broken].some(property => broken.has(property));
    } catch {
      return false;
    }
  });
}

/** The smallest program in which exactly this rule still speaks and is not confirmed. */
export function minimalQuiet(seed: number, rule: string, effort: Effort): SoundProgram {
  return shrunk(generate(seed), smaller => {
    try {
      const judged = judge(smaller, seed, effort);
      return judged.verdict === 'leaks' && judged.isLive && judged.isTelling && judged.checked.leaks.join() === rule && judged.confirmed.length === 0;
    } catch {
      return false;
    }
  });
}
