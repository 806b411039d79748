/** `textDocument/formatting`: the one layout, as one edit over the whole text. */
import type { Connection } from 'vscode-languageserver';
import { format, lineIndex, positionAt } from '../../language/index.ts';
import type { Workspace } from '../workspace.ts';

export function onFormatting(connection: Connection, workspace: () => Workspace): void {
  connection.onDocumentFormatting(({ textDocument }) => {
    const ws = workspace();
    const text = ws.analysis.tree(ws.fileOf(textDocument.uri))?.text;
    if (text === undefined) return [];
    const newText = format(text);
    return newText === text ? [] : [{ range: { start: { line: 0, character: 0 }, end: positionAt(lineIndex(text), text.length) }, newText }];
  });
}
