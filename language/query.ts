/**
 * A small memoising query store. Inputs carry revisions; a derived query remembers what it read, is validated by revision, and is cut
 * off early: when a recomputed value equals the old one, whatever read it stays as it is. Queries are pure, synchronous functions of
 * inputs and other queries; a cycle among them gives the query's `onCycle` value instead of an endless descent.
 */

type Equal<V> = (a: V, b: V) => boolean;

interface Slot {
  readonly key: string;
  value: unknown;
  /** The revision in which the value last changed. */
  changed: number;
  /** The revision in which the value was last known to be right. */
  verified: number;
  reads: Slot[];
  /** Recomputes the value; absent for inputs. */
  readonly compute: ((key: string) => unknown) | null;
  readonly equal: Equal<unknown>;
  running: boolean;
  /** Of a running slot: the one whose computation asked for it. */
  reader: Slot | null;
  inCycle: boolean;
  /** Which computation is running, and the last one that noted this slot as read: a slot read again and again is listed once. */
  run: number;
  notedBy: number;
}

export interface Input<V> {
  get(key: string): V;
  set(key: string, value: V): void;
  /** Keys that were ever set or read. */
  keys(): IterableIterator<string>;
}

export type Query<V> = (key: string) => V;

export interface QueryStore {
  input<V>(initial: V, equal?: Equal<V>): Input<V>;
  /** `onCycle` is the value of a query that, directly or not, asks for itself. */
  query<V>(compute: (key: string) => V, options?: { equal?: Equal<V>; onCycle?: (key: string) => V }): Query<V>;
  /** How often queries were computed since the start: for tests of early cut-off. */
  computed(): number;
}

const nothingRead: Slot[] = [];

export function createQueryStore(): QueryStore {
  let revision = 1;
  let computed = 0;
  /** The innermost of the slots that are running. */
  let reader: Slot | null = null;

  function noteRead(slot: Slot): void {
    if (!reader || slot.notedBy === reader.run) return;
    slot.notedBy = reader.run;
    reader.reads.push(slot);
  }

  /** Brings a derived slot up to date. */
  function refresh(slot: Slot): void {
    if (slot.verified === revision || slot.compute === null) return;
    if (slot.verified > 0 && !slot.inCycle) {
      let stale = false;
      for (const read of slot.reads) {
        if (!read.running) refresh(read);
        if (read.changed > slot.verified || read.running) {
          stale = true;
          break;
        }
      }
      if (!stale) {
        slot.verified = revision;
        return;
      }
    }
    const before = slot.value;
    const first = slot.verified === 0;
    slot.reads = [];
    slot.running = true;
    slot.inCycle = false;
    slot.reader = reader;
    reader = slot;
    try {
      slot.run = ++computed;
      slot.value = slot.compute(slot.key);
    } finally {
      reader = slot.reader;
      slot.reader = null;
      slot.running = false;
    }
    if (!first && slot.equal(before, slot.value)) slot.value = before;
    else slot.changed = revision;
    slot.verified = revision;
  }

  const newSlot = (key: string, value: unknown, compute: Slot['compute'], equal: Equal<unknown>): Slot => ({
    key,
    value,
    changed: compute ? 0 : revision,
    verified: 0,
    reads: nothingRead,
    compute,
    equal,
    running: false,
    reader: null,
    inCycle: false,
    run: 0,
    notedBy: 0,
  });

  return {
    input<V>(initial: V, equal: Equal<V> = Object.is): Input<V> {
      const slots = new Map<string, Slot>();
      const slotOf = (key: string): Slot => {
        let slot = slots.get(key);
        if (!slot) slots.set(key, (slot = newSlot(key, initial, null, equal as Equal<unknown>)));
        return slot;
      };
      return {
        get(key) {
          const slot = slotOf(key);
          noteRead(slot);
          return slot.value as V;
        },
        set(key, value) {
          const slot = slotOf(key);
          if (equal(slot.value as V, value)) return;
          revision++;
          slot.value = value;
          slot.changed = revision;
        },
        keys: () => slots.keys(),
      };
    },
    query<V>(compute: (key: string) => V, options: { equal?: Equal<V>; onCycle?: (key: string) => V } = {}): Query<V> {
      const slots = new Map<string, Slot>();
      const equal = (options.equal ?? Object.is) as Equal<unknown>;
      return (key: string): V => {
        let slot = slots.get(key);
        if (!slot) slots.set(key, (slot = newSlot(key, undefined, compute, equal)));
        if (slot.running) {
          if (!options.onCycle) throw new Error(`The query for ${key} asks for itself.`);
          for (let member = reader; member; member = member === slot ? null : member.reader) member.inCycle = true;
          return options.onCycle(key);
        }
        if (slot.verified !== revision) refresh(slot);
        noteRead(slot);
        return slot.value as V;
      };
    },
    computed: () => computed,
  };
}
