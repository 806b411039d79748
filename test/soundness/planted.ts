/** How many planted leaks the checker finds, and how many of those that are influences some change shows. */
import { drawFrom } from '../reference/draw.ts';
import type { Checked } from './checker.ts';
import { judge, type Tries } from './judge.ts';
import { type Plant, plants } from './plants.ts';
import { plantsAtCutoff } from './plantsAtCutoff.ts';
import { plantsByLabel } from './plantsByLabel.ts';

export interface Planted {
  readonly name: string;
  readonly depth: number;
  readonly programs: number;
  readonly found: number;
  /** By the rule that is meant. */
  readonly named: number;
  readonly shown: number;
  /** Programs in which a change is asked to show it. */
  readonly asked: number;
  readonly faults: readonly string[];
}

export const allPlants: readonly Plant[] = [...plants, ...plantsAtCutoff, ...plantsByLabel];

/** Of each plant at each depth, so many programs are also changed: finding is cheap, showing is not. */
const mostAsked = 4;

/** Rules that say that something leaks, or what it is assumed not to. */
export const toldIn = ({ leaks, assumed }: Checked): readonly string[] => [...leaks, ...assumed];

/** Each plant at each depth, in so many programs; changes are tried where `power` says so. */
export function planted(programs: number, seed: number, power: Tries | null, of: readonly Plant[] = allPlants): readonly Planted[] {
  return of.flatMap(plant =>
    [1, 2, 3, 4, 5].map((depth): Planted => {
      let [found, named, shown, asked] = [0, 0, 0, 0];
      const faults: string[] = [];
      for (let i = 0; i < programs; i++) {
        const draw = drawFrom(seed + i * 7 + depth);
        const program = plant.make(draw, depth);
        const isAsked = power !== null && plant.isInfluence && i < mostAsked;
        const tries = isAsked ? { ...power, untilShown: true } : { data: 0, rounds: 0 };
        const { checked, broken, isLive } = judge(program, seed + i, { clean: tries, flagged: tries });
        faults.push(...checked.broken);
        const told = toldIn(checked);
        if (told.length > 0) found++;
        if (plant.rules.some(rule => told.includes(rule))) named++;
        if (!isAsked || !isLive) continue;
        asked++;
        if (broken.size > 0) shown++;
      }
      return { name: plant.name, depth, programs, found, named, shown, asked, faults: [...new Set(faults)] };
    }),
  );
}

export function plantedText(all: readonly Planted[]): string {
  const sum = (of: (p: Planted) => number, from: readonly Planted[] = all): number => from.reduce((total, p) => total + of(p), 0);
  const names = [...new Set(all.map(p => p.name))];
  const lines = names.map(name => {
    const own = all.filter(p => p.name === name);
    const asked = sum(p => p.asked, own);
    const faults = own.flatMap(p => p.faults).slice(0, 1);
    return `  ${name}: found ${sum(p => p.found, own)} of ${sum(p => p.programs, own)}, by the rule meant ${sum(p => p.named, own)}${asked ? `; shown ${sum(p => p.shown, own)} of ${asked}` : ''}${faults.length ? ` – ${faults.join()}` : ''}`;
  });
  return [
    `${names.length} transfer functions at depth 1 to 5: ${sum(p => p.found)} of ${sum(p => p.programs)} planted leaks found; of ${sum(p => p.asked)} influences ${sum(p => p.shown)} shown by some change`,
    ...lines,
  ].join('\n');
}
