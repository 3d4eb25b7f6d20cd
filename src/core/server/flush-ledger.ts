import type { FlushId } from '../protocol/client-messages.ts';

/**
 * Answered ids that are remembered, so that a `flush` sent again after a resume is not answered twice.
 * A client re-sends only what was not answered yet, so few are ever needed.
 */
const MAX_ANSWERED = 1_024;
/** Flushes that may wait for their answer; a client with more is not waiting for any. */
export const MAX_PENDING_FLUSHES = 1_024;

/** Which flushes a session was asked for, and which it has answered. Each is answered once. */
export class FlushLedger {
  /** Typed ids, because `1` and `"1"` are two flushes; a Set keeps the order of insertion. */
  readonly #pending = new Set<FlushId>();
  readonly #answered = new Set<FlushId>();

  /** Flushes without an answer. */
  get pending(): readonly FlushId[] {
    return [...this.#pending];
  }

  /** @returns whether this flush is new and should be carried out. */
  request(id: FlushId): boolean {
    if (this.#pending.has(id) || this.#answered.has(id)) return false;
    this.#pending.add(id);
    return true;
  }

  /** Whether one more flush can wait. */
  get full(): boolean {
    return this.#pending.size >= MAX_PENDING_FLUSHES;
  }

  /** @returns whether the answer is still owed. */
  answer(id: FlushId): boolean {
    if (!this.#pending.delete(id)) return false;
    this.#answered.add(id);
    if (this.#answered.size > MAX_ANSWERED) {
      for (const oldest of this.#answered) {
        this.#answered.delete(oldest);
        break;
      }
    }
    return true;
  }
}
