/** The rows of a test as files that the engine reads like any other source, so that a test goes the whole way of a run. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScanNode } from '../../language/plan/plan.ts';
import type { PlanTest, PlanTestValue } from '../../language/plan/unitTests.ts';

/** As the scan reads it without any option. */
function cellText(value: PlanTestValue, type: ScanNode['columns'][number]['type']): string {
  switch (value.kind) {
    case 'null':
      return '';
    case 'number':
      return typeof type === 'object' ? value.value.toFixed(type.decimal[1]) : String(value.value);
    case 'bool':
      return String(value.value);
    case 'text':
      return `"${value.value.replaceAll('"', '""')}"`;
    case 'time':
      return type === 'date' ? momentText(value.value).slice(0, 10) : momentText(value.value);
    case 'duration':
      return durationText(value.value.months, value.value.micros);
  }
}

/** With all six digits behind the second. */
export function momentText(micros: number): string {
  const millis = Math.floor(micros / 1000);
  return `${new Date(millis).toISOString().slice(0, 23)}${String(micros - millis * 1000).padStart(3, '0')}Z`;
}

function durationText(months: number, micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  return [`${months}mo`, `${seconds}s`, `${Math.round((micros - seconds * 1_000_000) / 1000)}ms`].join(' ');
}

/** The scan of a source over the rows that a test gives it. */
export async function givenScan(scan: ScanNode, test: PlanTest, folder: string, index: number): Promise<ScanNode> {
  const rows = test.given.find(({ source }) => source === scan.name)?.rows ?? [];
  const path = join(folder, `given-${index}.csv`);
  const names = scan.columns.map(column => `"${column.name.replaceAll('"', '""')}"`);
  const lines = rows.map(({ cells }) =>
    scan.columns.map(({ name, type }) => {
      const cell = cells.find(({ column }) => column === name);
      return cell ? cellText(cell.value, type) : '';
    }),
  );
  await writeFile(path, `${[names, ...lines].map(line => line.join(',')).join('\n')}\n`);
  return {
    ...scan,
    connector: 'csv',
    path,
    columns: scan.columns.map(column => ({ ...column, nullable: true })),
    options: {
      delimiter: ',',
      header: true,
      nulls: [''],
      decimal: '.',
      dateFormat: null,
      timestampFormat: null,
      encoding: 'utf-8',
      compression: 'none',
      zone: 'UTC',
    },
  };
}
