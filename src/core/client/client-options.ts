import type { Clock } from '../foundation/clock.ts';
import type { Logger } from '../foundation/logger.ts';
import type { ConfigInput } from '../protocol/client-messages.ts';
import type { Connect } from './client-socket.ts';
import { ConnectionError } from './connection-error.ts';

/** What a user of the client sets of `config`; the rest is the client's own business. */
export type StreamConfig = Omit<ConfigInput, 'type' | 'version' | 'resume' | 'start_sample'>;

export interface StreamingClientOptions {
  /** `ws://HOST:PORT`; `/ws` is added where the URL has no path. */
  readonly url: string;
  /** Or how to get it, asked for each connection anew: whose server replaces its token goes on with the new one. */
  readonly token?: string | (() => string | null);
  readonly config?: StreamConfig;
  /** `connectFromNode`, `connectFromBrowser`, or a test's own network. */
  readonly connect: Connect;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** For jitter; 0 (included) to 1 (excluded). */
  readonly random?: () => number;
  /** 128 random bits, base64url; made where absent. */
  readonly sessionId?: string;
  /** Attempts to connect again before giving up. Default 10. */
  readonly maxRetries?: number;
  /** Longest wait between two attempts, in milliseconds. Default 60 s. */
  readonly maxBackoffMs?: number;
  /** Audio that may wait to be sent, in milliseconds; beyond it frames are refused. Default 60 s. */
  readonly maxQueuedMs?: number;
  /** Ends the stream with `protocol_violation` when the server breaks a promise. Meant for tests. */
  readonly checkInvariants?: boolean;
  /** Gives up at once when it fires. */
  readonly signal?: AbortSignal;
}

/** The stream's address. @throws {ConnectionError} `connection_failed` where it is no WebSocket URL. */
export function sessionUrl(url: string, sessionId: string): string {
  let address: URL;
  try {
    address = new URL(url);
  } catch (cause) {
    throw new ConnectionError(
      'connection_failed',
      'The server URL is not a URL. Give it as ws://HOST:PORT.',
      {
        cause,
      },
    );
  }
  if (address.protocol !== 'ws:' && address.protocol !== 'wss:') {
    throw new ConnectionError(
      'connection_failed',
      `The server URL begins with ${address.protocol}//; a stream needs ws:// (or wss:// through a TLS proxy).`,
    );
  }
  if (address.pathname === '/') address.pathname = '/ws';
  address.searchParams.set('session', sessionId);
  return address.href;
}

/** 128 random bits as base64url. */
export function randomSessionId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
