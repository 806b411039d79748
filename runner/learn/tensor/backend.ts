/**
 * The door to TensorFlow.js: one backend is chosen, loaded on demand, and named. Nothing else loads TensorFlow.js, and nothing of it is
 * loaded before somebody asks.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LearnError } from '../learner.ts';
import type { BackendName, Tensor, TensorFlow } from './tensor.ts';

export type { BackendName, Tensor, TensorFlow } from './tensor.ts';

/** The order of `auto`. */
export const backendNames: readonly BackendName[] = ['tfjs-node', 'wasm', 'cpu'];

const loaders: Readonly<Record<BackendName, () => Promise<Tensor>>> = { 'tfjs-node': loadNative, wasm: loadWasm, cpu: loadCpu };
const loaded = new Map<BackendName, Promise<Tensor>>();

/** `auto`: the native backend where it loads, else WebAssembly, else plain JavaScript. Throws `LearnError` when a named one cannot be had. */
export async function loadTensor(choice: 'auto' | BackendName): Promise<Tensor> {
  const failures: string[] = [];
  for (const name of choice === 'auto' ? backendNames : [choice]) {
    try {
      const tensor = await once(name);
      await tensor.activate();
      return tensor;
    } catch (error) {
      failures.push(`${name}: ${firstLine(error)}`);
    }
  }
  throw new LearnError(
    'no-backend',
    choice === 'auto'
      ? `No tensor backend could be loaded (${failures.join('; ')}).`
      : `The tensor backend ${failures.join('').replace(': ', ' cannot be used: ').replace(/[.]$/, '')}.`,
    choice === 'tfjs-node' ? 'Build it once with `npm run tfjs-native`, or choose `wasm`.' : 'Install the packages again with `npm ci`.',
  );
}

/** What `loadTensor` is going to choose, without loading anything: for records of runs that train no net. */
export function expectedBackend(choice: 'auto' | BackendName): BackendName {
  if (choice !== 'auto') return choice;
  try {
    nativePath();
    return 'tfjs-node';
  } catch {
    return 'wasm';
  }
}

function once(name: BackendName): Promise<Tensor> {
  const before = loaded.get(name);
  if (before) return before;
  const loading = loaders[name]();
  loaded.set(name, loading);
  // A backend that is built later in this process may be tried again.
  loading.catch(() => loaded.delete(name));
  return loading;
}

async function loadNative(): Promise<Tensor> {
  // One thread keeps sums in one order; nets of tables are too small to gain from more. TensorFlow reads these when it is loaded.
  process.env['TF_NUM_INTRAOP_THREADS'] ??= '1';
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '0';
  // Products that oneDNN compiles at run time corrupt the heap when a signal, such as a profiler's, interrupts them; Eigen's own are as fast here.
  process.env['TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL'] ??= 'false';
  quietCore();
  const path = nativePath();
  restoreUtil();
  const tf = createRequire(path)(path) as TensorFlow & { readonly version: Readonly<Record<string, string>> };
  const { binding } = tf.engine().findBackend('tensorflow') as unknown as { readonly binding?: { readonly TF_Version?: string } };
  const version = `${tf.version['tfjs-node'] ?? tf.version_core} (TensorFlow ${binding?.TF_Version ?? 'unknown'})`;
  return { name: 'tfjs-node', version, tf, activate: () => activate(tf, 'tensorflow') };
}

async function loadWasm(): Promise<Tensor> {
  const tf = quietCore();
  const wasm = requireHere('@tensorflow/tfjs-backend-wasm') as { readonly setWasmPaths: (folder: string) => void };
  wasm.setWasmPaths(`${dirname(requireHere.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  return { name: 'wasm', version: tf.version_core, tf, activate: () => activate(tf, 'wasm') };
}

async function loadCpu(): Promise<Tensor> {
  const tf = quietCore();
  requireHere('@tensorflow/tfjs-backend-cpu');
  return { name: 'cpu', version: tf.version_core, tf, activate: () => activate(tf, 'cpu') };
}

async function activate(tf: TensorFlow, backend: string): Promise<void> {
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js refuses to start its ${backend} backend`);
  await tf.ready();
}

const requireHere = createRequire(import.meta.url);

/** Production mode, before any backend registers: it greets, and warns of duplicates, on the console otherwise. */
function quietCore(): TensorFlow {
  const tf = requireHere('@tensorflow/tfjs-core') as TensorFlow;
  tf.enableProdMode();
  return tf;
}

/** The package as npm installed it where its addon is there, or what `npm run tfjs-native` has built. */
function nativePath(): string {
  const root = packageRoot();
  for (const folder of [root, join(root, '.tfjs-native')]) {
    try {
      const path = createRequire(join(folder, 'package.json')).resolve('@tensorflow/tfjs-node');
      if (hasAddon(dirname(dirname(path)))) return path;
    } catch {
      // Not there: npm leaves an optional package out when it cannot be built.
    }
  }
  throw new Error('it is not installed');
}

function hasAddon(folder: string): boolean {
  return [3, 4, 5, 6, 7, 8].some(napi => existsSync(join(folder, 'lib', `napi-v${napi}`, 'tfjs_binding.node')));
}

function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === 'cupel') return folder;
    const parent = dirname(folder);
    if (parent === folder) throw new Error('is looked for beside the package, which has no package.json');
    folder = parent;
  }
}

/** tfjs-node 4.22 calls helpers that Node deprecated in 22 and removed in 23. */
function restoreUtil(): void {
  const util = requireHere('node:util') as { isNullOrUndefined?: (value: unknown) => boolean; isArray?: (value: unknown) => boolean };
  util.isNullOrUndefined = value => value === null || value === undefined;
  util.isArray = Array.isArray;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
