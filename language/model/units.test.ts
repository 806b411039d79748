import { describe, expect, it } from 'vitest';
import { divideUnits, multiplyUnits, parseUnit, powerUnit, sameUnit, unitText } from './units.ts';

describe('units', () => {
  it.each([
    ['EUR', 'EUR'],
    ['EUR/day', 'EUR/day'],
    ['EUR / day', 'EUR/day'],
    ['days', 'day'],
    ['km/h', 'km/hour'],
    ['kg*m^2/s^2', 'kg*m^2/second^2'],
    ['kg·m', 'kg*m'],
    ['m/m', ''],
    ['1/s', '1/second'],
    ['1', ''],
    ['m^0.5', 'm^(1/2)'],
    ['m^(2/3)', 'm^(2/3)'],
    ['EUR^-1', '1/EUR'],
    ['%', '%'],
    ['€/m²', null],
    ['', null],
    ['EUR//day', null],
    ['EUR day', null],
    ['5 EUR', null],
    ['m^', null],
  ])('%s reads as %s', (text, shown) => {
    const unit = parseUnit(text);
    expect(unit && unitText(unit)).toBe(shown);
  });

  it('is printed so that it reads back', () => {
    for (const text of ['EUR', 'kg*m^2/second^2', '1/day', 'm^(1/3)*EUR', 'a/b/c']) {
      const unit = parseUnit(text);
      expect(unit && parseUnit(unitText(unit))).toEqual(unit);
    }
  });

  it('cancels, multiplies and takes roots', () => {
    const [eur, day] = [{ EUR: 1 }, { day: 1 }];
    expect(multiplyUnits(divideUnits(eur, day), day)).toEqual(eur);
    expect(divideUnits(eur, eur)).toEqual({});
    expect(sameUnit(powerUnit(powerUnit(eur, 1 / 3), 3), eur)).toBe(true);
    expect(sameUnit(eur, day)).toBe(false);
    expect(sameUnit(eur, {})).toBe(false);
  });
});
