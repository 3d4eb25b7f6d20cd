import type { Clock, Timer } from '../../core/foundation/clock.ts';

export interface PendingDeletionsOptions {
  /** Time to think better of it. */
  readonly delayMs: number;
  readonly clock: Clock;
  /** Never rejects. */
  readonly delete: (id: string) => Promise<void>;
}

/** What is deleted as far as the user sees, and really a little later. A program that is killed before that deletes nothing. */
export class PendingDeletions {
  readonly #options: PendingDeletionsOptions;
  readonly #timers = new Map<string, Timer>();
  /** Those being deleted are as good as gone. */
  readonly #running = new Map<string, Promise<void>>();

  constructor(options: PendingDeletionsOptions) {
    this.#options = options;
  }

  has(id: string): boolean {
    return this.#timers.has(id) || this.#running.has(id);
  }

  add(id: string): void {
    const { clock, delayMs } = this.#options;
    if (this.has(id)) return;
    this.#timers.set(
      id,
      clock.setTimer(delayMs, () => void this.#delete(id)),
    );
  }

  /** @returns whether it was not too late. */
  undo(id: string): boolean {
    this.#timers.get(id)?.cancel();
    return this.#timers.delete(id);
  }

  /** Drops those that wait, and waits for those that run. */
  async forget(): Promise<void> {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    await Promise.all(this.#running.values());
  }

  /** Deletes all that wait, at once. */
  async finish(): Promise<void> {
    await Promise.all([...this.#timers.keys()].map((id) => this.#delete(id)));
    await Promise.all(this.#running.values());
  }

  #delete(id: string): Promise<void> {
    this.undo(id);
    const deleting = this.#options.delete(id).finally(() => this.#running.delete(id));
    this.#running.set(id, deleting);
    return deleting;
  }
}
