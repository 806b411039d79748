/** `textDocument/completion` */
import { CompletionItemKind, type Connection } from 'vscode-languageserver';
import { completions } from '../../language/index.ts';
import type { Workspace } from '../workspace.ts';

const kinds = {
  keyword: CompletionItemKind.Keyword,
  column: CompletionItemKind.Field,
  feature: CompletionItemKind.Variable,
  table: CompletionItemKind.Class,
  task: CompletionItemKind.Interface,
  model: CompletionItemKind.Class,
  function: CompletionItemKind.Function,
  setting: CompletionItemKind.Property,
  role: CompletionItemKind.Keyword,
  value: CompletionItemKind.Value,
} as const;

export function onCompletion(connection: Connection, workspace: () => Workspace): void {
  connection.onCompletion(({ textDocument, position }) => {
    const ws = workspace();
    const file = ws.fileOf(textDocument.uri);
    ws.settle(file);
    const tree = ws.analysis.tree(file);
    if (!tree) return [];
    return completions(tree, ws.analysis.program(), position).map(({ label, kind, detail, doc, insert }) => ({
      label,
      insertText: insert ?? label,
      kind: kinds[kind],
      detail,
      documentation: { kind: 'markdown' as const, value: doc },
    }));
  });
}
