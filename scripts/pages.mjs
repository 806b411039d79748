/**
 * The module `cupel:pages`: every rule's Markdown page by the rule's name. A page that lies beside its rule is part of every bundle,
 * with nothing to register. Used by the bundler and by the tests.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../language/rules', import.meta.url));

const files = () => readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile() && entry.name.endsWith('.md'));

function pagesModule() {
  const pages = files()
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(entry => [basename(entry.name, '.md'), readFileSync(join(entry.parentPath ?? entry.path, entry.name), 'utf8')]);
  return `export const pages = ${JSON.stringify(Object.fromEntries(pages))};`;
}

export const esbuildPages = {
  name: 'cupel-pages',
  setup(build) {
    build.onResolve({ filter: /^cupel:pages$/ }, () => ({ path: 'cupel:pages', namespace: 'cupel' }));
    build.onLoad({ filter: /.*/, namespace: 'cupel' }, () => ({ contents: pagesModule(), loader: 'js' }));
  },
};

export const vitePages = {
  name: 'cupel-pages',
  resolveId: id => (id === 'cupel:pages' ? '\0cupel:pages' : null),
  load: id => (id === '\0cupel:pages' ? pagesModule() : null),
};
