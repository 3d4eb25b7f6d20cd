import type { WireError } from './envelope.ts';

/** Channels between a window of the desktop app and its main process. */
export const CALL_CHANNEL = 'surtitle:call';
export const PUSH_CHANNEL = 'surtitle:push';
/** Also the message with which the capture window’s page gets its port. */
export const CAPTURE_PORT_CHANNEL = 'surtitle:capture-port';

/** What comes back of a call; errors keep their code, which Electron’s own do not. */
export type CallResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: WireError };

/** `window.surtitle` in the desktop app’s windows; absent in a browser. */
export interface DesktopGlobal {
  ask(name: string, request: unknown): Promise<CallResult>;
  /** @returns a function that ends it. */
  onPush(listener: (name: string, payload: unknown) => void): () => void;
  /** Path of a `File` the user dropped or chose; empty where it has none. */
  pathOf(file: object): string;
}
