/** Fitted transforms of one column that give numbers: scales, bins, frequencies, hashes, circles. */
import { quantile } from './aggregates.ts';
import { canonicalText } from './canonical.ts';
import { call } from './functions.ts';
import { finite, toFloat } from './numbers.ts';
import { type Fitted, type FittedStep, one, type Sample, trained } from './samples.ts';
import type { Value } from './table.ts';

const numbersOf = (step: FittedStep, samples: readonly Sample[]): number[] => trained(samples).map(v => toFloat(v, step.inputType));

/** A number of the input, where it is there. */
const mapped = (step: FittedStep, samples: readonly Sample[], of: (x: number) => Value): Value[] =>
  samples.map(({ value }) => (value === null ? null : of(toFloat(value, step.inputType))));

const clipped = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);

export function minMax(step: FittedStep, samples: readonly Sample[]): Fitted {
  const seen = numbersOf(step, samples);
  const low = Math.min(...seen);
  const width = Math.max(...seen) - low;
  const scaled = (x: number): number => (x - low) / (width === 0 ? 1 : width);
  const isClipped = step.settings['clip'] === true;
  return one(
    step,
    'float',
    mapped(step, samples, x => (seen.length === 0 ? null : isClipped ? clipped(scaled(x), 0, 1) : finite(scaled(x)))),
  );
}

export function robustScale(step: FittedStep, samples: readonly Sample[]): Fitted {
  const seen = numbersOf(step, samples);
  const [low, median, high] = [Number(step.settings['low']), 0.5, Number(step.settings['high'])].map(q => quantile(seen, q) ?? 0) as [
    number,
    number,
    number,
  ];
  return one(
    step,
    'float',
    mapped(step, samples, x => (seen.length === 0 ? null : finite((x - median) / (high === low ? 1 : high - low)))),
  );
}

export function winsorize(step: FittedStep, samples: readonly Sample[]): Fitted {
  const seen = numbersOf(step, samples);
  const low = quantile(seen, Number(step.settings['low']));
  const high = quantile(seen, Number(step.settings['high']));
  return one(
    step,
    'float',
    mapped(step, samples, x => (low === null || high === null ? null : clipped(x, low, high))),
  );
}

export function quantileBin(step: FittedStep, samples: readonly Sample[]): Fitted {
  const seen = numbersOf(step, samples);
  const bins = Number(step.settings['bins']);
  const edges = [...new Set(Array.from({ length: bins + 1 }, (_, i) => quantile(seen, i / bins) ?? 0))];
  const inner = edges.slice(1, -1);
  return one(
    step,
    'float',
    mapped(step, samples, x => (seen.length === 0 ? null : inner.filter(edge => edge <= x).length)),
  );
}

export function frequencyEncode(step: FittedStep, samples: readonly Sample[]): Fitted {
  const train = samples.filter(s => s.isTrain);
  const share = (value: NonNullable<Value>): number => {
    const text = canonicalText(value, step.inputType);
    return train.filter(s => s.value !== null && canonicalText(s.value, step.inputType) === text).length / train.length;
  };
  return one(
    step,
    'float',
    samples.map(({ value }) => (value === null || train.length === 0 ? 0 : share(value))),
  );
}

/** Several columns at once: `of` gives the values of a row in the order of `names`. */
const group = (names: readonly string[], samples: readonly Sample[], of: (value: Value) => readonly Value[]): Fitted => {
  const rows = samples.map(({ value }) => of(value));
  return {
    columns: names.map(name => ({ name, type: 'float' })),
    values: names.map((_, i) => rows.map(row => row[i] ?? null)),
    leftOut: samples.map(() => false),
  };
};

export function hashEncode(step: FittedStep, samples: readonly Sample[]): Fitted {
  const columns = Number(step.settings['columns']);
  const names = Array.from({ length: columns }, (_, i) => `${step.output}_${i + 1}`);
  return group(names, samples, value => {
    const place =
      value === null ? -1 : Number(BigInt(call('hash', [{ value, type: step.inputType, absent: false }], 'int') as bigint) % BigInt(columns));
    return names.map((_, i) => (i === place ? 1 : 0));
  });
}

export function cyclic(step: FittedStep, samples: readonly Sample[]): Fitted {
  const period = Number(step.settings['period']);
  return group([`${step.output}=sin`, `${step.output}=cos`], samples, value => {
    if (value === null) return [null, null];
    const angle = toFloat(value, step.inputType) * ((2 * Math.PI) / period);
    return [finite(Math.sin(angle)), finite(Math.cos(angle))];
  });
}
