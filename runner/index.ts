/** The door of the runner: plans in, records and events out. */
export type { Emit, RunEvent } from './events.ts';
export { RunFailed } from './failure.ts';
export { type DriftWanted, type NewDrift, newDrift } from './newData/drift.ts';
export { type Scored, type ScoreWanted, score } from './newData/score.ts';
export type { RunOptions } from './options.ts';
export { type PlannedStep, previewRun } from './preview.ts';
export type * from './record.ts';
export { type Rows, type RowsWanted, rowsOf, stepNamed } from './rows.ts';
export { run } from './run.ts';
export { schemaFindings } from './schemas.ts';
export type { Input } from './serve/input.ts';
export { type Score, type Scorer, type ScoringModel, scorer } from './serve/scorer.ts';
export { ValueError } from './serve/values.ts';
export { keyOfSurvey, type ProposedColumn, propose } from './survey/proposal.ts';
export { type Survey, type SurveyedColumn, survey } from './survey/survey.ts';
export { type SystemReport, systemReport } from './system.ts';
export { type DriftTest, driftTests } from './watch/drift.ts';
