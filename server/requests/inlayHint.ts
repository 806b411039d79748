/** `textDocument/inlayHint`: the last run's figures at the ends of lines. */
import type { Connection } from 'vscode-languageserver';
import { hints } from '../../language/index.ts';
import type { Workspace } from '../workspace.ts';

export function onInlayHint(connection: Connection, workspace: () => Workspace): void {
  connection.languages.inlayHint.on(({ textDocument, range }) => {
    const ws = workspace();
    const file = ws.fileOf(textDocument.uri);
    const tree = ws.analysis.tree(file);
    if (!tree) return [];
    return hints(tree, ws.shown(file))
      .filter(({ position }) => position.line >= range.start.line && position.line <= range.end.line)
      .map(({ position, label, tooltip }) => ({ position, label, tooltip, paddingLeft: true }));
  });
}
