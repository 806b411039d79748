/** What the last run of a program was made of, to say why a step would run again. Only ever read to explain: losing it changes no result. */
import { join } from 'node:path';
import type { Plan } from '../language/plan/plan.ts';
import type { Content } from './contents.ts';
import type { StepKeys } from './keys.ts';
import { readOrNull, sha256, storing, writeAtomic } from './store/files.ts';
import type { Store } from './store/store.ts';

export interface RememberedStep {
  readonly key: string;
  readonly definition: string;
  /** Of a source: its content. */
  readonly content: string | null;
}

type Remembered = Readonly<Record<string, RememberedStep>>;

/** Steps that this plan does not have are kept: a run up to one name does not forget the rest. */
export async function rememberSteps(store: Store, plan: Plan, keys: (id: string) => StepKeys, contents: ReadonlyMap<string, Content>): Promise<void> {
  const before = await rememberedSteps(store, plan);
  const own = plan.nodes.map(({ id }): [string, RememberedStep] => {
    const { key, definition } = keys(id);
    return [id, { key, definition, content: contents.get(id)?.sha256 ?? null }];
  });
  const content = JSON.stringify({ ...before, ...Object.fromEntries(own) });
  await storing('write the store', () => writeAtomic(pathOf(store, plan), content));
}

export async function rememberedSteps(store: Store, plan: Plan): Promise<Remembered> {
  const bytes = await storing('read the store', () => readOrNull(pathOf(store, plan)));
  if (bytes === null) return {};
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Remembered) : {};
  } catch {
    return {};
  }
}

function pathOf(store: Store, plan: Plan): string {
  return join(store.folder, 'cache', 'last', `${sha256(plan.program[0] ?? '').slice(0, 32)}.json`);
}
