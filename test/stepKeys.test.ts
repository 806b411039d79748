/** What is stored of a step is found again wherever in its file the step is written. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../language/index.ts';
import { stepKeys } from '../runner/keys.ts';
import { exampleFolders } from './damage.ts';

const filesIn = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder)
      .filter(name => /\w\.cupel$/.test(name))
      .map(name => [name, readFileSync(join(folder, name), 'utf8')]),
  );

function planOf(files: Readonly<Record<string, string>>, main: string) {
  const analysis = createAnalysis();
  for (const [name, text] of Object.entries(files)) analysis.setFile(name, { kind: 'text', text });
  const { plan } = analysis.plan(main, []);
  if (plan === null) throw new Error('The example has no plan.');
  return plan;
}

function moved(text: string): string {
  const lines = text.split('\n');
  return lines.flatMap(line => (/^[a-z]/.test(line) ? ['// further down', '', line] : /^ {2}\w/.test(line) ? ['', line] : [line])).join('\n');
}

describe('the keys of steps', () => {
  it.each(exampleFolders.map(folder => [basename(folder), folder]))('of %s are the same where its declarations stand elsewhere', (name, folder) => {
    const files = filesIn(folder);
    const elsewhere = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, moved(text)]));
    const main = `${name}.cupel`;
    const [here, there] = [planOf(files, main), planOf(elsewhere, main)];
    expect(there.nodes.map(({ place }) => place)).not.toEqual(here.nodes.map(({ place }) => place));
    expect(stepKeys(there, new Map(), () => '')).toEqual(stepKeys(here, new Map(), () => ''));
    expect(there.fingerprint).toBe(here.fingerprint);
  });
});
