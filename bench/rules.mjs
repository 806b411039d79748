/**
 * Twenty rules of quality on 1,000,000 rows, the failing rows kept with the rule that they fail: the whole process of `run`, and the same
 * rules as hand-written SQL for the same engine, in a process of its own. Both read one Parquet file, take turns, and must count alike.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeTable } from './generate/table.mjs';
import { cold, cupel } from './measure.mjs';

const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000000' }, times: { type: 'string', default: '3' } } });
const folder = mkdtempSync(join(tmpdir(), 'cupel-rules-'));

/** As the language says them, and as SQL of the rows that fail. */
const rules = [
  ['age >= 19', 'age < 19'],
  ['age <= 85', 'age > 85'],
  ['income < 200000', 'income >= 200000'],
  ['income > 5000', 'income <= 5000'],
  ['balance > -7000', 'balance <= -7000'],
  ['tenure_months < 120', 'tenure_months >= 120'],
  ['usage < 300', 'usage >= 300'],
  ['calls <= 9', 'calls > 9'],
  ['late_count <= 5', 'late_count > 5'],
  ['credit_score in 300..900', 'credit_score < 300 OR credit_score > 900'],
  ['discount < 0.7', 'discount >= 0.7'],
  ['abs(noise) < 4', 'abs(noise) >= 4'],
  ['updated_at >= created_at', 'updated_at < created_at'],
  ['days(created_at, updated_at) < 250', 'epoch_us(updated_at) - epoch_us(created_at) >= 250 * 86400000000'],
  ['income > balance or balance < 20000', 'NOT (income > balance OR balance < 20000)'],
  ['length(code) == 8', 'length(code) <> 8'],
  ['region != "re_9"', "region = 're_9'"],
  ['not (age < 20 and income > 100000)', 'age < 20 AND income > 100000'],
  ['usage > 1', 'usage <= 1'],
  ['late_count + calls <= 10', 'late_count + calls > 10'],
];
const program = `source people = parquet("table.parquet") {
  id            : text
  code          : text
  created_at    : timestamp
  updated_at    : timestamp
  age           : float?
  income        : float?
  balance       : float?
  tenure_months : float
  usage         : float?
  calls         : float
  credit_score  : float?
  late_count    : float
  discount      : float?
  noise         : float
  region        : text
}

check people {
${rules.map(([claim]) => `  ${claim}  quarantine`).join('\n')}
}
`;
const columns = [...program.matchAll(/^ {2}(\w+) +:/gm)].map(found => found[1]).join(', ');
const engine = new URL('../node_modules/@duckdb/node-api/lib/index.js', import.meta.url).pathname;
const byHand = `
import duckdb from ${JSON.stringify(engine)};
const instance = await duckdb.DuckDBInstance.create(':memory:', { threads: '2' });
const db = await instance.connect();
await db.run("CREATE TABLE people AS SELECT ${columns} FROM 'table.parquet'");
const rules = ${JSON.stringify(rules.map(([claim, fails]) => [claim.replaceAll("'", "''"), fails]))};
await db.run('CREATE TABLE failing AS ' + rules.map(([claim, fails]) => "SELECT '" + claim + "' AS claim, * FROM people WHERE " + fails).join(' UNION ALL '));
await db.run('CREATE TABLE clean AS SELECT * FROM people WHERE (' + rules.map(([, fails]) => '(' + fails + ')').join(' OR ') + ') IS NOT TRUE');
await db.run("COPY failing TO 'failing.csv' (HEADER)");
const counts = await db.runAndReadAll('SELECT claim, count(*) FROM failing GROUP BY claim');
const [[clean]] = (await db.runAndReadAll('SELECT count(*) FROM clean')).getRows();
console.log(JSON.stringify({ counts: Object.fromEntries(counts.getRows().map(([claim, n]) => [claim, Number(n)])), clean: Number(clean) }));
`;

try {
  writeTable(join(folder, 'table.csv'), Number(values.rows));
  writeFileSync(join(folder, 'rules.cupel'), program);
  writeFileSync(join(folder, 'hand.mjs'), byHand);
  const write = `import duckdb from ${JSON.stringify(engine)};
const db = await (await duckdb.DuckDBInstance.create(':memory:')).connect();
await db.run("COPY (SELECT * REPLACE (CAST(id AS VARCHAR) AS id) FROM 'table.csv') TO 'table.parquet'");`;
  await cold(process.execPath, ['--input-type=module', '-e', write], { cwd: folder });
  const ours = [];
  const hand = [];
  for (let time = 0; time < Number(values.times); time++) {
    rmSync(join(folder, '.cupel'), { recursive: true, force: true });
    ours.push(await cupel(folder, 'rules.cupel'));
    hand.push(await cold(process.execPath, [resolve(folder, 'hand.mjs')], { cwd: folder }));
  }
  const { checks, timing } = ours[0].record;
  const { counts } = JSON.parse(hand[0].output);
  const unlike = checks.filter((check, i) => check.failing !== (counts[rules[i][0]] ?? 0));
  const least = (runs, what) => Math.min(...runs.map(what));
  const [wall, processor] = [run => run.seconds, run => run.processor].map(what => [least(ours, what), least(hand, what)]);
  console.log(
    `rules: ${wall[0].toFixed(2)} s, hand-written SQL ${wall[1].toFixed(2)} s: ${(wall[0] / wall[1]).toFixed(2)} × its time, ${(processor[0] / processor[1]).toFixed(2)} × its processors' time`,
  );
  console.log(`  ${checks.length} rules, ${unlike.length === 0 ? 'all count alike' : `unlike: ${unlike.map(c => c.claim).join(', ')}`}`);
  for (const [node, spent] of Object.entries(timing.nodes)) console.log(`  ${spent.toFixed(2).padStart(6)} s  ${node}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
