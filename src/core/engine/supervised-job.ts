import type { Timer } from '../foundation/clock.ts';
import { type DecodeRequest, type DecodeResult, ENGINE_SAMPLE_RATE, EngineError } from './engine.ts';

/** What became of a decode. */
export type DecodeOutcome = { readonly result: DecodeResult } | { readonly error: EngineError };

/** A decode the supervisor has promised, through however many engine processes it takes. */
export class SupervisedJob {
  readonly id: number;
  readonly request: DecodeRequest;
  /** Nobody's: it only shows whether the engine works. */
  readonly probe: boolean;
  /** Was running when the engine crashed, and may be why: it runs alone until it has ended well. */
  suspect = false;
  /** Its caller wants it no more; it only occupies the engine. */
  aborted = false;
  /** Runs out when the engine must be taken to hang. */
  deadline: Timer | null = null;
  readonly #settle: (outcome: DecodeOutcome) => void;
  readonly #removeAbort: () => void;

  /** @param onAbort called when the caller's signal fires, until the job is settled. */
  constructor(
    id: number,
    request: DecodeRequest,
    settle: (outcome: DecodeOutcome) => void,
    options: { probe?: boolean; signal?: AbortSignal; onAbort?: (job: SupervisedJob) => void } = {},
  ) {
    this.id = id;
    this.request = request;
    this.probe = options.probe ?? false;
    this.#settle = settle;
    const onAbort = () => options.onAbort?.(this);
    options.signal?.addEventListener('abort', onAbort, { once: true });
    this.#removeAbort = () => options.signal?.removeEventListener('abort', onAbort);
  }

  get audioMs(): number {
    return (this.request.audio.length / ENGINE_SAMPLE_RATE) * 1_000;
  }

  resolve(result: DecodeResult): void {
    if (this.aborted) {
      this.rejectAborted();
      return;
    }
    this.#removeAbort();
    this.#settle({ result });
  }

  reject(error: EngineError): void {
    this.#removeAbort();
    this.#settle({ error });
  }

  rejectAborted(): void {
    this.reject(new EngineError('aborted', 'The decode was aborted.'));
  }
}
