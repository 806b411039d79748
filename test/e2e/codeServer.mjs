/** Starts a throw-away code-server: VS Code's workbench and extension host behind a page, with settings and extensions of its own. */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';

const codeServerFolder = process.env.CUPEL_CODE_SERVER ?? '.vscode-test/code-server';
const entry = () => path.resolve(codeServerFolder, 'node_modules/code-server/out/node/entry.js');
export const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Why the editor cannot be tested here, or null. */
export function missingForEditor() {
  if (!fs.existsSync(entry())) return `no code-server in ${codeServerFolder} (npm run editor-setup installs it)`;
  return fs.existsSync(chromium) ? null : `no Chromium at ${chromium}`;
}

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = net.createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const isUp = port =>
  new Promise(resolve =>
    http
      .get(`http://127.0.0.1:${port}/healthz`, response => {
        response.resume();
        resolve(response.statusCode === 200);
      })
      .on('error', () => resolve(false)),
  );

const settings = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'workbench.colorTheme': 'Default Light Modern',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'chat.commandCenter.enabled': false,
  'window.restoreWindows': 'none',
  'editor.inlayHints.enabled': 'on',
  'editor.minimap.enabled': false,
  'editor.fontSize': 13,
  'editor.stickyScroll.enabled': false,
  'breadcrumbs.enabled': false,
};

export async function startCodeServer() {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'cupel-editor-'));
  const data = path.join(home, 'data');
  fs.mkdirSync(path.join(data, 'User'), { recursive: true });
  fs.mkdirSync(path.join(home, 'extensions'));
  fs.writeFileSync(path.join(home, 'config.yaml'), 'auth: none\n');
  fs.writeFileSync(path.join(data, 'User/settings.json'), JSON.stringify(settings));
  const env = {
    ...process.env,
    HOME: home,
    XDG_DATA_HOME: path.join(home, 'share'),
    XDG_CONFIG_HOME: path.join(home, 'config'),
    VSCODE_OPTIONS: 'enable-smoke-test-driver',
    EXTENSIONS_GALLERY: '{}',
  };
  for (const name of ['VSCODE_IPC_HOOK_CLI', 'PORT', 'PASSWORD']) delete env[name];
  const port = await freePort();
  const log = fs.openSync(path.join(home, 'log.txt'), 'a');
  const args = [
    '--config',
    path.join(home, 'config.yaml'),
    '--user-data-dir',
    data,
    '--extensions-dir',
    path.join(home, 'extensions'),
    '--auth',
    'none',
  ];
  const quiet = [
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-workspace-trust',
    '--disable-getting-started-override',
    '--disable-file-downloads',
  ];
  const child = spawn(process.execPath, [entry(), ...args, ...quiet, '--bind-addr', `127.0.0.1:${port}`], {
    env,
    stdio: ['ignore', log, log],
    detached: true,
  });
  const gone = new Promise(resolve => child.once('exit', resolve));
  for (let tries = 0; !(await isUp(port)); tries++) {
    if (child.exitCode !== null || tries > 600)
      throw new Error(`code-server did not start:\n${fs.readFileSync(path.join(home, 'log.txt'), 'utf8').slice(-2000)}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  const signal = name => {
    try {
      process.kill(-child.pid, name);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  };
  return {
    port,
    async stop() {
      signal('SIGTERM');
      await Promise.race([gone, new Promise(resolve => setTimeout(resolve, 5000))]);
      signal('SIGKILL');
      fs.rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
