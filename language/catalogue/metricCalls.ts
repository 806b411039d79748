/** Metrics with their parameters as one text, `lift(10%)`: what a figure is called from the program to the record of a run. */
import { entryOf } from './catalogue.ts';
import type { MetricEntry, SettingEntry } from './entry.ts';

const written = ({ type }: SettingEntry, value: number): string => (type === 'share' ? `${Number((value * 100).toPrecision(12))}%` : String(value));

/** The first parameter is written without its name where the metric reads as a place: `precision_at(10%)`. */
const isNamed = ({ name }: SettingEntry): boolean => name === 'precision';

/** `auc`, `lift(10%)`, `recall_at(precision: 50%)`: equal calls have equal texts. */
export function metricText(entry: MetricEntry, parameters: Readonly<Record<string, number>>): string {
  const parts = entry.parameters.map(parameter => {
    const value = written(parameter, parameters[parameter.name] ?? Number(parameter.default ?? 0));
    return isNamed(parameter) ? `${parameter.name}: ${value}` : value;
  });
  return parts.length ? `${entry.name}(${parts.join(', ')})` : entry.name;
}

export interface MetricCall {
  readonly name: string;
  /** The values of its parameters in their order; shares as numbers. */
  readonly values: readonly number[];
}

/** What `metricText` wrote. */
export function metricCall(text: string): MetricCall {
  const [, name = text, inside = ''] = /^(\w+)\((.*)\)$/.exec(text) ?? [];
  const values = inside === '' ? [] : inside.split(',').map(part => part.replace(/^\s*\w+:/, '').trim());
  return { name, values: values.map(value => (value.endsWith('%') ? Number(value.slice(0, -1)) / 100 : Number(value))) };
}

/** The catalogue's entry behind such a text. */
export const metricEntry = (text: string): MetricEntry | null => entryOf('metric', metricCall(text).name);
