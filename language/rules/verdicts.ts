/**
 * How the validity claims of each declaration hold: proved by the program, assumed from a declaration, left to the data, or leaking. A claim
 * is one question that a reviewer would ask: may this feature be known, are these rows chosen fairly, is this row set untouched.
 */
import type { Facts } from '../model/facts.ts';
import type { Problem } from '../model/problem.ts';
import type { Program } from '../model/program.ts';
import type { DeclarationModel, TypedExpr } from '../model/typed.ts';
import type { Place } from '../text/place.ts';
import { leakageRules } from './leakage/list.ts';
import { parts } from './walk.ts';

export interface Standing {
  readonly file: string;
  readonly declaration: string;
  readonly proved: number;
  readonly assumed: number;
  readonly needsData: number;
  readonly leaks: number;
}

/** Flows that rules of their own report, which know when they do no harm. */
const named: ReadonlySet<string> = new Set(leakageRules.map(rule => rule.name));

type Outcome = 'proved' | 'assumed' | 'leaks';

const isWithin = (inner: Place, outer: Place): boolean =>
  inner.file === outer.file && inner.decl === outer.decl && inner.span.start >= outer.span.start && inner.span.end <= outer.span.end;

/** All places of an expression: what a definition holds lies outside the feature that uses it. */
const placesIn = (expr: TypedExpr): readonly Place[] => [
  expr.place,
  ...(expr.kind === 'aggregate' && expr.window ? [expr.window.framePlace] : []),
  ...parts(expr).flatMap(placesIn),
];

/** Rules whose findings mean that information flows where it must not. */
const leaking = new Set(leakageRules.filter(rule => rule.verdict === 'leaks').map(rule => rule.name));

export function verdicts(program: Program, file: string): Standing[] {
  const problems: Problem[] = [...program.problems(file), ...leakageRules.flatMap(rule => rule.check?.(program, file) ?? [])].filter(({ rule }) =>
    leaking.has(rule),
  );
  const leaksIn = (place: Place): boolean => problems.some(problem => isWithin(problem.place, place));
  const outcome = (at: Place | (() => readonly Place[]), facts: readonly Facts[], timed: boolean): Outcome => {
    // A flow that no rule reports yet is not proved all the same.
    const places = problems.length === 0 ? [] : typeof at === 'function' ? at() : [at];
    if (places.some(leaksIn) || facts.some(({ blocks }) => blocks.some(block => block.verdict === 'leaks' && !named.has(block.rule)))) return 'leaks';
    const isAssumed = facts.some(({ blocks }) =>
      blocks.some(block => block.verdict === 'assumed' && (timed || block.rule !== 'unknown-availability')),
    );
    return isAssumed ? 'assumed' : 'proved';
  };

  /** Of a declaration that makes one claim: whatever leaks in it stands against that. */
  const whole = ({ file: at, decl }: Place): Outcome => (problems.some(({ place }) => place.file === at && place.decl === decl) ? 'leaks' : 'proved');

  function claims(model: DeclarationModel): { name: string; outcomes: Outcome[] } | null {
    switch (model.kind) {
      case 'task': {
        const timed = model.cutoffs.kind !== 'none';
        const relation = program.relation(file, model.relation);
        const rows = outcome(
          () => [model.relationPlace, ...(model.where ? [model.where.place] : [])],
          [relation?.exists, model.where?.facts].filter(facts => facts !== undefined),
          timed,
        );
        const label = model.label ? [outcome(model.label.place, [model.label.value.facts], timed)] : [];
        const cutoff = model.cutoffs.kind === 'none' ? [] : [outcome(model.cutoffs.place, [model.cutoffFacts], timed)];
        const unwritten = model.cutoffs.kind === 'column' && model.cutoffs.assumed;
        return { name: model.name, outcomes: [rows, ...cutoff.map(one => (unwritten && one === 'proved' ? 'assumed' : one)), ...label] };
      }
      case 'split':
        return { name: model.task, outcomes: [whole(model.place)] };
      case 'features': {
        const timed = program.task(file, model.task)?.cutoffs.kind !== 'none';
        return {
          name: model.name,
          outcomes: model.features
            .filter(({ value }) => value.type.kind !== 'unknown')
            .map(feature => outcome(() => [feature.place, ...placesIn(feature.value)], [feature.value.facts], timed)),
        };
      }
      case 'model':
        return { name: model.name, outcomes: [whole(model.place)] };
      case 'evaluate':
        return { name: model.model, outcomes: [whole(model.place)] };
      default:
        return null;
    }
  }

  const byName = new Map<string, Outcome[]>();
  for (const { model } of program.declarations(file)) {
    const found = claims(model);
    if (found) byName.set(found.name, [...(byName.get(found.name) ?? []), ...found.outcomes]);
  }
  const count = (outcomes: readonly Outcome[], which: Outcome): number => outcomes.filter(one => one === which).length;
  return [...byName].map(([declaration, outcomes]) => ({
    file,
    declaration,
    proved: count(outcomes, 'proved'),
    assumed: count(outcomes, 'assumed'),
    needsData: 0,
    leaks: count(outcomes, 'leaks'),
  }));
}
