/** The content hashes of a plan's sources: what the data of a run are. */
import type { Plan, ScanNode } from '../language/plan/plan.ts';
import { partitionsOf, shownPath, sourceFiles } from './engine/files.ts';
import { RunFailed } from './failure.ts';
import { recordPlace } from './places.ts';
import { StoreError, sha256 } from './store/files.ts';
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

/** What was read is what was hashed, or the run ends at the source. */
export async function assertSourceUnchanged(node: ScanNode, root: string, content: Content | undefined): Promise<void> {
  for (const file of content?.files ?? []) await atSource(node, root, file.path, () => assertUnchanged(file));
}

async function atSource<T>(node: ScanNode, root: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const shown = `\`${shownPath(root, path)}\``;
    if (error.code === 'no-permission')
      throw new RunFailed(
        'resources',
        `${shown} cannot be read: this user may not read it`,
        'Give the user access to the file.',
        recordPlace(node.place),
      );
    throw new RunFailed('resources', error.message.replace(path, shown), error.help, recordPlace(node.place));
  }
}

async function contentOf(node: ScanNode, root: string, hashes: SourceHashes): Promise<Content | null> {
  const files: SourceFile[] = [];
  for (const path of await sourceFiles(root, node)) {
    const file = await atSource(node, root, path, () => hashes.of(path));
    if (file) files.push(file);
  }
  const [only] = files;
  if (only === undefined) return null;
  const shown = files.map(f => shownPath(root, f.path));
  const alone = files.length === 1 && partitionsOf(shown[0] ?? '').size === 0;
  const hash = alone ? only.sha256 : sha256(files.map((f, i) => `${f.sha256} ${shown[i]}`).join('\n'));
  return { sha256: hash, bytes: files.reduce((total, f) => total + f.bytes, 0), files };
}
