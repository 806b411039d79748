import { describe, expect, it } from 'vitest';
import type { PlanExpr, PlanNode } from './plan.ts';
import { planned } from './testPlan.ts';

const program = (task: string, features: string): string => `
source wards = csv("wards.csv") {
  ward  : key
  kind  : category { "icu", "day" } immutable
  staff : int immutable
}
source stays = csv("stays.csv") until 2024-12-31 {
  stay    : key
  came    : timestamp                      @time @known(+0d)
  ward    : ref wards                      @known(+1h)
  age     : int in 0..120                  immutable
  pulse   : float? in 0..4_000_000_000     @known(+2h)
  size    : category { "s", "m", "l" }?    immutable
  died    : bool                           @known(+30d)
}
source tests = csv("tests.csv") {
  stay    : ref stays                      @known(+3h)
  taken   : timestamp                      @time @known(+0d)
  value   : float?                         @known(+6h)
}
task t {
  each s in stays
  ${task}
}
split t by time { train: ..2024-06-30, test: 2024-09-01.., gap: 31d }
features f for t {
${features}
}
`;

const usual = 'at came\n  label died';
const nodes = (features: string, task = usual): ReadonlyMap<string, PlanNode> =>
  new Map(planned({ main: program(task, features) }).nodes.map(node => [node.id, node]));

function show(expr: PlanExpr | null): string {
  switch (expr?.op) {
    case undefined:
      return '-';
    case 'literal':
      return typeof expr.value === 'object' && expr.value !== null ? `${expr.value.micros / 3_600_000_000}h` : String(expr.value);
    case 'column':
      return `${expr.of ? `${expr.of}.` : ''}${expr.name}`;
    case 'cutoff':
      return 'cutoff';
    case 'window':
      return expr.id;
    case 'call':
      return `${expr.fn}(${expr.args.map(show).join(', ')})`;
    case 'aggregate':
      return `${expr.aggregate}(${show(expr.value)})`;
  }
}

function featuresOf(features: string) {
  const node = nodes(features).get('features f');
  if (node?.kind !== 'features') throw new Error('There is no feature set.');
  return node;
}

const rowsOf = (features: string): Record<string, string> =>
  Object.fromEntries(featuresOf(features).steps.flatMap(step => (step.kind === 'row' ? [[step.output, show(step.value)]] : [])));

describe('what an observation reads', () => {
  it('is its own row as far as it is known by the cutoff', () => {
    expect(rowsOf('  age\n  pulse\n  old = age > 65')).toEqual({
      age: 'age',
      pulse: 'if(le(pulse#known, cutoff), pulse, null)',
      old: 'gt(age, 65)',
    });
  });

  it('is its own row as far as it was known before the cutoff, where cutoffs are no times of the row', () => {
    const features = '  pulse\n  staff = ward.staff\n  n = count(tests last 1d where value > s.pulse)';
    const main = program('at every month from 2024-01-01 to 2024-11-01\n  label died', features)
      .replace('in stays\n', 'in stays where pulse > 40\n')
      .replace('gap: 31d', 'gap: 31d, group: ward');
    const asked = new Map(planned({ main }).nodes.map(node => [node.id, node]));
    const [frame, split, set] = [asked.get('frame t'), asked.get('split t'), asked.get('features f')];
    if (frame?.kind !== 'frame' || split?.kind !== 'split' || set?.kind !== 'features') throw new Error('There is no feature set.');
    expect(set.steps.map(step => (step.kind === 'row' ? show(step.value) : '')).slice(0, 2)).toEqual([
      'if(lt(pulse#known, cutoff), pulse, null)',
      'if(lt(ward#known, cutoff), p1.staff, null)',
    ]);
    expect(show(set.windows[0]?.aggregates[0]?.where ?? null)).toContain('if(lt(entity.pulse#known, cutoff), entity.pulse, null)');
    expect(show(frame.where)).toBe('gt(if(lt(pulse#known, cutoff), pulse, null), 40)');
    expect(split.method.kind === 'time' && show(split.method.group)).toBe('if(lt(ward#known, cutoff), ward, null)');
  });

  it('is a row along a ref once both are known', () => {
    const node = featuresOf('  staff = ward.staff\n  kind = ward.kind');
    expect(node.paths).toEqual([{ id: 'p1', relation: 'scan wards', from: null, ref: 'ward', key: 'ward', known: null }]);
    expect(node.steps.map(step => step.kind === 'row' && show(step.value))).toEqual([
      'if(le(ward#known, cutoff), p1.staff, null)',
      'if(le(ward#known, cutoff), p1.kind, null)',
    ]);
  });

  it('is the rows of a window, cells, conditions and link masked alike', () => {
    const node = featuresOf('  high = avg(value of tests last 1d where value > age)\n  n = count(tests last 1d)\n  m = count(tests last 1d lag 2d)');
    expect(node.windows.map(w => [w.from?.micros, w.to?.micros, w.aggregates.map(a => a.id)])).toEqual([
      [-86_400_000_000, 0, ['w1', 'w2']],
      [-3 * 86_400_000_000, -2 * 86_400_000_000, ['w3']],
    ]);
    const [first, second] = node.windows[0]?.aggregates ?? [];
    expect(show(first?.value ?? null)).toBe('if(lt(value#known, cutoff), value, null)');
    expect(show(first?.where ?? null)).toBe('and(lt(stay#known, cutoff), gt(if(lt(value#known, cutoff), value, null), entity.age))');
    expect(show(second?.where ?? null)).toBe('lt(stay#known, cutoff)');
  });

  it('is computed once where two features say the same', () => {
    const node = featuresOf('  n = count(tests last 1d)\n  more = count(tests last 1d) > 3');
    expect(node.windows.flatMap(w => w.aggregates).map(a => a.id)).toEqual(['w1']);
  });
});

