/** The door of the server room. */
export { type ServerOptions, serve, serveStdio } from './main.ts';
