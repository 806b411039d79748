/**
 * Shows a run while it runs. On a terminal: finished steps stay, the running one is redrawn. Elsewhere each finished step is one plain
 * line. Holds the only state of the screen; what a line looks like is in `steps.ts`.
 */
import type { RunEvent } from '../../runner/events.ts';
import { failedLine, finishedLine, type RunningStep, runningLine, type StepOptions } from './steps.ts';

export interface LiveOptions extends StepOptions {
  readonly live: boolean;
  readonly write: (text: string) => void;
  /** Milliseconds. */
  readonly now: () => number;
}

export interface LiveSteps {
  readonly show: (event: RunEvent) => void;
  /** Redraws the running step; called by a timer. */
  readonly redraw: () => void;
  /** Removes the running step's line. */
  readonly end: () => void;
}

const redrawEvery = 80;

export function liveSteps(options: LiveOptions): LiveSteps {
  let running: (Omit<RunningStep, 'elapsed'> & { readonly node: string; readonly since: number }) | null = null;
  let warned = new Set<string>();
  let drawn = false;
  let lastDraw = Number.NEGATIVE_INFINITY;
  let tick = 0;

  const clear = () => {
    if (drawn) options.write('\r\u001b[2K');
    drawn = false;
  };
  const draw = () => {
    if (!options.live || running === null) return;
    lastDraw = options.now();
    const elapsed = (lastDraw - running.since) / 1000;
    options.write(`\r\u001b[2K${runningLine({ ...running, elapsed }, tick++, options)}`);
    drawn = true;
  };
  const line = (text: string) => {
    clear();
    options.write(`${text}\n`);
  };

  return {
    show: event => {
      switch (event.event) {
        case 'node-started':
          running = { node: event.node, kind: event.kind, name: event.name, done: 0, total: 0, unit: '', note: null, since: options.now() };
          draw();
          break;
        case 'progress':
          if (running?.node !== event.node) break;
          running = { ...running, done: event.done, total: event.total, unit: event.unit, note: event.note };
          if (options.now() - lastDraw >= redrawEvery) draw();
          break;
        case 'check':
          if (!event.check.passed) warned.add(event.node);
          break;
        case 'finding':
          if (event.finding.severity === 'warning') warned.add(event.node);
          break;
        case 'node-finished':
          running = null;
          // Parts of a choice are many and alike: their model's own line tells what came of them.
          if (!event.part) line(finishedLine({ ...event, warns: warned.has(event.node) }, options));
          break;
        case 'run-failed':
          if (running !== null && event.code !== 'cancelled') line(failedLine(running.kind, running.name, options));
          clear();
          running = null;
          break;
        case 'run-finished':
          clear();
          running = null;
          warned = new Set();
          break;
        case 'run-started':
        case 'metric':
        case 'drift':
        case 'claim':
        case 'artifact':
          break;
      }
    },
    redraw: () => {
      if (running !== null && options.now() - lastDraw >= redrawEvery) draw();
    },
    end: clear,
  };
}
