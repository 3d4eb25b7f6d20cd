import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import type { Clock, Timer } from '../../../foundation/clock.ts';
import { OpenAiError } from './openai-error.ts';
import type { FormFields } from './transcription-request.ts';

/** The only field whose content is a file. */
const FILE_FIELD = 'file';
const MOST_FIELDS = 64;
const MOST_FIELD_BYTES = 16_384;
const MOST_HEADER_BYTES = 8_192;
/** What may come beside the file: fields, boundaries, an epilogue. */
const BESIDE_FILE_BYTES = 2 * MOST_FIELDS * MOST_FIELD_BYTES;
/** A client that sends nothing for so long is gone, or its user is. */
const IDLE_MS = 30_000;

export interface FormOptions {
  /** Path for the uploaded file; made with mode 0600. Whoever calls removes it, whatever comes of the form. */
  readonly target: string;
  readonly maxFileBytes: number;
  readonly clock: Clock;
  /** Stops receiving; its reason is thrown. */
  readonly signal: AbortSignal;
}

export interface ReceivedForm {
  readonly fields: FormFields;
  readonly fileBytes: number;
}

/** Whether a form's head says that it is too large, before any of it is read. */
export function announcesTooMuch(request: IncomingMessage, maxFileBytes: number): boolean {
  return Number(request.headers['content-length'] ?? 0) > maxFileBytes + BESIDE_FILE_BYTES;
}

/**
 * Receives a `multipart/form-data` body: the file goes to disk as it comes, the fields into memory.
 * @throws {OpenAiError} 400 where the form is not what it should be, 408, 413, 507; the signal's reason.
 */
export async function receiveForm(request: IncomingMessage, options: FormOptions): Promise<ReceivedForm> {
  const { target, maxFileBytes, clock } = options;
  const failure = new AbortController();
  const signal = AbortSignal.any([options.signal, failure.signal]);
  // The first reason stays; the others are what it led to.
  const fail = (error: unknown) => failure.abort(error);
  const fields = new Map<string, string[]>();
  let writing: Promise<void> | null = null;
  let fileBytes = 0;

  const parser = createParser(request, maxFileBytes);
  parser.on('field', (name, value, _nameCut, valueCut) => {
    if (valueCut) fail(malformed(`A field is longer than ${MOST_FIELD_BYTES} bytes.`));
    fields.set(name, [...(fields.get(name) ?? []), value]);
  });
  parser.on('file', (name, stream) => {
    // One that is not read keeps the parser from ever finishing.
    stream.on('error', () => stream.resume());
    if (name !== FILE_FIELD || signal.aborted) stream.resume();
    else if (writing) {
      fail(malformed('There is more than one file. Send one recording a request.', FILE_FIELD));
      stream.resume();
    } else {
      stream.once('limit', () => fail(tooLarge(maxFileBytes)));
      writing = writeFile(stream, target, signal).then(
        (bytes) => {
          fileBytes = bytes;
        },
        (error: unknown) => fail(storageError(error)),
      );
    }
  });
  for (const event of ['fieldsLimit', 'partsLimit'] as const) {
    parser.on(event, () => fail(malformed(`There are more than ${MOST_FIELDS} fields.`)));
  }
  await parse(request, parser, { signal, fail, clock, maxFileBytes });
  await writing;
  signal.throwIfAborted();
  if (!writing) {
    throw new OpenAiError(
      400,
      'missing_required_parameter',
      'The field "file" is missing, or holds no file. Send the recording itself, with curl as -F file=@talk.mp3.',
      { param: FILE_FIELD },
    );
  }
  return { fields, fileBytes };
}

interface Parsing {
  readonly signal: AbortSignal;
  readonly fail: (error: unknown) => void;
  readonly clock: Clock;
  readonly maxFileBytes: number;
}

/** Gives the body to the parser until that has all of it, or the signal fires. */
async function parse(request: IncomingMessage, parser: BusboyInstance, parsing: Parsing): Promise<void> {
  const { signal, fail, clock, maxFileBytes } = parsing;
  let received = 0;
  let idle: Timer | null = null;
  const wait = () => {
    idle?.cancel();
    idle = clock.setTimer(IDLE_MS, () => fail(timedOut()));
  };
  const count = (chunk: Buffer) => {
    received += chunk.length;
    if (received > maxFileBytes + BESIDE_FILE_BYTES) fail(tooLarge(maxFileBytes));
    wait();
  };
  const onRequestError = (error: unknown) => fail(error);
  wait();
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
    parser.once('finish', resolve);
    // Listens for good: what is left in the parser may still complain when nobody waits any more.
    parser.on('error', () => fail(malformed('The form is broken, or was cut short.')));
    request.on('error', onRequestError);
    request.on('data', count);
    request.pipe(parser);
  });
  request.unpipe(parser);
  request.off('data', count);
  request.off('error', onRequestError);
  (idle as Timer | null)?.cancel();
}

/**
 * Writes a new file and closes it, also where that fails: it can then be removed on every system.
 * @returns how many bytes it has.
 */
async function writeFile(stream: Readable, target: string, signal: AbortSignal): Promise<number> {
  const output = createWriteStream(target, { flags: 'wx', mode: 0o600 });
  const closed = new Promise<void>((resolve) => output.once('close', resolve));
  try {
    await pipeline(stream, output, { signal });
    return output.bytesWritten;
  } finally {
    await closed;
  }
}

function createParser(request: IncomingMessage, maxFileBytes: number): BusboyInstance {
  const contentType = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data\s*;/iu.test(contentType)) {
    throw malformed('The body must be multipart/form-data, as curl -F sends it.');
  }
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      // A name decides, since some clients send files without one of their own.
      isPartAFile: (field, _type, fileName) => field === FILE_FIELD || fileName !== undefined,
      limits: {
        fileSize: maxFileBytes,
        fields: MOST_FIELDS,
        fieldSize: MOST_FIELD_BYTES,
        parts: 2 * MOST_FIELDS,
        headerPairs: 32,
        headerSize: MOST_HEADER_BYTES,
      },
    });
  } catch (error) {
    throw malformed(
      'The Content-Type must name the boundary between the fields, as curl -F does.',
      null,
      error,
    );
  }
}

function malformed(message: string, param: string | null = null, cause?: unknown): OpenAiError {
  return new OpenAiError(400, 'invalid_form', message, { ...(param ? { param } : {}), cause });
}

/** The error of a file that is larger than `maxFileBytes`. */
export function tooLarge(maxFileBytes: number): OpenAiError {
  const megabytes = Number((maxFileBytes / 1_000_000).toFixed(3));
  return new OpenAiError(
    413,
    'file_too_large',
    `The file is larger than the ${megabytes} MB this server takes. Compress it (MP3, Opus), cut it, or start the server with a larger --max-upload.`,
    { param: FILE_FIELD },
  );
}

function timedOut(): OpenAiError {
  return new OpenAiError(
    408,
    'upload_timeout',
    `Nothing was received for ${IDLE_MS / 1_000} s. Send it again.`,
  );
}

/** What a file system's refusal means for the request: a full disk has a status of its own. */
export function storageError(cause: unknown): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return cause;
  return new OpenAiError(
    507,
    'disk_full',
    'The server has no room on its disk for the recording. Make room, or send a smaller file.',
    { cause },
  );
}
