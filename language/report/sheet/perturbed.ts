/** The part of the sheet about changed data: what was changed, what was held against what it was, and what moved. */
import { grouped } from '../../text/grouped.ts';
import type { Range } from '../../text/place.ts';
import { countOf } from '../report.ts';

export interface SheetTrial {
  readonly property: 'T1' | 'T2' | 'T3' | 'T4';
  readonly how: 'swapped' | 'emptied' | 'removed';
  /** "cells known after 2024-09-01". */
  readonly changed: string;
  readonly cells: number;
  readonly observations: number;
  readonly columns: number;
  readonly learned: number;
  /** Share of observations that would have been seen influenced with 95 %; null without observations. */
  readonly detects: number | null;
  readonly moved: readonly {
    readonly what: string;
    readonly observations: number | null;
    readonly path: readonly string[];
    readonly file: string;
    readonly range: Range;
  }[];
}

export interface SheetPerturbation {
  readonly seed: number;
  readonly trials: readonly SheetTrial[];
}

const number = grouped;

/** `stays`, `moves`, or `nothing to change`: then the trial shows nothing. */
export const outcomeOf = ({ cells, moved }: SheetTrial): 'stays' | 'moves' | 'nothing to change' =>
  moved.length > 0 ? 'moves' : cells === 0 ? 'nothing to change' : 'stays';

/** "T2: 31,204 cells known after 2024-09-01 swapped". */
export function trialText({ property, how, changed, cells }: SheetTrial): string {
  return cells === 0 ? `${property}: no ${changed}` : `${property}: ${number(cells)} ${changed}, ${how}`;
}

/** "27,322 observations of 8 columns and 4 fits are as before; an influence on 0.01 % of observations would have been seen". */
export function heldText({ observations, columns, learned, detects, moved }: SheetTrial): string {
  const fits = learned > 0 ? ` and ${countOf(learned, 'fit')}` : '';
  const share = detects === null ? '' : `; an influence on ${percent(detects)} of observations would have been seen`;
  return `${countOf(observations, 'observation')} of ${countOf(columns, 'column')}${fits} ${moved.length > 0 ? 'compared' : 'are as before'}${share}`;
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(1))} %`;

export function movedText({ what, observations, path }: SheetTrial['moved'][number]): string {
  const where = observations === null ? '' : `, in ${countOf(observations, 'observation')}`;
  return `${what}${where}${path.length > 0 ? `: ${path.join(' → ')}` : ''}`;
}

export const perturbationTitle = ({ seed }: SheetPerturbation): string => `Non-interference, tried on these data (seed ${seed})`;

export const hasMoved = (perturbation: SheetPerturbation | null): boolean => perturbation?.trials.some(({ moved }) => moved.length > 0) ?? false;
