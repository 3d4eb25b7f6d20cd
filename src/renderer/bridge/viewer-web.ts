import { z } from 'zod';
import { type CaptionSnapshot, IDLE_STATE } from '../../core/captions/caption-state.ts';
import { Backoff } from '../../core/client/backoff.ts';
import type { ClientSocket, Connect } from '../../core/client/client-socket.ts';
import type { Clock, Timer } from '../../core/foundation/clock.ts';
import {
  finalSchema,
  partialSchema,
  snapshotSchema,
  speechEndedSchema,
  speechStartedSchema,
} from '../../core/protocol/server-messages.ts';
import type { CaptionAppearance } from '../appearance/caption-appearance.ts';
import type { CaptionsViewerBridge, CaptionsWatcher, LinkState } from './types.ts';

export interface WebViewerOptions {
  /** `ws:` or `wss:`, of the server’s `/captions`. */
  readonly url: string;
  readonly token: string | null;
  readonly connect: Connect;
  readonly clock: Clock;
  /** 0 (included) to 1 (excluded). */
  readonly random: () => number;
  readonly appearance: CaptionAppearance;
  /** Fires when the machine is back on the network, so that nobody waits for the next try. */
  readonly online?: EventTarget;
}

/** A connection that held so long was a good one, and the next is tried at once when it ends. */
const GOOD_AFTER_MS = 10_000;
const CLOSE_NORMAL = 1000;
/** HTTP statuses, and codes of a close, that say who asks may not watch. */
const DENIALS: ReadonlySet<number> = new Set([401, 403, 4401]);

const viewerMessageSchema = z.discriminatedUnion('type', [
  snapshotSchema,
  partialSchema,
  finalSchema,
  speechStartedSchema,
  speechEndedSchema,
]);

/** Watches captions from a browser: what a server shows its viewers, connecting again whenever it is lost. */
export function webViewerBridge(options: WebViewerOptions): CaptionsViewerBridge {
  const links = new Set<(state: LinkState) => void>();
  let link: LinkState = 'connecting';
  const setLink = (state: LinkState): void => {
    link = state;
    for (const listener of links) listener(state);
  };
  return {
    watch(watcher, signal) {
      watcher.state({ ...IDLE_STATE, phase: 'listening', connection: 'connecting' });
      new ViewerConnection(options, watcher, setLink, signal);
    },
    watchLink(listener, signal) {
      links.add(listener);
      signal.addEventListener('abort', () => links.delete(listener), { once: true });
      listener(link);
    },
    watchAppearance(listener) {
      listener(options.appearance);
    },
    overlay: null,
  };
}

type ViewerWatcher = Pick<CaptionsWatcher, 'snapshot' | 'message' | 'state'>;

class ViewerConnection {
  readonly #options: WebViewerOptions;
  readonly #watcher: ViewerWatcher;
  readonly #setLink: (state: LinkState) => void;
  readonly #backoff: Backoff;
  readonly #signal: AbortSignal;
  #socket: ClientSocket | null = null;
  /** Until the next try to connect. */
  #waiting: Timer | null = null;
  #good: Timer | null = null;

  constructor(
    options: WebViewerOptions,
    watcher: ViewerWatcher,
    setLink: (state: LinkState) => void,
    signal: AbortSignal,
  ) {
    this.#options = options;
    this.#watcher = watcher;
    this.#setLink = setLink;
    this.#backoff = new Backoff(options.random);
    this.#signal = signal;
    if (signal.aborted) return;
    options.online?.addEventListener('online', () => this.#retryNow(), { signal });
    signal.addEventListener('abort', () => this.#end(), { once: true });
    this.#open();
  }

  #open(): void {
    this.#waiting = null;
    const { connect, url, token, clock } = this.#options;
    this.#socket = connect(
      { url, token },
      {
        opened: () => {
          this.#good = clock.setTimer(GOOD_AFTER_MS, () => this.#backoff.reset());
        },
        message: (data) => this.#message(data),
        refused: (status) => this.#lost(status),
        closed: (code) => this.#lost(code),
      },
    );
  }

  #retryNow(): void {
    if (!this.#waiting) return;
    this.#waiting.cancel();
    this.#backoff.reset();
    this.#open();
  }

  #end(): void {
    this.#waiting?.cancel();
    this.#good?.cancel();
    this.#socket?.close(CLOSE_NORMAL, 'The page is closed.');
  }

  #message(data: string | Uint8Array): void {
    const message = parse(data);
    // A newer server may say more than this page knows.
    if (!message) return;
    if (message.type !== 'snapshot') {
      this.#watcher.message(message);
      return;
    }
    const snapshot: CaptionSnapshot = { finals: message.finals, partial: message.partial ?? null };
    this.#watcher.snapshot(snapshot);
    this.#watcher.state({ ...IDLE_STATE, phase: 'listening', connection: 'open', audio: 'flowing' });
    this.#setLink('open');
  }

  #lost(code: number): void {
    this.#good?.cancel();
    this.#socket = null;
    if (this.#signal.aborted) return;
    if (DENIALS.has(code)) {
      this.#setLink('unauthorized');
      return;
    }
    this.#setLink('lost');
    this.#waiting = this.#options.clock.setTimer(this.#backoff.next(true), () => this.#open());
  }
}

function parse(data: string | Uint8Array): z.output<typeof viewerMessageSchema> | null {
  if (typeof data !== 'string') return null;
  try {
    return viewerMessageSchema.safeParse(JSON.parse(data)).data ?? null;
  } catch {
    // Not JSON: nothing a server of ours sends.
    return null;
  }
}
