import { SampleBuffer } from '../audio/sample-buffer.ts';
import type { Clock, Timer } from '../foundation/clock.ts';
import type { FlushId } from '../protocol/client-messages.ts';
import type { FlowMessage } from '../protocol/server-messages.ts';
import type { IntakeEvent } from './events.ts';
import { FlowControl } from './flow-control.ts';
import { RealTimeSchedule } from './real-time-schedule.ts';
import { SAMPLES_PER_MS, VOICE_ACTIVITY_WINDOW } from './voice-activity.ts';

/** Audio that stops arriving counts as silence after at least this long. */
const STALL_MS = 1_000;
/** No latency is taken from further back than this, in milliseconds of audio. */
const ARRIVALS_KEPT_MS = 30_000;

/** Something that happens when all audio before `position` has been worked through. */
export type Marker =
  | { readonly kind: 'flush'; readonly position: number; readonly id: FlushId }
  | { readonly kind: 'stall'; readonly position: number }
  | { readonly kind: 'end'; readonly position: number };

/** What is to be done next, in stream order. */
export type Step =
  /** A window of audio, from {@link StreamIntake.position} on. */
  | { readonly kind: 'window' }
  /** A marker was reached; less than a window of audio may lie before it. */
  | { readonly kind: 'marker'; readonly marker: Marker }
  | { readonly kind: 'closed' };

/**
 * The audio that arrived and how far the work on it has come, in 16 kHz samples from the first one. Puts audio
 * and markers in order, knows how late the work is, and notices when audio stops arriving.
 */
export class StreamIntake {
  readonly buffer = new SampleBuffer();
  readonly #clock: Clock;
  readonly #stallMs: number;
  readonly #report: (event: FlowMessage | IntakeEvent) => void;
  readonly #schedule = new RealTimeSchedule();
  readonly #flow = new FlowControl();
  readonly #markers: Marker[] = [];
  /** When audio up to a position had arrived. */
  readonly #arrivals: { readonly end: number; readonly atMs: number }[] = [];
  #position = 0;
  #stallTimer: Timer | null = null;
  #stallHeld = false;
  #ended = false;
  #closed = false;
  #wake: (() => void) | null = null;

  /** @param report is told when `flow` or the intake changes. */
  constructor(options: {
    clock: Clock;
    endpointingMs: number;
    report: (event: FlowMessage | IntakeEvent) => void;
  }) {
    this.#clock = options.clock;
    this.#stallMs = Math.max(options.endpointingMs, STALL_MS);
    this.#report = options.report;
  }

  /** Audio before this has been worked through. */
  get position(): number {
    return this.#position;
  }

  /** Samples that wait behind {@link position}. */
  get waiting(): number {
    return this.buffer.end - this.#position;
  }

  /** How far the work is behind a live speaker, in milliseconds. */
  get lagMs(): number {
    return this.#schedule.lagMs(this.#position / SAMPLES_PER_MS, this.#clock.now());
  }

  push(audio: Float32Array): void {
    if (this.#closed || this.#ended || audio.length === 0) return;
    const nowMs = this.#clock.now();
    this.#schedule.arrived(this.buffer.end / SAMPLES_PER_MS, nowMs);
    this.buffer.append(audio);
    this.#noteArrival(nowMs);
    this.#watchStall();
    this.#reportFlow();
    this.#wakeUp();
  }

  flush(id: FlushId): void {
    this.#mark({ kind: 'flush', position: this.buffer.end, id });
  }

  /** No more audio will come. Safe to call twice. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#watchStall();
    this.#mark({ kind: 'end', position: this.buffer.end });
  }

  /** While held, audio that stops arriving is not taken for silence. */
  holdStall(held: boolean): void {
    this.#stallHeld = held;
    this.#watchStall();
  }

  close(): void {
    this.#closed = true;
    this.#watchStall();
    this.#wakeUp();
  }

  /** Waits for the next thing to do. */
  async next(): Promise<Step> {
    for (;;) {
      if (this.#closed) return { kind: 'closed' };
      const marker = this.#markers[0];
      if (this.#position + VOICE_ACTIVITY_WINDOW <= (marker?.position ?? this.buffer.end)) {
        return { kind: 'window' };
      }
      if (marker) {
        this.#markers.shift();
        // The connection was lost after all; the rest of the audio is still to come.
        if (marker.kind === 'stall' && this.#stallHeld) continue;
        return { kind: 'marker', marker };
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The next window; where the audio ends inside it, the rest is silence. */
  window(): Float32Array {
    const window = new Float32Array(VOICE_ACTIVITY_WINDOW);
    const end = Math.min(this.#position + VOICE_ACTIVITY_WINDOW, this.buffer.end);
    window.set(this.buffer.slice(this.#position, end));
    return window;
  }

  /** That window has been judged. */
  advance(): void {
    this.#position = Math.min(this.#position + VOICE_ACTIVITY_WINDOW, this.buffer.end);
  }

  /** Tells of a change in flow; to be called when work was done. */
  worked(): void {
    this.#reportFlow();
  }

  /** How long ago the audio up to `position` had arrived, in milliseconds; null where that is not known. */
  sinceArrivalMs(position: number): number | null {
    const arrival = this.#arrivals.find(({ end }) => end >= position);
    return arrival ? this.#clock.now() - arrival.atMs : null;
  }

  #mark(marker: Marker): void {
    if (this.#closed) return;
    this.#markers.push(marker);
    this.#wakeUp();
  }

  #wakeUp(): void {
    this.#wake?.();
    this.#wake = null;
  }

  #noteArrival(atMs: number): void {
    const oldest = this.#position - ARRIVALS_KEPT_MS * SAMPLES_PER_MS;
    while (this.#arrivals[0] && this.#arrivals[0].end < oldest) this.#arrivals.shift();
    this.#arrivals.push({ end: this.buffer.end, atMs });
  }

  #watchStall(): void {
    this.#stallTimer?.cancel();
    this.#stallTimer = null;
    if (this.#stallHeld || this.#ended || this.#closed || this.buffer.end === 0) return;
    const position = this.buffer.end;
    this.#stallTimer = this.#clock.setTimer(this.#stallMs, () => this.#mark({ kind: 'stall', position }));
  }

  #reportFlow(): void {
    const waitingMs = Math.floor(this.waiting / SAMPLES_PER_MS);
    const { state, intakeOpen } = this.#flow.update(waitingMs);
    if (state) this.#report({ type: 'flow', state, lag_ms: waitingMs });
    if (intakeOpen !== null) this.#report({ type: 'intake', open: intakeOpen });
  }
}
