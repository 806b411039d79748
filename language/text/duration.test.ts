import { describe, expect, it } from 'vitest';
import { type DurationValue, durationLiteral, durationText, durationWords, microsPerDay } from './duration.ts';

const of = (months: number, days: number, hours = 0): DurationValue => ({ months, micros: days * microsPerDay + (hours * microsPerDay) / 24 });

describe('durations', () => {
  it.each([
    [of(0, 0), '0d', '0d'],
    [of(0, 60), '60d', '60d'],
    [of(0, 1, 12), '1d 12h', '36h'],
    [of(2, 0), '2mo', '2mo'],
    [of(12, 0), '1y', '1y'],
    [of(2, 2), '2mo 2d', '64d'],
    [of(1, 0, 1), '1mo 1h', '32d'],
  ])('%j: %s, as one literal %s', (duration, text, literal) => {
    expect(durationText(duration)).toBe(text);
    expect(durationLiteral(duration)).toBe(literal);
  });
});

it.each([
  [{ months: 0, micros: 30 * microsPerDay }, '30 days'],
  [{ months: 0, micros: 1.5 * microsPerDay }, '1 day 12 hours'],
  [{ months: 1, micros: 0 }, '1 month'],
  [{ months: 24, micros: 0 }, '2 years'],
  [{ months: 0, micros: -3_600_000_000 }, '-1 hour'],
  [{ months: 0, micros: 1_500_000 }, '1 second 500 milliseconds'],
  [{ months: 0, micros: 0 }, '0 days'],
])('%o in a sentence: %s', (duration, text) => expect(durationWords(duration)).toBe(text));
