/**
 * Imports go one way: client → (protocol) → server → language, runner; cli → language, runner; runner → language/plan,
 * language/catalogue and language/text; inside language text ← syntax ← catalogue ← model ← rules ← ide, plan beside rules. No cycles.
 */
const not = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });
/** Tests and what only tests import may reach across rooms. */
const source = { pathNot: '(\\.test|/test[A-Z]\\w*)\\.ts$' };

/** A room may import only what `allowed` names, besides packages and itself. */
const only = (room, allowed) =>
  not(
    `${room.replaceAll('/', '-')}-imports`,
    { ...source, path: `^${room}/` },
    { path: '^(language|runner|cli|server|client|test|bench|examples)/', pathNot: `^(${[room, ...allowed].join('|')})/` },
    `${room} imports only ${allowed.join(', ') || 'itself'}.`,
  );

module.exports = {
  forbidden: [
    not('no-cycles', source, { circular: true }, 'Files that import each other cannot be understood one at a time.'),
    not(
      'language-is-pure',
      { ...source, path: '^language/' },
      { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional'], pathNot: 'chevrotain' },
      'The only dependency of language is chevrotain.',
    ),
    only('language', []),
    only('language/text', []),
    only('language/syntax', ['language/text']),
    only('language/catalogue', ['language/text', 'language/syntax']),
    only('language/model', ['language/text', 'language/syntax', 'language/catalogue']),
    only('language/plan', ['language/text', 'language/syntax', 'language/catalogue', 'language/model']),
    only('runner', ['language/plan', 'language/catalogue', 'language/text']),
    only('server', ['language', 'runner']),
    only('cli', ['language', 'runner', 'server']),
    only('client', []),
    not(
      'runner-through-its-door',
      { ...source, path: '^(cli|server)/' },
      { path: '^runner/', pathNot: '^runner/(index|record|events|store/notes)\\.ts$' },
      'cli and server use the runner through runner/index.ts; notes in the store need none of it.',
    ),
    not(
      'language-through-its-door',
      { ...source, path: '^(cli|server)/' },
      { path: '^language/', pathNot: '^language/(index|analysis|diagnostic)\\.ts$|^language/(report|text|catalogue)/|^language/rules/list\\.ts$' },
      'cli and server use the analysis through language/index.ts; report, text, the catalogue and the list of rules need none of it, so a command that wants only those starts without it.',
    ),
    not('no-unresolved', source, { couldNotResolve: true, pathNot: '^(cupel:\\w+|vscode)$' }, 'An import that leads nowhere.'),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|\\.build|node_modules)/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
