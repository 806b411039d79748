/** Value types: what a value is, apart from where it came from (see `facts.ts`). */

/** A product of bases with rational exponents; `{}` is a pure number. `{ EUR: 1, day: -1 }` is euros a day. */
export type Unit = Readonly<Record<string, number>>;

/** Inclusive bounds; null is open. Dates and timestamps count microseconds since 1970 UTC, durations microseconds. */
export interface Bounds {
  readonly min: number | null;
  readonly max: number | null;
}

interface Common {
  readonly nullable: boolean;
}

export type Type =
  | (Common & { readonly kind: 'bool' })
  /** `unit` null: a literal, which adapts to the other side. */
  | (Common & { readonly kind: 'int'; readonly unit: Unit | null; readonly bounds: Bounds })
  | (Common & { readonly kind: 'float'; readonly unit: Unit | null; readonly bounds: Bounds })
  | (Common & { readonly kind: 'decimal'; readonly precision: number; readonly scale: number; readonly unit: Unit | null; readonly bounds: Bounds })
  | (Common & { readonly kind: 'text' })
  /** `levels` null: open. */
  | (Common & { readonly kind: 'category'; readonly levels: readonly string[] | null })
  | (Common & { readonly kind: 'date' })
  | (Common & { readonly kind: 'timestamp' })
  | (Common & { readonly kind: 'duration' })
  | (Common & { readonly kind: 'json' })
  | (Common & { readonly kind: 'vector'; readonly size: number })
  | (Common & { readonly kind: 'list'; readonly element: Type })
  | (Common & { readonly kind: 'key' })
  /** `table` is the name of the source or table whose key it holds, and `home` the file that declares that one. */
  | (Common & { readonly kind: 'ref'; readonly table: string; readonly home: string })
  | (Common & { readonly kind: 'null' })
  /** The type of what could not be typed: agrees with everything, so that one mistake is reported once. */
  | (Common & { readonly kind: 'unknown' });

export type TypeOf<K extends Type['kind']> = Extract<Type, { kind: K }>;
