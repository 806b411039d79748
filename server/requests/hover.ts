/** `textDocument/hover` */
import type { Connection } from 'vscode-languageserver';
import { hover } from '../../language/index.ts';
import type { Workspace } from '../workspace.ts';

export function onHover(connection: Connection, workspace: () => Workspace): void {
  connection.onHover(({ textDocument, position }) => {
    const ws = workspace();
    const file = ws.fileOf(textDocument.uri);
    ws.settle(file);
    const tree = ws.analysis.tree(file);
    const found = tree && hover(tree, ws.analysis.program(), ws.shown(file), position);
    return found ? { contents: { kind: 'markdown', value: found.markdown }, range: found.range } : null;
  });
}