describe('labels', () => {
  it('read what is known by their horizon and delay', () => {
    const own = nodes('  age').get('frame t');
    expect(own?.kind === 'frame' && show(own.label?.value ?? null)).toBe('if(le(died#known, add(cutoff, 720h)), died, null)');
    const later = nodes('  age', 'at came\n  label sick = count(tests next 2d where value > 3) > 0').get('frame t');
    const [window] = (later?.kind === 'frame' && later.label?.windows) || [];
    expect(window?.knownWithin.micros).toBe((48 + 6) * 3_600_000_000);
    expect(show(window?.aggregates[0]?.where ?? null)).toContain('gt(if(lt(value#known, add(cutoff, 54h)), value, null), 3)');
  });

  it('end with the declared end of the sources that they are made of', () => {
    const own = nodes('  age').get('frame t');
    expect(own?.kind === 'frame' && [own.until, own.ripeFrom]).toEqual([Date.parse('2025-01-01T00:00Z') * 1000 - 1, []]);
    const later = nodes('  age', 'at came\n  label sick = count(tests next 2d) > 0').get('frame t');
    expect(later?.kind === 'frame' && [later.until, later.ripeFrom]).toEqual([null, [{ relation: 'scan tests', known: '#known' }]]);
  });
});

describe('feature sets', () => {
  it('are row-level columns, then fits, then functions of what was fitted', () => {
    const node = featuresOf('  age |> impute(median) |> standardize\n  wide = (pulse |> impute(mean)) * 2\n  both = wide + age');
    expect(
      node.steps.map(step =>
        step.kind === 'row'
          ? `${step.output} = ${show(step.value)}`
          : `${step.output} = ${step.kind === 'fitted' ? `${step.inputs} |> ${step.transform}` : step.model}`,
      ),
    ).toEqual([
      'age#2 = age',
      'age#1 = age#2 |> impute',
      'age = age#1 |> standardize',
      'wide#2 = if(le(pulse#known, cutoff), pulse, null)',
      'wide#1 = wide#2 |> impute',
      'wide = mul(set.wide#1, 2)',
      'both = add(set.wide, age)',
    ]);
    expect(node.features.map(({ name, column, raw, kind }) => [name, column, raw.column, kind])).toEqual([
      ['age', 'age', 'age#2', 'number'],
      ['wide', 'wide', 'wide#2', 'number'],
      ['both', 'both', 'wide#2', 'number'],
    ]);
  });

  it('order the levels of a closed category as declared', () => {
    const [, step] = featuresOf('  size |> ordinal').steps;
    expect(step?.kind === 'fitted' && step.settings).toEqual({ levels: ['s', 'm', 'l'] });
  });

  it('scale sums so that a value of the declared range keeps within 62 bits', () => {
    const scales = featuresOf('  age |> standardize\n  pulse |> standardize').steps.flatMap(step => (step.kind === 'fitted' ? [step.scale] : []));
    expect(scales).toEqual([40, 30]);
  });
});

