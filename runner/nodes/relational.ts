/** Steps that are the engine's: sources, tables, checks, observations, partitions, features. Rows taken out are kept where people can look. */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { FeaturesNode } from '../../language/plan/plan.ts';
import { shownPath } from '../engine/files.ts';
import { inCode, number, plural } from '../engine/finding.ts';
import type { NodeResult, RelationalEngine, RelationalNode } from '../engine/relational.ts';
import type { Emit } from '../events.ts';
import { RunFailed } from '../failure.ts';
import type { CheckRecord, FindingRecord } from '../record.ts';
import { asideOf, storing } from '../store/files.ts';
import { savedFiles, type Workbench } from '../workbench.ts';
import { type FeatureSummary, featureSummary } from './featureRecords.ts';
import { emptyOutput, type Step, type StepOutput } from './output.ts';

/** `ahead`: what else reads a matrix, and may begin as soon as there is one. */
export async function relationalStep(
  bench: Workbench,
  node: RelationalNode,
  emit: Emit,
  ahead: (features: FeaturesNode) => Promise<void>,
): Promise<Step> {
  const executed = await bench.execute(node);
  const { engine, result } = executed;
  const quarantine = await keepQuarantine(bench, node, engine, result);
  const output = { ...(await outputOf(bench, node, result, ahead)), quarantine };
  const kept = quarantine === null ? null : shownPath(bench.options.projectDir, join(bench.store.quarantine, quarantine));
  const failure = failureOf(output, kept);
  if (failure) {
    for (const check of output.checks) emit({ event: 'check', node: node.id, ...placeOf(check), check });
    for (const finding of output.findings) emit({ event: 'finding', node: node.id, ...placeOf(finding), finding });
    if (kept !== null) emit({ event: 'artifact', node: node.id, ...placeOf(node.place), path: kept, kind: 'quarantine' });
    throw failure;
  }
  return { output, files: await savedFiles(bench, node, executed) };
}

async function outputOf(
  bench: Workbench,
  node: RelationalNode,
  result: NodeResult,
  ahead: (features: FeaturesNode) => Promise<void>,
): Promise<StepOutput> {
  const base = { ...emptyOutput, rows: result.rows, summary: result.summary, findings: result.findings };
  const { detail } = result;
  // What a part has to say, the declaration that it is made from has said.
  if (node.part && !stops(result))
    return { ...base, findings: [], ...(detail.kind === 'features' ? { fitted: detail.fitted, columns: detail.columns } : {}) };
  switch (detail.kind) {
    case 'scan':
      return { ...base, source: { columns: detail.columns, quarantinedRows: detail.quarantinedRows, quarantinedCells: detail.quarantinedCells } };
    case 'check':
      return { ...base, checks: detail.checks };
    case 'split': {
      const frame = node.kind === 'split' ? bench.node(node.frame).name : node.name;
      return { ...base, partitions: detail.partitions.map(p => ({ task: frame, split: node.name, ...p })) };
    }
    case 'features':
      if (node.kind !== 'features') throw new Error(`The engine took ${node.id} for a feature set`);
      if (stops(result)) return base;
      await bench.matrix(node.id);
      await ahead(node);
      return withFeatures({ ...base, fitted: detail.fitted, columns: detail.columns }, node, await featureSummary(bench, node));
    case 'relation':
    case 'frame':
      return base;
  }
}

/** That a feature has one value is said of the feature, and not again of the transforms that it passes through. */
function withFeatures(base: StepOutput, { steps }: FeaturesNode, { records, findings, constant }: FeatureSummary): StepOutput {
  const passed = steps.flatMap(step => (step.kind === 'fitted' && constant.includes(step.output.replace(/#\d+$/, '')) ? [step.place] : []));
  const isSaidAgain = ({ rule, file, range }: FindingRecord): boolean =>
    rule === 'constant-feature' && passed.some(place => place.file === file && JSON.stringify(place.range) === JSON.stringify(range));
  return { ...base, features: records, findings: [...base.findings.filter(finding => !isSaidAgain(finding)), ...findings] };
}

/** With an error among its findings the engine keeps nothing of a node. */
function stops({ findings }: NodeResult): boolean {
  return findings.some(f => f.severity === 'error');
}

/** An error among the findings, or a check that must hold and does not, ends the run. */
function failureOf(output: StepOutput, kept: string | null): RunFailed | null {
  const errors = output.findings.filter(f => f.severity === 'error');
  const [first] = errors;
  if (first) return new RunFailed('findings', first.message, first.help, placeOf(first), errors);
  const broken = output.checks.filter(c => !c.passed && c.severity === 'error').map(check => brokenCheck(check, kept));
  const [check] = broken;
  return check ? new RunFailed('findings', check.message, check.help, placeOf(check), broken) : null;
}

/** `kept`: the file that holds the rows that fail. */
function brokenCheck(check: CheckRecord, kept: string | null): FindingRecord {
  const isShare = /^complete\b/.test(check.claim) && check.value !== null;
  const rows = `${number(check.failing)} of ${plural(check.total, 'row')}`;
  const measured =
    check.failing > 0
      ? isShare
        ? `${Number(((check.value ?? 0) * 100).toPrecision(4))}% have a value, ${rows} ${check.failing === 1 ? 'does' : 'do'} not`
        : `${rows} ${check.failing === 1 ? 'fails' : 'fail'}`
      : check.value === null
        ? 'it has no value'
        : `it is ${Number(check.value.toPrecision(4))}`;
  const such = check.first === undefined ? '' : ` (${check.failing <= 3 ? '' : 'such as '}${check.first})`;
  return {
    file: check.file,
    range: check.range,
    severity: 'error',
    rule: 'check-failed',
    message: `${inCode(check.claim)} does not hold of \`${check.table}\`: ${measured}${such}.`,
    help: `${kept !== null && check.failing > 0 ? `All of them are in \`${kept}\`. ` : ''}Mend the data, widen the claim, or write \`warn\` behind it to go on.`,
    count: check.failing,
  };
}

/** The file's name; named by the step's key, so that the same data gives the same file once. */
async function keepQuarantine(bench: Workbench, node: RelationalNode, engine: RelationalEngine, result: NodeResult): Promise<string | null> {
  if (result.quarantined === 0) return null;
  const name = `${safeName(node.name)}-${bench.keys(node.id).key.slice(0, 8)}.csv`;
  const path = join(bench.store.quarantine, name);
  const aside = `${asideOf(path)}.csv`;
  await engine.writeQuarantine(node, aside);
  await storing('write the quarantine', () => rename(aside, path));
  return name;
}

export function safeName(name: string): string {
  return name.replace(/[^\p{L}\p{N} _.()=-]/gu, '_').slice(0, 120);
}

function placeOf(record: { readonly file: string; readonly range: FindingRecord['range'] }) {
  return { file: record.file, range: record.range };
}
