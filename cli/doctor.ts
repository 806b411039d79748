/** `cupel doctor`: what Cupel stands on here, and why something is not used. */
import { existsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join, relative } from 'node:path';
import { countOf } from '../language/report/report.ts';
import type { Style } from '../language/report/style.ts';
import { printable } from '../language/report/width.ts';
import type { SystemReport } from '../runner/index.ts';
import type { Call } from './arguments.ts';
import { exit, type Host } from './host.ts';
import { type Settings, settingsOf } from './settings.ts';
import { styleOf, widthOf } from './terminal.ts';
import { tool } from './version.ts';

const oldestNode = 20;

interface Line {
  /** `off`: not there, and not needed. */
  readonly state: 'good' | 'off' | 'bad';
  readonly name: string;
  readonly text: string;
}

export async function command(call: Call, host: Host): Promise<number> {
  const settings = settingsOf(call, host, []);
  const { systemReport } = await import('../runner/index.ts');
  const system = await systemReport({ storeDir: settings.store, backend: settings.backend });
  const lines = [...here(settings, host), ...parts(system, settings)];
  const broken = lines.some(l => l.state === 'bad');
  if (settings.format === 'json')
    host.out(`${JSON.stringify({ version: 1, tool, node: process.version, platform: platform(), ...system }, null, 2)}\n`);
  else host.out(`${lines.map(l => lineText(l, styleOf(host.stdout))).join('\n')}\n`);
  return broken ? exit.resources : exit.done;
}

function here(settings: Settings, host: Host): Line[] {
  const major = Number(/^v(\d+)/.exec(process.version)?.[1] ?? 0);
  const config = join(settings.root, 'cupel.json');
  const screen = host.stdout;
  return [
    { state: 'good', name: 'cupel', text: tool.replace('cupel ', '') },
    {
      state: major >= oldestNode ? 'good' : 'bad',
      name: 'node',
      text: `${process.version.slice(1)}${major >= oldestNode ? '' : `, older than ${oldestNode}: install a newer one`}`,
    },
    { state: 'good', name: 'machine', text: `${platform()} · ${countOf(availableParallelism(), 'core')} · ${(totalmem() / 2 ** 30).toFixed(0)} GB` },
    {
      state: 'good',
      name: 'terminal',
      text: screen.tty
        ? `${screen.columns} columns, text set to ${widthOf(screen)} · ${screen.colour ? 'colours' : 'no colours'}`
        : 'none: plain output',
    },
    { state: 'good', name: 'project', text: `${settings.root} · ${existsSync(config) ? 'cupel.json' : 'no cupel.json, defaults'}` },
  ];
}

function parts({ relational, tensor, store }: SystemReport, settings: Settings): Line[] {
  const shown = relative(settings.cwd, store.folder);
  return [
    relational.name === null
      ? { state: 'bad', name: 'engine', text: `${relational.why}: install the packages again with \`npm ci\`` }
      : {
          state: 'good',
          name: 'engine',
          text: `${relational.name} · ${countOf(settings.threads, 'thread')}${settings.memory === null ? '' : ` · ${settings.memory}`}`,
        },
    ...tensor.backends.map((b): Line => {
      const chosen = b.name === tensor.chosen;
      if (b.why !== null) return { state: settings.backend === b.name ? 'bad' : 'off', name: b.name, text: b.why };
      return { state: chosen ? 'good' : 'off', name: b.name, text: `${b.version ?? ''} · ${chosen ? 'used for neural networks' : 'could be used'}` };
    }),
    store.why === null
      ? { state: 'good', name: 'store', text: `${shown === '' ? '.' : shown} · ${countOf(store.runs, 'run')}` }
      : { state: 'bad', name: 'store', text: store.why },
  ];
}

function platform(): string {
  return `${process.platform} ${process.arch}`;
}

function lineText({ state, name, text }: Line, style: Style): string {
  const mark = state === 'good' ? style.good('✓') : state === 'bad' ? style.error('✗') : style.dim('·');
  return `  ${mark} ${name.padEnd(10)} ${printable(text)}`;
}
