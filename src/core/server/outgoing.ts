import { encodeMessage } from '../protocol/codec.ts';
import { COALESCE_OVER_BYTES, OVERLOADED_OVER_BYTES } from '../protocol/limits.ts';
import type { PartialMessage } from '../protocol/server-messages.ts';
import type { Connection } from './connection.ts';

/**
 * Sends to a client that may read slowly. Over 256 KiB unsent, only the newest partial of each segment is
 * kept back until the client has caught up; everything else is sent. Over 4 MiB it is too slow.
 */
export class Outgoing {
  readonly #connection: Connection;
  readonly #onOverload: () => void;
  readonly #heldPartials = new Map<number, PartialMessage>();
  #overloadedOver = OVERLOADED_OVER_BYTES;
  #sending = true;

  /** @param onOverload called once, when the client is too slow; what it sends still goes out. */
  constructor(connection: Connection, onOverload: () => void) {
    this.#connection = connection;
    this.#onOverload = onOverload;
  }

  /** Sends a message. */
  send(message: { readonly type: string; readonly segment_id?: number }): void {
    // A final or a newer partial takes the place of the one kept back.
    if (message.segment_id !== undefined) this.#heldPartials.delete(message.segment_id);
    this.#connection.send(encodeMessage(message));
    if (this.#sending && this.#connection.bufferedBytes > this.#overloadedOver) {
      this.#sending = false;
      this.#heldPartials.clear();
      this.#onOverload();
    }
  }

  /** Sends the last message there will be, however much is unsent. */
  sendLast(message: { readonly type: string }): void {
    this.#sending = false;
    this.#heldPartials.clear();
    this.send(message);
  }

  /** Sends a partial, or keeps it back for as long as too much is unsent. */
  sendPartial(partial: PartialMessage): void {
    if (this.#connection.bufferedBytes <= COALESCE_OVER_BYTES) this.send(partial);
    else if (this.#sending) this.#heldPartials.set(partial.segment_id, partial);
  }

  /**
   * Sends as much as `replay` wants to: events kept for a lost client are owed whatever their size, and
   * what follows gets the full allowance on top.
   */
  replay(replay: () => void): void {
    this.#overloadedOver = Number.POSITIVE_INFINITY;
    replay();
    this.#overloadedOver = this.#connection.bufferedBytes + OVERLOADED_OVER_BYTES;
  }

  /** Something was written out. */
  drained(): void {
    const { bufferedBytes } = this.#connection;
    this.#overloadedOver = Math.min(this.#overloadedOver, bufferedBytes + OVERLOADED_OVER_BYTES);
    if (bufferedBytes > COALESCE_OVER_BYTES) return;
    const partials = [...this.#heldPartials.values()];
    this.#heldPartials.clear();
    for (const partial of partials) this.sendPartial(partial);
  }
}
