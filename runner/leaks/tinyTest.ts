/** Whether a partition has rows enough for what is claimed on it: the reach of each claimed figure's interval, and the rarer class. */
import { thresholdOf } from '../../language/catalogue/dataRules.ts';
import { metrics as catalogue } from '../../language/catalogue/metrics.ts';
import { number, plural } from '../engine/finding.ts';
import { metricsIn } from '../nodes/claims.ts';
import type { MetricRecord } from '../record.ts';
import type { Evaluated } from './evaluated.ts';
import { type Measured, measured } from './measured.ts';

const rule = 'tiny-test';

/** How far the interval reaches from the value; relative to it where the metric has no upper end. */
function reachOf({ metric, value, low, high }: MetricRecord): { readonly reach: number; readonly isRelative: boolean } | null {
  if (value === null || low === null || high === null) return null;
  const isRelative = entryOf(metric)?.max !== 1;
  const reach = Math.max(value - low, high - value);
  if (!isRelative) return { reach, isRelative };
  return value === 0 ? null : { reach: reach / Math.abs(value), isRelative };
}

/** Figures that claims read, or the first one where there are no claims: the others are asked for, and nothing rests on them. */
function claimed({ node, output }: Evaluated): readonly MetricRecord[] {
  const whole = output.metrics.filter(m => m.segment === null);
  const names = new Set(metricsIn(node.claims, node.model).map(found => found.metric));
  const found = whole.filter(m => names.has(m.metric));
  return found.length ? found : whole.slice(0, 1);
}

const entryOf = (metric: string) => catalogue.find(m => m.name === (/^\w+/.exec(metric)?.[0] ?? ''));

/** A claim that says how good the figure is at the least: the end of its interval to two digits, never beyond it. */
function boundOf({ metric, low, high }: MetricRecord): string {
  const isLower = entryOf(metric)?.better === 'lower';
  const end = (isLower ? high : low) ?? 0;
  const near = Number(end.toPrecision(2));
  const digit = end === 0 ? 0 : 10 ** (Math.floor(Math.log10(Math.abs(end))) - 1);
  const bound = isLower ? (near < end ? near + digit : near) : near > end ? near - digit : near;
  return `${isLower ? 'high' : 'low'}(${metric}) ${isLower ? '<=' : '>='} ${Number(bound.toPrecision(2))}`;
}

export function tinyTest(of: Evaluated): readonly Measured[] {
  const { node, settings, classes, output } = of;
  if (node.partition !== 'test') return [];
  const precision = thresholdOf(settings, rule, 'precision');
  const least = thresholdOf(settings, rule, 'positives');
  const first = claimed(of).find(metric => reachOf(metric) !== null);
  const help = `Widen the test partition, collect more rows, or claim a bound${first ? `: \`${boundOf(first)}\`` : ''}.`;
  const found: Measured[] = [];
  for (const metric of claimed(of)) {
    const { value, low, high } = metric;
    const at = reachOf(metric);
    if (at === null) continue;
    const { reach, isRelative } = at;
    const said = `\`${metric.metric}\` of \`${node.name}\` is ${value?.toPrecision(3)}, and with ${plural(metric.n, 'row')} may be anything from ${low?.toPrecision(3)} to ${high?.toPrecision(3)}.`;
    found.push(
      measured({
        rule,
        declaration: node.name,
        subject: metric.metric,
        place: metric,
        measure: isRelative ? 'reach of the 95% interval, relative to the value' : 'reach of the 95% interval',
        figure: reach,
        low,
        high,
        threshold: precision,
        n: metric.n,
        fault: reach > precision ? { severity: 'warning', message: said, help, count: metric.n } : null,
      }),
    );
  }
  if (classes && classes.length > 1) {
    const rarest = Math.min(...classes);
    const n = classes.reduce((sum, rows) => sum + rows, 0);
    // Where there are no rows, or none of one of two classes, the split has said so, and there is nothing to count.
    const isTold = n === 0 || (rarest === 0 && classes.length === 2);
    const message = `The rarest class has ${plural(rarest, 'row')} among the ${number(n)} of \`${node.name}\`: too few to judge how it is found.`;
    found.push(
      measured({
        rule,
        declaration: node.name,
        subject: output.metrics.length ? node.label.name : null,
        place: node.place,
        measure: 'rows of the rarest class',
        figure: isTold ? null : rarest,
        threshold: least,
        n,
        fault: rarest < least && !isTold ? { severity: 'warning', message, help, count: rarest } : null,
      }),
    );
  }
  return found;
}
