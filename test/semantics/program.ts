/**
 * From the text of a program and small files to values: analysed, planned, and executed both by the reference interpreter and by the
 * engine. What is expected is written as a table and held against each of them, so neither vouches for the other.
 */
import { expect } from 'vitest';
import { type Analysis, createAnalysis, type Diagnostic, type Fix, type Plan } from '../../language/index.ts';
import type { PlanType } from '../../language/plan/plan.ts';
import { lineIndex, offsetAt } from '../../language/text/lines.ts';
import type { NodeResult } from '../../runner/engine/relational.ts';
import { type Files, onEngine } from '../engine.ts';
import { interpret, type NodeOutcome } from '../reference/interpret.ts';
import type { Row, Table, Value } from '../reference/table.ts';

export const file = 'main.cupel';

export type Parameters = Readonly<Record<string, string>>;

export function analysed(text: string, parameters: Parameters = {}): Analysis {
  const analysis = createAnalysis();
  analysis.setFile(file, { kind: 'text', text });
  analysis.setParameters(parameters);
  return analysis;
}

// ---------------------------------------------------------------- what is said

/** `severity rule «text at fault»`, without what is only unused: a program of a test need not use all that it declares. */
export const told = (text: string, parameters: Parameters = {}): string[] =>
  analysed(text, parameters)
    .diagnostics(file)
    .filter(({ rule }) => rule !== 'unused-declaration')
    .map(d => `${d.severity} ${d.rule} «${at(text, d)}»`);

function at(text: string, { range }: Diagnostic): string {
  const lines = lineIndex(text);
  return text.slice(offsetAt(lines, text, range.start), offsetAt(lines, text, range.end));
}

export function diagnostic(text: string, rule: string): Diagnostic {
  const found = analysed(text)
    .diagnostics(file)
    .find(d => d.rule === rule);
  if (!found) throw new Error(`Nothing is said by ${rule}, but ${told(text).join(', ') || 'nothing at all'}.`);
  return found;
}

function applied(text: string, { edits }: Fix): string {
  const lines = lineIndex(text);
  return [...edits]
    .map(({ range, text: by }) => ({ from: offsetAt(lines, text, range.start), to: offsetAt(lines, text, range.end), by }))
    .sort((a, b) => b.from - a.from)
    .reduce((all, { from, to, by }) => all.slice(0, from) + by + all.slice(to), text);
}

/** The program after the first fix of what `rule` says. */
export function fixed(text: string, rule: string): string {
  const [fix] = diagnostic(text, rule).fixes;
  if (!fix) throw new Error(`${rule} has no fix.`);
  return applied(text, fix);
}

export function planOf(text: string, parameters: Parameters = {}): Plan {
  const { plan, diagnostics } = analysed(text, parameters).plan(file, []);
  expect(diagnostics.filter(d => d.severity === 'error').map(d => `${d.rule}: ${d.message}`)).toEqual([]);
  if (!plan) throw new Error('There is no plan.');
  return plan;
}

export const fingerprints = (plan: Plan): ReadonlyMap<string, string> => new Map(plan.nodes.map(node => [node.id, node.fingerprint]));

// ---------------------------------------------------------------- values as text

const instantText = (micros: number): string =>
  new Date(Math.floor(micros / 1000))
    .toISOString()
    .replace(/T00:00:00\.000Z$/, '')
    .replace(/(:00)?\.000Z$/, 'Z');

function cellText(value: Value, type: PlanType): string {
  if (value === null) return 'null';
  if (typeof type === 'object') {
    const [, scale] = type.decimal;
    const digits = String(value)
      .replace('-', '')
      .padStart(scale + 1, '0');
    return `${Number(value) < 0 ? '-' : ''}${digits.slice(0, digits.length - scale)}${scale ? '.' : ''}${scale ? digits.slice(-scale) : ''}`;
  }
  if (type === 'date' || type === 'timestamp') return instantText(Number(value));
  if (type === 'float') return String(Number(Number(value).toPrecision(10)));
  return String(value);
}

/** The columns that the first line of `expected` names, row by row; rows are a set, so both sides are sorted. */
function shown(table: Table, names: readonly string[]): string[] {
  return table.rows
    .map(row =>
      names
        .map(name => {
          const column = table.columns.find(c => c.name === name);
          if (!column) throw new Error(`There is no column ${name}, but ${table.columns.map(c => c.name).join(', ')}.`);
          return cellText(row[name] ?? null, column.type);
        })
        .join(' '),
    )
    .sort();
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map(line => line.trim().replace(/\s+/g, ' '))
    .filter(line => line !== '');

// ---------------------------------------------------------------- both executors

/** The outputs of a feature set stand beside the rows of its split. */
function referenceTable(plan: Plan, outcomes: ReadonlyMap<string, NodeOutcome>, id: string): Table {
  const outcome = outcomes.get(id);
  if (!outcome) throw new Error(`There is no node ${id}, but ${[...outcomes.keys()].join(', ')}.`);
  const node = plan.nodes.find(n => n.id === id);
  const rows = node?.kind === 'features' ? outcomes.get(node.split) : null;
  if (!rows) return outcome.table;
  const own = new Set(outcome.table.columns.map(c => c.name));
  return {
    columns: [...rows.table.columns.filter(c => !own.has(c.name)), ...outcome.table.columns],
    rows: rows.table.rows.map((row, i): Row => ({ ...row, ...outcome.table.rows[i] })),
  };
}

export interface Executed {
  readonly plan: Plan;
  readonly outcomes: ReadonlyMap<string, NodeOutcome>;
  readonly results: ReadonlyMap<string, NodeResult>;
}

/**
 * Holds tables of the program, by the ids of their plan nodes, against what is written: a line of column names, then a line for each
 * row, in any order. Cells are parted by spaces; a midnight is written as its day. The interpreter reads `decoded`: plain CSV.
 */
export async function expectTables(
  text: string,
  files: Files,
  expected: Readonly<Record<string, string>>,
  parameters: Parameters = {},
  decoded: Files = files,
): Promise<Executed> {
  const plan = planOf(text, parameters);
  const outcomes = interpret(plan, path => String(decoded[path]));
  return onEngine(plan, files, async ({ rows, results }) => {
    for (const node of plan.nodes) {
      const errors = results.get(node.id)?.findings.filter(f => f.severity === 'error') ?? [];
      expect(errors.map(f => `${f.rule}: ${f.message}`)).toEqual([]);
    }
    for (const [id, table] of Object.entries(expected)) {
      const [header = '', ...lines] = linesOf(table);
      const names = header.split(' ');
      const reference = referenceTable(plan, outcomes, id);
      const wanted = lines.sort();
      expect({ [`${id}, interpreted`]: shown(reference, names) }).toEqual({ [`${id}, interpreted`]: wanted });
      const engine = { columns: reference.columns, rows: await rows(id) };
      expect({ [`${id}, on the engine`]: shown(engine, names) }).toEqual({ [`${id}, on the engine`]: wanted });
    }
    return { plan, outcomes, results };
  });
}
