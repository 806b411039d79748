/** A cell that is known only after it is read, for every observation: nothing leaks, and nothing is learned either. */
import { addDuration, durationLe, negateDuration } from '../../model/factOps.ts';
import type { Reason } from '../../model/facts.ts';
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { TypedExpr } from '../../model/typed.ts';
import { gather } from '../../text/gather.ts';
import type { Place } from '../../text/place.ts';
import type { Rule } from '../rule.ts';
import { everyPart, type WindowRead } from '../walk.ts';
import { isLabel } from './label-as-feature.ts';
import { features, isTimed, origins, tasks, traceTo } from './reads.ts';

interface Null {
  readonly place: Place;
  readonly name: string;
  readonly reason: Reason | null;
}

const isNull = ({ facts }: TypedExpr): boolean => facts.lineage.some(read => read.isAlwaysNull);

/** A column of the own row that comes after its cutoff. */
function inOwnRow(expr: TypedExpr): Null | null {
  const [part] = origins(expr, isNull);
  return part?.kind === 'column' ? { place: part.place, name: part.name, reason: part.facts.lineage[0]?.reason ?? null } : null;
}

/** A column that comes so long after its event that no row of the window has it by the cutoff. */
function inWindow(program: Program, read: readonly WindowRead[]): Null | null {
  for (const { aggregate, window } of read) {
    const relation = window.direction === 'past' && window.from ? program.relation(window.reader, window.table, window.file) : null;
    const event = relation?.event?.shape;
    if (!relation || !event || !window.from || !aggregate.value) continue;
    const end = addDuration(event.plus, negateDuration(window.from));
    for (const part of everyPart(aggregate.value)) {
      const column = part.kind === 'column' ? relation.columns.find(({ name }) => name === part.name) : null;
      const late = column?.facts.known.find(term => !term.isBound && term.root === event.root && durationLe(end, term.plus));
      if (column && late) return { place: part.place, name: column.name, reason: late.reason };
    }
  }
  return null;
}

const problem = ({ place, name, reason }: Null, what: string, help: string): Problem => ({
  rule: 'always-null',
  place,
  message: `${what}: \`${name}\` is always known too late.`,
  label: 'never known by then',
  help,
  related: traceTo(reason, place),
  fixes: [],
});

export default {
  name: 'always-null',
  code: 'CUP3072',
  group: 'leakage',
  severity: 'warning',
  type: null,
  verdict: null,
  why: 'A value that nobody has in time is the same for everybody, so nothing can be learned from it.',
  check: (program, file) => [
    ...gather(tasks(program, file), ({ name, where }) => {
      const found = where && inOwnRow(where);
      return found
        ? [problem(found, `The observations of \`${name}\` are chosen by what is null in every row`, 'Choose by what is known at the cutoff.')]
        : [];
    }),
    ...gather(features(program, file), read => {
      if (!isTimed(read.task) || isLabel(read)) return [];
      const { feature, set } = read;
      const found = inOwnRow(feature.value) ?? inWindow(program, read.windows);
      if (!found) return [];
      return [
        problem(
          found,
          `\`${feature.name}\` is null in every row`,
          `Leave \`${feature.name}\` out of \`${set.name}\`, or read earlier rows, whose value is known: \`avg(x of t last 365d)\`.`,
        ),
      ];
    }),
  ],
} satisfies Rule;
