/** Whole runs of small programs over files that are given as texts, in folders that are removed after each test. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { DataRuleSettings } from '../language/catalogue/dataRules.ts';
import { createAnalysis } from '../language/index.ts';
import type { FindingRecord, RunRecord } from '../runner/record.ts';
import { run } from '../runner/run.ts';
import { runOptions } from './runOptions.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export async function record(program: string, files: Readonly<Record<string, string>>, leakage: DataRuleSettings = {}): Promise<RunRecord> {
  const root = mkdtempSync(join(tmpdir(), 'cupel-leaks-'));
  folders.push(root);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  const analysis = createAnalysis();
  analysis.setFile('a.cupel', { kind: 'text', text: program });
  const { plan, diagnostics } = analysis.plan('a.cupel', []);
  if (!plan) throw new Error(diagnostics.map(d => d.message).join('\n'));
  return run(plan, runOptions(root, { threads: 2, leakage }), () => {});
}

/** What leakage rules that are decided on data found, in the order of their places. */
export const findingsOnData = ({ findings }: RunRecord): readonly FindingRecord[] =>
  findings.filter(f => f.code !== undefined).sort((a, b) => a.range.start.line - b.range.start.line);
