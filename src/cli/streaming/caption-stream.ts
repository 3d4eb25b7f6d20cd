import type { ClientEvent } from '../../core/client/client-events.ts';
import type { StreamingClient } from '../../core/client/streaming-client.ts';
import type { Clock } from '../../core/foundation/clock.ts';
import { SurtitleError } from '../../core/foundation/errors.ts';
import type { AudioInput } from '../audio/audio-input.ts';
import { type AudioFrame, atRealTimePace, cutIntoFrames } from '../audio/framing.ts';

/** Who hears of what happens. Times are milliseconds since the first sample was captured. */
export interface CaptionStreamListener {
  /** The next event waits until a promise that is returned is settled. */
  event(atMs: number, event: ClientEvent): void | Promise<void>;
  /** A frame was handed to the client. */
  sent?(atMs: number, endMs: number): void;
}

export interface CaptionStreamOptions {
  readonly client: StreamingClient;
  readonly input: AudioInput;
  /** At the pace of the recording; otherwise as fast as the server takes it. */
  readonly realTime: boolean;
  readonly clock: Clock;
  readonly listener: CaptionStreamListener;
  /** Ends the input early; captions of what was sent still come. */
  readonly stop: AbortSignal;
}

/** How a stream went. */
export interface CaptionStreamResult {
  /** Everything sent was transcribed. */
  readonly complete: boolean;
  readonly audioMs: number;
  /** From the first sample until the last event. */
  readonly wallMs: number;
}

/**
 * Sends audio through a client until it ends and passes on every event until the session is over. Audio
 * starts when the server is ready, so that the time to connect is no latency of captions.
 *
 * @throws {SurtitleError} `connection_failed` where no server answers; whatever the client fails with.
 */
export async function streamCaptions(options: CaptionStreamOptions): Promise<CaptionStreamResult> {
  const { client, clock, listener } = options;
  const sender = new AudioSender(options);
  let complete = false;
  try {
    for await (const event of client) {
      if (event.type === 'connection') {
        if (event.state === 'open') sender.start();
        // Later losses are worth waiting for; a server that was never there is not.
        if (event.state === 'lost' && !sender.started) throw unreachable(event.reason);
        if (event.state === 'closed') complete = event.complete;
      }
      await listener.event(sender.sinceStartMs, event);
    }
  } catch (error) {
    client.abort();
    throw error;
  } finally {
    sender.stop();
  }
  await sender.finished;
  const wallMs = clock.now() - sender.startMs;
  return { complete, audioMs: sender.sentMs, wallMs };
}

function unreachable(reason: string): SurtitleError {
  return new SurtitleError(
    'connection_failed',
    `No server answers there (${reason.replace(/\.$/u, '')}). Start one with \`surtitle serve\`, or give its address with --url.`,
  );
}

/** Pushes the input's audio into the client, beginning when told to. */
class AudioSender {
  readonly #options: CaptionStreamOptions;
  readonly #stopped = new AbortController();
  startMs = 0;
  sentMs = 0;
  finished: Promise<void> = Promise.resolve();
  started = false;

  constructor(options: CaptionStreamOptions) {
    this.#options = options;
    const stop = (): void => this.stop();
    if (options.stop.aborted) stop();
    else options.stop.addEventListener('abort', stop, { once: true });
  }

  get sinceStartMs(): number {
    return this.started ? this.#options.clock.now() - this.startMs : 0;
  }

  start(): void {
    if (this.started) return;
    this.started = true;
    this.startMs = this.#options.clock.now();
    this.finished = this.#send().catch((error: unknown) => {
      this.#options.client.abort();
      throw error;
    });
    // Awaited in the end; until then a failure must not count as unhandled.
    this.finished.catch(() => undefined);
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #send(): Promise<void> {
    const { client, input, realTime, clock, listener } = this.#options;
    const frames = cutIntoFrames(input.chunks, input.format);
    const paced = realTime ? atRealTimePace(frames, clock, this.startMs) : frames;
    for await (const frame of untilAborted(paced, this.#stopped.signal)) {
      if (!realTime) await client.drained();
      if (this.#stopped.signal.aborted) break;
      if (!client.pushFrame(frame.bytes)) {
        // The connection has been away for as long as the client holds audio: wait for it, and lose nothing.
        await client.drained();
        if (!client.pushFrame(frame.bytes)) break; // The stream is over.
      }
      this.sentMs = frame.endMs;
      listener.sent?.(this.sinceStartMs, frame.endMs);
    }
    client.endInput();
  }
}

/** Ends the iteration when `signal` fires, even while the next frame is awaited. */
async function* untilAborted(
  frames: AsyncGenerator<AudioFrame>,
  signal: AbortSignal,
): AsyncGenerator<AudioFrame> {
  const aborted = new Promise<null>((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null), { once: true });
  });
  for (;;) {
    const next = await Promise.race([frames.next(), aborted]);
    if (next === null || next.done === true) return;
    yield next.value;
  }
}
