/** A stored model on new rows: one score for each observation, in a file of the columns that predictions have. All rows, or no file. */
import { rename, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { RelationalEngine } from '../engine/relational.ts';
import { asFailure, cancelled } from '../failure.ts';
import { predictedClasses } from '../judge/classes.ts';
import type { Matrix } from '../learn/matrix.ts';
import { type Machinery, machineryOf } from '../machinery.ts';
import { safeName } from '../nodes/relational.ts';
import type { RunOptions } from '../options.ts';
import type { FindingRecord, RunRecord } from '../record.ts';
import type { ScoringModel } from '../serve/scorer.ts';
import { asideOf, storing } from '../store/files.ts';
import { openStore } from '../store/store.ts';
import { firstEncoding, scoresBy } from './batch.ts';
import { encoded, type NewData } from './encode.ts';
import { lastRun, modelOf, type TrainedRun } from './lastRun.ts';

export interface ScoreWanted extends NewData {
  /** The program, relative to the project. */
  readonly program: string;
  readonly model: string;
  /** `.parquet`, `.csv` or `.jsonl`. */
  readonly out: string;
}

export interface Scored {
  readonly run: string;
  /** The texts that the run was of. */
  readonly program: RunRecord['program'];
  readonly rows: number;
  /** Rows of the entities' table. Those that are no observations at the cutoff have no score. */
  readonly read: number;
  readonly cutoff: number | null;
  /** Whether lines of the file are told apart by a key; without one they stand under a hash of what the row holds. */
  readonly hasKey: boolean;
  /** Of the file, in order. */
  readonly columns: readonly string[];
  /** Rows whose features leave the model without a score: it is null there. */
  readonly unscored: number;
  readonly findings: readonly FindingRecord[];
  readonly passedOver: TrainedRun['passedOver'];
}

/** Throws `RunFailed` where the data or the machine do not allow it, and when cancelled. */
export async function score(wanted: ScoreWanted, options: RunOptions, machinery: Machinery = machineryOf(options)): Promise<Scored> {
  let engine: RelationalEngine | null = null;
  let scratch: string | null = null;
  try {
    const store = await openStore(options.storeDir);
    const run = await lastRun(store, wanted.program, wanted.model);
    const scoring = await modelOf(store, run, safeName(wanted.model));
    scratch = await store.scratch();
    const opened = await machinery.engine(join(scratch, 'engine'));
    engine = opened;
    const { frame, rows, read, cutoff, findings } = await encoded(run, scoring, wanted, opened, options);
    const matrices = new Map<string, Matrix>();
    const matrixOf = async (encoding: string): Promise<Matrix> => {
      const matrix = matrices.get(encoding) ?? (await opened.matrix(encoding));
      matrices.set(encoding, matrix);
      return matrix;
    };
    const each = scoring.label.classes?.length ?? 1;
    const scores = await scoresBy(scoring.model, { matrix: matrixOf, each, cancelled: () => options.signal.aborted });
    if (scores.length !== rows * each) throw new Error(`${rows} observations have ${scores.length / each} scores.`);
    const aside = `${asideOf(wanted.out)}${extname(wanted.out)}`;
    const key = frame.key ?? 'identity';
    try {
      await opened.writePredictions(aside, {
        matrix: await matrixOf(firstEncoding(scoring.model)),
        rows: Int32Array.from({ length: rows }, (_, row) => row),
        key,
        score: scores,
        predicted: predictedOf(scoring, scores),
        label: scoring.label,
        isLabelled: false,
      });
      if (options.signal.aborted) throw cancelled();
      await storing(`write ${wanted.out}`, () => rename(aside, wanted.out));
    } finally {
      await rm(aside, { force: true });
    }
    const { id, program } = run.record;
    const unscored = scores.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0) / each;
    return {
      run: id,
      program,
      rows,
      read,
      cutoff,
      hasKey: frame.key !== null,
      columns: columnsOf(scoring, key, frame.cutoffs.kind !== 'none'),
      unscored,
      findings,
      passedOver: run.passedOver,
    };
  } catch (error) {
    throw options.signal.aborted ? cancelled() : (asFailure(error, null) ?? error);
  } finally {
    await engine?.close().catch(() => undefined);
    if (scratch !== null) await rm(scratch, { recursive: true, force: true }).catch(() => undefined);
  }
}

function columnsOf({ label }: ScoringModel, key: string, inTime: boolean): string[] {
  const scores = label.classes ? label.classes.map(level => `score_${level}`) : ['score'];
  return [key, ...(inTime ? ['cutoff'] : []), ...scores, 'predicted'];
}

/** As in a run's predictions; NaN where there is no score. */
function predictedOf({ label, threshold }: ScoringModel, scores: Float64Array): Float64Array {
  const each = label.classes?.length ?? 1;
  if (label.classes) return Float64Array.from(predictedClasses(scores, each), (best, row) => (Number.isNaN(scores[row * each]) ? Number.NaN : best));
  return label.kind === 'binary' ? scores.map(s => (Number.isNaN(s) ? s : s >= threshold ? 1 : 0)) : scores;
}
