/** For `bench/windows.mjs`: a program's tables and feature set in a process of its own; prints the seconds of each, and writes the set. */
import { join } from 'node:path';
import { analyse } from '../../cli/analyse.ts';
import { openEngine } from '../../runner/engine/engine.ts';
import { isRelational } from '../../runner/engine/relational.ts';

const [folder = '', file = '', wanted = '', threads = '2'] = process.argv.slice(2);
const { plan } = analyse({ root: folder, parameters: {}, severities: {} }, [file]).plan(file, []);
if (plan === null) throw new Error(`${file} has problems: look at it with \`cupel check\`.`);
const engine = await openEngine({ root: folder, scratch: join(folder, '.scratch'), threads: Number(threads), memory: null });
const nodes: Record<string, { readonly kind: string; readonly seconds: number; readonly processor: number }> = {};
for (const node of plan.nodes) {
  if (!isRelational(node)) continue;
  const [since, used] = [performance.now(), process.cpuUsage()];
  const { findings } = await engine.execute(node, { cancelled: () => false, progress: () => undefined });
  const error = findings.find(f => f.severity === 'error');
  if (error) throw new Error(error.message);
  const { user, system } = process.cpuUsage(used);
  nodes[node.id] = { kind: node.kind, seconds: (performance.now() - since) / 1000, processor: (user + system) / 1e6 };
  if (node.id === wanted) break;
}
await engine.exportTable(wanted, join(folder, 'ours.parquet'), null);
await engine.close();
console.log(JSON.stringify({ nodes }));
