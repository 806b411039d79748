/** `best of`: the candidate with the best metric on the partition; ties go to the first. */
import { entryOf } from '../../language/catalogue/catalogue.ts';
import type { ChooseNode } from '../../language/plan/plan.ts';
import { RunFailed } from '../failure.ts';
import { recordPlace } from '../places.ts';
import type { Workbench } from '../workbench.ts';
import { figuresOf, judgedRows } from './judged.ts';
import { emptyOutput, type Step } from './output.ts';

export async function chooseStep(bench: Workbench, node: ChooseNode): Promise<Step> {
  const lower = entryOf('metric', node.metric)?.better === 'lower';
  const candidates: { readonly id: string; readonly value: number | null }[] = [];
  let rows = 0;
  let reason = '';
  for (const id of node.candidates) {
    const judged = await judgedRows(bench, bench.trained(id).features, node.partition, null);
    rows = judged.rows.length;
    const [figure] = await figuresOf(bench, judged, bench.plan.seed).of(id, [node.metric], null);
    candidates.push({ id, value: figure?.value ?? null });
    reason ||= figure?.method ?? '';
  }
  const best = candidates.reduce<(typeof candidates)[number] | null>((champion, c) => {
    if (c.value === null) return champion;
    if (champion === null || champion.value === null) return c;
    return (lower ? c.value < champion.value : c.value > champion.value) ? c : champion;
  }, null);
  if (best === null) {
    throw new RunFailed(
      'findings',
      `No candidate of \`${node.name}\` has a figure for ${node.metric} on ${node.partition}: ${rows === 0 ? 'it has no rows' : `${reason} among its ${rows.toLocaleString('en-US')} rows`}.`,
      `Widen the ${node.partition} partition, or choose by another metric.`,
      recordPlace(node.place),
    );
  }
  const chosen = bench.trained(best.id);
  const model = bench.output(chosen.id).models[0];
  if (!model) throw new Error(`${chosen.id} left no record of its model`);
  const name = (id: string) => bench.node(id).name;
  return {
    output: {
      ...emptyOutput,
      rows,
      summary: `${name(best.id)} · ${node.metric} ${shown(best.value)} on ${node.partition}, of ${node.candidates.length} models`,
      models: [
        {
          ...model,
          ...recordPlace(node.place),
          name: node.name,
          choice: {
            metric: node.metric,
            partition: node.partition,
            chosen: name(best.id),
            candidates: candidates.map(c => ({ model: name(c.id), value: c.value })),
          },
        },
      ],
      chosen: best.id,
    },
    files: new Map(),
  };
}

function shown(value: number | null): string {
  return value === null ? '' : String(Number(value.toPrecision(3)));
}
