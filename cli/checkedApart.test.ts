/** What is said of a file does not depend on what is checked with it: programs cut into files at random, checked whole and in every part. */
import { describe, expect, it } from 'vitest';
import type { FileInput } from '../language/analysis.ts';
import { drawFrom } from '../test/reference/draw.ts';
import { analyse } from './analyse.ts';
import { type CheckedFile, checkParts } from './checkParts.ts';
import { survey } from './checkSurvey.ts';

const project = { root: '/nowhere', parameters: {}, severities: {} };

const declarations = [
  'param horizon: duration = 30d',
  'param spare: int = 1',
  'def doubled(x) = x * 2',
  'def idle(x) = doubled(x)',
  'source customers = csv("customers.csv") {\n  customer_id : key\n  since : timestamp @time @known(+0d)\n  left : bool? @after(outcome)\n}',
  'source orders = csv("orders.csv") until 2024-12-31 {\n  order_id : key\n  customer : ref customers\n  placed : timestamp @time @known(+0d)\n  amount : float\n}',
  'table paid = orders | where amount > 0 | derive twice = doubled(amount)',
  'table latest = paid | sort placed',
  'check orders {\n  amount in 0..\n}',
  'task churn {\n  each c in customers\n  at every month from 2023-01-01 to 2024-10-01\n  label gone = count(orders next horizon) == 0\n}',
  'split churn by time { train: ..2024-02-29, validate: 2024-04-01..2024-07-31, test: 2024-09-01.., gap: 60d }',
  'split churn at random { test: 20%, validate: 20%, seed: 1 }  // cupel: allow random-split-over-time because "a trial"',
  'features activity for churn {\n  recent = sum(amount of paid last 30d) ?? 0\n  soon = count(orders next 7d)\n}',
  'features gone_by for churn {\n  gone_by = left  // cupel: allow after-outcome because "a trial"\n}',
  'model usual = baseline(activity)',
  'model gbt = gradient_boosting(activity) { trees: 50 }',
  'model other = gradient_boosting(gone_by)',
  'evaluate gbt on test { auc >= 0.7, auc - usual.auc >= 0.1 }',
  'evaluate gbt on train { auc }',
  'evaluate other on test { auc }  // cupel: allow test-reread because "it is there for nothing"',
];
const nameIn = /^(?:param|def|source|table|task|features|model)\s+(\w+)/;
const names = declarations.flatMap(text => nameIn.exec(text)?.[1] ?? []);

const importForms: readonly ((name: string, path: string) => string)[] = [
  (name, path) => `import { ${name} } from "${path}"`,
  (name, path) => `import { ${name} } from "${path}"`,
  (name, path) => `import {\n  ${name} // the "only" one { }\n} from "${path}"`,
  (name, path) => `import { ${name} } from "${path.replace('f', '\\u{66}')}"`,
  (name, path) => `imprt { ${name} } from '${path}'`,
];

/** Each declaration in one of the files, with the imports that it needs, less some, and some that nobody needs or that lead nowhere. */
function cut(seed: number): ReadonlyMap<string, string> {
  const draw = drawFrom(seed);
  const count = draw.int(2, 7);
  const files = Array.from({ length: count }, (_, i) => (draw.chance(0.3) ? `sub/f${i}.cupel` : `f${i}.cupel`));
  const home = new Map(names.map(name => [name, draw.pick(files)]));
  const held = new Map<string, string[]>(files.map(file => [file, []]));
  for (const text of declarations) {
    if (draw.chance(0.1)) continue;
    const name = nameIn.exec(text)?.[1];
    held.get((name && home.get(name)) ?? draw.pick(files))?.push(text);
  }
  return new Map(
    [...held].map(([file, texts]) => {
      const written = texts.join('\n');
      const own = new Set(texts.flatMap(text => nameIn.exec(text)?.[1] ?? []));
      const wanted = names.filter(name => !own.has(name) && (new RegExp(`\\b${name}\\b`).test(written) ? !draw.chance(0.08) : draw.chance(0.06)));
      const from = (name: string): string => `${file.startsWith('sub/') ? '../' : './'}${draw.chance(0.04) ? 'f99.cupel' : home.get(name)}`;
      const imports = wanted.map(name => draw.pick(importForms)(name, from(name)));
      return [file, `${[...imports, ...texts].join('\n')}\n`];
    }),
  );
}

function checkedWhole(others: readonly string[], files: readonly string[], read: (path: string) => FileInput): CheckedFile[] {
  const analysis = analyse(project, files, { read, others });
  return files.map(file => ({
    file,
    reach: analysis.reach(file),
    diagnostics: analysis.diagnostics(file),
    waived: analysis.waived(file),
    verdicts: [...analysis.verdicts(file)],
  }));
}

describe('a file', () => {
  it.each([1, 2, 3, 4])('is told the same in its part as among all, and with nothing but what it rests on (%i)', block => {
    let found = 0;
    let parts = 0;
    for (let seed = block * 1000; seed < block * 1000 + 12; seed++) {
      const texts = cut(seed);
      const read = (path: string): FileInput => {
        const text = texts.get(path);
        return text === undefined ? { kind: 'absent' } : { kind: 'text', text };
      };
      // Of some projects one file is imported and not checked itself.
      const files = [...texts.keys()].sort().slice(seed % 3 === 0 ? 1 : 0);
      const surveyed = survey(files, read, { enough: 1, mostRead: Number.POSITIVE_INFINITY });
      const others = [...surveyed.inputs].flatMap(([path, { kind }]) => (kind === 'text' ? [path] : []));
      const whole = checkedWhole(others, files, read);
      const taken = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
      const apart = [...checkParts({ project, ...surveyed, withVerdicts: true, taken })].sort((a, b) => (a.file < b.file ? -1 : 1));
      expect(apart, `seed ${seed}`).toEqual(whole);
      for (const told of whole) {
        const rests = surveyed.restsOn.get(told.file) ?? [];
        const alone = checkedWhole(others, rests, path => (rests.includes(path) ? read(path) : { kind: 'absent' }));
        expect(
          alone.find(({ file }) => file === told.file),
          `seed ${seed}`,
        ).toEqual(told);
      }
      found += whole.reduce((sum, { diagnostics, waived }) => sum + diagnostics.length + waived.length, 0);
      parts += surveyed.parts.length;
    }
    expect(found).toBeGreaterThan(60);
    expect(parts).toBeGreaterThan(30);
  });
});
