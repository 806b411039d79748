/**
 * Names of roots, the time columns of rows that known times are counted from. A root of another row goes by how that row was reached, so no
 * two rows share one; files and names may hold any sign but the one that stands between.
 */
const between = '\0';

/** A column of a source's own row: two files may each have a source of that name. */
export const rootOfSource = (file: string, source: string, column: string): string => `${file}:${source}.${column}`;

/** The root of a row that is reached in that way. */
export const rootReached = (by: string, root: string): string => `${by}${between}${root}`;

/** What roots of one row have in common; empty for the row itself. */
export const rowOfRoot = (root: string): string => root.slice(0, root.lastIndexOf(between) + 1);

/** Whether it is that column of a row of the same source, reached in whatever way. */
export const isReached = (root: string, own: string): boolean => root.endsWith(`${between}${own}`);
