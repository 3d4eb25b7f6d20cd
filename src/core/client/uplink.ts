import type { FlushId } from '../protocol/client-messages.ts';
import { encodeMessage } from '../protocol/codec.ts';
import { type AudioFormat, bytesPerPosition } from '../protocol/encodings.ts';
import { REPLAY_MAX_MS, REPLAY_MIN_MS } from '../protocol/limits.ts';
import { positionAt } from '../protocol/positions.ts';
import { ReplayBuffer } from './replay-buffer.ts';

/** Largest audio frame: far below what a server takes, and short enough not to hold up what follows it. */
const MAX_FRAME_BYTES = 64 * 1024;
const MAX_FRAME_MS = 1_000;
/**
 * Audio sent ahead of what the server says it has received. It bounds what a loss can leave in between, so
 * that everything the server lacks is still held; see {@link REPLAY_MAX_MS}.
 */
const MAX_AHEAD_MS = 10_000;

/** Stretch of positions, `from` included, `to` excluded. */
export interface SampleRange {
  readonly from: number;
  readonly to: number;
}

interface PendingFlush {
  readonly id: FlushId;
  /** It covers all audio before this. */
  readonly position: number;
  readonly resolve: (answered: boolean) => void;
  readonly answered: Promise<boolean>;
  /** On the present connection. */
  sent: boolean;
}

/** What goes to the server. */
export interface UplinkConnection {
  send(frame: string | Uint8Array): void;
  /** Sends a keepalive out of turn, to learn sooner how much was received. */
  askForAck(): void;
}

/**
 * Everything that goes up: audio by position, flushes between samples, the end. It outlives connections:
 * each one starts where the server says, and what came after that position is sent (again) in order.
 */
export class Uplink {
  readonly #format: AudioFormat;
  readonly #buffer: ReplayBuffer;
  readonly #bytesPerPosition: number;
  readonly #frameSamples: number;
  readonly #flushes: PendingFlush[] = [];
  #connection: UplinkConnection | null = null;
  /** Next position to send on this connection. */
  #cursor = 0;
  /** Position after the newest sample that was ever sent. */
  #sentTo = 0;
  #received = 0;
  #committed = 0;
  /** Samples before this are sent as silence: they are accounted for, or no longer held. */
  #silentBefore = 0;
  #askedForAck = false;
  #inputEnded = false;
  #endSent = false;

  constructor(format: AudioFormat) {
    this.#format = format;
    this.#bytesPerPosition = bytesPerPosition(format);
    this.#buffer = new ReplayBuffer(this.#bytesPerPosition);
    this.#frameSamples = Math.min(
      Math.floor(MAX_FRAME_BYTES / this.#bytesPerPosition),
      this.#samples(MAX_FRAME_MS),
    );
  }

