import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import type { ClientEvent } from '../../core/client/client-events.ts';
import { describeError, SurtitleError } from '../../core/foundation/errors.ts';
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

/** The event log that the benchmark reads: events as above, and when audio was sent. */
export class EventLogFile implements CaptionStreamListener {
  readonly #file: WriteStream;

  private constructor(file: WriteStream) {
    this.#file = file;
  }

  /** @throws {SurtitleError} `log_unwritable`. */
  static async open(path: string): Promise<EventLogFile> {
    const file = createWriteStream(path, { mode: 0o600 });
    try {
      await once(file, 'open');
    } catch (error) {
      throw new SurtitleError('log_unwritable', `${path} cannot be written (${describeError(error)}).`, {
        cause: error,
      });
    }
    return new EventLogFile(file);
  }

  event(atMs: number, event: ClientEvent): void {
    this.#file.write(eventLine(atMs, event));
  }

  sent(atMs: number, endMs: number): void {
    this.#file.write(
      `${JSON.stringify({ at_ms: timeStamp(atMs), type: 'sent', end_ms: timeStamp(endMs) })}\n`,
    );
  }

  async close(): Promise<void> {
    this.#file.end();
    await once(this.#file, 'close');
  }
}
