import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../language/plan/plan.ts';
import { execute, plan, project, rows, setUp, useProject } from '../test/smallRun.ts';
import { previewRun } from './preview.ts';

useProject();

describe('a preview', () => {
  it('says what would run, and why', async () => {
    const because = async (given: Plan, force = false) => {
      const { options, machinery } = setUp({ force });
      return (await previewRun(given, options, machinery)).map(s => (s.cached ? '' : s.because));
    };
    expect(await because(plan())).toEqual(new Array(8).fill('it has not been run before'));
    await execute(plan());
    expect(await because(plan())).toEqual(new Array(8).fill(''));
    expect(await because(plan({ l2: 3 }))).toEqual(['', '', '', '', '', 'its definition changed', 'it reads logistic', 'it reads best']);
    expect((await because(plan(), true))[0]).toBe('--force');
    writeFileSync(project('rows.csv'), rows(100));
    expect((await because(plan())).slice(0, 3)).toEqual(['its data changed', 'it reads rows', 'it reads t']);
    rmSync(project('rows.csv'));
    expect((await because(plan()))[0]).toBe('there is no file rows.csv');
  });
});
