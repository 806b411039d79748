import { describe, expect, it } from 'vitest';
import { plainStyle } from '../../language/report/style.ts';
import type { RunEvent } from '../../runner/events.ts';
import { liveSteps } from './live.ts';

const at = { file: 'a.cupel', range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } } };
const of = { node: 'train gbt', kind: 'train', name: 'gbt', ...at };
const events: RunEvent[] = [
  { event: 'node-started', ...of },
  { event: 'progress', ...of, done: 1, total: 2, unit: 'trees', note: null },
  { event: 'progress', ...of, done: 2, total: 2, unit: 'trees', note: null },
  { event: 'node-finished', ...of, rows: 3, seconds: 1.25, cached: false, summary: '2 trees' },
];

function shown(live: boolean, list: readonly RunEvent[]): string {
  let text = '';
  let clock = 0;
  const steps = liveSteps({ live, width: 60, style: plainStyle, write: t => (text += t), now: () => (clock += 50) });
  for (const event of list) steps.show(event);
  steps.end();
  return text;
}

/** What a terminal would show after all the redrawing. */
function onTerminal(text: string): string[] {
  const lines = [''];
  for (const part of text.split(/(\n|\r\u001b\[2K)/)) {
    if (part === '\n') lines.push('');
    else if (part.startsWith('\r')) lines[lines.length - 1] = '';
    else lines[lines.length - 1] += part;
  }
  return lines;
}

describe('a run on the screen', () => {
  it('is one plain line a step where there is no terminal', () => {
    expect(shown(false, events)).toBe('  ✓ gbt                2 trees                         1.3 s\n');
  });
  it('redraws the running step and leaves the finished one', () => {
    expect(shown(true, events)).toContain('2/2 trees');
    expect(onTerminal(shown(true, events))).toEqual(['  ✓ gbt                2 trees                         1.3 s', '']);
    expect(onTerminal(shown(true, events.slice(0, 2)))).toEqual(['']);
  });
  it('marks the step that failed, and none when cancelled', () => {
    const failed = (code: 'findings' | 'cancelled'): RunEvent => ({
      event: 'run-failed',
      id: 'x',
      node: null,
      code,
      message: 'm',
      help: null,
      place: null,
    });
    expect(shown(false, [...events.slice(0, 1), failed('findings')])).toBe('  ✗ gbt\n');
    expect(shown(false, [...events.slice(0, 1), failed('cancelled')])).toBe('');
  });
});
