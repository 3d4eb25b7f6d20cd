import type { SequencedMessage } from '../protocol/server-messages.ts';

/** A sequenced event before it has its number. */
export type Unsequenced<T> = T extends SequencedMessage ? Omit<T, 'seq'> : never;

/**
 * Events one session keeps for a client that does not confirm any. Some 24 hours of talk; a client that
 * lost more than this starts again at its committed position.
 */
const MAX_KEPT_EVENTS = 50_000;

/** Numbers a session's events 1, 2, 3 … and keeps them until the client has confirmed them. */
export class Outbox {
  #events: SequencedMessage[] = [];
  /** Number of the newest event that is no longer kept. */
  #forgotten = 0;
  #lastSeq = 0;
  readonly #maxKept: number;

  constructor(maxKept = MAX_KEPT_EVENTS) {
    this.#maxKept = maxKept;
  }

  /** Number of the newest event; 0 where there is none. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Events kept. */
  get length(): number {
    return this.#events.length;
  }

  /** Gives the event the next number and keeps it. */
  add(event: Unsequenced<SequencedMessage>): SequencedMessage {
    const message = { ...event, seq: ++this.#lastSeq } as SequencedMessage;
    this.#events.push(message);
    if (this.#events.length > this.#maxKept) this.#forget(this.#forgotten + 1);
    return message;
  }

  /** Forgets events up to `seq`: the client has them. Numbers not given yet count as the newest. */
  confirm(seq: number): void {
    this.#forget(Math.min(seq, this.#lastSeq));
  }

  /** Whether every event after `seq` is still kept. */
  holdsAfter(seq: number): boolean {
    return seq >= this.#forgotten;
  }

  /** The kept events after `seq`, in order. */
  after(seq: number): readonly SequencedMessage[] {
    return this.#events.slice(Math.max(0, seq - this.#forgotten));
  }

  #forget(seq: number): void {
    if (seq <= this.#forgotten) return;
    this.#events.splice(0, seq - this.#forgotten);
    this.#forgotten = seq;
  }
}
