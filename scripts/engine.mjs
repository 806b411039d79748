/**
 * The engine's JavaScript is some hundred small files of CommonJS, which Node reads one after another and scans for names: a tenth of a
 * second in every run. It goes into the bundle; the native library stays in the package that npm chose for the machine.
 */
const bindings = '@duckdb/node-bindings';
const native = `const { createRequire } = require('node:module');
module.exports = createRequire(require.resolve('@duckdb/node-api'))('${bindings}');`;

export const esbuildEngine = {
  name: 'engine',
  setup(build) {
    build.onResolve({ filter: /^@duckdb\/node-bindings$/ }, () => ({ path: bindings, namespace: 'engine' }));
    build.onLoad({ filter: /./, namespace: 'engine' }, () => ({ contents: native, loader: 'js' }));
    // What asks where the package is, asks at run time.
    build.onResolve({ filter: /^@duckdb\/node-api$/, namespace: 'engine' }, ({ path }) => ({ path, external: true }));
  },
};
