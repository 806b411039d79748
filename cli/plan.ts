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

function stepTable(steps: readonly PlannedStep[], host: Host): string[] {
  const style = styleOf(host.stdout);
  const width = widthOf(host.stdout);
  const names = Math.min(30, Math.max(...steps.map(s => stepName(s.kind, s.name).length)));
  const rows = steps.map(s => {
    const mark = s.cached ? style.dim('·') : style.info('▷');
    const text = truncate(
      `${padEnd(truncate(stepName(s.kind, s.name), names), names)}   ${padEnd(s.cached ? 'cached' : 'runs', 6)}   ${printable(s.because)}`,
      width - 4,
    );
    return `  ${mark} ${s.cached ? style.dim(text) : text}`;
  });
  const running = steps.filter(s => !s.cached).length;
  return [...rows, '', `  ${countOf(running, 'step')} of ${steps.length} would run`];
}
