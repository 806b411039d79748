/**
 * The modules `cupel:kernel` and `cupel:windows`: the WebAssembly of the trees and of the windows, compiled from AssemblyScript and kept in
 * .build/ until their source changes. Used by the bundler and by the tests.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folders = { 'cupel:kernel': '../runner/learn/trees/kernel', 'cupel:windows': '../runner/engine/kernel' };
const kept = fileURLToPath(new URL('../.build/kernel', import.meta.url));
const options = [
  '-O3',
  '--noAssert',
  ...['--runtime', 'stub'],
  ...['--enable', 'simd', '--enable', 'threads'],
  ...['--importMemory', '--noExportMemory', '--sharedMemory', '--initialMemory', '2', '--maximumMemory', '65536'],
];

async function compile(sources) {
  const { default: compiler } = await import('assemblyscript/asc');
  let binary = null;
  const { error, stderr } = await compiler.main(['index.ts', '--outFile', 'kernel.wasm', ...options], {
    readFile: name => sources.get(name) ?? null,
    writeFile: (name, contents) => {
      if (name === 'kernel.wasm') binary = Buffer.from(contents);
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`A kernel does not compile.\n${stderr.toString()}`);
  return binary;
}

export async function kernelModule(id = 'cupel:kernel') {
  const folder = fileURLToPath(new URL(folders[id], import.meta.url));
  const names = readdirSync(folder)
    .filter(name => name.endsWith('.ts'))
    .sort();
  const sources = new Map(names.map(name => [name, readFileSync(join(folder, name), 'utf8')]));
  const { version } = JSON.parse(readFileSync(new URL('../node_modules/assemblyscript/package.json', import.meta.url), 'utf8'));
  const hash = createHash('sha256').update(JSON.stringify([version, options, [...sources]]));
  const file = join(kept, `${hash.digest('hex').slice(0, 16)}.wasm`);
  if (!existsSync(file)) {
    const binary = await compile(sources);
    mkdirSync(kept, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, binary);
    renameSync(`${file}.${process.pid}`, file);
  }
  return `export const kernel = ${JSON.stringify(readFileSync(file).toString('base64'))};`;
}

export const esbuildKernel = {
  name: 'cupel-kernel',
  setup(build) {
    build.onResolve({ filter: /^cupel:(kernel|windows)$/ }, ({ path }) => ({ path, namespace: 'cupel-kernel' }));
    build.onLoad({ filter: /.*/, namespace: 'cupel-kernel' }, async ({ path }) => ({ contents: await kernelModule(path), loader: 'js' }));
  },
};

export const viteKernel = {
  name: 'cupel-kernel',
  resolveId: id => (id in folders ? `\0${id}` : null),
  load: id => (id.slice(1) in folders ? kernelModule(id.slice(1)) : null),
};
