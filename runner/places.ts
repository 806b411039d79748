/**
 * Places of records that come from the cache. A step's key leaves places out, so a cached result may name where things stood in an
 * earlier text. The places of a step and of all it reads are listed in one order for both texts; each old one has its new one there.
 */
import type { Plan, PlanNode, PlanPlace } from '../language/plan/plan.ts';
import type { RecordPlace } from './record.ts';

export type PlaceList = readonly PlanPlace[];

/** All places of a node, then those of its inputs, in the order of their keys. Equal keys of nodes give lists of equal length. */
export function placesOf(plan: Plan): (node: PlanNode) => PlaceList {
  const nodes = new Map(plan.nodes.map(n => [n.id, n]));
  return node => {
    const seen = new Set<string>();
    const places: PlanPlace[] = [];
    const visit = (n: PlanNode | undefined) => {
      if (n === undefined || seen.has(n.id)) return;
      seen.add(n.id);
      collect(n, places);
      for (const input of n.inputs) visit(nodes.get(input));
    };
    visit(node);
    return places;
  };
}

export function recordPlace(place: PlanPlace): RecordPlace {
  return { file: place.file, range: place.range };
}

/** The same value with every place of the old list replaced by its counterpart. */
export function relocate<T>(value: T, from: PlaceList, to: PlaceList): T {
  const moved = new Map(from.map((place, i) => [keyOf(place), to[i] ?? place]));
  return move(value, moved) as T;
}

function move(value: unknown, moved: ReadonlyMap<string, PlanPlace>): unknown {
  if (Array.isArray(value)) return value.map(item => move(item, moved));
  if (typeof value !== 'object' || value === null) return value;
  const place = isPlace(value) ? moved.get(keyOf(value)) : undefined;
  const entries = Object.entries(value).map(([key, item]) => [key, move(item, moved)]);
  return { ...Object.fromEntries(entries), ...(place && { file: place.file, range: place.range }) };
}

function collect(value: unknown, places: PlanPlace[]): void {
  if (Array.isArray(value)) for (const item of value) collect(item, places);
  else if (typeof value === 'object' && value !== null) {
    if (isPlace(value)) places.push({ file: value.file, range: value.range });
    else for (const [, item] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) collect(item, places);
  }
}

function isPlace(value: object): value is PlanPlace {
  return 'file' in value && typeof value.file === 'string' && 'range' in value && typeof value.range === 'object' && value.range !== null;
}

function keyOf({ file, range }: PlanPlace): string {
  return `${file} ${range.start.line}:${range.start.character}-${range.end.line}:${range.end.character}`;
}
