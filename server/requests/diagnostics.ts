/** `textDocument/diagnostic`: the same findings as `cupel check`, pulled by the editor. Kept when an analysis fails, never emptied. */
import { type Connection, DocumentDiagnosticReportKind } from 'vscode-languageserver';
import { toLsp } from '../positions.ts';
import type { Workspace } from '../workspace.ts';

export function onDiagnostics(connection: Connection, workspace: () => Workspace): void {
  connection.languages.diagnostics.on(({ textDocument }) => {
    const ws = workspace();
    const file = ws.fileOf(textDocument.uri);
    ws.settle(file);
    return { kind: DocumentDiagnosticReportKind.Full, items: ws.analysis.diagnostics(file).map(diagnostic => toLsp(diagnostic, ws.uriOf)) };
  });
}
