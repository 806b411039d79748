/** `cupel plan`: what would run, and why; or the plan itself, as the engine gets it. */
import { countOf } from '../language/report/report.ts';
import { padEnd, printable, truncate } from '../language/report/width.ts';
import type { PlannedStep } from '../runner/index.ts';
import type { Call } from './arguments.ts';
import { exit, type Host, ResourceError } from './host.ts';
import { planned, refuse } from './planned.ts';
import { stepName } from './screen/steps.ts';
import { styleOf, widthOf } from './terminal.ts';

export async function command(call: Call, host: Host): Promise<number> {
  const ready = planned(call, host);
  if ('refused' in ready) return refuse(ready, host);
  const { previewRun, RunFailed } = await import('../runner/index.ts');
  try {
    const steps = await previewRun(ready.plan, ready.options);
    if (ready.settings.format === 'json') host.out(`${JSON.stringify({ version: 1, steps, plan: ready.plan }, null, 2)}\n`);
    else host.out(`${stepTable(steps, host).join('\n')}\n`);
    return exit.done;
  } catch (error) {
    if (error instanceof RunFailed && error.code === 'resources') throw new ResourceError(error.message, error.help ?? 'Run `cupel doctor`.');
    throw error;
  }
}

interface Line {
  readonly name: string;
  readonly cached: boolean;
  readonly because: string;
}

/** What is made for folds is one line, where the first of it would stand. */
function linesOf(steps: readonly PlannedStep[]): readonly Line[] {
  const parts = steps.filter(step => step.part);
  const running = parts.filter(step => !step.cached);
  const folded: Line = {
    name: `${countOf(parts.length, 'step')} on folds`,
    cached: running.length === 0,
    because: running.length === 0 || running.length === parts.length ? ((running[0] ?? parts[0])?.because ?? '') : `${running.length} of them`,
  };
  return steps.flatMap((step): Line[] => {
    if (!step.part) return [{ ...step, name: stepName(step.kind, step.name) }];
    return step === parts[0] ? [folded] : [];
  });
}

function stepTable(steps: readonly PlannedStep[], host: Host): string[] {
  const style = styleOf(host.stdout);
  const width = widthOf(host.stdout);
  const lines = linesOf(steps);
  const names = Math.min(30, Math.max(...lines.map(({ name }) => name.length)));
  const rows = lines.map(({ name, cached, because }) => {
    const mark = cached ? style.dim('·') : style.info('▷');
    const text = truncate(`${padEnd(truncate(name, names), names)}   ${padEnd(cached ? 'cached' : 'runs', 6)}   ${printable(because)}`, width - 4);
    return `  ${mark} ${cached ? style.dim(text) : text}`;
  });
  const running = steps.filter(s => !s.cached).length;
  return [...rows, '', `  ${countOf(running, 'step')} of ${steps.length} would run`];
}
