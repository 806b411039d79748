/** `time t known k` and `known a at k`: known times that a table states again, and what can be proved of them. */
import type { Place } from '../text/place.ts';
import { columnsAmong, withAmong } from './among.ts';
import {
  block,
  blockedFacts,
  blocksOf,
  joinFacts,
  knownFacts,
  maskedFacts,
  maximalTerms,
  reason,
  type Shifted,
  term,
  termGreater,
  termLe,
  zeroDuration,
} from './factOps.ts';
import type { Facts, Term } from './facts.ts';
import { constantLag, passed } from './shapes.ts';
import { deciding, findColumn, findTimeColumn, knownTerms, type StepContext, type StepOf, type StepResult, shapeOfColumn } from './stepContext.ts';
import type { ColumnModel, RelationModel, TimeRole } from './typed.ts';
import { endsEarlierBy, zonesOf } from './zones.ts';

type Proof = { readonly verdict: 'proved' } | { readonly verdict: 'assumed' | 'leaks'; readonly rest: Term };

/** Whether everything that is needed is known by then: proved, provably not, or neither. */
function proveKnownBy(need: readonly Term[], by: Shifted): Proof {
  const later = need.find(t => termGreater(t, by));
  if (later) return { verdict: 'leaks', rest: later };
  const open = need.find(t => !termLe(t, by));
  return open ? { verdict: 'assumed', rest: open } : { verdict: 'proved' };
}

/** What stays of a proof that failed. */
function statedEarlier(proof: Proof, subject: string, stated: string, place: Place): Facts | null {
  if (proof.verdict === 'proved') return null;
  const message =
    proof.verdict === 'leaks'
      ? `${stated} is stated, which is earlier than what it is made of`
      : `${stated} is stated, and nothing proves that what it is made of is known by then`;
  return blockedFacts(block('time-shifted', proof.verdict, subject, reason(place, message, proof.rest.reason)));
}

const withShape = (relation: RelationModel, column: ColumnModel, shape: Shifted): RelationModel =>
  column.shape ? relation : { ...relation, columns: relation.columns.map(c => (c.name === column.name ? { ...c, shape } : c)) };

/** When the time has passed. Of a date that other files hold in another zone, or that was moved where clocks change, nothing is said. */
function momentIn({ name, type, facts }: ColumnModel, shape: Shifted, relation: RelationModel, context: StepContext): Shifted {
  const zone = relation.zone ?? 'UTC';
  const read = zonesOf(facts, context.env);
  const isOne = read.every(from => from === zone) && endsEarlierBy(shape, type, read, zone) === 0;
  return isOne || type.kind !== 'date' ? passed(shape, type) : { root: context.root(`end of ${name}`), plus: zeroDuration };
}

export function timeStep(step: StepOf<'time'>, relation: RelationModel, context: StepContext): StepResult {
  const place = context.place(step.span);
  const time = findTimeColumn(step.time, relation, context, 'an event time');
  const known = step.known && findTimeColumn(step.known, relation, context, 'a known time');
  const model = { kind: 'time', place, time: step.time.text, known: step.known?.text ?? null } as const;
  if (!time || (step.known && !known)) return { step: model, result: relation };
  const timeShape = shapeOfColumn(time, context);
  const kept = known ? null : relation.known;
  const by = known ?? time;
  const knownShape = known ? shapeOfColumn(known, context) : timeShape;
  const moment = kept ? kept.term : momentIn(by, knownShape, relation, context);
  const stated = kept ? `the known time of the row for \`${time.name}\`` : `\`${by.name}\``;
  const why = reason(context.place(step.known?.span ?? step.time.span), `rows of \`${context.table}\` are known at ${stated}`);
  const now = kept?.term ?? term(moment.root, moment.plus, why);

  const need = [...time.facts.known, ...by.facts.known, ...relation.exists.known, ...knownTerms(relation)];
  const proof = proveKnownBy(need, moment);
  const failed = statedEarlier(proof, context.table, stated, why.place);
  const leaks = proof.verdict === 'leaks';
  const before = relation.known?.term ?? null;
  const restated = (facts: Facts): Facts => ({ ...facts, known: maximalTerms([now, ...facts.known.filter(t => !before || !termLe(t, before))]) });
  let result = withShape(withShape(relation, time, timeShape), by, knownShape);
  result = { ...result, columns: result.columns.map(column => ({ ...column, facts: restated(column.facts) })) };
  const exists = joinFacts(
    leaks ? relation.exists : maskedFacts(relation.exists),
    ...[time, by].map(column => maskedFacts(deciding(column.facts))),
    ...(failed ? [failed] : []),
  );
  const event: TimeRole = {
    column: time.name,
    shape: timeShape,
    facts: leaks ? time.facts : maskedFacts(time.facts),
    place: context.place(step.time.span),
  };
  const lag = constantLag(timeShape, now);
  return {
    step: model,
    result: withAmong(
      { ...result, exists, event, known: kept ? { ...kept, lag } : { term: now, column: by.name, lag, declared: true }, lag },
      columnsAmong(relation, [time.name, by.name]),
    ),
  };
}

export function knownStep(step: StepOf<'known'>, relation: RelationModel, context: StepContext): StepResult {
  const at = findTimeColumn(step.at, relation, context, 'the moment at which something is known');
  const named = step.columns.flatMap(name => findColumn(name, relation, context) ?? []);
  const model = { kind: 'known', place: context.place(step.span), columns: named.map(column => column.name), at: step.at.text } as const;
  if (!at) return { step: model, result: relation };
  const shape = shapeOfColumn(at, context);
  const moment = momentIn(at, shape, relation, context);
  const place = context.place(step.at.span);
  const restate = (column: ColumnModel): ColumnModel => {
    const proof = proveKnownBy([...column.facts.known, ...at.facts.known], moment);
    const subject = `${context.table}.${column.name}`;
    const failed = statedEarlier(proof, subject, `\`${column.name}\` known at \`${at.name}\``, place);
    const why = reason(place, `\`${column.name}\` is known at \`${at.name}\``, proof.verdict === 'proved' ? null : proof.rest.reason);
    const facts: Facts = { ...column.facts, known: [term(moment.root, moment.plus, why)] };
    return { ...column, facts: joinFacts(facts, blocksOf(at.facts), ...(failed ? [failed] : [])) };
  };
  const restated = withShape(relation, at, shape);
  const columns = restated.columns.map(column => (named.some(n => n.name === column.name) ? restate(column) : column));
  const { event } = restated;
  const moved = named.some(({ name }) => name === event?.column) ? columns.find(({ name }) => name === event?.column) : undefined;
  return {
    step: model,
    result: {
      ...restated,
      columns,
      event: event && moved ? { ...event, facts: joinFacts(event.facts, knownFacts(...moved.facts.known), blocksOf(moved.facts)) } : event,
    },
  };
}
