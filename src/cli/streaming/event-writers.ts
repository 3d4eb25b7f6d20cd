import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import type { ClientEvent } from '../../core/client/client-events.ts';
import { describeError, SurtitleError } from '../../core/foundation/errors.ts';
import { writeAdvice } from '../write-advice.ts';
import type { CaptionStreamListener } from './caption-stream.ts';

/** Tenths of a millisecond are enough, and keep the lines readable. */
function timeStamp(atMs: number): number {
  return Math.round(atMs * 10) / 10;
}

/** An event as a line of JSON, with the time it came. */
function eventLine(atMs: number, event: ClientEvent): string {
  // The token takes the session over; it is nobody else's business.
  const withoutSecrets = (key: string, value: unknown): unknown =>
    key === 'resume_token' ? undefined : value;
  return `${JSON.stringify({ at_ms: timeStamp(atMs), ...event }, withoutSecrets)}\n`;
}

/** Every event as one line of JSON: `{"at_ms":…,"type":…,…}`. */
export class JsonEventWriter implements CaptionStreamListener {
  readonly #write: (line: string) => unknown;

  constructor(write: (line: string) => unknown) {
    this.#write = write;
  }

  event(atMs: number, event: ClientEvent): void {
    this.#write(eventLine(atMs, event));
  }
}

/**
 * The event log that the benchmark reads: events as above, and when audio was sent. Where it can no longer
 * be written, captions go on; {@link EventLogFile.close} tells in the end.
 */
export class EventLogFile implements CaptionStreamListener {
  readonly #file: WriteStream;
  #failure: SurtitleError | null = null;

  private constructor(file: WriteStream, path: string, onFailure: () => void) {
    this.#file = file;
    file.on('error', (error) => {
      this.#failure = unwritable(path, error);
      onFailure();
    });
  }

  /**
   * @param onFailure hears, once, that the log can no longer be written.
   * @throws {SurtitleError} `log_unwritable`.
   */
  static async open(path: string, onFailure: () => void): Promise<EventLogFile> {
    const file = createWriteStream(path, { mode: 0o600 });
    try {
      await once(file, 'open');
    } catch (error) {
      throw unwritable(path, error);
    }
    return new EventLogFile(file, path, onFailure);
  }

  event(atMs: number, event: ClientEvent): void {
    this.#write(eventLine(atMs, event));
  }

  sent(atMs: number, endMs: number): void {
    this.#write(`${JSON.stringify({ at_ms: timeStamp(atMs), type: 'sent', end_ms: timeStamp(endMs) })}\n`);
  }

  /** @throws {SurtitleError} `log_unwritable` where not all of it was written. */
  async close(): Promise<void> {
    if (!this.#file.closed) {
      const closed = new Promise<void>((resolve) => this.#file.once('close', () => resolve()));
      this.#file.end();
      await closed;
    }
    if (this.#failure) throw this.#failure;
  }

  #write(line: string): void {
    if (!this.#failure) this.#file.write(line);
  }
}

function unwritable(path: string, cause: unknown): SurtitleError {
  return new SurtitleError(
    'log_unwritable',
    `The log ${path} cannot be written (${describeError(cause)}). ${writeAdvice(cause)}`,
    { cause },
  );
}
