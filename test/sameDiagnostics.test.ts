/** What the editor says, the command line says: all examples and all examples of rule pages through both. */

import { pages } from 'cupel:pages';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMessageConnection, type MessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { createConnection } from 'vscode-languageserver/node';
import { readProgram } from '../cli/programs.ts';
import { exampleOf, parsePage } from '../language/rules/page.ts';
import { serve } from '../server/index.ts';
import { exampleFolders } from './damage.ts';

const root = mkdtempSync(join(tmpdir(), 'cupel-same-'));
let client: MessageConnection;

interface Plain {
  file: string;
  range: unknown;
  severity: string;
  code: string;
}

beforeAll(async () => {
  for (const folder of exampleFolders)
    cpSync(folder, join(root, 'examples', folder.split('/').at(-1) ?? ''), {
      recursive: true,
      filter: path => !/[\\/](data|\.cupel)([\\/]|$)/.test(path),
    });
  for (const [name, page] of Object.entries(pages)) {
    for (const heading of ['Wrong', 'Right']) {
      for (const [file, text] of Object.entries(exampleOf(parsePage(page).sections[heading] ?? '').files)) {
        const folder = join(root, 'pages', name, heading);
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, file), text);
      }
    }
  }
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  void serve(createConnection(new StreamMessageReader(toServer), new StreamMessageWriter(toClient)), {
    version: '0',
    command: '',
    read: readProgram,
    projectOf: folder => folder,
    severitiesOf: () => ({}),
  });
  client = createMessageConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));
  client.listen();
  await client.sendRequest('initialize', { processId: null, rootUri: pathToFileURL(root).toString(), capabilities: {}, workspaceFolders: null });
});

afterAll(() => {
  client.dispose();
  rmSync(root, { recursive: true, force: true });
});

const severities = ['', 'error', 'warning', 'info', 'hint'];

async function fromEditor(file: string): Promise<Plain[]> {
  const uri = pathToFileURL(join(root, file)).toString();
  await client.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'cupel', version: 1, text: readFileSync(join(root, file), 'utf8') },
  });
  const { items } = await client.sendRequest<{ items: { range: unknown; severity: number; code: string }[] }>('textDocument/diagnostic', {
    textDocument: { uri },
  });
  return items.map(({ range, severity, code }) => ({ file, range, severity: severities[severity] ?? '', code }));
}

describe('editor and command line', () => {
  it('say the same of every example and every rule page', { timeout: 120_000 }, async () => {
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter(path => path.endsWith('.cupel'))
      .map(path => relative(root, resolve(root, path)).replaceAll('\\', '/'))
      .sort();
    expect(files.length).toBeGreaterThan(20);
    const { stdout } = spawnSync(process.execPath, [resolve(import.meta.dirname, '../dist/cli.mjs'), 'check', '--format', 'json', '.'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    const told = (JSON.parse(stdout) as { diagnostics: { file: string; range: unknown; severity: string; rule: string }[] }).diagnostics;
    for (const file of files) {
      const terminal = told.filter(d => d.file === file).map(({ range, severity, rule }) => ({ file, range, severity, code: rule }));
      expect(await fromEditor(file), file).toEqual(terminal);
    }
  });
});
