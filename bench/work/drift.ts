/** For `bench/drift.mjs`: drift between two windows of raw columns, or how often it alarms where nothing has moved. Prints a line of JSON. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DriftSubject, type DriftTest, detectDrift, driftTests, testApplies } from '../../runner/watch/drift.ts';
import type { DriftSample } from '../../runner/watch/sample.ts';
import { categories, levels, numbers, windowColumns } from '../generate/shifted.mjs';

const [what = '', ...rest] = process.argv.slice(2);
const levelNames = (count: number): string[] => Array.from({ length: count }, (_, k) => `v${k}`);

function sampleOf(name: string, values: Float64Array | Int32Array, entity: Int32Array): DriftSample {
  if (values instanceof Float64Array) return { kind: 'number', values, entity };
  return { kind: 'category', levels: levelNames(levels[categories.indexOf(name)] ?? 0), codes: values, entity };
}

function windows(folder: string, ofNumbers: DriftTest): object {
  const read = (window: string, name: string): Float64Array | Int32Array => {
    const bytes = readFileSync(join(folder, window, name));
    const own = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    return numbers.includes(name) ? new Float64Array(own) : new Int32Array(own);
  };
  const names = [...numbers, ...categories];
  const columns = names.map(name => ({ name, before: read('reference', name), after: read('current', name) }));
  const rows = columns[0]?.before.length ?? 0;
  const entity = Int32Array.from({ length: rows }, (_, i) => i);
  const [started, used] = [performance.now(), process.cpuUsage()];
  const found = detectDrift(
    columns.map(({ name, before, after }): DriftSubject => {
      const [reference, current] = [sampleOf(name, before, entity), sampleOf(name, after, entity)];
      const test = reference.kind === 'number' ? ofNumbers : ofNumbers === 'ks' || ofNumbers === 'wasserstein' ? 'chi_square' : ofNumbers;
      return { name, kind: 'feature', test, reference, current };
    }),
    1,
  );
  const { user, system } = process.cpuUsage(used);
  return {
    seconds: (performance.now() - started) / 1000,
    processors: (user + system) / 1e6,
    drifted: found.drift.filter(d => d.drifted).map(d => d.name),
    statistics: Object.fromEntries(found.drift.map(d => [d.name, d.statistic])),
    expectedFalseAlarms: found.expectedFalseAlarms,
  };
}

/** Reference of 2,000 rows and windows of 100: shares of columns with p at most 5 %, and of comparisons in which any column has drifted. */
function alarms(times: number): object {
  const result: Record<string, { columns: number; comparisons: number }> = {};
  const entity = (rows: number): Int32Array => Int32Array.from({ length: rows }, (_, i) => i);
  const [ofReference, ofCurrent] = [entity(2000), entity(100)];
  for (const test of driftTests) {
    let [compared, low, drifted] = [0, 0, 0];
    for (let k = 0; k < times; k++) {
      const before = [...windowColumns(9000 + k, 2000, false)];
      const after = [...windowColumns(90_000 + k, 100, false)];
      const subjects = before.flatMap(({ name, values }, i): DriftSubject[] => {
        const [reference, current] = [sampleOf(name, values, ofReference), sampleOf(name, after[i]?.values ?? values, ofCurrent)];
        return testApplies(test, reference.kind) ? [{ name, kind: 'feature', test, reference, current }] : [];
      });
      const { drift } = detectDrift(subjects, k);
      compared += drift.length;
      low += drift.filter(d => d.p <= 0.05).length;
      if (drift.some(d => d.drifted)) drifted++;
    }
    result[test] = { columns: low / compared, comparisons: drifted / times };
  }
  return result;
}

console.log(JSON.stringify(what === 'alarms' ? alarms(Number(rest[0])) : windows(rest[0] ?? '', rest[1] as DriftTest)));
