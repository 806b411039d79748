/**
 * The last step of a build: checks the programs that are named, so that the functions that every check needs are compiled, and
 * keeps their code beside the checker.
 */
import { loadChecker } from './checker.ts';
import { survey } from './checkSurvey.ts';
import { setEngine } from './engine.ts';
import { readProgram } from './programs.ts';

setEngine();
const { checker, keep } = await loadChecker();
const root = process.cwd();
const { inputs, parts } = survey(process.argv.slice(2), path => readProgram(root, path));
const taken = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
Array.from(checker.checkParts({ project: { root, parameters: {}, severities: {} }, inputs, parts, withVerdicts: true, taken }));
keep();
