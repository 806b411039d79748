/**
 * Words of the language that do not run yet. A word stands either here or among the working entries of its family, never in both; using
 * one gets one clear diagnostic in place of "unknown".
 */
import type { LaterEntry } from './entry.ts';

const words: Readonly<Record<LaterEntry['of'], string>> = {
  algorithm: 'rules autoencoder',
  metric: '',
  transform: '',
  step: 'pivot unnest resolve',
  setting: '',
  choice: '',
  function: 'env',
  item: 'fair explain',
  declaration: 'mine deploy monitor policy',
  drift: '',
  type: 'json vector list',
  role: '',
};

export const later: readonly LaterEntry[] = Object.entries(words).flatMap(([of, names]) =>
  (names ? names.split(' ') : []).map(name => ({ family: 'later' as const, name, of: of as LaterEntry['of'] })),
);
