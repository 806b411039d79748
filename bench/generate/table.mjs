/**
 * A table of customers as CSV: 20 columns of which six have gaps, five categories of 5 to 200 levels, two times, and a label that twelve of
 * a hundred rows have. Ranges, gaps and the label's dependence are those of the table that the peers were timed on.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { random } from './random.mjs';

const categories = { region: 5, channel: 8, plan: 12, city: 80, product: 200 };
const gaps = { age: 0.02, income: 0.12, balance: 0.05, usage: 0.08, credit_score: 0.2, discount: 0.03 };
export const header =
  'id,code,created_at,updated_at,age,income,balance,tenure_months,usage,calls,credit_score,late_count,discount,noise,region,channel,plan,city,product,churned';

const sigmoid = z => 1 / (1 + Math.exp(-z));
const two = n => String(n).padStart(2, '0');
function stamp(seconds) {
  const d = new Date(seconds * 1000);
  return `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
}
const rounded = (x, digits) => {
  const text = String(Number(x.toFixed(digits)));
  return text.includes('.') ? text : `${text}.0`;
};

/** The shift of the scores by which this share of the rows is positive. */
function offset(scores, share) {
  let low = -8;
  let high = 4;
  const step = Math.max(1, Math.floor(scores.length / 200_000));
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    let sum = 0;
    let n = 0;
    for (let r = 0; r < scores.length; r += step) {
      sum += sigmoid(scores[r] + middle);
      n++;
    }
    if (sum / n > share) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

/** Writes the table; `rows` of 1,000,000 make about 145 MB. */
export function writeTable(path, rows, seed = 11) {
  const r = random(seed);
  const names = Object.keys(categories);
  const draws = names.map(name => r.chooser(r.dirichlet(categories[name], 1.5)));
  const effects = names.map(name => Float64Array.from({ length: categories[name] }, () => 0.33 * r.normal()));
  const base = Date.UTC(2023, 0, 1) / 1000;
  const numbers = Array.from({ length: 10 }, () => new Float64Array(rows));
  const [age, income, balance, tenure, usage, calls, score, late, discount, noise] = numbers;
  const levels = names.map(() => new Uint8Array(rows));
  const created = new Float64Array(rows);
  const updated = new Float64Array(rows);
  const z = new Float64Array(rows);
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < rows; i++) {
    age[i] = Math.round(Math.min(90, Math.max(18, 42 + 13 * r.normal())));
    income[i] = Math.exp(10.4 + 0.6 * r.normal());
    balance[i] = 2500 * r.normal() + 0.08 * income[i];
    tenure[i] = 14 * r.gamma(1.6);
    usage[i] = 30 * r.gamma(2);
    calls[i] = r.poisson(2.2);
    score[i] = Math.round(600 + 80 * r.normal());
    late[i] = r.poisson(0.6);
    discount[i] = r.beta(2, 8);
    noise[i] = r.normal();
    created[i] = base + r.below(730 * 86400);
    const gap = Math.floor(r.exponential() * 20 * 86400);
    updated[i] = created[i] + gap;
    let value =
      -0.02 * (age[i] - 42) -
      0.35 * (Math.log(income[i]) - 10.4) -
      0.00012 * (balance[i] - 3000) -
      0.45 * Math.log1p(tenure[i]) +
      0.25 * (calls[i] - 2.2) +
      0.42 * Math.sqrt(late[i]) -
      0.0045 * (score[i] - 600) -
      2 * discount[i] +
      (usage[i] < 20 && tenure[i] < 12 ? 0.5 : 0) +
      (age[i] < 30 && calls[i] > 3 ? 0.45 : 0) +
      0.25 * Math.sin(Math.log1p(usage[i])) +
      0.15 * Math.log1p(gap / 86400 / 20);
    for (let c = 0; c < names.length; c++) {
      const level = draws[c]();
      levels[c][i] = level;
      value += effects[c][level];
    }
    z[i] = value;
    sum += value;
    squares += value * value;
  }
  const mean = sum / rows;
  const deviation = Math.sqrt(squares / rows - mean * mean);
  for (let i = 0; i < rows; i++) z[i] = ((z[i] - mean) / deviation) * 1.36;
  const shift = offset(z, 0.12);
  const letters = 'ABCDEFGHJK';
  const shown = names.map(name => `${name.slice(0, 2)}_`);
  const missing = (name, text) => (r.uniform() < gaps[name] ? '' : text);
  const file = openSync(path, 'w');
  let lines = [header];
  for (let i = 0; i < rows; i++) {
    const code = `${letters[r.below(10)]}${letters[r.below(10)]}-${String(r.below(100_000)).padStart(5, '0')}`;
    const cells = [
      i + 1,
      code,
      stamp(created[i]),
      stamp(updated[i]),
      missing('age', rounded(age[i], 0)),
      missing('income', rounded(income[i], 2)),
      missing('balance', rounded(balance[i], 2)),
      rounded(tenure[i], 1),
      missing('usage', rounded(usage[i], 2)),
      rounded(calls[i], 0),
      missing('credit_score', rounded(score[i], 0)),
      rounded(late[i], 0),
      missing('discount', rounded(discount[i], 4)),
      rounded(noise[i], 5),
    ];
    for (let c = 0; c < names.length; c++) cells.push(shown[c] + levels[c][i]);
    cells.push(r.uniform() < sigmoid(z[i] + shift) ? 1 : 0);
    lines.push(cells.join(','));
    if (lines.length === 20_000) {
      writeSync(file, `${lines.join('\n')}\n`);
      lines = [];
    }
  }
  if (lines.length) writeSync(file, `${lines.join('\n')}\n`);
  closeSync(file);
}
