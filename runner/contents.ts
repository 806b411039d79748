/** The content hashes of a plan's sources: what the data of a run are. */
import type { Plan, ScanNode } from '../language/plan/plan.ts';
import { partitionsOf, shownPath, sourceFiles } from './engine/files.ts';
import { sha256 } from './store/files.ts';
import { assertUnchanged, type SourceFile, type SourceHashes } from './store/sources.ts';

export interface Content {
  /** Of one file its hash; of several, and of one whose path gives columns, the hash of their paths and hashes in the order of their paths. */
  readonly sha256: string;
  readonly bytes: number;
  readonly files: readonly SourceFile[];
}

/** By the id of the scan; a source without files is not there, and its scan says so. */
export async function contentsOf(plan: Plan, root: string, hashes: SourceHashes): Promise<ReadonlyMap<string, Content>> {
  const contents = new Map<string, Content>();
  for (const node of plan.nodes) {
    if (node.kind !== 'scan') continue;
    const content = await contentOf(node, root, hashes);
    if (content) contents.set(node.id, content);
  }
  return contents;
}

export async function assertSourceUnchanged(content: Content | undefined): Promise<void> {
  for (const file of content?.files ?? []) await assertUnchanged(file);
}

async function contentOf(node: ScanNode, root: string, hashes: SourceHashes): Promise<Content | null> {
  const files: SourceFile[] = [];
  for (const path of await sourceFiles(root, node)) {
    const file = await hashes.of(path);
    if (file) files.push(file);
  }
  const [only] = files;
  if (only === undefined) return null;
  const shown = files.map(f => shownPath(root, f.path));
  const alone = files.length === 1 && partitionsOf(shown[0] ?? '').size === 0;
  const hash = alone ? only.sha256 : sha256(files.map((f, i) => `${f.sha256} ${shown[i]}`).join('\n'));
  return { sha256: hash, bytes: files.reduce((total, f) => total + f.bytes, 0), files };
}
