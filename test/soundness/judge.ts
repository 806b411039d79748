/** One program judged: what the checker says, and whether the oracle agrees. */
import { drawFrom } from '../reference/draw.ts';
import { DataError } from '../reference/table.ts';
import { aimed } from './aimed.ts';
import { type Checked, checked, planned } from './checker.ts';
import { confirmed } from './confirm.ts';
import { randomData } from './data.ts';
import { foldsOf, type SoundProgram } from './program.ts';
import { brokenProperties, type Property } from './properties.ts';
import { cellText, type Observation } from './run.ts';
import { cellKnown } from './schema.ts';
import { keyOfRow, members, type Setting, settingOf } from './setting.ts';

export type Verdict = 'clean' | 'assumed' | 'leaks' | 'broken';

export interface Judged {
  readonly verdict: Verdict;
  readonly checked: Checked;
  /** Whether there are rows to learn from and rows to judge on. */
  readonly isLive: boolean;
  /** Whether some of these have another label than others: where all are alike, nothing can be learned, so that nothing can leak. */
  readonly isTelling: boolean;
  readonly broken: ReadonlySet<Property>;
  /** Of the rules that say that something leaks, those that their oracle agrees with. */
  readonly confirmed: readonly string[];
}

const verdictOf = ({ broken, leaks, assumed }: Checked): Verdict =>
  broken.length ? 'broken' : leaks.length ? 'leaks' : assumed.length ? 'assumed' : 'clean';

/** So many data are drawn, and so many changes of each kind tried on each. */
export interface Tries {
  readonly data: number;
  readonly rounds: number;
  /** Until some change shows it, and not only until the rules are confirmed. */
  readonly untilShown?: boolean;
}

/** A clean program has to bear all of them; a flagged one gets them until its rules are confirmed, or is not tried at all. */
export interface Effort {
  readonly clean: Tries;
  readonly flagged: Tries | null;
}

/** What is flagged is tried on denser data too, and on data that lie where the program looks: rare conditions and short windows find something there. */
const densities = [1, 'aimed', 3, 'aimed', 8] as const;

/** Of what is clean, one program in so many is tried on data that lie where it looks. */
const aimedEvery = 3;

/** So many draws of data without rows on one of the sides do not count as tries. */
const mostEmpty = 3;

/** The observations, as many again of them as have a cell of their own row still to come: what it decides is seen by nobody else. */
function withPending({ candidates, data, entity }: Setting): readonly Observation[] {
  const lastKnown = new Map(
    (data[entity.name] ?? []).map(row => {
      const times = entity.columns.map(column => cellKnown(entity, row, column)).filter(Number.isFinite);
      return [String(keyOfRow(entity, row)), Math.max(...times)];
    }),
  );
  const pending = candidates.filter(({ identity, cutoff }) => cutoff !== null && (lastKnown.get(identity) ?? Number.NEGATIVE_INFINITY) > cutoff);
  if (pending.length === 0) return candidates;
  return [...candidates, ...Array.from(candidates, (_, i) => pending[i % pending.length] ?? []).flat()];
}

export function judge(program: SoundProgram, seed: number, effort: Effort): Judged {
  const found = checked(program);
  const verdict = verdictOf(found);
  const nothing: Judged = { verdict, checked: found, isLive: false, isTelling: false, broken: new Set(), confirmed: [] };
  const tries = verdict === 'clean' ? effort.clean : effort.flagged;
  if (verdict === 'broken' || verdict === 'assumed' || !tries) return nothing;
  const plan = planned(program);
  if (typeof plan === 'string') return { ...nothing, verdict: 'broken', checked: { ...found, broken: [plan] } };
  const broken = new Set<Property>();
  const rules = new Set<string>();
  let isLive = false;
  let isTelling = false;
  const folds = foldsOf(program);
  const empty = verdict === 'clean' ? mostEmpty : 0;
  let asked = 0;
  for (let i = 0; asked < tries.data && i < tries.data + empty; i++) {
    const draw = drawFrom(seed * 31 + i);
    try {
      const density = verdict === 'leaks' ? (densities[i % densities.length] ?? 1) : seed % aimedEvery === 0 ? 'aimed' : 1;
      const drawn = settingOf(plan, program.sources, randomData(draw, program.sources, density === 'aimed' ? 1 : density));
      const setting = density === 'aimed' ? settingOf(plan, program.sources, aimed(draw, drawn)) : drawn;
      if (members(setting, 'train').length > 0 && members(setting, 'test').length > 0) isLive = true;
      if (new Set(members(setting, 'train', 'validate', 'test').map(({ row }) => cellText(row['#label']))).size > 1) isTelling = true;
      if (isLive || i >= empty) asked++;
      const looked = verdict === 'leaks' ? { ...setting, focus: withPending(setting) } : setting;
      for (const property of brokenProperties(draw, looked, isLive ? tries.rounds : 1)) broken.add(property);
      for (const rule of confirmed({ ...setting, folds }, found.leaks, broken)) rules.add(rule);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
    }
    const isDone = verdict === 'clean' || tries.untilShown ? broken.size > 0 : found.leaks.every(rule => rules.has(rule));
    if (isDone) break;
  }
  return { ...nothing, isLive, isTelling, broken, confirmed: [...rules] };
}
