/** Cells that come too late for every observation: no change of theirs is seen, and it would be if nothing asked when they are known. */
import type { FeatureStep, FeaturesNode, Plan } from '../../language/plan/plan.ts';
import { type Draw, drawFrom } from '../reference/draw.ts';
import { aimed } from './aimed.ts';
import { keyOf, lastDay, row, value } from './data.ts';
import { type Executed, execute, nodesOf, rowLevel, rowSteps } from './run.ts';
import { type ColumnSpec, type Data, type SourceRow, type SourceSpec, writtenAs } from './schema.ts';
import type { Setting } from './setting.ts';
import { readAsWritten, unmasked } from './unmasked.ts';

/** So many more rows that every window has some. */
const moreRows = 800;

const denser = ({ sources, data }: Setting): Data => {
  const draw = drawFrom(3);
  return Object.fromEntries(
    sources.map(source => {
      const rows = data[source.name] ?? [];
      const more = source.event === null ? 0 : source.name === 'ent' ? 4 : moreRows;
      return [
        source.name,
        [...rows, ...Array.from({ length: more }, (_, i) => row(draw, source, keyOf(writtenAs(source), rows.length + i), [1, lastDay]))],
      ];
    }),
  );
};

const mayBeLate = ({ type, availability: { kind } }: ColumnSpec): boolean =>
  !['key', 'ref', 'timestamp', 'date'].includes(type) && kind !== 'after' && kind !== 'current';

/** With every window as an output of its own beside the features that are not fitted, and each once more with all of its rows, whatever it asks of them. */
const withWindows = (set: FeaturesNode): FeaturesNode => {
  const whole = set.windows.map(window => ({
    ...window,
    aggregates: [...window.aggregates, ...window.aggregates.flatMap(form => (form.where ? [{ ...form, id: `${form.id} of all`, where: null }] : []))],
  }));
  const node = { ...set, windows: whole };
  const forms = node.windows.flatMap(({ aggregates }) => aggregates);
  const own = forms.map(({ id, type }): FeatureStep => ({ kind: 'row', output: `window ${id}`, type, value: { op: 'window', type, id } }));
  return { ...node, steps: [...rowSteps(node), ...own] };
};

/** Features that read every cell, known or not. */
const unmaskedSet = (node: FeaturesNode): FeaturesNode => ({
  ...node,
  windows: node.windows.map(readAsWritten),
  steps: node.steps.map(step => (step.kind === 'row' ? { ...step, value: unmasked(step.value) } : step)),
});

const withSets = (plan: Plan, changed: (node: FeaturesNode) => FeaturesNode): Plan => ({
  ...plan,
  nodes: plan.nodes.map(node => (node.kind === 'features' ? changed(node) : node)),
});

type Outputs = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Of each set, each output by observation, and who is observed. */
function outputs(executed: Executed, sets: readonly FeaturesNode[], frame: string): Outputs {
  const found = new Map<string, Map<string, string>>();
  found.set('', new Map([['', (executed.candidates.get(frame) ?? []).map(({ id }) => id).join()]]));
  for (const set of sets) {
    const names = rowSteps(set).map(({ output }) => output);
    const cells = [...rowLevel(executed, set.id)].map(([id, text]) => [id, text.split(/[\u0001\u0002]/)] as const);
    names.forEach((name, i) => {
      found.set(`${set.id} ${name}`, new Map(cells.map(([id, all]) => [id, all.filter((_, at) => at % names.length === i).join()])));
    });
  }
  return found;
}

/** The outputs of which some observation that is there both times has another value. */
const movedIn = (before: Outputs, after: Outputs): ReadonlySet<string> =>
  new Set(
    [...before].flatMap(([name, cells]) => {
      const now = after.get(name);
      return [...cells].some(([id, cell]) => now?.has(id) && now.get(id) !== cell) ? [name] : [];
    }),
  );

export function neverSeen(setting: Setting): boolean {
  const { sources, frame, entity } = setting;
  const plan = withSets(setting.plan, withWindows);
  const lifted = withSets(plan, unmaskedSet);
  const open: Plan = {
    ...lifted,
    nodes: lifted.nodes.map(node => (node.kind === 'frame' && node.where ? { ...node, where: unmasked(node.where) } : node)),
  };
  const text = JSON.stringify(plan.nodes.filter(({ kind }) => kind !== 'scan'));
  const all = [denser(setting), ...[5, 6, 7].map(seed => aimed(drawFrom(seed), setting))];
  const readBy = (lifts: Plan): ((changedTo: (data: Data) => Data) => ReadonlySet<string>) => {
    const sets = nodesOf(lifts, 'features').filter(node => node.split === setting.split.id);
    const of = (rows: Data): Outputs => outputs(execute(lifts, sources, rows, null, 'observations'), sets, frame.id);
    const before = all.map(of);
    return changedTo => new Set(all.flatMap((data, i) => [...movedIn(before[i] ?? new Map(), of(changedTo(data)))]));
  };
  const [known, written] = [readBy(plan), readBy(open)];
  /** What no such change of any of the data moves, and one would if nothing asked when cells are known. */
  const isUnseen = (source: SourceSpec, changed: (draw: Draw, rows: readonly SourceRow[]) => readonly SourceRow[]): boolean => {
    const changedTo = (data: Data): Data => ({ ...data, [source.name]: changed(drawFrom(11), data[source.name] ?? []) });
    const seen = known(changedTo);
    return [...written(changedTo)].some(name => !seen.has(name));
  };
  return sources.some(source => {
    // Times are no cells to change: with them their rows come and go.
    if (source.event !== null && source !== entity && isUnseen(source, (draw, rows) => rows.filter(() => draw.chance(0.5)))) return true;
    return source.columns.some(column => {
      if (!mayBeLate(column) || !text.includes(`"name":"${column.name}"`)) return false;
      return isUnseen(source, (draw, rows) => rows.map(drawn => ({ ...drawn, [column.name]: value(draw, column) })));
    });
  });
}
