/**
 * Builds the native TensorFlow.js backend (`npm run tfjs-native`) into `.tfjs-native/`, without its own download server: libtensorflow and
 * the C headers come out of a tensorflow-cpu wheel (270 MB from the Python package index, 1 GB on disk), and the addon is compiled against
 * them. Needs Linux, Python with pip, a C++ compiler and make; takes about a minute. Run again, it only checks that the backend loads.
 *
 * CUPEL_TFJS_CACHE names a folder for the wheel's libraries that several checkouts can share; otherwise they are in `.tfjs-native/cache`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const tfjsVersion = '4.22.0';
const tensorflow = 'tensorflow-cpu==2.21.0';
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, '.tfjs-native');
const cache = resolve(process.env.CUPEL_TFJS_CACHE || join(target, 'cache'));
const addonPackage = join(target, 'node_modules', '@tensorflow', 'tfjs-node');

function fail(message, help) {
  console.error(`tfjs-native: ${message}\n  help: ${help}`);
  process.exit(1);
}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  return { ok: result.status === 0, output: `${result.stdout ?? ''}${result.stderr ?? ''}${result.error ? String(result.error) : ''}`.trim() };
}

function must(what, help, command, args, options) {
  console.log(`tfjs-native: ${what}`);
  const { ok, output } = run(command, args, options);
  if (!ok) fail(`${what}: failed.\n${output.split('\n').slice(-25).join('\n')}`, help);
}

/** The version line of the backend in `folder`, or null where it does not load. */
function loads(folder) {
  const script = `
    const util = require('node:util');
    util.isNullOrUndefined = value => value === null || value === undefined;
    const tf = require('@tensorflow/tfjs-node');
    const sum = tf.tidy(() => tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).dataSync()[0]);
    if (sum !== 3) throw new Error('wrong product');
    console.log('tfjs-node ' + tf.version['tfjs-node'] + ' with TensorFlow ' + tf.backend().binding.TF_Version);`;
  const quiet = { TF_CPP_MIN_LOG_LEVEL: '3', TF_ENABLE_ONEDNN_OPTS: '0' };
  const { ok, output } = run(process.execPath, ['-e', script], { cwd: folder, env: { ...quiet, ...process.env } });
  return ok ? (output.split('\n').find(line => line.startsWith('tfjs-node ')) ?? null) : null;
}

function python() {
  for (const name of ['python3', 'python']) if (run(name, ['-m', 'pip', '--version']).ok) return name;
  return fail('Python with pip is not on the path.', 'Install it, e.g. `apt-get install python3-pip`; it fetches the libraries.');
}

function requireTools() {
  if (process.platform !== 'linux') {
    fail(
      `it builds on Linux only, and this is ${process.platform}.`,
      'Try `npm install @tensorflow/tfjs-node`; the WebAssembly backend works everywhere.',
    );
  }
  const compiler = process.env.CXX?.split(' ')[0] ?? 'g++';
  for (const tool of [compiler, 'make']) {
    if (!run(tool, ['--version']).ok) fail(`\`${tool}\` is not on the path.`, 'Install a C++ compiler and make, e.g. `apt-get install g++ make`.');
  }
}

/** Libraries and headers, once a cache. Written aside and renamed, so that a broken run leaves nothing half done. */
function libraries() {
  const libs = join(cache, 'lib');
  if (existsSync(join(libs, 'libtensorflow_cc.so.2'))) return libs;
  const py = python();
  const wheels = join(cache, 'wheel');
  mkdirSync(wheels, { recursive: true });
  const wheel = () => readdirSync(wheels).find(name => name.endsWith('.whl'));
  if (!wheel()) {
    const anyPython = ['--only-binary=:all:', '--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311'];
    must(
      'fetching libtensorflow (270 MB)',
      `It is fetched with \`pip download ${tensorflow}\`: check the connection, or put the wheel into ${wheels}.`,
      py,
      ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', ...anyPython, '-d', wheels, tensorflow],
    );
  }
  const aside = join(cache, `lib.${process.pid}`);
  const extract = `
import os, shutil, sys, zipfile
wheel, out = sys.argv[1:]
include = "tensorflow/include/"
headers = tuple(include + part for part in ("tensorflow/c/", "tsl/", "xla/tsl/", "tensorflow/core/platform/"))
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name.endswith(("libtensorflow_cc.so.2", "libtensorflow_framework.so.2")):
            path = os.path.basename(name)
        elif name.startswith(headers) and not name.endswith("/"):
            path = name.replace(include, "include/", 1)
        else:
            continue
        path = os.path.join(out, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with archive.open(name) as source, open(path, "wb") as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
`;
  must('unpacking it', `Remove ${cache} and run again; it needs 1 GB.`, py, ['-c', extract, join(wheels, wheel()), aside]);
  if (!existsSync(join(aside, 'libtensorflow_cc.so.2'))) fail('the wheel has no libtensorflow_cc.so.2.', `Remove ${wheels} and run again.`);
  rmSync(libs, { recursive: true, force: true });
  renameSync(aside, libs);
  return libs;
}

/** The names that tfjs-node links against; the one with 2.9.1 is what its install script looks for before it downloads. */
function linkLibraries(libs) {
  const deps = join(addonPackage, 'deps');
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(join(deps, 'lib'), { recursive: true });
  symlinkSync(join(libs, 'include'), join(deps, 'include'));
  const link = (file, name) => symlinkSync(file, join(deps, 'lib', name));
  link(join(libs, 'libtensorflow_cc.so.2'), 'libtensorflow_cc.so.2');
  link('libtensorflow_cc.so.2', 'libtensorflow.so');
  link('libtensorflow_cc.so.2', 'libtensorflow.so.2.9.1');
  link(join(libs, 'libtensorflow_framework.so.2'), 'libtensorflow_framework.so.2');
  link('libtensorflow_framework.so.2', 'libtensorflow_framework.so');
}

for (const folder of [root, target]) {
  const version = existsSync(join(folder, 'node_modules', '@tensorflow', 'tfjs-node', 'package.json')) ? loads(folder) : null;
  if (version) {
    console.log(`tfjs-native: ${version} is there already.`);
    process.exit(0);
  }
}
requireTools();
const libs = libraries();
mkdirSync(target, { recursive: true });
writeFileSync(join(target, 'package.json'), `${JSON.stringify({ name: 'cupel-tfjs-native', private: true }, null, 2)}\n`);
const npm = ['--no-audit', '--no-fund', '--prefix', target];
must('installing @tensorflow/tfjs-node without its scripts', 'Check that the npm registry can be reached.', 'npm', [
  'install',
  ...npm,
  '--ignore-scripts',
  `@tensorflow/tfjs-node@${tfjsVersion}`,
]);
linkLibraries(libs);
// Headers beside the running Node spare node-gyp a download.
const prefix = dirname(dirname(process.execPath));
const headers = existsSync(join(prefix, 'include', 'node', 'node.h')) ? { npm_config_nodedir: prefix } : {};
must(
  'compiling the addon',
  "node-gyp needs Python, make, a C++ compiler and Node's headers (`npm_config_nodedir`).",
  'npm',
  ['rebuild', ...npm, '--foreground-scripts', '@tensorflow/tfjs-node'],
  {
    cwd: target,
    env: { ...headers, ...process.env },
  },
);
const built = loads(target);
if (!built) fail('the addon was compiled and does not load.', `Remove ${target} and run again; \`npm run tfjs-native\` prints why.`);
console.log(`tfjs-native: ${built} works.`);
