/** The language server: wires each request to its file. All thinking is the language's; here is only the protocol. */
import { fileURLToPath } from 'node:url';
import { type Connection, createConnection, ProposedFeatures, TextDocumentSyncKind, TextDocuments } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { onCodeLens } from './requests/codeLens.ts';
import { onCompletion } from './requests/completion.ts';
import { onDiagnostics } from './requests/diagnostics.ts';
import { onFormatting } from './requests/formatting.ts';
import { onHover } from './requests/hover.ts';
import { onInlayHint } from './requests/inlayHint.ts';
import { onRun } from './requests/run.ts';
import { createWorkspace, type ReadFile, type Workspace } from './workspace.ts';

export interface ServerOptions {
  readonly version: string;
  /** The script that is started for runs. */
  readonly command: string;
  readonly read: ReadFile;
  /** The project that a folder lies in: files are named relative to it, here as in a run. */
  readonly projectOf: (folder: string) => string;
}

/** Serves on a connection; resolves when the client closes it. */
export function serve(connection: Connection, { version, command, read, projectOf }: ServerOptions): Promise<void> {
  let workspace: Workspace | null = null;
  const current = (): Workspace => (workspace ??= createWorkspace(projectOf(process.cwd()), read));
  const documents = new TextDocuments(TextDocument);

  connection.onInitialize(({ workspaceFolders, rootUri }) => {
    const root = workspaceFolders?.[0]?.uri ?? rootUri;
    workspace = createWorkspace(projectOf(root?.startsWith('file:') ? fileURLToPath(root) : process.cwd()), read);
    return {
      serverInfo: { name: 'cupel', version },
      capabilities: {
        textDocumentSync: TextDocumentSyncKind.Incremental,
        diagnosticProvider: { interFileDependencies: true, workspaceDiagnostics: false },
        hoverProvider: true,
        completionProvider: { triggerCharacters: ['@', '.'] },
        documentFormattingProvider: true,
        codeLensProvider: {},
        inlayHintProvider: true,
      },
    };
  });
  documents.onDidChangeContent(({ document }) => current().open(document.uri, document.getText()));
  documents.onDidClose(({ document }) => current().close(document.uri));

  onDiagnostics(connection, current);
  onHover(connection, current);
  onCompletion(connection, current);
  onFormatting(connection, current);
  onCodeLens(connection, current);
  onInlayHint(connection, current);
  onRun(connection, current, command);

  documents.listen(connection);
  connection.listen();
  return new Promise(resolve => connection.onExit(() => resolve()));
}

/** Serves on standard input and output. */
export const serveStdio = (options: ServerOptions): Promise<void> =>
  serve(createConnection(ProposedFeatures.all, process.stdin, process.stdout), options);
