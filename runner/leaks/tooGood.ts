/** A figure beyond what its author can believe: the features that tell most by themselves are where to look first. */
import type { Evaluated } from './evaluated.ts';
import { type Measured, measured } from './measured.ts';

const rule = 'too-good';
const mostNamed = 3;

export function tooGood({ node, output, telling }: Evaluated): readonly Measured[] {
  const { plausible } = node;
  if (!plausible) return [];
  const found = output.metrics.find(m => m.segment === null && m.metric === plausible.metric);
  if (!found || found.value === null) return [];
  const { from, to, metric, place } = plausible;
  const isAbove = to !== null && found.value > to;
  const isBelow = from !== null && found.value < from;
  const end = isAbove ? to : from;
  const named = telling.slice(0, mostNamed).map(({ name, value }) => `\`${name}\` (${value.toFixed(3)})`);
  return [
    measured({
      rule,
      declaration: node.name,
      subject: metric,
      place,
      measure: `${metric}, against what can be believed`,
      figure: found.value,
      low: found.low,
      high: found.high,
      threshold: isBelow ? from : to,
      n: found.n,
      fault:
        isAbove || isBelow
          ? {
              severity: 'warning',
              message: `\`${metric}\` of \`${node.name}\` is ${found.value.toPrecision(3)}, ${isAbove ? 'above' : 'below'} the ${end} that can be believed.${named.length ? ` Most is told on train by ${named.join(', ')}, each by itself.` : ''}`,
              help: 'Find out when these features are filled in, and whether the rows of test are new to the model; then widen `plausible`.',
              count: found.n,
            }
          : null,
    }),
  ];
}
