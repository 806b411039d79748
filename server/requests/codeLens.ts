/** `textDocument/codeLens`: what can be run at a declaration, and what the last run found there. */
import type { Connection } from 'vscode-languageserver';
import { lenses } from '../../language/index.ts';
import type { Workspace } from '../workspace.ts';

export function onCodeLens(connection: Connection, workspace: () => Workspace): void {
  connection.onCodeLens(({ textDocument }) => {
    const ws = workspace();
    const file = ws.fileOf(textDocument.uri);
    const tree = ws.analysis.tree(file);
    if (!tree) return [];
    return lenses(tree, ws.analysis.program(), ws.shown(file), ws.analysis.claims(file)).map(({ range, title, run }) => ({
      range,
      command: run ? { title, command: 'cupel.run', arguments: [textDocument.uri, run] } : { title, command: '' },
    }));
  });
}
