import type { ClientEvent } from '../client/client-events.ts';
import { type Clock, systemClock, type Timer } from '../foundation/clock.ts';
import { describeError } from '../foundation/errors.ts';
import { type Logger, silentLogger } from '../foundation/logger.ts';
import type { CaptionProblem } from './caption-state.ts';
import type { CaptionKeeper, CaptionStream } from './caption-stream.ts';
import { endedByServer, INCOMPLETE, problemOf } from './caption-words.ts';

/** 16 kHz, 16 bit. */
const BYTES_PER_MS = 32;
/** Audio held while the session is being opened; as much as a client holds while it is not connected. */
const MAX_HELD_MS = 60_000;
/** What an ended session gets for its last words when the next one waits to be shown. */
export const HURRY_MS = 10_000;

export interface CaptionSessionHandler {
  /** The session before this one is over, and this one is open. */
  opened(stream: CaptionStream): void;
  /** After the keeper has had it. */
  event(event: ClientEvent): void;
  keeperFailed(): void;
  /** Nothing follows. @param problem why it ended without being asked to, or not as it should. */
  over(problem: CaptionProblem | null): void;
}

export interface CaptionSessionOptions {
  /** Opens the session’s stream. @throws {SurtitleError} */
  readonly open: () => Promise<CaptionStream>;
  /** The session before: this one begins when it is over, and is given its audio meanwhile. */
  readonly previous: CaptionSession | null;
  readonly handler: CaptionSessionHandler;
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
}

/**
 * One session on the server, from its opening until its last word is shown and kept. Audio is taken from the first
 * moment on, so that nothing is lost while a model is loaded or the session before has its last words.
 */
export class CaptionSession {
  readonly #options: Omit<CaptionSessionOptions, 'previous'>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #held: Uint8Array[] = [];
  #heldMs = 0;
  #takenBytes = 0;
  #stream: CaptionStream | null = null;
  #ending = false;
  #isOver = false;
  #hurry: Timer | null = null;
  #abandon: () => void = () => undefined;
  readonly #abandoned = new Promise<null>((resolve) => {
    this.#abandon = () => resolve(null);
  });
  /** Settles when everything is shown and kept, with what the user must know about that. Never rejects. */
  readonly over: Promise<CaptionProblem | null>;

  /** Opens at once. */
  constructor({ previous, ...options }: CaptionSessionOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.over = this.#live(previous);
  }

  /** Takes captured audio. @returns false where there is no room for it. */
  push(pcm: Uint8Array): boolean {
    if (this.#isOver) return false;
    const durationMs = pcm.length / BYTES_PER_MS;
    if (this.#stream) {
      if (!this.#stream.client.pushFrame(pcm)) return false;
    } else {
      if (this.#heldMs + durationMs > MAX_HELD_MS) return false;
      this.#held.push(pcm.slice());
      this.#heldMs += durationMs;
    }
    this.#takenBytes += pcm.length;
    return true;
  }

  /** Makes final what was said so far. */
  flush(): void {
    void this.#stream?.client.flush();
  }

  /** The network may be back. */
  retryNow(): void {
    this.#stream?.client.retryNow();
  }

  /** No more audio comes: what is there is still recognised, in the time a client takes for that. */
  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    if (this.#takenBytes === 0) this.giveUp();
    else if (this.#stream) void this.#stream.client.close();
    else this.hurry();
  }

  /** Ends it in favour of another one, which gets the audio that no server has had yet. */
  giveWay(next: CaptionSession): void {
    if (!this.#stream) {
      for (const pcm of this.#held.splice(0)) next.push(pcm);
      this.#takenBytes = 0;
    }
    this.end();
  }

  /** Somebody waits: what is not recognised after {@link HURRY_MS} is given up. */
  hurry(): void {
    if (this.#isOver || this.#hurry) return;
    this.#hurry = this.#clock.setTimer(HURRY_MS, () => this.giveUp());
  }

  /** Ends it at once, whatever is not recognised yet. */
  giveUp(): void {
    this.#ending = true;
    this.#abandon();
    this.#stream?.client.abort();
  }

  async #live(previous: CaptionSession | null): Promise<CaptionProblem | null> {
    const { handler } = this.#options;
    let problem: CaptionProblem | null;
    try {
      previous?.hurry();
      await Promise.race([previous?.over, this.#abandoned]);
      problem = await this.#run();
    } catch (error) {
      problem = problemOf(error);
    }
    this.#isOver = true;
    this.#hurry?.cancel();
    try {
      await this.#stream?.keeper?.close(Math.round(this.#takenBytes / BYTES_PER_MS));
    } catch (error) {
      this.#logger.error('The history could not be closed.', { reason: describeError(error) });
      handler.keeperFailed();
    }
    handler.over(problem);
    return problem;
  }

  /** @returns why it ended, where it should not have. @throws what opening and iterating do. */
  async #run(): Promise<CaptionProblem | null> {
    const stream = await this.#open();
    if (!stream) return this.#takenBytes === 0 ? null : INCOMPLETE;
    const { client, keeper } = stream;
    this.#stream = stream;
    this.#options.handler.opened(stream);
    for (const pcm of this.#held.splice(0)) client.pushFrame(pcm);
    if (this.#ending) void client.close();
    let complete = false;
    let last = '';
    for await (const event of client) {
      if (event.type === 'final' && keeper) await this.#keep(keeper, event);
      if (event.type === 'connection' && event.state === 'closed') complete = event.complete;
      if (event.type === 'session_ended') last = event.message;
      this.#options.handler.event(event);
    }
    if (!this.#ending) return endedByServer(last);
    return complete || this.#takenBytes === 0 ? null : INCOMPLETE;
  }

  /** @returns `null` where it was given up before; a stream that opens late is of no use to anyone. */
  async #open(): Promise<CaptionStream | null> {
    if (this.#ending && this.#takenBytes === 0) return null;
    const opening = this.#options.open();
    const stream = await Promise.race([opening, this.#abandoned]);
    if (!stream) opening.then(discard, () => undefined);
    return stream;
  }

  async #keep(keeper: CaptionKeeper, final: Extract<ClientEvent, { type: 'final' }>): Promise<void> {
    try {
      await keeper.final(final);
    } catch (error) {
      this.#logger.error('A caption could not be kept.', { reason: describeError(error) });
      this.#options.handler.keeperFailed();
    }
  }
}

function discard({ client, keeper }: CaptionStream): void {
  client.abort();
  keeper?.close(0).catch(() => undefined);
}
