/** `textDocument/codeAction`: the repairs of the findings in reach, and the comment that allows one with a reason. */
import { type CodeAction, CodeActionKind, type Connection, type TextEdit } from 'vscode-languageserver';
import { type Diagnostic, isWaivable, type Range, ruleNamed } from '../../language/index.ts';
import { toLsp } from '../positions.ts';
import type { Workspace } from '../workspace.ts';

export function onCodeAction(connection: Connection, workspace: () => Workspace): void {
  connection.onCodeAction(({ textDocument, range }) => {
    const ws = workspace();
    const file = ws.fileOf(textDocument.uri);
    ws.settle(file);
    const text = ws.analysis.tree(file)?.text ?? '';
    return ws.analysis
      .diagnostics(file)
      .filter(found => meets(found.range, range))
      .flatMap(found => [...repairs(found, ws), ...allowing(found, text, ws)]);
  });
}

const meets = (a: Range, b: Range): boolean =>
  (a.start.line < b.end.line || (a.start.line === b.end.line && a.start.character <= b.end.character)) &&
  (b.start.line < a.end.line || (b.start.line === a.end.line && b.start.character <= a.end.character));

function repairs(found: Diagnostic, ws: Workspace): CodeAction[] {
  return found.fixes.map((fix, i) => {
    const changes: Record<string, TextEdit[]> = {};
    for (const { file, range, text } of fix.edits) (changes[ws.uriOf(file)] ??= []).push({ range, newText: text });
    return action(fix.title, found, ws, changes, i === 0 && fix.safe);
  });
}

/** The reason is left to be written: until it is, the comment allows nothing. */
function allowing(found: Diagnostic, text: string, ws: Workspace): CodeAction[] {
  const rule = ruleNamed(found.rule);
  if (!rule || !isWaivable(rule)) return [];
  const line = text.split(/\r\n|\r|\n/)[found.range.start.line] ?? '';
  const indent = /^\s*/.exec(line)?.[0] ?? '';
  const at = { line: found.range.start.line, character: 0 };
  const newText = `${indent}// cupel: allow ${rule.name} because ""\n`;
  return [
    action(`Allow \`${rule.name}\` here, with a reason`, found, ws, { [ws.uriOf(found.file)]: [{ range: { start: at, end: at }, newText }] }, false),
  ];
}

const action = (title: string, found: Diagnostic, ws: Workspace, changes: Record<string, TextEdit[]>, isPreferred: boolean): CodeAction => ({
  title,
  kind: CodeActionKind.QuickFix,
  diagnostics: [toLsp(found, ws.uriOf)],
  edit: { changes },
  ...(isPreferred && { isPreferred }),
});
