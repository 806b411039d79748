/**
 * For every fit and choice of a plan a digest of all that it reads. A learner is a function of what it reads, so equal digests are equal
 * models.
 */
import { type Cells, type Executed, matrix, nodeOf, remembered } from './run.ts';

const textOfCells = (cells: Cells): string =>
  [...cells]
    .map(([id, text]) => `${id}\u0003${text}`)
    .sort()
    .join('\n');

/** Which rows something was learned or chosen on. */
export type Reach = 'train' | 'validate' | 'test';

export interface Digest {
  readonly text: string;
  readonly reach: Reach;
}

const order: readonly Reach[] = ['train', 'validate', 'test'];
const wider = (a: Reach, b: Reach): Reach => (order.indexOf(a) >= order.indexOf(b) ? a : b);

/** Of every fit and every choice in the plan, all that it reads. */
export const digests = remembered((executed: Executed): ReadonlyMap<string, Digest> => {
  const { plan } = executed;
  const made = new Map<string, Digest>();
  const rowsOf = (id: string, partitions: readonly string[]): Digest => {
    const { method } = nodeOf(plan, nodeOf(plan, id, 'features').split, 'split');
    const text = textOfCells(matrix(executed, id, partitions));
    if (method.kind === 'fold') return { text, reach: method.pool.includes('validate') ? 'validate' : 'train' };
    if (method.kind === 'merged') return { text, reach: partitions.includes('test') ? 'test' : 'validate' };
    return {
      text,
      reach: partitions.reduce<Reach>((reach, p) => wider(reach, p === 'test' ? 'test' : p === 'validate' ? 'validate' : 'train'), 'train'),
    };
  };
  const fold = (id: string): Digest => rowsOf(id, ['train', 'validate']);
  const of = (id: string): Digest => made.get(id) ?? { text: '', reach: 'train' };
  const together = (...parts: readonly Digest[]): Digest => ({
    text: parts.map(part => part.text).join('\n--\n'),
    reach: parts.reduce<Reach>((reach, part) => wider(reach, part.reach), 'train'),
  });
  /** The rows on which something is chosen; folds are those of the crossfit. */
  const chosenOn = (set: string, on: string): Digest[] => (on === 'folds' ? [] : [rowsOf(set, [on])]);
  const setOf = (id: string): string => {
    const node = plan.nodes.find(n => n.id === id);
    if (node?.kind === 'train' || node?.kind === 'ensemble') return node.features;
    if (node?.kind === 'finish') return setOf(node.model);
    if (node?.kind === 'choose') return setOf(node.candidates[0] ?? '');
    throw new Error(`${id} is no model.`);
  };
  for (const node of plan.nodes) {
    switch (node.kind) {
      case 'train': {
        const { earlyStop, tuned } = node;
        const stops = earlyStop ? [...chosenOn(node.features, earlyStop.on), ...earlyStop.folds.map(fold)] : [];
        made.set(node.id, together(rowsOf(node.features, ['train']), ...(tuned === null ? [] : [of(tuned)]), ...stops));
        break;
      }
      case 'tune':
        made.set(node.id, together(...node.folds.map(id => (node.partition === 'folds' ? fold(id) : rowsOf(id, ['train', node.partition])))));
        break;
      case 'crossfit':
        made.set(node.id, together(of(node.model), ...node.folds.map(fold)));
        break;
      case 'finish': {
        const { threshold } = node;
        const on = threshold && threshold.kind !== 'value' ? chosenOn(setOf(node.model), threshold.on) : [];
        const again = node.refit === null ? [] : [rowsOf(node.refit, ['train'])];
        made.set(node.id, together(of(node.model), ...(node.crossfit === null ? [] : [of(node.crossfit)]), ...on, ...again));
        break;
      }
      case 'ensemble':
        made.set(
          node.id,
          together(
            rowsOf(node.features, ['train']),
            ...node.members.flatMap(({ model, crossfit }) => [of(model), ...(crossfit === null ? [] : [of(crossfit)])]),
          ),
        );
        break;
      case 'choose':
        made.set(
          node.id,
          together(
            ...node.candidates.map(of),
            ...node.candidates.flatMap(id => chosenOn(setOf(id), node.partition)),
            ...node.crossfits.map(({ crossfit }) => of(crossfit)),
            ...node.refit.map(({ features: id }) => rowsOf(id, ['train'])),
          ),
        );
        break;
    }
  }
  return made;
});
