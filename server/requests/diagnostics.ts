/**
 * `textDocument/diagnostic`: the same findings as `cupel check`, pulled by the editor. Kept when an analysis fails, never emptied. Behind
 * them stands what the last run found in the data, at the places that it is about, until the text changes.
 */
import { type Connection, DocumentDiagnosticReportKind } from 'vscode-languageserver';
import { findingToLsp, toLsp } from '../positions.ts';
import type { Workspace } from '../workspace.ts';

export function onDiagnostics(connection: Connection, workspace: () => Workspace): void {
  connection.languages.diagnostics.on(({ textDocument }) => {
    const ws = workspace();
    const file = ws.fileOf(textDocument.uri);
    ws.settle(file);
    const found = ws.findings(file).filter(f => f.severity !== 'info');
    const items = [...ws.analysis.diagnostics(file).map(diagnostic => toLsp(diagnostic, ws.uriOf)), ...found.map(findingToLsp)];
    return { kind: DocumentDiagnosticReportKind.Full, items };
  });
}
