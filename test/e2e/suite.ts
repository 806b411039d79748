/** The extension in a real workbench: a squiggle while typing, a run by lens, the figures in line. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';

async function until<T>(what: string, ask: () => T | undefined | null | false | Promise<T | undefined | null | false>, limit = 60_000): Promise<T> {
  for (const end = Date.now() + limit; ; ) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

/** Asks the page's driver for a picture and waits until it is taken. */
async function picture(name: string): Promise<void> {
  const folder = process.env['CUPEL_PICTURES'];
  if (!folder) return;
  fs.rmSync(path.join(folder, `${name}.png`), { force: true });
  fs.writeFileSync(path.join(folder, `${name}.wanted`), '');
  await until(`the picture ${name}`, () => fs.existsSync(path.join(folder, `${name}.png`)));
}

suite('cupel in the workbench', () => {
  let document: vscode.TextDocument;
  let editor: vscode.TextEditor;
  const diagnostics = (): vscode.Diagnostic[] => vscode.languages.getDiagnostics(document.uri);
  const errors = (): vscode.Diagnostic[] => diagnostics().filter(d => d.severity === vscode.DiagnosticSeverity.Error);
  const everything = (): vscode.Range => new vscode.Range(0, 0, document.lineCount, 0);

  suiteSetup(async () => {
    const folder = vscode.workspace.workspaceFolders?.[0];
    assert.ok(folder);
    document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, 'titanic.cupel'));
    editor = await vscode.window.showTextDocument(document);
    await vscode.extensions.getExtension('cupel.cupel')?.activate();
  });

  test('opens the example without an error', async () => {
    assert.equal(document.languageId, 'cupel');
    const lens = await until('lenses', async () => {
      const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri);
      return found.length ? found : null;
    });
    assert.ok(lens.some(({ command }) => command?.title === '▷ Run'));
    assert.deepEqual(
      errors().map(d => d.message),
      [],
    );
  });

  test('underlines a leak where it stands, and lets go when it is gone', async () => {
    const line = document
      .getText()
      .split('\n')
      .findIndex(text => text.trim() === 'pclass');
    await editor.edit(edit => edit.insert(new vscode.Position(line, 0), '  saved = boat != null\n'));
    const [leak] = await until('the squiggle', () => (errors().length ? errors() : null));
    assert.ok(leak);
    assert.equal(leak.code, 'after-outcome');
    assert.equal(document.getText(leak.range), 'boat');
    await picture('squiggle');
    await editor.edit(edit => edit.delete(new vscode.Range(line, 0, line + 1, 0)));
    await until('no squiggle', () => errors().length === 0);
    await document.save();
  });

  test('says what a name is', async () => {
    const line = document
      .getText()
      .split('\n')
      .findIndex(text => text.includes('alone  =') || text.includes('alone ='));
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, new vscode.Position(line, 3));
    const text = hovers.flatMap(hover => hover.contents.map(content => (content as vscode.MarkdownString).value)).join('\n');
    assert.match(text, /\*\*alone\*\* : bool/);
    assert.match(text, /passengers\.sibsp/);
  });

  test('completes names', async () => {
    const line = document
      .getText()
      .split('\n')
      .findIndex(text => text.includes('alone  =') || text.includes('alone ='));
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      new vscode.Position(line, 12),
    );
    const labels = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    for (const name of ['sibsp', 'log1p', 'impute']) assert.ok(labels.includes(name), name);
  });

  test('runs by lens and shows the figures in line', async () => {
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri);
    const line = document
      .getText()
      .split('\n')
      .findIndex(text => text.startsWith('evaluate'));
    const lens = found.find(({ range, command }) => range.start.line === line && command?.command === 'cupel.run');
    assert.ok(lens?.command);
    await vscode.commands.executeCommand(lens.command.command, ...(lens.command.arguments ?? []));
    const hints = await until('the hints of the run', async () => {
      const shown = await vscode.commands.executeCommand<vscode.InlayHint[]>('vscode.executeInlayHintProvider', document.uri, everything());
      return shown.length ? shown : null;
    });
    const auc = hints.find(({ position }) => document.lineAt(position.line).text.includes('auc >= 0.80'));
    assert.ok(auc);
    assert.match(String(auc.label), /✓ 0\.\d{3}/);
    const lensText = await until('the lens of the run', async () => {
      const shown = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri);
      return shown.map(({ command }) => command?.title ?? '').find(title => /auc 0\.\d{3}/.test(title));
    });
    assert.match(lensText, /auc 0\.\d{3} ± 0\.\d{3}/);
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    editor.revealRange(new vscode.Range(line - 17, 0, line, 0), vscode.TextEditorRevealType.AtTop);
    await new Promise(resolve => setTimeout(resolve, 2500));
    await picture('editor');
  });
});
