/** Observations of an entity with many columns read them where they are; they are what they would be if they were written again. */
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../language/plan/plan.ts';
import { onEngine } from '../../test/engine.ts';
import { scanColumn } from '../../test/reference/build.ts';
import { data, voyage } from '../../test/voyage.ts';
import type { Matrix } from '../learn/matrix.ts';

const more = Array.from({ length: 12 }, (_, i) => `more ${i}`);

/** The trips with columns that nobody reads. */
function wide(plan: Plan): Plan {
  const nodes = plan.nodes.map(node =>
    node.kind === 'scan' && node.name === 'trips' ? { ...node, columns: [...node.columns, ...more.map(name => scanColumn(name, 'int'))] } : node,
  );
  return { ...plan, nodes };
}

function wideData(): ReturnType<typeof data> {
  const files = data('shuffled');
  const [header = '', ...lines] = String(files['trips.csv']).trimEnd().split('\n');
  const text = [`${header},${more.join(',')}`, ...lines.map(line => `${line},${more.map((_, k) => k).join(',')}`)].join('\n');
  return { ...files, 'trips.csv': `${text}\n` };
}

describe('observations of a wide entity', () => {
  it('make the same matrix, and keep their columns', async () => {
    const narrow = await onEngine(voyage(), data(), ({ engine }) => engine.matrix('features known'));
    // Of equal observations the other columns say which comes first.
    const lines = ({ columns, label, identity, partition, rows }: Matrix): string[] =>
      Array.from({ length: rows }, (_, i) =>
        JSON.stringify([identity[i], partition[i], label[i], ...columns.map(c => (c.kind === 'number' ? c.values[i] : c.levels[c.codes[i] ?? -1]))]),
      ).sort();
    await onEngine(wide(voyage()), wideData(), async ({ engine, session, rows }) => {
      expect(lines(await engine.matrix('features known'))).toEqual(lines(narrow));
      const [kind] = await session.db.rows(`SELECT count(*) FROM duckdb_views() WHERE view_name = 'frame voyage'`);
      expect(Number(kind?.[0])).toBe(1);
      const [row] = await rows('frame voyage');
      expect(row?.['more 7']).toBe(7n);
      await engine.release('frame voyage');
      const [left] = await session.db.rows(`SELECT count(*) FROM duckdb_tables() WHERE starts_with(table_name, 'frame voyage')`);
      expect(Number(left?.[0])).toBe(0);
    });
  });
});
