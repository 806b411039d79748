/** Walking typed expressions: what rules need to put a diagnostic on the smallest expression at fault. */
export { anyPart, columnNames, everyPart, parts, readsBeside, smallest, type WindowRead, windows } from '../model/walk.ts';
