/** The door of the runner: plans in, records and events out. */
export type { Emit, RunEvent } from './events.ts';
export { RunFailed } from './failure.ts';
export type { RunOptions } from './options.ts';
export { type PlannedStep, previewRun } from './preview.ts';
export type * from './record.ts';
export { run } from './run.ts';
export { type SystemReport, systemReport } from './system.ts';
