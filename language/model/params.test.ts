import { expect, it } from 'vitest';
import { createAnalysis } from '../createAnalysis.ts';

/** The help for a parameter whose value does not fit, written in the program or set from outside. */
function help(declaration: string, set?: string): string | null | undefined {
  const analysis = createAnalysis();
  if (set !== undefined) analysis.setParameters({ p: set });
  analysis.setFile('main.cupel', { kind: 'text', text: `param ${declaration}\n` });
  return analysis.diagnostics('main.cupel').find(({ rule }) => rule === 'parameter-value')?.help;
}

it.each([
  ['p: duration = 30', '30d'],
  ['p: duration = "month"', '60d'],
  ['p: int = 2.7', '3'],
  ['p: float = "0.25"', '0.25'],
  ['p: float = 3d', '0.5'],
  ['p: text = 7', '"7"'],
  ['p: category { "low", "high" } = "middle"', '"low"'],
  ['p: date = "2024-06-01 10:00"', '2024-06-01'],
  ['p: bool = "yes"', 'true'],
])('%s is told how it is written', (declaration, written) => {
  expect(help(declaration)).toBe(`Write it as \`${written}\`.`);
});

it('a value that is set from outside too', () => {
  expect(help('p: duration = 60d', '30')).toBe('Set it as in `--param p=30d`.');
  expect(help('p: duration = 60d', 'a while')).toBe('Set it as in `--param p=60d`.');
  expect(help('p: date = 2024-01-31', '2024-02-01T10:00:00Z')).toBe('Set it as in `--param p=2024-02-01`.');
});
