/**
 * Data that lie where a program looks: rows shortly before and after its cutoffs, entities at the bounds of its split, and cells that its
 * conditions ask for. Short windows, rare conditions and narrow gaps find in them what evenly drawn rows hardly ever show.
 */
import { outerOf } from '../../language/plan/plan.ts';
import type { Draw } from '../reference/draw.ts';
import { addDuration, negative } from '../reference/times.ts';
import { keyOf, row } from './data.ts';
import { waits } from './mayChange.ts';
import { type Named, namedIn, nearNamed } from './named.ts';
import type { Observation } from './run.ts';
import { type CellValue, type ColumnSpec, type Data, day, type SourceRow, type SourceSpec, writtenAs } from './schema.ts';
import type { Setting } from './setting.ts';

/** Hours before a cutoff; after it where they are negative. */
const leads = [0, 1, 6, 12, 18, 24, 25, 30, 30, 35, 36, 48, 72, 80, 100, 120, 220, 480, -1, -24, -72, -240];

/** Hours before a bound of a split. */
const boundLeads = [0, 1, 12, 12, 23, 24, 30, 48, -1, -12, -24];

/** Hours before the last moment at which a label that is decided by another cutoff may begin. */
const decidedLeads = [1, 24, -1, -12, -24, -36, -60];

/** Hours after a cutoff, of rows that were announced before it. */
const announced = [6, 24, 48, 120, 240];

const hour = day / 24;
const moreEntities = 16;
const moreRows = 60;

/** Rows of a source where only few are there: the first of a group lies then anywhere. */
const fewRows = 6;

/** The first and last moments of the partitions, without and with the gap, and the last of those whose labels are decided before rows of another split. */
function boundsOf({ outer, otherSplits, frame }: Setting): number[] {
  if (frame.cutoffs.kind === 'grid') return [];
  const of = (method: Setting['outer']): number[] => {
    if (method.kind !== 'time') return [];
    const all = [...method.train, ...(method.validate ?? []), ...method.test].flatMap(at => (at === null ? [] : [at]));
    const starts = [method.validate?.[0] ?? null, method.test[0]].flatMap(at => (at === null ? [] : [addDuration(at, negative(method.gap))]));
    return [...all, ...starts];
  };
  const judged = otherSplits.flatMap(split => {
    const method = outerOf(split);
    const start = method.kind === 'time' ? method.test[0] : null;
    return start === null ? [] : [start, start, addDuration(start, negative(waits(frame)))];
  });
  return [...of(outer), ...judged];
}

const near = (draw: Draw, column: ColumnSpec, named: Named): CellValue | undefined => (draw.chance(0.4) ? nearNamed(draw, column, named) : undefined);

/** The same unit, by a ref that leads to it or by what it holds itself under that name. */
function sharedWith(
  draw: Draw,
  { entity }: Setting,
  column: ColumnSpec,
  { identity, row: own }: Pick<Observation, 'identity' | 'row'>,
): CellValue | undefined {
  if (column.type === 'ref' && column.table === entity.name) return draw.chance(0.8) ? identity : undefined;
  const there = own[column.name];
  return (column.type === 'ref' || column.type === 'text') && typeof there === 'string' && draw.chance(0.6) ? there : undefined;
}

/** Some rows happen at the very moment of a row that they refer to, and are of the same units. */
function besidePartner(draw: Draw, { sources, data }: Setting, source: SourceSpec, made: SourceRow): SourceRow {
  const refs = source.columns.flatMap(column => {
    const target = column.type === 'ref' ? sources.find(({ name, written = name }) => written === column.table) : undefined;
    return target && target.event !== null && target.key !== null ? [{ column, target, event: target.event, key: target.key }] : [];
  });
  if (refs.length === 0 || source.event === null || !draw.chance(0.4)) return made;
  const { column, target, event, key } = draw.pick(refs);
  const rows = data[target.name] ?? [];
  const partner = rows.length > 0 ? draw.pick(rows) : null;
  const isTimestamp = source.columns.some(({ name, type }) => name === source.event && type === 'timestamp');
  const happens = partner?.[event];
  if (!partner || !isTimestamp || typeof happens !== 'number') return made;
  const units = source.columns.flatMap(({ name, type }): [string, CellValue][] =>
    type === 'ref' && name in partner ? [[name, partner[name] ?? null]] : [],
  );
  return { ...made, ...Object.fromEntries(units), [column.name]: partner[key] ?? null, [source.event]: happens };
}

