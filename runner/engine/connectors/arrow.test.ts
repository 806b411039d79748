import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PlanType, ScanNode } from '../../../language/plan/plan.ts';
import { onEngine } from '../../../test/engine.ts';
import { planOf, scanColumn, scanNode } from '../../../test/reference/build.ts';

const fixture = (name: string): Uint8Array => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));

interface Outcome {
  readonly rows: readonly (readonly (string | null)[])[];
  readonly said: readonly string[];
}

async function read(content: Uint8Array, columns: ScanNode['columns'], file = 'all.arrow', limit = 10): Promise<Outcome> {
  const plan = planOf(scanNode({ name: 'all', connector: 'arrow', path: file, columns }));
  return onEngine(plan, { [file]: content }, async ({ engine, results }) => {
    const found = results.get('scan all')?.findings ?? [];
    const said = found.filter(f => f.severity !== 'info').map(f => `${f.severity}[${f.rule}] ${f.message}${f.help ? ` | ${f.help}` : ''}`);
    const rows = found.some(f => f.severity === 'error') ? [] : (await engine.preview('scan all', limit)).rows;
    return { rows, said };
  });
}

/** Of each column the type under which it is read, and the cells as pyarrow reads them (`fixtures/arrow.json`). */
const columns: readonly (readonly [string, PlanType, readonly (string | null)[]])[] = [
  ['i8', 'int', ['-128', null, '127']],
  ['u32', 'int', ['4294967295', null, '0']],
  ['i64', 'int', ['-9223372036854775808', null, '9223372036854775807']],
  ['f16', 'float', ['1.5', null, '-0.25']],
  ['f32', 'float', ['0.5', null, '16777216']],
  ['f64', 'float', ['0.1', null, '-1e+300']],
  ['flag', 'bool', ['true', null, 'false']],
  ['text', 'text', ['é', null, '']],
  ['long', 'text', ['a long text beyond twelve letters', null, 'b']],
  ['level', 'text', ['red', null, 'blue']],
  ['coded', 'int', ['20', null, '10']],
  ['d9', { decimal: [9, 2] }, ['-1234.50', null, '0.01']],
  ['d30', { decimal: [30, 9] }, ['12345678901234567890.123456789', null, '-0.000000001']],
  ['d256', { decimal: [20, 1] }, ['-99.9', null, '1.0']],
  ['day', 'date', ['2024-02-29', null, '1900-01-01']],
  ['day64', 'date', ['2024-02-29', null, '1900-01-01']],
  ['at_s', 'timestamp', ['2024-02-29T12:30:15Z', null, '1969-12-31T23:59:59Z']],
  ['at_ms', 'timestamp', ['2024-02-29T12:30:15Z', null, '1969-12-31T23:59:59Z']],
  ['at_us', 'timestamp', ['2024-02-29T12:30:15.123456Z', null, '1969-12-31T23:59:59.999999Z']],
  ['at_ns', 'timestamp', ['2024-02-29T12:30:15.123456Z', null, '1969-12-31T23:59:59.999999Z']],
  ['at_zone', 'timestamp', ['2024-02-29T12:30:15.123456Z', null, '1969-12-31T23:59:59.999999Z']],
  ['lasts', 'duration', ['0mo86401000000', null, '0mo0']],
  ['none', 'int', [null, null, null]],
];

describe('an Arrow file', () => {
  it.each([
    ['as a file', 'all.arrow'],
    ['as a stream', 'all.arrows'],
  ])('%s gives the cells that another implementation reads', async (_, name) => {
    const { rows, said } = await read(
      fixture(name),
      columns.map(([column, type]) => scanColumn(column, type)),
    );
    expect(said).toEqual([]);
    expect(rows).toEqual([0, 1, 2].map(row => columns.map(([, , cells]) => cells[row])));
  });

  it('may be packed with LZ4', async () => {
    const { rows, said } = await read(fixture('packed.feather'), [scanColumn('n', 'int'), scanColumn('word', 'text')], 'packed.feather', 3000);
    expect(said).toEqual([]);
    expect(rows).toEqual(Array.from({ length: 3000 }, (_, i) => [String(i % 50), `word ${i % 7}`]));
  });

  it.each([
    ['nested', 'struct'],
    ['items', 'list[]'],
    ['bytes', 'blob'],
  ])('has no single values in the column %s', async (column, found) => {
    expect((await read(fixture('all.arrow'), [scanColumn(column, 'int')])).said).toEqual([
      `error[column-type] \`${column}\` is ${found} in \`all.arrow\` and cannot be read as int. | Write it to the file as text or numbers, or leave the column out of the declaration.`,
    ]);
  });

  it('sets aside what does not fit, with its row', async () => {
    const outcome = await read(fixture('all.arrow'), [scanColumn('i8', 'int', { min: 0 }), scanColumn('text', 'text', { nullable: false })]);
    expect(outcome).toEqual({
      rows: [
        [null, 'é'],
        ['127', ''],
      ],
      said: [
        'warning[out-of-range] `i8` is not in 0.. in 1 row of `all.arrow`, such as "-128" (row 1). | These cells read as null and are kept in the quarantine. Widen the declared range, or correct the data.',
        'warning[missing-value] `text` is missing in 1 row of `all.arrow` (row 2). | The rows are set aside in the quarantine. Add `?` to the type to read them with null.',
      ],
    });
  });
});

describe('an Arrow file that cannot be used', () => {
  const one = [scanColumn('i8', 'int')];
  it.each([
    ['is empty', new Uint8Array(), '`all.arrow` is empty.'],
    ['is something else', Buffer.from('id,age\n1,2\n'), '`all.arrow` is not an Arrow file.'],
    ['is something short', Buffer.from('x'), '`all.arrow` is not an Arrow file.'],
  ])('%s', async (_, content, message) => {
    expect((await read(content, one)).said[0]).toContain(message);
  });

  it.each(['all.arrow', 'all.arrows', 'packed.feather'])('is %s, cut off anywhere', async name => {
    const whole = fixture(name);
    const column = name === 'packed.feather' ? [scanColumn('n', 'int')] : one;
    for (let length = 1; length < whole.length; length += Math.ceil(whole.length / 40)) {
      const { said } = await read(whole.subarray(0, length), column);
      expect(said.join(), String(length)).toMatch(/^error\[unreadable-file\] `all.arrow` is not (complete: its end is missing|an Arrow file)\./);
    }
  });

  it('is damaged, and is told or read, but never believed beyond its size', async () => {
    const columns = ['i8', 'text', 'level', 'd30', 'at_us'].map(name => scanColumn(name, 'text'));
    for (const name of ['all.arrow', 'all.arrows']) {
      const whole = fixture(name);
      for (let at = 3; at < whole.length; at += Math.ceil(whole.length / 40)) {
        const damaged = Uint8Array.from(whole);
        damaged[at] = (damaged[at] ?? 0) ^ 0xff;
        for (const line of (await read(damaged, columns)).said) expect(line).toMatch(/^(error|warning)\[[a-z-]+\] /);
      }
    }
  });

  it('names the columns that it has', async () => {
    expect((await read(fixture('packed.feather'), [scanColumn('words', 'text')])).said).toEqual([
      'error[missing-column] `all.arrow` has no column `words`. | Did you mean `word`? The file has `n`, `word`.',
    ]);
  });

  it('is packed with what this version of Node cannot unpack, or is read', async () => {
    const { said, rows } = await read(fixture('zstd.feather'), [scanColumn('n', 'int')]);
    if (said.length) expect(said[0]).toContain('`all.arrow` is packed with zstd, which this version of Node cannot unpack');
    else expect(rows.length).toBe(10);
  });
});