describe('files', () => {
  it('are all that the program reaches, definitions included', () => {
    const others = {
      'defs.cupel': 'def shown(x) = x > 3\n',
      'data.cupel': 'source s = csv("s.csv") { id : key  y : bool  x : int }\n'.replace(/ {2}/g, '\n'),
    };
    const main = `import { s } from "./data.cupel"
import { shown } from "./defs.cupel"
task t {
  each r in s
  label y
}
split t at random { test: 20%, seed: 1 }
features f for t { big = shown(x) }
`;
    const plan = planned({ main, others });
    expect(plan.program).toEqual(['main.cupel', 'data.cupel', 'defs.cupel']);
    expect(plan.nodes.find(node => node.id === 'scan s')?.place.file).toBe('data.cupel');
  });
});

describe('what may fail', () => {
  const placed = (features: string): string[] => {
    const lines = program(usual, features).split('\n');
    const found: string[] = [];
    const visit = (value: unknown): void => {
      if (Array.isArray(value)) value.forEach(visit);
      else if (typeof value === 'object' && value !== null) {
        const { op, place } = value as { readonly op?: string; readonly place?: PlanNode['place'] };
        if (place && (op === 'call' || 'aggregate' in value)) {
          const { start, end } = place.range;
          found.push(lines[start.line]?.slice(start.character, end.character) ?? '');
        }
        Object.values(value).forEach(visit);
      }
    };
    visit(nodes(features).get('features f'));
    return found;
  };

  it('stands where the program says it', () => {
    expect(placed('  a = ln(age / 2)\n  b = if age > 3 then age * 2 else 1')).toEqual(['ln(age / 2)', 'age / 2', 'age * 2']);
    expect(placed('  c = avg(value / 3 of tests last 30d) + 1').sort()).toEqual([
      'avg(value / 3 of tests last 30d)',
      'avg(value / 3 of tests last 30d) + 1',
      'value / 3',
    ]);
  });

  it('does not make two windows of one', () => {
    const node = nodes('  a = avg(value / 3 of tests last 30d)\n  b = 1 + avg(value / 3 of tests last 30d)').get('features f');
    expect(node?.kind === 'features' && node.windows.map(w => w.aggregates.length)).toEqual([1]);
  });
});

describe('several columns', () => {
  const behind = (features: string) =>
    featuresOf(features).features.map(({ name, raw, others }) => [name, raw.column, ...(others ?? []).map(o => `${o.name} ${o.column}`)]);

  it('are all behind the feature that is made of them', () => {
    expect(behind('  x = [age, log1p(age), size |> one_hot] |> select(2)')).toEqual([['x', 'x#1', 'age 2 x#2', 'size x#4']]);
    expect(behind('  a = age |> standardize\n  b = pulse |> impute(mean)\n  c = a * b')).toEqual([
      ['a', 'a#1'],
      ['b', 'b#1'],
      ['c', 'a#1', 'pulse b#1'],
    ]);
  });

  it('are steps of their own, with the names of what is kept', () => {
    const steps = featuresOf('  x = [age, pulse |> impute(mean)] |> standardize |> select(1)').steps.flatMap(step =>
      step.kind === 'fitted' ? [`${step.transform} ${step.inputs.join(' ')} → ${step.output}`] : [],
    );
    expect(steps).toEqual(['standardize x#2 → x#1', 'impute x#5 → x#4', 'standardize x#4 → x#3', 'select x#1 x#3 → x']);
  });
});
