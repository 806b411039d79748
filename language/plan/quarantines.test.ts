/** A quarantine binds what its own file reads and what the table's own file reads, in typing as in the run: whose words they are decides. */
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../createAnalysis.ts';
import { planned } from './testPlan.ts';

const base = `source people = csv("p.csv") { id : key, since : timestamp @time @known(+0d), score : int @known(+30d) }
source ev = csv("e.csv") until 2024-12-31 { n : key, who : ref people, at : timestamp @time @known(+0d), late : int @known(+30d) }
source notes = csv("n.csv") until 2024-12-31 { m : key, who : ref people, on : timestamp @time @known(+0d) }
`;
const mid = `import { people, ev, notes } from "./base.cupel"
def recent = count(ev last 20d)
def more = count(ev last 20d) + 1
task t { each p in people
  at every month from 2024-01-01 to 2024-10-01
  label gone = count(notes next 30d) == 0 }
split t by time { train: ..2024-03-31, test: 2024-06-01.., gap: 60d }
`;
const main = `import { people, ev, notes } from "./base.cupel"
import { t, recent, more } from "./mid.cupel"
features f for t { FEATURE }
model m = baseline(f)
evaluate m on test { auc }
`;
const ofEvents = 'check ev { late >= 0  quarantine }\n';
const ofPeople = 'check people { score >= 0  quarantine }\n';

/** Whether typing tells of rows that are settled late, and whether a check that waits for nothing stands between the rows and who reads them. */
function reading(feature: string, { inMid = '', inMain = '' }): { typed: boolean; run: boolean } {
  const text = main.replace('FEATURE', feature) + inMain;
  const analysis = createAnalysis();
  for (const [file, content] of Object.entries({ 'base.cupel': base, 'mid.cupel': mid + inMid, 'main.cupel': text }))
    analysis.setFile(file, { kind: 'text', text: content });
  const typed = ['main.cupel', 'mid.cupel'].some(file => analysis.diagnostics(file).some(({ rule }) => rule === 'rows-known-late'));
  const atOnce = (of: string): string => of.replace(/late >= 0|score >= 0/, '1 == 1');
  const plan = planned({ main: atOnce(text), others: { 'base.cupel': base, 'mid.cupel': atOnce(mid + inMid) } });
  return { typed, run: plan.nodes.some(node => node.kind !== 'check' && node.inputs.some(id => id.startsWith('check '))) };
}

describe.each([
  ['a window', 'n = count(ev last 20d)', ofEvents, 'main'],
  ['a window of a definition', 'n = recent', ofEvents, 'mid'],
  ['a window in a definition', 'n = more', ofEvents, 'mid'],
  ['the rows of a task', 'n = count(notes last 20d)', ofPeople, 'mid'],
] as const)('%s', (_, feature, check, writer) => {
  const here = writer === 'main' ? { inMain: check } : { inMid: check };
  const there = writer === 'main' ? { inMid: check } : { inMain: check };

  it('goes over what the quarantines of the file that writes it leave', () => expect(reading(feature, here)).toEqual({ typed: true, run: true }));
  it('and asks no other file', () => expect(reading(feature, there)).toEqual({ typed: false, run: false }));
});
