import type { DecodeLane, EngineCapabilities, EngineModel } from '../engine/engine.ts';

/** A loaded engine that sessions share. */
export interface SpeechService {
  readonly model: EngineModel;
  readonly capabilities: EngineCapabilities;
  /** Whether it can still decode, or come back by itself. Default: it can. */
  readonly usable?: boolean;
  /** Decodes that may run at the same time. */
  readonly maxConcurrent: number;
  /** One session's access; see `DecodeScheduler`. */
  lane(sessionId: string): DecodeLane;
  /** The access of work that live sessions go before, such as a file. */
  backgroundLane(jobId: string): DecodeLane;
}

export type EngineState = 'loading' | 'ready' | 'failed';

/** The engine as a server sees it: being loaded, ready, or failed for good. */
export class EngineSource {
  #whenReady: Promise<SpeechService>;
  #state: EngineState = 'loading';
  #service: SpeechService | null = null;

  constructor(loading: SpeechService | Promise<SpeechService>) {
    const whenReady = Promise.resolve(loading);
    this.#whenReady = whenReady;
    if (!(loading instanceof Promise)) {
      this.#state = 'ready';
      this.#service = loading;
    }
    whenReady.then(
      (service) => {
        if (this.#whenReady === whenReady) this.#set(service);
      },
      () => {
        // Who loads it has logged why.
        if (this.#whenReady === whenReady) this.#state = 'failed';
      },
    );
  }

  /** Rejects where the engine could not be loaded. */
  get whenReady(): Promise<SpeechService> {
    return this.#whenReady;
  }

  /** From now on it is this one. */
  replace(service: SpeechService): void {
    this.#whenReady = Promise.resolve(service);
    this.#set(service);
  }

  get state(): EngineState {
    return this.#service?.usable === false ? 'failed' : this.#state;
  }

  /** `null` until it is ready. */
  get service(): SpeechService | null {
    return this.#service;
  }

  #set(service: SpeechService): void {
    this.#state = 'ready';
    this.#service = service;
  }
}
