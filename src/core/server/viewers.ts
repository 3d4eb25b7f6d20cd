import { encodeMessage } from '../protocol/codec.ts';
import { CLOSE } from '../protocol/errors.ts';
import { COALESCE_OVER_BYTES, SNAPSHOT_FINALS } from '../protocol/limits.ts';
import type { FinalMessage, SnapshotMessage } from '../protocol/server-messages.ts';
import { ChangeListeners } from './change-listeners.ts';
import type { Connection, ConnectionHandler } from './connection.ts';
import type { StreamSession } from './session.ts';
import type { SessionMessage } from './session-messages.ts';

/** Viewers served at once. */
const MAX_VIEWERS = 100;

/** What of a session's messages viewers see. */
const SHOWN_TYPES: ReadonlySet<SessionMessage['type']> = new Set([
  'partial',
  'final',
  'speech_started',
  'speech_ended',
]);

/**
 * Shows the published stream to any number of viewers: a `snapshot` first, then what is said. Where several
 * streams are published, the one that began last is shown; a new one begins with a new `snapshot`.
 */
export class ViewerHub {
  readonly #viewers = new Set<Connection>();
  /** Published streams that are not over, in the order in which they began. */
  readonly #published = new Set<StreamSession>();
  #shown: StreamSession | null = null;
  readonly #listening = new AbortController();
  #finals: FinalMessage[] = [];
  readonly #changes = new ChangeListeners();

  /** Calls `listener` after viewers came or went, until `signal` fires. */
  onChange(listener: () => void, signal: AbortSignal): void {
    this.#changes.add(listener, signal);
  }

  /** Viewers connected. */
  get size(): number {
    return this.#viewers.size;
  }

  /** Serves a viewer on a connection. What it sends is ignored. @returns what the connection is to call. */
  accept(connection: Connection): ConnectionHandler {
    if (this.#viewers.size >= MAX_VIEWERS) {
      connection.close(CLOSE.tooManySessions, `All ${MAX_VIEWERS} places for viewers are taken.`);
    } else {
      this.#viewers.add(connection);
      this.#changes.tell();
      connection.send(encodeMessage(this.#snapshot()));
    }
    return {
      text() {},
      binary() {},
      drained() {},
      closed: () => {
        if (this.#viewers.delete(connection)) this.#changes.tell();
      },
    };
  }

  /** A stream began that is to be shown. */
  publish(session: StreamSession): void {
    this.#published.add(session);
    session.listen(
      {
        message: (message) => {
          if (session === this.#shown) this.#pass(message);
        },
        over: () => this.#over(session),
      },
      this.#listening.signal,
    );
    this.#show(session);
  }

  /** Sends the viewers away. */
  close(): void {
    this.#listening.abort();
    for (const viewer of [...this.#viewers])
      this.#remove(viewer, CLOSE.shutdown, 'The server is shutting down.');
  }

  #show(session: StreamSession): void {
    this.#shown = session;
    this.#finals = [];
    this.#broadcast(this.#snapshot());
  }

  #over(session: StreamSession): void {
    this.#published.delete(session);
    if (session !== this.#shown) return;
    this.#shown = null;
    const next = [...this.#published].at(-1);
    if (next) this.#show(next);
    // What was said last stays on screen; what was being said is withdrawn.
    else this.#broadcast(this.#snapshot());
  }

  #pass(message: SessionMessage): void {
    if (!SHOWN_TYPES.has(message.type)) return;
    if (message.type === 'final') {
      this.#finals.push(message);
      if (this.#finals.length > SNAPSHOT_FINALS) this.#finals.shift();
    }
    this.#broadcast(message);
  }

  #snapshot(): SnapshotMessage {
    const partial = this.#shown?.partial;
    return { type: 'snapshot', finals: [...this.#finals], ...(partial ? { partial } : {}) };
  }

  #broadcast(message: SessionMessage | SnapshotMessage): void {
    const text = encodeMessage(message);
    for (const viewer of [...this.#viewers]) {
      viewer.send(text);
      // A viewer has nothing to lose that a new snapshot would not show, so one that lags starts again.
      if (viewer.bufferedBytes > COALESCE_OVER_BYTES) {
        this.#remove(viewer, CLOSE.overloaded, 'Captions are not being read fast enough. Reconnect.');
      }
    }
  }

  #remove(viewer: Connection, code: number, reason: string): void {
    this.#viewers.delete(viewer);
    this.#changes.tell();
    viewer.close(code, reason);
  }
}
