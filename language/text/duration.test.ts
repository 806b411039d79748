import { describe, expect, it } from 'vitest';
import { type DurationValue, durationLiteral, durationText, microsPerDay } from './duration.ts';

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
