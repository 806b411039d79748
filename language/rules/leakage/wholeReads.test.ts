/** What a part of a feature reads the whole reads too: whether a feature meets its label is asked of the whole alone. */

import { pages } from 'cupel:pages';
import { expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';
import { cellKey, regionText } from '../../model/factOps.ts';
import type { Lineage } from '../../model/facts.ts';
import { everyPart } from '../../model/walk.ts';
import { exampleOf, parsePage } from '../page.ts';

const textOf = (read: Lineage): string => `${cellKey(read)} ${regionText(read.region)} ${read.rows ?? ''} ${read.isAlwaysNull ?? ''}`;

it('holds in the examples of all rule pages', () => {
  let compared = 0;
  for (const page of Object.values(pages)) {
    for (const heading of ['Wrong', 'Right']) {
      const { files } = exampleOf(parsePage(page).sections[heading] ?? '');
      const analysis = createAnalysis();
      for (const [file, text] of Object.entries(files)) analysis.setFile(file, { kind: 'text', text });
      for (const { feature } of Object.keys(files).flatMap(file => analysis.program().reads(file))) {
        const whole = new Set(feature.value.facts.lineage.map(textOf));
        for (const part of everyPart(feature.value)) for (const read of part.facts.lineage) expect(whole).toContain(textOf(read));
        compared++;
      }
    }
  }
  expect(compared).toBeGreaterThan(200);
});
