#!/usr/bin/env node
/**
 * Looks like VS Code's own executable to `@vscode/test-electron`: takes the folder, the extension and its tests, runs them in
 * code-server behind headless Chromium, and ends with their exit code. A test asks for a picture by writing `NAME.wanted` into the
 * folder of pictures and goes on when `NAME.png` is there.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as util from 'node:util';
import { chromium as browserType } from 'playwright-core';
import { chromium, startCodeServer } from './codeServer.mjs';

const option = name => process.argv.find(arg => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const folder = process.argv.slice(2).find(arg => !arg.startsWith('--'));
const pictures = path.resolve(process.env.CUPEL_PICTURES ?? '.build/pictures');
fs.mkdirSync(pictures, { recursive: true });

const server = await startCodeServer();
const browser = await browserType.launch({
  executablePath: chromium,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
let code = 1;
let timer;
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const finished = new Promise(resolve => page.exposeFunction('codeAutomationExit', resolve));
  await page.exposeFunction('codeAutomationLog', (_, args) => {
    const text = util.format(...args);
    if (/^\s*(✔|✓|\d+\)|\d+ (passing|failing)|at |Error|Assertion|[+-] |[a-z])/.test(text) || text.includes('cupel')) console.log(text);
  });
  const remote = file => `vscode-remote://127.0.0.1:${server.port}${path.resolve(file)}`;
  const payload = [
    ['extensionDevelopmentPath', remote(option('extensionDevelopmentPath'))],
    ['extensionTestsPath', remote(option('extensionTestsPath'))],
  ];
  await page.goto(
    `http://127.0.0.1:${server.port}/?folder=${encodeURIComponent(path.resolve(folder))}&payload=${encodeURIComponent(JSON.stringify(payload))}`,
  );
  timer = setInterval(async () => {
    for (const wanted of fs.readdirSync(pictures).filter(name => name.endsWith('.wanted'))) {
      fs.rmSync(path.join(pictures, wanted));
      await page.screenshot({ path: path.join(pictures, `${wanted}.png`) });
      fs.renameSync(path.join(pictures, `${wanted}.png`), path.join(pictures, wanted.replace(/\.wanted$/, '.png')));
    }
  }, 250);
  const limit = Number(process.env.CUPEL_EDITOR_LIMIT ?? 240_000);
  code = await Promise.race([
    finished,
    new Promise(resolve =>
      setTimeout(async () => {
        console.error('The editor tests did not end in time.');
        await page.screenshot({ path: path.join(pictures, 'timeout.png') });
        resolve(98);
      }, limit).unref(),
    ),
  ]);
} finally {
  clearInterval(timer);
  await browser.close();
  await server.stop();
}
process.exit(code);