  /** Audio that was never sent, in milliseconds. */
  get queuedMs(): number {
    return ((this.#buffer.end - this.#sentTo) * 1000) / this.#format.sampleRate;
  }

  /** Position after the newest sample ever sent. */
  get sentTo(): number {
    return this.#sentTo;
  }

  /** Audio before this needs no new session's attention. */
  get committed(): number {
    return this.#committed;
  }

  /** Where a new session is to begin, should the old one be gone. */
  get restartAt(): number {
    return Math.max(this.#committed, this.#buffer.start);
  }

  get inputEnded(): boolean {
    return this.#inputEnded;
  }

  /** Milliseconds that `bytes` last. */
  durationMs(bytes: number): number {
    return ((bytes / this.#bytesPerPosition) * 1000) / this.#format.sampleRate;
  }

  /** The longest whole number of samples in `bytes`. */
  wholeSamples(bytes: Uint8Array): Uint8Array {
    return bytes.subarray(0, bytes.length - (bytes.length % this.#bytesPerPosition));
  }

  /** Queues a copy of whole samples. */
  push(bytes: Uint8Array): void {
    this.#buffer.append(bytes);
    this.#pump();
  }

  /** What {@link flush} returned for an id that still waits for its answer. */
  pendingFlush(id: FlushId): Promise<boolean> | undefined {
    return this.#flushes.find((flush) => flush.id === id)?.answered;
  }

  /**
   * Queues a flush of everything pushed so far, under an id that was not used before.
   * @returns whether it was answered (true) or the stream ended first (false).
   */
  flush(id: FlushId): Promise<boolean> {
    let resolve: (answered: boolean) => void = () => undefined;
    const answered = new Promise<boolean>((settle) => {
      resolve = settle;
    });
    // After the end there is nothing left to flush: it is answered when the session has ended.
    const position = this.#inputEnded ? Number.POSITIVE_INFINITY : this.#buffer.end;
    this.#flushes.push({ id, position, resolve, answered, sent: false });
    this.#pump();
    return answered;
  }

  /** The server answered a flush. */
  flushed(id: FlushId): void {
    const index = this.#flushes.findIndex((flush) => flush.id === id);
    if (index >= 0) this.#flushes.splice(index, 1)[0]?.resolve(true);
  }

  /** No flush will be answered any more. @param answered whether everything became final all the same. */
  settleFlushes(answered: boolean): void {
    for (const flush of this.#flushes.splice(0)) flush.resolve(answered);
  }

  /** No more audio will come. */
  endInput(): void {
    this.#inputEnded = true;
    this.#pump();
  }

  /**
   * A connection is ready for audio from `nextSample`.
   * @param sameSession whether the server still has what was sent before that.
   * @returns the audio that cannot be sent again and is not accounted for, if any.
   * @throws {RangeError} where the server claims to have audio that was never sent.
   */
  start(connection: UplinkConnection, nextSample: number, sameSession: boolean): SampleRange | null {
    if (nextSample > this.#sentTo) {
      throw new RangeError(`It wants sample ${nextSample} next, but only ${this.#sentTo} were sent.`);
    }
    const oldest = this.#buffer.start;
    this.#silentBefore = sameSession ? oldest : Math.max(oldest, this.#committed);
    const missingFrom = sameSession ? nextSample : this.#committed;
    const missingTo = sameSession ? oldest : Math.max(oldest, nextSample);
    this.#cursor = nextSample;
    this.#received = nextSample;
    this.#askedForAck = false;
    this.#endSent = false;
    for (const flush of this.#flushes) flush.sent = false;
    this.#connection = connection;
    this.#pump();
    return missingFrom < missingTo ? { from: missingFrom, to: missingTo } : null;
  }

  /** The connection is gone. */
  stop(): void {
    this.#connection = null;
  }

  /** The server has received and accounted for this much. */
  acknowledge(received: number, committed: number): void {
    this.#received = Math.max(this.#received, received);
    this.#askedForAck = false;
    this.commit(committed);
    this.#pump();
  }

  /** The server has accounted for everything before `position`. */
  commit(position: number): void {
    this.#committed = Math.max(this.#committed, Math.min(position, this.#sentTo));
    this.#forget();
  }

  #pump(): void {
    const connection = this.#connection;
    if (!connection) return;
    for (;;) {
      this.#sendFlushes(connection);
      const to = this.#nextFrameEnd();
      if (to <= this.#cursor) break;
      connection.send(this.#frame(this.#cursor, to));
      this.#cursor = to;
      this.#sentTo = Math.max(this.#sentTo, to);
    }
    if (this.#inputEnded && !this.#endSent && this.#cursor === this.#buffer.end) {
      this.#endSent = true;
      connection.send(encodeMessage({ type: 'end_of_stream' }));
    }
    if (!this.#askedForAck && this.#cursor - this.#received > this.#samples(MAX_AHEAD_MS) / 2) {
      this.#askedForAck = true;
      connection.askForAck();
    }
    this.#forget();
  }

  #sendFlushes(connection: UplinkConnection): void {
    for (const flush of this.#flushes) {
      if (flush.sent || flush.position > this.#cursor) continue;
      flush.sent = true;
      connection.send(encodeMessage({ type: 'flush', id: flush.id }));
    }
  }

  /** A frame ends at its largest size, before the next flush, where silence ends, or where audio does. */
  #nextFrameEnd(): number {
    const from = this.#cursor;
    let to = Math.min(
      this.#buffer.end,
      from + this.#frameSamples,
      this.#received + this.#samples(MAX_AHEAD_MS),
    );
    if (from < this.#silentBefore) to = Math.min(to, this.#silentBefore);
    const flush = this.#flushes.find((pending) => !pending.sent);
    return flush ? Math.min(to, flush.position) : to;
  }

  #frame(from: number, to: number): Uint8Array {
    if (from >= this.#silentBefore) return this.#buffer.read(from, to);
    const silence = new Uint8Array((to - from) * this.#bytesPerPosition);
    return silence.fill(SILENT_BYTE[this.#format.encoding]);
  }

  /** Gives up audio that was sent and is committed, keeping ten seconds, at most a minute. */
  #forget(): void {
    const wanted = Math.min(this.#committed, this.#sentTo - this.#samples(REPLAY_MIN_MS));
    const affordable = this.#sentTo - this.#samples(REPLAY_MAX_MS);
    const before = Math.max(wanted, affordable);
    this.#buffer.discardBefore(this.#connection ? Math.min(before, this.#cursor) : before);
  }

  #samples(durationMs: number): number {
    return positionAt(durationMs, this.#format.sampleRate);
  }
}

/** The byte that silence is made of: zero, and the smallest positive value of G.711. */
const SILENT_BYTE = { pcm_s16le: 0, pcm_f32le: 0, mulaw: 0xff, alaw: 0xd5 } as const;
