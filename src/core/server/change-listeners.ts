/** Who wants to know that something is another than before. */
export class ChangeListeners {
  readonly #listeners = new Set<() => void>();

  /** Calls `listener` after every change, until `signal` fires. */
  add(listener: () => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener), { once: true });
  }

  tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
