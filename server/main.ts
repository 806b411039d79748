/** The language server: wires each request to its file. All thinking is the language's; here is only the protocol. */
import { fileURLToPath } from 'node:url';
import { CodeActionKind, type Connection, createConnection, ProposedFeatures, TextDocumentSyncKind, TextDocuments } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { RuleSeverity } from '../language/index.ts';
import { onCodeAction } from './requests/codeAction.ts';
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
  /** The severities that a project gives to rules. */
  readonly severitiesOf: (root: string) => Readonly<Record<string, RuleSeverity>>;
}

/** Serves on a connection; resolves when the client closes it. */
export function serve(connection: Connection, { version, command, read, projectOf, severitiesOf }: ServerOptions): Promise<void> {
  let workspace: Workspace | null = null;
  const workspaceAt = (folder: string): Workspace => {
    const opened = createWorkspace(projectOf(folder), read);
    opened.analysis.setSeverities(severitiesOf(opened.root));
    return opened;
  };
  const current = (): Workspace => (workspace ??= workspaceAt(process.cwd()));
  const documents = new TextDocuments(TextDocument);

  connection.onInitialize(({ workspaceFolders, rootUri }) => {
    const root = workspaceFolders?.[0]?.uri ?? rootUri;
    workspace = workspaceAt(root?.startsWith('file:') ? fileURLToPath(root) : process.cwd());
    return {
      serverInfo: { name: 'cupel', version },
      capabilities: {
        textDocumentSync: TextDocumentSyncKind.Incremental,
        diagnosticProvider: { interFileDependencies: true, workspaceDiagnostics: false },
        hoverProvider: true,
        completionProvider: { triggerCharacters: ['@', '.'] },
        documentFormattingProvider: true,
        codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
        codeLensProvider: {},
        inlayHintProvider: true,
      },
    };
  });
  documents.onDidChangeContent(({ document }) => current().open(document.uri, document.getText()));
  // What `cupel.json` says may have changed with it.
  documents.onDidSave(() => current().analysis.setSeverities(severitiesOf(current().root)));
  documents.onDidClose(({ document }) => current().close(document.uri));

  onDiagnostics(connection, current);
  onHover(connection, current);
  onCompletion(connection, current);
  onFormatting(connection, current);
  onCodeAction(connection, current);
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
