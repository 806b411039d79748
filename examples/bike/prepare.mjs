/**
 * Makes data/hours.csv from the published hour.csv: `node prepare.mjs path/to/hour.csv`. Day and hour become the moment at which the hour
 * began (Washington's clock, written as UTC, for the published file has no zone); the row counter and the year go, nothing else changes.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const [path] = process.argv.slice(2);
if (!path) throw new Error('Name the published file: node prepare.mjs path/to/hour.csv');
const [header, ...rows] = readFileSync(path, 'utf8')
  .trim()
  .split(/\r?\n/)
  .map(line => line.split(','));
const at = Object.fromEntries(header.map((name, i) => [name, i]));
const kept = ['season', 'holiday', 'weekday', 'workingday', 'weathersit', 'temp', 'atemp', 'hum', 'windspeed', 'casual', 'registered', 'cnt'];
const lines = rows.map(row => [`${row[at.dteday]}T${row[at.hr].padStart(2, '0')}:00Z`, ...kept.map(name => row[at[name]])].join(','));
writeFileSync(new URL('data/hours.csv', import.meta.url), `${['began', ...kept].join(',')}\n${lines.join('\n')}\n`);
