/** The types of undeclared columns: guessed from a sample of their cells, with the options of the connector that all of them share. */
import type { PlanType, ScanNode } from '../../language/plan/plan.ts';
import type { SourceFile } from '../engine/connectors/sourceFile.ts';
import { type Database, SqlError } from '../engine/duckdb.ts';
import { openSource } from '../engine/source.ts';
import type { FindingRecord } from '../record.ts';
import { writtenCell } from '../sql/cell.ts';
import { list } from '../sql/write.ts';
import { dirty, type Guess, guessStored, guessText } from './guess.ts';
import { readings } from './spellings.ts';

export interface Typed {
  readonly node: ScanNode;
  /** Beside the columns of the node. */
  readonly guesses: readonly Guess[];
  readonly unreadable: readonly { readonly name: string; readonly why: string }[];
  /** Why nothing can be read. */
  readonly findings: readonly FindingRecord[];
}

/** Which of the ways of writing a connector has an option for. */
const writes: Readonly<Record<ScanNode['connector'], { readonly formats: boolean; readonly decimals: boolean; readonly nulls: boolean }>> = {
  csv: { formats: true, decimals: true, nulls: true },
  json: { formats: true, decimals: false, nulls: true },
  parquet: { formats: false, decimals: false, nulls: false },
  arrow: { formats: false, decimals: false, nulls: false },
};

