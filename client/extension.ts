/** The VS Code extension: starts the server and runs what a lens asks for. Everything that can go through the protocol does. */
import * as path from 'node:path';
import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';

export interface CupelApi {
  readonly client: LanguageClient;
  /** Every run event since activation, for tests and views. */
  readonly events: readonly { readonly event: string }[];
}

let client: LanguageClient | null = null;

async function run(server: LanguageClient, uri: string, names: readonly string[]): Promise<void> {
  const name = names.length ? names.join(', ') : path.basename(vscode.Uri.parse(uri).fsPath);
  await vscode.workspace.saveAll(false);
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Cupel runs ${name}`, cancellable: true },
    async (progress, token) => {
      token.onCancellationRequested(() => void server.sendRequest('cupel/cancel'));
      const listener = server.onNotification('cupel/runEvent', (event: { event: string; name?: string; note?: string | null }) => {
        if (event.event === 'node-started' && event.name) progress.report({ message: event.name });
      });
      try {
        const { exit, message } = await server.sendRequest<{ exit: number; message: string | null }>('cupel/run', { uri, names });
        if (exit > 1 && exit !== 130) void vscode.window.showErrorMessage(`Cupel: ${message ?? 'the run could not finish'}`);
        else if (message) void vscode.window.showWarningMessage(`Cupel: ${message}`);
      } finally {
        listener.dispose();
      }
    },
  );
}

export async function activate(context: vscode.ExtensionContext): Promise<CupelApi> {
  const module = context.asAbsolutePath(path.join('dist', 'cli.mjs'));
  // The client adds `--stdio` and its process id.
  const args = ['lsp'];
  const server = new LanguageClient(
    'cupel',
    'Cupel',
    { run: { module, args, transport: TransportKind.stdio }, debug: { module, args, transport: TransportKind.stdio } },
    {
      documentSelector: [
        { language: 'cupel', scheme: 'file' },
        { language: 'cupel', scheme: 'vscode-remote' },
      ],
    },
  );
  client = server;
  const events: { event: string }[] = [];
  server.onNotification('cupel/runEvent', (event: { event: string }) => events.push(event));
  await server.start();
  context.subscriptions.push(
    vscode.commands.registerCommand('cupel.run', (uri?: string, names?: readonly string[]) => {
      const target = uri ?? vscode.window.activeTextEditor?.document.uri.toString();
      return target ? run(server, target, names ?? []) : undefined;
    }),
    vscode.commands.registerCommand('cupel.cancel', () => server.sendRequest('cupel/cancel')),
  );
  return { client: server, events };
}

export const deactivate = (): Promise<void> | undefined => client?.stop();
