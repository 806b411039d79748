/**
 * Installs code-server (VS Code's workbench and extension host for a browser) into `.vscode-test/code-server` for the editor's tests.
 * Needs a C++ compiler, make, python3 and Node's headers for its four native modules; ripgrep if it is there. Does nothing when done.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The newest code-server whose VS Code runs on Node 20. */
const version = '4.100.3';
const folder = resolve(process.env.CUPEL_CODE_SERVER ?? '.vscode-test/code-server');
const done = join(folder, `installed-${version}`);
if (existsSync(done)) process.exit(0);

function npm(args, cwd, mayFail = false) {
  const { status } = spawnSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    stdio: 'inherit',
    env: { ...process.env, npm_config_yes: 'true' },
  });
  if (status !== 0 && !mayFail) {
    console.error(`npm ${args.join(' ')} failed in ${cwd}.`);
    process.exit(1);
  }
}

/** Replaces whatever stands at `at`. */
function link(target, at) {
  rmSync(at, { force: true, recursive: true });
  symlinkSync(target, at);
}

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'package.json'), '{ "private": true }');
npm(['install', `code-server@${version}`, '--ignore-scripts'], folder);
npm(['rebuild', 'argon2'], folder);
const code = join(folder, 'node_modules/code-server/lib/vscode');
npm(['install', '--omit=dev', '--ignore-scripts'], code);
npm(['rebuild', '@vscode/spdlog', 'native-watchdog'], code);
// Its last step only writes a file for C++ editors and may fail; what counts is the built module.
npm(['rebuild', 'node-pty'], code, true);
if (!existsSync(join(code, 'node_modules/node-pty/build/Release/pty.node'))) {
  console.error('The terminal module of code-server could not be built.');
  process.exit(1);
}
const ripgrep = spawnSync('sh', ['-c', 'command -v rg'], { encoding: 'utf8' }).stdout.trim();
if (ripgrep) {
  mkdirSync(join(code, 'node_modules/@vscode/ripgrep/bin'), { recursive: true });
  link(ripgrep, join(code, 'node_modules/@vscode/ripgrep/bin/rg'));
}
link('node_modules', join(code, 'node_modules.asar'));
link('code-linux.sh', join(code, 'bin/remote-cli/code-server'));
link('browser-linux.sh', join(code, 'bin/helpers/browser.sh'));
npm(['install', '--omit=dev', '--ignore-scripts'], join(code, 'extensions'));
writeFileSync(done, '');