const wanted = 20_000;
const isNested = /^\s*[{[]/;

/** Of the first files and the last one, for data often change on the way. */
const some = (files: readonly SourceFile[]): SourceFile[] => files.filter((_, i) => i < 3 || i === files.length - 1);

async function sampleOf(db: Database, files: readonly SourceFile[], columns: number): Promise<(string | null)[][]> {
  const cells: (string | null)[][] = Array.from({ length: columns }, () => []);
  const chosen = some(files);
  for (const file of chosen) {
    await file.table?.load();
    // JSON is kept as it stands here, so that objects are known from texts.
    const items = file.columns.map(({ sql, stored }) => (stored === 'json' ? sql : writtenCell(sql, stored)));
    const where = file.broken ? ` WHERE ${file.broken.reason} IS NULL` : '';
    const rows = await db.rows(`SELECT ${list(items)} FROM ${file.from}${where} LIMIT ${Math.ceil(wanted / chosen.length)}`);
    for (const row of rows) for (const [i, value] of row.entries()) cells[i]?.push(value === null ? null : String(value));
    await file.table?.drop();
  }
  await db.run('DROP TABLE IF EXISTS reject_errors');
  await db.run('DROP TABLE IF EXISTS reject_scans');
  return cells;
}

type Sampled = { readonly files: readonly SourceFile[]; readonly cells: (string | null)[][] } | { readonly findings: readonly FindingRecord[] };

/** The beginnings of files say enough, unless the engine stumbles over what only the whole file tells, such as mixed line ends. */
async function sampled(db: Database, root: string, node: ScanNode, headOnly = true): Promise<Sampled> {
  const { files, findings } = await openSource(db, root, node, headOnly);
  const errors = findings.filter(f => f.severity === 'error');
  if (errors.length > 0) return { findings: errors };
  try {
    return { files, cells: await sampleOf(db, files, node.columns.length) };
  } catch (error) {
    if (!headOnly || !(error instanceof SqlError)) throw error;
    return sampled(db, root, node, false);
  }
}

const plainJson = (text: string): string => (text.startsWith('"') ? (JSON.parse(text) as string) : text);

function guessOf(name: string, file: SourceFile | undefined, place: number, cells: readonly (string | null)[], typed: boolean): Guess | null {
  const stored = file?.columns[place]?.stored ?? 'text';
  const values = cells.filter(c => c !== null);
  if (stored === 'json') {
    const nested = values.filter(v => isNested.test(v)).length;
    if (nested > dirty * values.length) return null;
    return guessText(name, values.filter(v => !isNested.test(v)).map(plainJson), dirty);
  }
  // Whoever stores numbers as texts among typed columns means texts, unless all of them are numbers.
  if (stored === 'text') return guessText(name, values, typed ? 0 : dirty);
  const wholeNumbers = values.length > 0 && values.every(v => /^-?\d{1,15}(\.0+)?$/.test(v));
  const type = guessStored(stored.type, wholeNumbers && values.length < cells.length);
  return type === null ? null : { type, format: null, decimal: null, thousands: null, nulls: [], otherwise: null };
}

/** The value that most columns ask for; the others stay texts. */
function agreed<T>(wanted: readonly (T | null)[]): T | null {
  const counts = new Map<T, number>();
  for (const value of wanted) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}

const asText = (guess: Guess): Guess => ({ ...guess, type: 'text', format: null, decimal: null, thousands: null, nulls: [] });

/** Empty: ISO 8601, which counts as a format of its own among those of the columns. */
function formatFor(type: PlanType, guesses: readonly (Guess | null)[]): string | null {
  return agreed(guesses.map(g => (g?.type === type ? (g.format ?? '') : null))) || null;
}

export async function typesOf(db: Database, root: string, node: ScanNode): Promise<Typed> {
  const opened = await sampled(db, root, node);
  if ('findings' in opened) return { node, guesses: [], unreadable: [], findings: opened.findings };
  const { files, cells: sample } = opened;
  const found = node.columns.map((column, i) =>
    guessOf(column.name, files[0], i, sample[i] ?? [], node.connector === 'parquet' || node.connector === 'arrow'),
  );
  const dateFormat = formatFor('date', found);
  const timestampFormat = formatFor('timestamp', found);
  const decimal = agreed(found.map(g => g?.decimal ?? null)) ?? '.';
  const agreeing = agreed(found.map(g => (g && (g.decimal === null || g.decimal === decimal) && g.thousands !== decimal ? g.thousands : null)));
  const thousands = agreeing ?? (decimal === ',' ? '.' : ',');
  const { formats, decimals } = writes[node.connector];
  // 1.234 is a number of another size where the other columns say how decimals are written.
  const beside = readings.filter(r => (r.decimal === null || r.decimal === decimal) && (r.thousands === undefined || r.thousands === thousands));
  const isBeside = (guess: Guess): boolean =>
    (guess.decimal === null || guess.decimal === decimal) && (guess.thousands === null || guess.thousands === thousands);
  const settled = found.map((first, i): Guess | null => {
    if (first === null) return null;
    const again = decimals && !isBeside(first);
    const cells = (sample[i] ?? []).filter(c => c !== null);
    const guess = again ? guessText(node.columns[i]?.name ?? '', cells, dirty, beside) : first;
    const isText = typeof files[0]?.columns[i]?.stored === 'string';
    const format = guess.type === 'date' ? dateFormat : guess.type === 'timestamp' ? timestampFormat : null;
    const fits =
      guess.format === format && (format === null || formats) && isBeside(guess) && ((guess.decimal !== ',' && guess.thousands === null) || decimals);
    return isText && !fits ? asText(guess) : guess;
  });
  const words = writes[node.connector].nulls ? settled.flatMap(g => (g && g.type !== 'text' ? g.nulls : [])) : [];
  const nulls = new Set([...node.options.nulls, ...words]);
  const isGrouped = settled.some(guess => guess !== null && guess.thousands !== null);
  const kept = node.columns.flatMap((column, i) => {
    const guess = settled[i];
    return guess ? [{ column, guess }] : [];
  });
  return {
    node: {
      ...node,
      options: { ...node.options, dateFormat, timestampFormat, decimal, ...(isGrouped && { thousands }), nulls: [...nulls] },
      columns: kept.map(({ column, guess }) => ({ ...column, type: guess.type })),
    },
    guesses: kept.map(k => k.guess),
    unreadable: node.columns.filter((_, i) => settled[i] === null).map(({ name }) => ({ name, why: 'its values are objects or lists' })),
    findings: [],
  };
}
