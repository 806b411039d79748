/** Numbers for people. */

/** `1,234,567`, as `toLocaleString('en-US')` writes it; of whole numbers without the tables of languages, which an engine takes 10 ms to load. */
export const grouped = (n: number): string => (Number.isSafeInteger(n) ? String(n).replace(/\B(?=(?:\d{3})+$)/g, ',') : n.toLocaleString('en-US'));
