/** The analysis as one object: inputs go into the query store, diagnostics, typed programs and plans come out of it. */
import type { Analysis, FileInput } from './analysis.ts';
import type { Diagnostic } from './diagnostic.ts';
import { lower } from './plan/lower.ts';
import type { PlanPlace } from './plan/plan.ts';
import { lowerTests } from './plan/unitTests.ts';
import { createProgram } from './program/createProgram.ts';
import { createQueryStore, type QueryStore } from './query.ts';
import { judgedClaims } from './rules/claims/judged.ts';
import { aroundOf, byPlace, diagnose, diagnosticOf, failed, rangeOf } from './rules/diagnose.ts';
import { verdicts } from './rules/verdicts.ts';
import { isFoundByRuns, type RuleSeverity, reasonFor, type Waived, waiverProblems } from './rules/waive.ts';
import type { FileTree } from './syntax/ast.ts';
import { type Waiver, waiversIn } from './syntax/waivers.ts';
import { equal } from './text/equal.ts';
import { lineIndex } from './text/lines.ts';
import type { Place } from './text/place.ts';

const sameInput = (a: FileInput | null, b: FileInput | null): boolean => equal(a, b);

/** A file without a text has a tree too, so that what is said about it has a place. */
const emptyTree = (file: string): FileTree => ({ file, text: '', chunks: [], problems: [] });

export function createAnalysis(store: QueryStore = createQueryStore()): Analysis {
  const files = store.input<FileInput | null>(null, sameInput);
  const known = store.input<readonly string[]>([], equal);
  const others = store.input<readonly string[]>([], equal);
  const parameters = store.input<string | null>(null);
  const severities = store.input<RuleSeverity | null>(null);
  const { program, syntax, reach, missingFiles } = createProgram(store, { files, known, others, parameters });

  const treeOf = (file: string): FileTree | null => syntax.tree(file) ?? (files.get(file) ? emptyTree(file) : null);
  const severityOf = (rule: string): RuleSeverity | null => severities.get(rule);
  const found = store.query(file => {
    const tree = treeOf(file);
    return tree ? diagnose(program, tree, treeOf) : [];
  });
  const waivers = store.query((file): readonly Waiver[] => {
    const text = treeOf(file)?.text ?? '';
    return text.includes('cupel') ? waiversIn(text, lineIndex(text)) : [];
  });
  const reasonOf = ({ file, rule, range }: Diagnostic): string | null => reasonFor(waivers(file), rule, range.start.line);

  const asSet = (d: Diagnostic): Diagnostic[] => {
    const severity = severityOf(d.rule);
    return severity === null ? [d] : severity === 'off' ? [] : [{ ...d, severity }];
  };

  /** What the data or the ledger tell, and what the project does not want to hear, is not there to be seen here. */
  const isUsed = (file: string, waiver: Waiver, rule: string): boolean => {
    if (severityOf(rule) === 'off' || isFoundByRuns(rule)) return true;
    const isHere = (d: Diagnostic): boolean => d.file === file && d.rule === rule && d.range.start.line === waiver.line;
    return found(file).some(isHere) || known.get('').some(other => found(other).some(isHere));
  };
  const settled = store.query((file): { readonly diagnostics: readonly Diagnostic[]; readonly waived: readonly Waived[] } => {
    const all = found(file).flatMap(asSet);
    const own = waivers(file);
    const reasons = all.map(reasonOf);
    const tree = treeOf(file);
    const wrong = own.length && tree ? waiverProblems(file, own, (waiver, { text }) => isUsed(file, waiver, text)) : [];
    const diagnostics = all.filter((_, i) => reasons[i] === null);
    const about = wrong.flatMap(problem => (tree && diagnosticOf(problem, tree, treeOf)) ?? []).flatMap(asSet);
    return {
      diagnostics: about.length ? [...diagnostics, ...about].sort(byPlace) : diagnostics,
      waived: all.flatMap((d, i) => {
        const reason = reasons[i];
        return reason == null ? [] : [{ ...d, reason }];
      }),
    };
  });
  const diagnostics = (file: string): readonly Diagnostic[] => settled(file).diagnostics;
  const start = { line: 0, character: 0 };
  const locate = (place: Place): PlanPlace => ({ file: place.file, range: rangeOf(place, treeOf) ?? { start, end: start } });
  const findings = {
    of: found,
    reason: reasonOf,
    rangeOf: (place: Place) => rangeOf(place, treeOf),
    aroundOf: (place: Place) => aroundOf(place, treeOf),
  };
  const claims = store.query(file => judgedClaims(program, file, findings));
  const standing = store.query(file => verdicts(judgedClaims(program, file, findings, true)));

  const errors = (file: string): readonly Diagnostic[] => diagnostics(file).filter(({ severity }) => severity === 'error');
  /** What keeps the file from having a meaning though it stands elsewhere; a file that is not there is said at its import. */
  const errorsElsewhere = (file: string): readonly Diagnostic[] =>
    reach(file).flatMap(path => (path !== file && files.get(path)?.kind === 'text' ? errors(path) : []));

  /** What `make` gives; a failure of it is one more diagnostic. */
  function planned<T>(file: string, make: () => T): { readonly made: T | null; readonly diagnostics: readonly Diagnostic[] } {
    const elsewhere = errorsElsewhere(file);
    const found = [...diagnostics(file), ...elsewhere];
    if (elsewhere.length > 0 || errors(file).length > 0) return { made: null, diagnostics: found };
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
    setSeverities(values) {
      for (const name of new Set([...severities.keys(), ...Object.keys(values)])) severities.set(name, values[name] ?? null);
    },
    diagnostics,
    waived: file => settled(file).waived,
    reasonAt: (file, rule, line) => reasonFor(waivers(file), rule, line),
    reach,
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
    claims,
    verdicts: standing,
  };
}
