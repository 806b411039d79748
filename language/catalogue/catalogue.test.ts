import { describe, expect, it } from 'vitest';
import { entriesOf, entryOf, type Family, laterWord, namesOf } from './catalogue.ts';
import type { SettingEntry } from './entry.ts';
import { later } from './later.ts';

const families: readonly Family[] = ['operator', 'function', 'aggregate', 'transform', 'algorithm', 'metric', 'connector', 'drift', 'role'];

const settings: readonly (readonly [string, SettingEntry])[] = [
  ...entriesOf('transform').flatMap(t => t.settings.map(s => [`${t.name}.${s.name}`, s] as const)),
  ...entriesOf('algorithm').flatMap(a => a.settings.map(s => [`${a.name}.${s.name}`, s] as const)),
  ...entriesOf('connector').flatMap(c => c.options.map(s => [`${c.name}.${s.name}`, s] as const)),
  ...entriesOf('aggregate').flatMap(a => a.parameters.map(s => [`${a.name}.${s.name}`, s] as const)),
];

describe('catalogue', () => {
  it.each(families)('names each %s once', family => {
    const names = namesOf(family);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it.each(families)('finds each %s by its name and documents it in a sentence', family => {
    for (const entry of entriesOf(family)) {
      expect(entryOf(family, entry.name)).toBe(entry);
      expect(entry.doc, entry.name).toMatch(/[.]$/);
    }
  });

  it('keeps words that do not run yet apart from those that do', () => {
    const working = later.filter(word => {
      const family = families.find(f => f === word.of);
      return family !== undefined && entryOf(family, word.name) !== null;
    });
    expect(working).toEqual([]);
    expect(laterWord('algorithm', 'autoencoder')).toMatchObject({ name: 'autoencoder', of: 'algorithm' });
    expect(laterWord('algorithm', 'gradient_boosting')).toBeNull();
  });

  it.each(settings)('%s: default, choices and range agree', (_, setting) => {
    const { default: initial, min = -Infinity, max = Infinity, choices } = setting;
    expect(setting.doc).toMatch(/[.]$/);
    expect(setting.type === 'choice').toBe(choices !== undefined);
    expect(setting.type === 'list').toBe(setting.element !== undefined);
    for (const value of Array.isArray(initial) ? initial : [initial]) {
      if (typeof value === 'number') expect(value >= min && value <= max).toBe(true);
      if (choices && typeof value === 'string') expect(choices).toContain(value);
    }
  });

  it('gives every function and operator an emission key', () => {
    const keys = [...entriesOf('function'), ...entriesOf('operator')].map(entry => entry.key);
    expect(keys).toContain('coalesce');
    expect(keys.every(key => /^[a-z0-9_]+$/.test(key))).toBe(true);
  });

  it('lets only the last parameters of a function be left out', () => {
    for (const { name, parameters } of entriesOf('function')) {
      const optional = parameters.map(p => p.optional === true || p.variadic === true);
      expect(optional, name).toEqual([...optional].sort());
    }
  });
});
