/** `best of`: the candidate with the best metric on the partition; ties go to the first. */

import { metricEntry } from '../../language/catalogue/metricCalls.ts';
import type { ChooseNode } from '../../language/plan/plan.ts';
import { plural } from '../engine/finding.ts';
import { RunFailed } from '../failure.ts';
import { recordPlace } from '../places.ts';
import type { Workbench } from '../workbench.ts';
import { learnedAgain } from './finish.ts';
import { figuresOf, judgedRows } from './judged.ts';
import { emptyOutput, type Step } from './output.ts';

export async function chooseStep(bench: Workbench, node: ChooseNode): Promise<Step> {
  const lower = metricEntry(node.metric)?.better === 'lower';
  const candidates: { readonly id: string; readonly value: number | null }[] = [];
  let rows = 0;
  let reason = '';
  for (const id of node.candidates) {
    const judged = await judgedRows(bench, {
      features: bench.trained(id).features,
      partition: node.partition,
      where: null,
      crossfits: crossfitsOf(bench, node, id),
    });
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
      `No candidate of \`${node.name}\` has a figure for ${node.metric} on ${node.partition}: ${rows === 0 ? 'it has no rows' : `${reason} among its ${plural(rows, 'row')}`}.`,
      `Widen the ${node.partition} partition, or choose by another metric.`,
      recordPlace(node.place),
    );
  }
  const model = bench.output(best.id).models[0];
  if (!model) throw new Error(`${best.id} left no record of its model`);
  const single = singleOf(bench, best.id);
  const refit = node.refit.find(of => of.model === single);
  const trained = refit ? bench.trained(single) : null;
  const again = refit && trained ? await learnedAgain(bench, { id: node.id, model: trained.id, place: node.place }, refit.features) : null;
  const name = (id: string) => bench.node(id).name;
  return {
    output: {
      ...emptyOutput,
      rows,
      findings: again?.findings ?? [],
      summary: `${name(best.id)} · ${node.metric} ${shown(best.value)} on ${node.partition}, of ${plural(node.candidates.length, 'model')}`,
      models: [
        {
          ...model,
          ...recordPlace(node.place),
          name: node.name,
          ...(again && { trainedOn: { partition: 'train_and_validate', rows: again.rows } }),
          choice: {
            metric: node.metric,
            partition: node.partition,
            chosen: name(best.id),
            candidates: candidates.map(c => ({ model: name(c.id), value: c.value })),
          },
        },
      ],
      chosen: single,
      state: again?.state ?? null,
    },
    files: new Map(),
  };
}

/** What a choice among choices comes down to. */
function singleOf(bench: Workbench, id: string): string {
  const { chosen } = bench.output(id);
  return chosen === null ? id : singleOf(bench, chosen);
}

/** The candidate's own scores on folds first, which say which rows are judged. */
function crossfitsOf(bench: Workbench, node: ChooseNode, candidate: string): ChooseNode['crossfits'] {
  const { chosen } = bench.output(candidate);
  const own = node.crossfits.filter(of => of.model === (chosen ?? candidate));
  return [...own, ...node.crossfits];
}

function shown(value: number | null): string {
  return value === null ? '' : String(Number(value.toPrecision(3)));
}
