interface Waiter<T> {
  resolve(result: IteratorResult<T, undefined>): void;
  reject(error: Error): void;
}

/**
 * Events that wait until they are read. Iterating takes them out; a loop that was left can be entered
 * again and goes on where it stopped.
 */
export class EventQueue<T> implements AsyncIterable<T> {
  readonly #events: T[] = [];
  readonly #waiters: Waiter<T>[] = [];
  readonly #supersedes: (newer: T, waiting: T) => boolean;
  #over: { readonly error: Error | null } | null = null;

  /** @param supersedes whether `newer` makes the last waiting event pointless, so that slow readers stay current. */
  constructor(supersedes: (newer: T, waiting: T) => boolean = () => false) {
    this.#supersedes = supersedes;
  }

  push(event: T): void {
    if (this.#over) return;
    const waiter = this.#waiters.shift();
    if (waiter) {
      waiter.resolve({ done: false, value: event });
      return;
    }
    const last = this.#events.at(-1);
    if (last !== undefined && this.#supersedes(event, last)) this.#events.pop();
    this.#events.push(event);
  }

  /** Iteration ends, or throws `error` once, after the events that still wait. */
  end(error: Error | null = null): void {
    if (this.#over) return;
    this.#over = { error };
    for (const waiter of this.#waiters.splice(0)) this.#settle(waiter);
  }

  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return { next: () => this.#next() };
  }

  #next(): Promise<IteratorResult<T, undefined>> {
    const event = this.#events.shift();
    if (event !== undefined) return Promise.resolve({ done: false, value: event });
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      if (this.#over) this.#settle(waiter);
      else this.#waiters.push(waiter);
    });
  }

  #settle(waiter: Waiter<T>): void {
    const error = this.#over?.error;
    if (error) {
      // Once is enough: a second reader finds the end.
      this.#over = { error: null };
      waiter.reject(error);
    } else {
      waiter.resolve({ done: true, value: undefined });
    }
  }
}