export function aimed(draw: Draw, setting: Setting): Data {
  const { sources, data, candidates, plan, entity } = setting;
  const named = namedIn(plan);
  const bounds = boundsOf(setting);
  const isOwnCutoff = setting.frame.cutoffs.kind === 'column';
  /** Those that are observed, and entities that may be. */
  const observed: Pick<Observation, 'cutoff' | 'identity' | 'row'>[] = [...candidates];
  const announcedIn = (source: SourceSpec, made: SourceRow, target: number): SourceRow => {
    const { event, known } = source;
    const isTimestamp = source.columns.some(({ name, type }) => name === event && type === 'timestamp');
    if (event === null || !isTimestamp || known === null || !('column' in known) || !draw.chance(0.15)) return made;
    return { ...made, [known.column]: target - draw.pick(boundLeads) * hour, [event]: target + draw.pick(announced) * hour };
  };
  /** Some rows happen at the moment of the one before them, for the same unit: order among equals, and what is counted once. */
  let last: { readonly source: SourceSpec; readonly one: (typeof observed)[number]; readonly target: number; readonly moment: number } | null = null;
  const placed = (source: SourceSpec): typeof last => {
    if (last?.source === source && draw.chance(0.2)) return last;
    const one = draw.pick(observed);
    if (source === entity && isOwnCutoff && one.cutoff !== null && draw.chance(0.2)) {
      // One whose label is decided shortly before or after another one begins.
      const target = addDuration(one.cutoff, negative(waits(setting.frame)));
      return { source, one, target, moment: target - draw.pick(decidedLeads) * hour };
    }
    const isAtBound = bounds.length > 0 && draw.chance(source === entity ? 0.6 : 0.1);
    const target = isAtBound ? draw.pick(bounds) : one.cutoff;
    return target === null ? null : { source, one, target, moment: target - draw.pick(isAtBound ? boundLeads : leads) * hour };
  };
  const from = (source: SourceSpec, key: string): SourceRow | null => {
    const place = placed(source);
    if (place === null) return null;
    last = place;
    const { one, target, moment } = place;
    const made = row(draw, source, key, moment);
    const cells = source.columns.flatMap((column): [string, CellValue][] => {
      if (column.name === source.key) return [];
      const value = sharedWith(draw, setting, column, one) ?? near(draw, column, named);
      return value === undefined ? [] : [[column.name, value]];
    });
    const whole = besidePartner(draw, setting, source, announcedIn(source, { ...made, ...Object.fromEntries(cells) }, target));
    if (source === entity) observed.push({ cutoff: target, identity: key, row: whole });
    return whole;
  };
  const asked = (source: SourceSpec, drawn: SourceRow): SourceRow =>
    Object.fromEntries(
      source.columns.map((column): [string, CellValue] => [
        column.name,
        (column.type === 'key' ? undefined : near(draw, column, named)) ?? drawn[column.name] ?? null,
      ]),
    );
  if (candidates.length === 0) return data;
  const led = new Set(
    sources.flatMap(({ event, columns }) => columns.flatMap(({ table }) => (event !== null && table !== undefined ? [table] : []))),
  );
  // Entities first: rows of other sources may then be of the new ones.
  const order = [...sources].sort((a, b) => Number(b === entity) - Number(a === entity));
  return Object.fromEntries(
    order.map(source => {
      const rows = data[source.name] ?? [];
      if (source.event === null) return [source.name, rows.map(drawn => asked(source, drawn))];
      const isFew = source !== entity && source.name !== 'ent' && draw.chance(0.15);
      const kept = source === entity || led.has(writtenAs(source)) || (!isFew && draw.chance(0.5)) ? rows : [];
      const more = Array.from({ length: source.name === 'ent' ? moreEntities : isFew ? fewRows : moreRows }, (_, i) =>
        from(source, keyOf(writtenAs(source), rows.length + i)),
      );
      return [source.name, [...kept, ...more.filter(made => made !== null)]];
    }),
  );
}
