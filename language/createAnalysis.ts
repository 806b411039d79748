/** The analysis as one object: inputs go into the query store, diagnostics, typed programs and plans come out of it. */
import type { Analysis, FileInput } from './analysis.ts';
import type { Diagnostic } from './diagnostic.ts';
import { lower } from './plan/lower.ts';
import type { PlanPlace } from './plan/plan.ts';
import { lowerTests } from './plan/unitTests.ts';
import { createProgram } from './program/createProgram.ts';
import { createQueryStore, type QueryStore } from './query.ts';
import { diagnose, diagnosticOf, failed, rangeOf } from './rules/diagnose.ts';
import { verdicts } from './rules/verdicts.ts';
import type { FileTree } from './syntax/ast.ts';
import { equal } from './text/equal.ts';
import type { Place } from './text/place.ts';

const sameInput = (a: FileInput | null, b: FileInput | null): boolean => equal(a, b);

/** A file without a text has a tree too, so that what is said about it has a place. */
const emptyTree = (file: string): FileTree => ({ file, text: '', chunks: [], problems: [] });

export function createAnalysis(store: QueryStore = createQueryStore()): Analysis {
  const files = store.input<FileInput | null>(null, sameInput);
  const known = store.input<readonly string[]>([], equal);
  const others = store.input<readonly string[]>([], equal);
  const parameters = store.input<string | null>(null);
  const { program, syntax, reach, missingFiles } = createProgram(store, { files, known, others, parameters });

  const treeOf = (file: string): FileTree | null => syntax.tree(file) ?? (files.get(file) ? emptyTree(file) : null);
  const diagnostics = store.query(file => {
    const tree = treeOf(file);
    return tree ? diagnose(program, tree, treeOf) : [];
  });
  const start = { line: 0, character: 0 };
  const locate = (place: Place): PlanPlace => ({ file: place.file, range: rangeOf(place, treeOf) ?? { start, end: start } });
  const standing = store.query(file => verdicts(program, file));

  const hasErrors = (file: string): boolean => reach(file).some(path => diagnostics(path).some(({ severity }) => severity === 'error'));

  /** What `make` gives; a failure of it is one more diagnostic. */
  function planned<T>(file: string, make: () => T): { readonly made: T | null; readonly diagnostics: readonly Diagnostic[] } {
    const found = diagnostics(file);
    if (hasErrors(file)) return { made: null, diagnostics: found };
    try {
      return { made: make(), diagnostics: found };
    } catch (error) {
      const tree = treeOf(file);
      const failure = tree && diagnosticOf(failed('plan', error, file), tree, treeOf);
      return { made: null, diagnostics: failure ? [...found, failure] : found };
    }
  }

  return {
    setFile(path, input) {
      files.set(path, input);
      const all = known.get('');
      if (!all.includes(path)) known.set('', [...all, path].sort());
    },
    setOthers: paths => others.set('', paths),
    setParameters(values) {
      for (const name of new Set([...parameters.keys(), ...Object.keys(values)])) parameters.set(name, values[name] ?? null);
    },
    diagnostics,
    needs: () => missingFiles().map(need => ({ kind: 'file', ...need })),
    tree: syntax.tree,
    program: () => program,
    plan(file, names) {
      const { made, diagnostics: found } = planned(file, () => lower(program, file, names, locate, reach(file)));
      return { plan: made, diagnostics: found };
    },
    tests(file) {
      const { made, diagnostics: found } = planned(file, () => lowerTests(program, file, locate, reach(file)));
      return { tests: made, diagnostics: found };
    },
    verdicts: standing,
  };
}
