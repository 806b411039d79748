/** Fitted transforms give what scikit-learn gives on the same rows: fitted on the first rows, applied to all. */
import { describe, expect, it } from 'vitest';
import { transforms } from '../language/catalogue/transforms.ts';
import type { PlanType } from '../language/plan/plan.ts';
import { fixture, synthetic } from '../runner/learn/fixtures/read.ts';
import { onEngine } from './engine.ts';
import {
  column,
  feature,
  featuresNode,
  fittedStep,
  frameNode,
  known,
  label,
  planOf,
  rowStep,
  scanColumn,
  scanNode,
  splitNode,
} from './reference/build.ts';
import { transformNames } from './reference/fits.ts';
import { interpret } from './reference/interpret.ts';
import type { Row } from './reference/table.ts';

interface Case {
  readonly transform: string;
  readonly input: string;
  readonly settings: Parameters<typeof fittedStep>[4];
  readonly output: string | null;
  /** Rows before it are encoded out of fold. */
  readonly first: number;
  readonly values: readonly (number | null)[];
}

const reference = fixture<{ readonly seed: number; readonly rows: number; readonly train: number; readonly cases: readonly Case[] }>('transforms');
const { matrix, labels } = synthetic(reference.seed, reference.rows, true);
const day = 86_400_000_000;

const typeOf = (input: string): PlanType => (input === 'c' ? 'text' : 'float');

function csv(): string {
  const lines = Array.from({ length: reference.rows }, (_, row) => {
    const cells = matrix.columns.map(c => {
      if (c.kind === 'category') return c.levels[c.codes[row] ?? -1] ?? '';
      const value = c.values[row] ?? Number.NaN;
      return Number.isNaN(value) ? '' : String(value);
    });
    return [String(row), new Date((row * day) / 1000).toISOString(), ...cells, String(labels.binary[row] === 1)].join(',');
  });
  return ['id,at,x1,x2,x3,x4,c,y', ...lines].join('\n');
}

const stepsOf = (cases: readonly Case[]) =>
  cases.map(({ transform, input, settings }, i) => fittedStep(`f${i}`, transform, input, typeOf(input), settings));

const inputs = ['x1', 'x2', 'x3', 'x4', 'c'];

const plan = planOf(
  scanNode({
    name: 'rows',
    columns: [
      scanColumn('id', 'text', { nullable: false }),
      scanColumn('at', 'timestamp', { nullable: false }),
      ...inputs.map(name => scanColumn(name, typeOf(name))),
      scanColumn('y', 'bool'),
    ],
    key: 'id',
  }),
  frameNode({
    name: 'task',
    relation: 'scan rows',
    cutoffs: { kind: 'column', value: known('at') },
    key: 'id',
    label: label({ value: column('y', 'bool') }),
  }),
  splitNode({
    name: 'task',
    frame: 'frame task',
    method: {
      kind: 'time',
      train: [null, reference.train * day],
      validate: null,
      test: [reference.train * day, null],
      gap: { months: 0, micros: 0 },
      group: null,
    },
  }),
  featuresNode({
    name: 'set',
    split: 'split task',
    frame: 'frame task',
    steps: [...inputs.map(name => rowStep(name, column(name, typeOf(name)))), ...stepsOf(reference.cases)],
    features: [feature('x1', 'number')],
  }),
);

const differing = (rows: readonly Row[]): string[] => {
  const byId = new Map(rows.map(row => [row['id'], row]));
  return reference.cases.flatMap(({ transform, input, settings, output, first, values }, i) => {
    const wrong = values.findIndex((value, row) => {
      if (row < first) return false;
      const found = byId.get(String(row))?.[`f${i}${output ?? ''}`] ?? null;
      if (value === null || found === null) return value !== found;
      return Math.abs(Number(found) - value) > 1e-9 * Math.max(1, Math.abs(value));
    });
    if (wrong < 0) return [];
    return [
      `${transform} ${JSON.stringify(settings)} of ${input}, row ${wrong}: ${byId.get(String(wrong))?.[`f${i}${output ?? ''}`]}, not ${values[wrong]}`,
    ];
  });
};

describe('fitted transforms', () => {
  it('are all in the reference interpreter', () => {
    const ofColumns = transforms.filter(entry => entry.result !== 'rows');
    expect([...transformNames].sort()).toEqual(ofColumns.map(entry => entry.name).sort());
  });
});

describe('fitted transforms equal scikit-learn', () => {
  it('in the engine', () => onEngine(plan, { 'rows.csv': csv() }, async ({ rows }) => expect(differing(await rows('features set'))).toEqual([])));

  it('in the reference interpreter', () => {
    const rows = csv();
    const { table } = interpret(plan, () => rows).get('features set') ?? { table: { rows: [] } };
    const ids = (interpret(plan, () => rows).get('split task')?.table.rows ?? []).map(row => row['id'] ?? null);
    expect(differing(table.rows.map((row, i) => ({ ...row, id: row['id'] ?? ids[i] ?? null })))).toEqual([]);
  });
});
