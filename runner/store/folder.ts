/** Makes the `.cupel/` folder, for whoever writes into it first. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolders } from './files.ts';

/** The ledger of test readings belongs to the project; the rest can be made again, so git leaves it out. What somebody wrote there stays. */
export async function makeStoreFolder(folder: string): Promise<void> {
  await makeFolders(folder);
  try {
    await writeFile(join(folder, '.gitignore'), '/*\n!/.gitignore\n!/ledger/\n', { flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
