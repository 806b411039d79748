/** Whatever happens to a text, its analysis ends with positioned findings. `CUPEL_DAMAGE=10000 npm run fuzz` is the long form. */
import { describe, expect, it } from 'vitest';
import { complaints, damage, exampleFolders, programsOf, randomOf } from './damage.ts';

const rounds = Number(process.env['CUPEL_DAMAGE'] ?? 2000);

describe('damaged programs', () => {
  for (const folder of exampleFolders) {
    it(`${folder.split('/').at(-1)}: prefixes, deletions and flipped bytes`, { timeout: 3_600_000 }, () => {
      const programs = programsOf(folder);
      const names = [...programs.keys()];
      const random = randomOf(20_261_121);
      for (let i = 0; i < rounds / exampleFolders.length; i++) {
        const name = names[Math.floor(random() * names.length)] ?? '';
        const text = damage(programs.get(name) ?? '', random);
        expect(complaints(new Map([...programs, [name, text]]), name), `${name} as ${JSON.stringify(text)}`).toEqual([]);
      }
    });
  }
});
