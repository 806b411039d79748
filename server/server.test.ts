/** Runs as the editor asks for them, over the protocol, with scripts that stand for the command. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { type CodeAction, createConnection } from 'vscode-languageserver/node';
import { serve } from './index.ts';
import { createWorkspace } from './workspace.ts';

const root = mkdtempSync(join(tmpdir(), 'cupel-server-'));
const ends: (() => void)[] = [];
afterAll(() => rmSync(root, { recursive: true, force: true }));
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function editor(script: string) {
  const command = join(root, 'command.mjs');
  writeFileSync(command, script);
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  const server = createConnection(new StreamMessageReader(toServer), new StreamMessageWriter(toClient));
  void serve(server, { version: '0', command, read: () => ({ kind: 'absent' }), projectOf: folder => folder, severitiesOf: () => ({}) });
  const client = createMessageConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));
  client.onRequest('workspace/codeLens/refresh', () => null);
  client.onRequest('workspace/inlayHint/refresh', () => null);
  client.onRequest('workspace/diagnostic/refresh', () => null);
  client.listen();
  ends.push(() => client.dispose());
  await client.sendRequest('initialize', { processId: null, rootUri: pathToFileURL(root).toString(), capabilities: {}, workspaceFolders: null });
  return client;
}

describe('cupel/run', () => {
  const uri = pathToFileURL(join(root, 'a.cupel')).toString();

  it('ends with what the command said, and another can follow', async () => {
    const client = await editor(`console.log(JSON.stringify({ event: 'run-failed', message: 'There is no file' })); process.exitCode = 1;`);
    expect(await client.sendRequest('cupel/run', { uri })).toEqual({ exit: 1, message: 'There is no file' });
    expect(await client.sendRequest('cupel/run', { uri })).toEqual({ exit: 1, message: 'There is no file' });
  });

  it('names the file of what is wrong where it is another one', async () => {
    const place = { file: 'b.cupel', range: { start: { line: 2, character: 0 }, end: { line: 2, character: 1 } } };
    const client = await editor(`console.log(JSON.stringify(${JSON.stringify({ event: 'run-failed', message: 'Wrong.', place })}));`);
    expect(await client.sendRequest('cupel/run', { uri })).toMatchObject({ message: 'b.cupel:3: Wrong.' });
  });

  it('leaves what it found in the data at its place, until the text changes', async () => {
    const finding = {
      file: 'a.cupel',
      range: { start: { line: 0, character: 10 }, end: { line: 0, character: 11 } },
      severity: 'warning',
      rule: 'no-value',
      message: '`z` divides by 0 in 2 rows',
      help: 'Say what the value is there.',
      count: 2,
    };
    const events = [finding, { ...finding, severity: 'info' }, { ...finding, file: 'b.cupel' }].map(f => ({ event: 'finding', finding: f }));
    const client = await editor(`for (const event of ${JSON.stringify(events)}) console.log(JSON.stringify(event));`);
    const textDocument = { uri, languageId: 'cupel', version: 1, text: 'param a = 1\n' };
    await client.sendNotification('textDocument/didOpen', { textDocument });
    const items = async () => ((await client.sendRequest('textDocument/diagnostic', { textDocument })) as { items: object[] }).items;
    expect(await items()).toEqual([]);
    await client.sendRequest('cupel/run', { uri });
    const told = { source: 'cupel run', code: 'no-value', severity: 2, range: finding.range };
    expect(await items()).toEqual([{ ...told, message: '`z` divides by 0 in 2 rows\nFix: Say what the value is there.' }]);
    const changed = { textDocument: { uri, version: 2 }, contentChanges: [{ text: 'param a = 2\n' }] };
    await client.sendNotification('textDocument/didChange', changed);
    expect(await items()).toEqual([]);
  });

  it('survives a command that ends in the middle of an event', async () => {
    const client = await editor(`process.stdout.write('{"event":"node-sta'); process.stderr.write('out of memory'); process.exitCode = 4;`);
    expect(await client.sendRequest('cupel/run', { uri })).toEqual({ exit: 4, message: 'out of memory' });
    expect(await client.sendRequest('cupel/run', { uri })).toEqual({ exit: 4, message: 'out of memory' });
  });
});

it('results are stale when the text is not what the run read', () => {
  const texts = { onDisk: 'param a = 1\n', typed: 'param a = 2\n' };
  const workspace = createWorkspace(root, () => ({ kind: 'absent' }));
  const uri = pathToFileURL(join(root, 'a.cupel')).toString();
  const program = [{ path: 'a.cupel', sha256: createHash('sha256').update(texts.onDisk).digest('hex') }];
  // Typed while the run was under way.
  workspace.open(uri, texts.typed);
  workspace.setRun({
    id: '',
    timing: { seconds: 0 },
    metrics: [],
    claims: [],
    drift: [],
    features: [],
    nodes: [],
    checks: [],
    ledger: [],
    leakage: [],
    findings: [],
    program,
  });
  expect(workspace.shown('a.cupel')?.isStale).toBe(true);
  workspace.open(uri, texts.onDisk);
  expect(workspace.shown('a.cupel')?.isStale).toBe(false);
  expect(workspace.shown('b.cupel')).toBeNull();
});

describe('textDocument/codeAction', () => {
  const text = `source customers = csv("c.csv") {
  customer_id : key
  plan        : text  @current
}
source orders = csv("o.csv") until 2024-12-31 {
  customer  : ref customers
  placed_at : timestamp  @time @known(+0d)
}
task churn { each c in customers, at every month from 2023-01-01 to 2024-10-01, label gone = count(orders next 60d) == 0 }
split churn by time { train: ..2024-02-29, test: 2024-09-01.., gap: 60d }
features f for churn {
  n = count(orders next 7d)
  plan
}
model m = baseline(f)
evaluate m on test { auc }
`;
  const uri = pathToFileURL(join(root, 'shop.cupel')).toString();

  async function actionsAt(line: number, character: number) {
    const client = await editor('');
    await client.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'cupel', version: 1, text } });
    const at = { line, character };
    const asked = { textDocument: { uri }, range: { start: at, end: at }, context: { diagnostics: [] } };
    const actions: CodeAction[] = await client.sendRequest('textDocument/codeAction', asked);
    return actions.map(({ title, edit }) => [title, edit?.changes?.[uri]?.[0]?.newText]);
  }

  it('repairs, or allows with a reason', async () => {
    expect(await actionsAt(11, 20)).toEqual([
      ['Look back instead: `last 7d`', 'last'],
      ['Allow `future-window` here, with a reason', '  // cupel: allow future-window because ""\n'],
    ]);
    expect((await actionsAt(12, 3)).map(([title]) => title)).toContain('Allow `current-state` here, with a reason');
  });

  it('has nothing where nothing was found', async () => {
    expect(await actionsAt(1, 3)).toEqual([]);
  });
});

it('lenses tell how validity claims hold, by the text and then by the run', async () => {
  const text = `source people = csv("p.csv") {
  id  : key
  age : int
  won : bool
}
task t { each p in people, label won }
split t at random { test: 20%, seed: 1 }
features f for t { age }
model m = baseline(f)
evaluate m on test { auc }
`;
  const at = (line: number) => ({ file: 'lens.cupel', range: { start: { line, character: 0 }, end: { line, character: 1 } } });
  const measured = { subject: null, measure: 'auc', figure: 0.6, low: null, high: null, expected: null, threshold: 0.95, n: 100, passed: true };
  const record = {
    id: 'x',
    timing: { seconds: 1 },
    ...Object.fromEntries(['metrics', 'claims', 'drift', 'features', 'nodes', 'checks', 'findings'].map(key => [key, []])),
    ledger: [{ evaluations: ['m on test'], readings: 1, models: 1, runs: 1 }],
    leakage: [{ ...at(7), ...measured, rule: 'target-proxy', declaration: 'f' }],
    program: [{ path: 'lens.cupel', sha256: createHash('sha256').update(text).digest('hex') }],
  };
  const client = await editor(`console.log(JSON.stringify({ event: 'run-finished', id: 'x', record: ${JSON.stringify(record)} }));`);
  const uri = pathToFileURL(join(root, 'lens.cupel')).toString();
  await client.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'cupel', version: 1, text } });
  const titles = async (line: number) => {
    const lenses: { range: { start: { line: number } }; command: { title: string } }[] = await client.sendRequest('textDocument/codeLens', {
      textDocument: { uri },
    });
    return lenses.filter(({ range }) => range.start.line === line).map(({ command }) => command.title);
  };
  expect(await titles(7)).toEqual(['▷ Run', '3 proved · 4 need data']);
  expect(await titles(6)).toEqual([expect.stringMatching(/proved/)]);
  await client.sendRequest('cupel/run', { uri });
  expect(await titles(7)).toEqual(['▷ Run', '3 proved · 1 on data · 3 need data']);
  expect((await titles(9)).at(-1)).toBe('2 proved · 1 on data · 1 needs data');
});
