import type { Clock } from '../foundation/clock.ts';
import { describeError } from '../foundation/errors.ts';
import { lastingFailure } from './connection-failure.ts';
import type { HttpAnswer, HttpClient } from './http.ts';
import { publicAddress } from './hub.ts';
import { judgeAnswer } from './judge-answer.ts';
import { ModelError, writeFailure } from './model-error.ts';
import type { PartFile } from './part-file.ts';

/** How one request ended. */
export type TransferResult =
  /** The part has all its bytes. */
  | { readonly kind: 'complete' }
  /** Ask again for the whole file. */
  | { readonly kind: 'without_range'; readonly reason: string }
  /** Ask again later. `answered` tells whether a server had been reached. */
  | {
      readonly kind: 'later';
      readonly reason: string;
      readonly afterMs: number | null;
      readonly answered: boolean;
      readonly cause?: unknown;
    };

export interface TransferOptions {
  readonly http: HttpClient;
  readonly address: URL;
  readonly part: PartFile;
  /** Of the whole file. */
  readonly totalBytes: number;
  /** Models folder, for messages. */
  readonly folder: string;
  /** Whether to go on where the part ends. */
  readonly useRange: boolean;
  readonly clock: Clock;
  readonly stallMs: number;
  readonly signal: AbortSignal;
  /** Called before bytes are written, and may fire `signal` to prevent it. */
  readonly beforeWrite: () => Promise<void>;
  readonly onStartOver: (reason: string) => void;
  readonly onBytes: (bytes: number) => void;
}

/**
 * Sends one request and adds its body to the part.
 * @throws {ModelError} where trying again does not help; the signal's reason.
 */
export async function transfer(options: TransferOptions): Promise<TransferResult> {
  const stall = new StallWatch(options.clock, options.stallMs);
  const signal = AbortSignal.any([options.signal, stall.signal]);
  let answer: HttpAnswer | null = null;
  try {
    stall.reset();
    answer = await options.http.get(options.address, requestHeaders(options), signal);
    return await receive(options, answer, stall);
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof ModelError) throw error;
    const lasting = lastingFailure(error, options.address);
    if (lasting) throw lasting;
    const reason = stall.signal.aborted
      ? `nothing came for ${Math.round(options.stallMs / 1000)} s`
      : describeBreak(error, answer !== null);
    return { kind: 'later', reason, afterMs: null, answered: answer !== null, cause: error };
  } finally {
    stall.stop();
    answer?.discard();
  }
}

async function receive(
  options: TransferOptions,
  answer: HttpAnswer,
  stall: StallWatch,
): Promise<TransferResult> {
  const { part, totalBytes, folder } = options;
  const address = publicAddress(options.address);
  const from = rangeStart(options);
  const asked = { address, bytes: totalBytes, from, etag: part.etagFor(address) };
  const verdict = judgeAnswer(answer.status, answer.headers, asked, Date.now());
  if (verdict.kind === 'fail') throw verdict.error;
  if (verdict.kind === 'without_range') return verdict;
  if (verdict.kind === 'later') return { ...verdict, answered: true };
  if (verdict.kind === 'whole') {
    if (from > 0) options.onStartOver('the server cannot continue where the download stopped');
    await beforeWrite(options);
    await onDisk(folder, null, () => part.startOver({ address, etag: answer.headers.etag ?? null }));
  }
  for await (const chunk of answer.body) {
    // The disk may take its time; only the server is watched.
    stall.stop();
    await beforeWrite(options);
    // What comes behind the end is not looked at: the checksum of the rest decides.
    const fitting = chunk.subarray(0, totalBytes - part.bytes);
    await onDisk(folder, part, () => part.append(fitting));
    options.onBytes(part.bytes);
    if (part.bytes === totalBytes) return { kind: 'complete' };
    stall.reset();
  }
  return { kind: 'later', reason: 'the server ended too early', afterMs: null, answered: true };
}

function requestHeaders(options: TransferOptions): Record<string, string> {
  const headers: Record<string, string> = { 'accept-encoding': 'identity', 'user-agent': 'surtitle' };
  const from = rangeStart(options);
  if (from === 0) return headers;
  headers.range = `bytes=${from}-`;
  const etag = options.part.etagFor(publicAddress(options.address));
  // Only a strong tag may stand here (RFC 9110, section 13.1.5); without one, the checksum must do.
  if (etag?.startsWith('"')) headers['if-range'] = etag;
  return headers;
}

function rangeStart({ part, useRange }: TransferOptions): number {
  return useRange ? part.bytes : 0;
}

/** Failures of the disk are not the network's: trying again would fill it again. */
async function onDisk(folder: string, part: PartFile | null, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw writeFailure(folder, error, part?.bytes ?? null);
  }
}

async function beforeWrite({ beforeWrite, signal }: TransferOptions): Promise<void> {
  await beforeWrite();
  signal.throwIfAborted();
}

function describeBreak(error: unknown, answered: boolean): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return `${answered ? 'the connection broke' : 'no connection'} (${describeError(cause)})`;
}

/** Fires when nothing has come for a while. */
class StallWatch {
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #stallMs: number;
  #timer: { cancel(): void } | null = null;

  constructor(clock: Clock, stallMs: number) {
    this.#clock = clock;
    this.#stallMs = stallMs;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  reset(): void {
    this.stop();
    this.#timer = this.#clock.setTimer(
      this.#stallMs,
      () => this.#controller.abort(new Error('The server sends nothing.')),
      { keepsProcessAlive: true },
    );
  }

  stop(): void {
    this.#timer?.cancel();
  }
}
