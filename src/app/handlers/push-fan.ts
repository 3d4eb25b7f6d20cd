import type { SharedPushes } from '../../ipc/pushes.ts';

/** Hears every push, by its name. */
export type PushListener = <Name extends keyof SharedPushes>(name: Name, payload: SharedPushes[Name]) => void;

/** Tells what happened to every window and page that listens. */
export class PushFan {
  readonly #listeners = new Set<PushListener>();

  /** Whether anybody listens. */
  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  /** Hears of everything from now on, until the signal fires. */
  subscribe(listener: PushListener, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener), { once: true });
  }

  tell<Name extends keyof SharedPushes>(name: Name, payload: SharedPushes[Name]): void {
    for (const listener of [...this.#listeners]) listener(name, payload);
  }
}
