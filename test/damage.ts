/** Damages programs at random, seeded, and says what the analysis makes of them: it must neither fail, nor hang, nor point nowhere. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAnalysis } from '../language/index.ts';

/** Programs of an example folder, by name. */
export function programsOf(folder: string): Map<string, string> {
  const files = readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isFile() && entry.name.endsWith('.cupel'));
  return new Map(files.map(({ name }) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** Mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A prefix, a deletion, or flipped bytes. */
export function damage(text: string, random: () => number): string {
  const at = Math.floor(random() * text.length);
  const kind = random();
  if (kind < 0.4) return text.slice(0, at);
  if (kind < 0.75) return text.slice(0, at) + text.slice(at + 1 + Math.floor(random() ** 3 * 200));
  const bytes = Buffer.from(text);
  for (let i = 1 + Math.floor(random() * 4); i > 0; i--) {
    const index = Math.floor(random() * bytes.length);
    bytes[index] = (bytes[index] ?? 0) ^ (1 << Math.floor(random() * 8));
  }
  return bytes.toString('utf8');
}

/** What is wrong with the analysis of these files; empty when it held. */
export function complaints(files: ReadonlyMap<string, string>, damaged: string): string[] {
  const analysis = createAnalysis();
  for (const [name, text] of files) analysis.setFile(name, { kind: 'text', text });
  const found: string[] = [];
  const lengths = new Map([...files].map(([name, text]) => [name, text.split(/\r\n|\r|\n/).map(line => line.length)]));
  for (const name of files.keys()) {
    for (const d of analysis.diagnostics(name)) {
      if (d.rule === 'internal-error') found.push(`${name}: ${d.message}`);
      const lines = lengths.get(d.file) ?? [];
      const { start, end } = d.range;
      const inside = (at: typeof start): boolean =>
        at.line >= 0 && at.line < lines.length && at.character >= 0 && at.character <= (lines[at.line] ?? -1);
      if (!inside(start) || !inside(end))
        found.push(`${name}: ${d.rule} points at ${start.line}:${start.character}-${end.line}:${end.character}, outside the text`);
    }
  }
  analysis.plan(damaged, []);
  analysis.verdicts(damaged);
  return found;
}

export const exampleFolders = ['titanic', 'flights', 'churn'].map(name => join(import.meta.dirname, '..', 'examples', name));
