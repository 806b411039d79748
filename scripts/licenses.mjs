/** What the bundle was put together of: each package with its version and the licence that asks to go with it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const packages = 'node_modules/';

/** `inputs`: paths of all that was read, from the project's folder, as esbuild's metafile names them. */
export function licensesOf(inputs, root) {
  const folders = inputs.flatMap(path => {
    const at = path.lastIndexOf(packages);
    if (at < 0) return [];
    const [first, second] = path.slice(at + packages.length).split('/');
    return [path.slice(0, at + packages.length) + (first.startsWith('@') ? `${first}/${second}` : first)];
  });
  const parts = [...new Set(folders)].sort().map(folder => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(root, folder)).find(entry => /^licen[cs]e/i.test(entry));
    const text = file ? readFileSync(join(root, folder, file), 'utf8').trim() : `Licence: ${license}`;
    return `${name} ${version}\n\n${text}\n`;
  });
  return parts.join(`\n${'-'.repeat(80)}\n\n`);
}
