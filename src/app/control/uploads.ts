import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { errnoOf } from '../../core/files/errno.ts';
import type { Clock } from '../../core/foundation/clock.ts';
import { describeError, SurtitleError } from '../../core/foundation/errors.ts';
import type { Logger } from '../../core/foundation/logger.ts';
import { type HttpRoute, sendJson } from '../../core/server/http.ts';
import { endBeforeBody } from '../../core/server/linger.ts';

export interface UploadsOptions {
  /** For the uploads alone; made with the first. */
  readonly folder: string;
  readonly maxFileBytes: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

const REFERENCE = /^upload:([0-9a-f-]{36})$/u;
const FOLDER = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;
/** What is that old at the start, and waits for nothing, belongs to nobody any more. */
const LEFT_BEHIND_MS = 24 * 3_600_000;
const LONGEST_NAME_BYTES = 200;

/** Files that pages hand over, until whoever asked for them is done with them. */
export class Uploads {
  readonly #options: UploadsOptions;
  readonly #files = new Map<string, string>();

  constructor(options: UploadsOptions) {
    this.#options = options;
  }

  /** `POST /control/uploads?name=talk.mp3` with the file as its body; answered `{"reference":"upload:…"}`. */
  get route(): HttpRoute {
    return {
      method: 'POST',
      path: '/control/uploads',
      scope: 'full',
      handle: (request, response) => this.#take(request, response),
    };
  }

  /** @throws {SurtitleError} `file_unknown`. */
  resolve(reference: string): string {
    const id = REFERENCE.exec(reference)?.[1];
    const file = id === undefined ? undefined : this.#files.get(id);
    if (file !== undefined) return file;
    throw new SurtitleError('file_unknown', 'This upload is not there any more. Choose the file again.');
  }

  /** Removes an upload that is of no more use. */
  async release(reference: string): Promise<void> {
    const id = REFERENCE.exec(reference)?.[1];
    if (id === undefined || !this.#files.delete(id)) return;
    await this.#remove(id);
  }

  /**
   * Removes what was left behind long ago. Never fails: it is nothing that a start depends on.
   * @param waiting files that are still to be transcribed, however old.
   */
  async sweep(waiting: readonly string[], nowMs: number = Date.now()): Promise<void> {
    const wanted = new Set(waiting.map((file) => path.basename(path.dirname(file))));
    try {
      for (const id of await readdir(this.#options.folder)) {
        if (!FOLDER.test(id) || wanted.has(id)) continue;
        const { mtimeMs } = await stat(path.join(this.#options.folder, id));
        if (nowMs - mtimeMs > LEFT_BEHIND_MS) await this.#remove(id);
      }
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return;
      this.#options.logger.warn('Old uploads could not be removed.', { reason: describeError(error) });
    }
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { folder, maxFileBytes, clock, logger } = this.#options;
    const refuse = (status: number, code: string, message: string): void => {
      response.shouldKeepAlive = false;
      response.statusCode = status;
      response.setHeader('Content-Type', 'application/json; charset=utf-8');
      endBeforeBody(request, response, `${JSON.stringify({ error: { code, message } })}\n`, clock);
    };
    const tooLarge = (): void =>
      refuse(
        413,
        'file_too_large',
        `The file is larger than ${Math.round(maxFileBytes / 1e6)} MB. Start the server with a higher --max-upload, or transcribe it with \`surtitle transcribe\`.`,
      );
    const name = fileNameIn(request.url ?? '');
    if (Number(request.headers['content-length'] ?? 0) > maxFileBytes) {
      tooLarge();
      return;
    }
    const id = randomUUID();
    const file = path.join(folder, id, name);
    if (request.headers.expect !== undefined) response.writeContinue();
    const limit = new ByteLimit(maxFileBytes);
    try {
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      await pipeline(request, limit, createWriteStream(file, { mode: 0o600, flags: 'wx' }), { end: true });
    } catch (error) {
      await this.#remove(id);
      if (limit.exceeded) {
        tooLarge();
        return;
      }
      // The page gave it up.
      if (request.destroyed && !request.complete) return;
      logger.error('An upload could not be stored.', { reason: describeError(error) });
      const full = errnoOf(error) === 'ENOSPC' || errnoOf(error) === 'EDQUOT';
      refuse(
        507,
        'upload_failed',
        full
          ? 'The disk of the machine Surtitle runs on is full. Make room there, and try again.'
          : 'The file could not be stored on the machine Surtitle runs on. Its log says more.',
      );
      return;
    }
    this.#files.set(id, file);
    sendJson(response, 201, { reference: `upload:${id}` });
  }

  async #remove(id: string): Promise<void> {
    await rm(path.join(this.#options.folder, id), { recursive: true, force: true }).catch(
      (error: unknown) => {
        this.#options.logger.warn('An upload could not be removed.', { reason: describeError(error) });
      },
    );
  }
}

/** Lets so many bytes through, and fails with the next. */
class ByteLimit extends Transform {
  #left: number;

  constructor(bytes: number) {
    super();
    this.#left = bytes;
  }

  get exceeded(): boolean {
    return this.#left < 0;
  }

  override _transform(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error: Error | null, chunk?: Buffer) => void,
  ) {
    this.#left -= chunk.length;
    if (this.exceeded) done(new Error('The upload is too large.'));
    else done(null, chunk);
  }
}

/** The name a page gave its file, as one that can be a file's here: the interface shows it, and its end tells the kind. */
function fileNameIn(url: string): string {
  const asked = new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('name') ?? '';
  const plain = (asked.split(/[/\\]/u).at(-1) ?? '')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go.
    .replace(/[\u0000-\u001f\u007f<>:"|?*]/gu, '_')
    .replace(/^\.+/u, '')
    .replace(/[. ]+$/u, '');
  let name = plain;
  // From the front, since the end tells the kind.
  while (Buffer.byteLength(name) > LONGEST_NAME_BYTES) name = [...name].slice(1).join('');
  return name === '' ? 'recording' : name;
}
