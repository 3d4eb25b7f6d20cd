import type { Clock, Timer } from '../../../core/foundation/clock.ts';
import { SurtitleError } from '../../../core/foundation/errors.ts';
import type { AnswerEnvelope, CallEnvelope } from '../../../ipc/envelope.ts';

interface PendingCall {
  readonly envelope: CallEnvelope;
  sent: boolean;
  readonly timeout: Timer;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

const TIMEOUT_MS = 30_000;
/** A model is read, copied or measured meanwhile. */
const LONG_TIMEOUT_MS = 600_000;
const LONG_CALLS: ReadonlySet<string> = new Set([
  'models.import',
  'models.use',
  'models.remove',
  'diagnostics.run',
  'history.search',
  'history.eraseAll',
]);

/** Calls that wait for their answer. */
export class PendingCalls {
  readonly #clock: Clock;
  readonly #calls = new Map<number, PendingCall>();
  #nextId = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param send tells whether it could be sent now. */
  add(name: string, request: unknown, send: (envelope: CallEnvelope) => boolean): Promise<unknown> {
    const envelope: CallEnvelope = { type: 'call', id: this.#nextId++, name, request };
    return new Promise((resolve, reject) => {
      const timeoutMs = LONG_CALLS.has(name) ? LONG_TIMEOUT_MS : TIMEOUT_MS;
      const timeout = this.#clock.setTimer(timeoutMs, () => {
        this.#calls.delete(envelope.id);
        reject(timedOut());
      });
      const call: PendingCall = { envelope, sent: false, timeout, resolve, reject };
      this.#calls.set(envelope.id, call);
      call.sent = send(envelope);
    });
  }

  /** Those that could not be sent yet; they count as sent from now on. */
  unsent(): CallEnvelope[] {
    const waiting = [...this.#calls.values()].filter(({ sent }) => !sent);
    for (const call of waiting) call.sent = true;
    return waiting.map(({ envelope }) => envelope);
  }

  answer(envelope: Exclude<AnswerEnvelope, { readonly type: 'push' }>): void {
    const call = this.#take(envelope.id);
    if (!call) return;
    if (envelope.type === 'answer') call.resolve(envelope.value);
    else call.reject(new SurtitleError(envelope.error.code, envelope.error.message));
  }

  failAll(error: Error): void {
    for (const id of [...this.#calls.keys()]) this.#take(id)?.reject(error);
  }

  #take(id: number): PendingCall | undefined {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    call?.timeout.cancel();
    return call;
  }
}

function timedOut(): SurtitleError {
  return new SurtitleError('call_timeout', 'Surtitle did not answer in time. Try again.');
}
