/** The bundle carries the licence of each package that is in it. */
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { licensesOf } from './licenses.mjs';

it('names each package once, with its version and licence', () => {
  const inputs = ['cli/main.ts', 'node_modules/@duckdb/node-api/lib/index.js', 'node_modules/chevrotain/a.js', 'node_modules/chevrotain/b.js'];
  const text = licensesOf(inputs, resolve('.'));
  expect(text.match(/^chevrotain \d/gm)).toHaveLength(1);
  expect(text).toMatch(/^@duckdb\/node-api \d/m);
  for (const said of ['Permission is hereby granted', 'Apache License']) expect(text).toContain(said);
});
