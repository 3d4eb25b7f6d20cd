import { encodePcm } from '../../core/audio/pcm.ts';
import type { CaptureListener, CaptureStatus } from '../../core/captions/capture-types.ts';
import type { Clock, Timer } from '../../core/foundation/clock.ts';
import { anyCaptureError, captureError } from './capture-errors.ts';
import type { AudioGraph, OpenAudioGraph, SoundInput, SourceFrames } from './capture-ports.ts';
import { DigitalSilence } from './digital-silence.ts';
import { SourceMixer, sumSources } from './frame-mixer.ts';
import { LevelMeter } from './level-meter.ts';
import {
  captureStatus,
  problemOf,
  type Source,
  type SourceListener,
  type SourceState,
} from './source-state.ts';

/** 40 ms at 16 kHz. */
export const FRAME_SAMPLES = 640;
/** Frames are missed after so long. */
const STALL_MS = 2_000;
/** A graph that gives no frames for so many of these is built anew. */
const STALLS_UNTIL_REBUILT = 2;
const FIRST_FRAME_MS = 10_000;

export interface CaptureSessionOptions {
  /** Makes the sources, in the order they are asked for. */
  readonly sources: readonly ((listener: SourceListener) => Source)[];
  readonly openGraph: OpenAudioGraph;
  readonly listener: CaptureListener;
  readonly clock: Clock;
}

/** One source and what is known of it. */
interface Slot {
  readonly source: Source;
  input: SoundInput | null;
  state: SourceState;
  readonly mixer: SourceMixer;
  readonly silence: DigitalSilence;
}

/**
 * A capture from start to stop: its sources, mixed into frames of one clock. Time goes on while a source is away:
 * silence stands in for it, so that what was said before still comes to its end.
 */
export class CaptureSession {
  readonly #options: CaptureSessionOptions;
  readonly #slots: readonly Slot[];
  readonly #meter = new LevelMeter();
  #graph: AudioGraph | null = null;
  /** Only the youngest graph is listened to. */
  #generation = 0;
  #told: string | null = null;
  #frames = 0;
  #framesBefore = 0;
  #stalls = 0;
  #watch: Timer | null = null;
  #onFirstFrame: (() => void) | null = null;
  #isStopped = false;

  constructor(options: CaptureSessionOptions) {
    this.#options = options;
    this.#slots = options.sources.map((create, index) => this.#slot(index, create));
  }

  /** @returns once audio flows. @throws {SurtitleError} a `CaptureProblemCode`; everything is closed then. */
  async start(): Promise<void> {
    // Begun first, and still within the click that started it: browsers let audio run only then.
    const opening = this.#openGraph();
    // Told where it is awaited.
    opening.catch(() => {});
    try {
      const failures: unknown[] = [];
      for (const { source } of this.#slots) {
        await source.start().catch((error: unknown) => failures.push(error));
      }
      if (failures.length === this.#slots.length) throw failures[0];
      this.#graph = await opening;
      if (this.#isStopped) throw captureError('capture_failed', { message: STOPPED });
      for (const [index, { input }] of this.#slots.entries())
        this.#graph.connect(index, input?.stream ?? null);
      if (this.#frames === 0) await this.#firstFrame();
      this.#schedule();
    } catch (error) {
      await this.stop();
      // It may only be open by now. Where it failed itself, that is the error.
      await opening.then((graph) => graph.close()).catch(() => {});
      throw anyCaptureError(error);
    }
  }

  /** Looks whether everything still runs. */
  check(): void {
    this.#graph?.resume();
    for (const { source } of this.#slots) source.check();
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#watch?.cancel();
    this.#onFirstFrame?.();
    for (const { source } of this.#slots) source.stop();
    const graph = this.#graph;
    this.#graph = null;
    await graph?.close();
  }

  #slot(index: number, create: (listener: SourceListener) => Source): Slot {
    const slot: Slot = {
      source: create({
        input: (input) => {
          slot.input = input;
          slot.mixer.reset();
          slot.silence.reset();
          this.#graph?.connect(index, input?.stream ?? null);
        },
        state: (state) => {
          slot.state = state;
          this.#tell();
        },
      }),
      input: null,
      state: { state: 'opening' },
      mixer: new SourceMixer(),
      silence: new DigitalSilence(),
    };
    return slot;
  }

  async #openGraph(): Promise<AudioGraph> {
    this.#generation++;
    const generation = this.#generation;
    return await this.#options.openGraph(this.#slots.length, (frames) => {
      if (generation === this.#generation) this.#frame(frames);
    });
  }

  #firstFrame(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.#options.clock.setTimer(FIRST_FRAME_MS, () =>
        reject(captureError('capture_failed', { message: STALLED })),
      );
      this.#onFirstFrame = () => {
        timer.cancel();
        this.#onFirstFrame = null;
        resolve();
      };
    });
  }

  #frame(frames: SourceFrames): void {
    if (this.#isStopped) return;
    this.#frames++;
    const sounds = this.#slots.map((slot, index) => {
      const samples = slot.input?.ring
        ? slot.input.ring.read(FRAME_SAMPLES)
        : slot.input && slot.mixer.mono(frames[index] ?? []);
      slot.silence.push(samples ?? new Float32Array(FRAME_SAMPLES));
      slot.source.heard(samples ?? new Float32Array(FRAME_SAMPLES));
      return samples;
    });
    const mixed = sumSources(sounds, FRAME_SAMPLES);
    this.#tell();
    const level = this.#meter.push(mixed);
    if (level) this.#options.listener.level(level);
    this.#options.listener.frame(encodePcm(mixed, 'pcm_s16le'));
    this.#onFirstFrame?.();
  }

  /** Frames that stop coming: the system suspended audio, or the machine slept. */
  #schedule(): void {
    if (this.#isStopped) return;
    this.#watch = this.#options.clock.setTimer(STALL_MS, () => {
      const isStalled = this.#frames === this.#framesBefore;
      this.#framesBefore = this.#frames;
      this.#stalls = isStalled ? this.#stalls + 1 : 0;
      this.#tell();
      if (!isStalled) return this.#schedule();
      this.#graph?.resume();
      if (this.#stalls % STALLS_UNTIL_REBUILT !== 0) return this.#schedule();
      void this.#rebuild().finally(() => this.#schedule());
    });
  }

  async #rebuild(): Promise<void> {
    const before = this.#graph;
    try {
      const graph = await this.#openGraph();
      if (this.#isStopped) return await graph.close();
      this.#graph = graph;
      for (const [index, { input }] of this.#slots.entries()) graph.connect(index, input?.stream ?? null);
      await before?.close();
    } catch {
      // The stall is told, and the next one tries again.
    }
    for (const { source } of this.#slots) source.check();
  }

  #tell(): void {
    if (this.#isStopped) return;
    const status = this.#status();
    if (!status) return;
    // How long a silence has lasted is no news.
    const news = JSON.stringify({ ...status, forMs: 0 });
    if (news === this.#told) return;
    this.#told = news;
    this.#options.listener.status(status);
  }

  #status(): CaptureStatus | null {
    if (this.#stalls > 0) {
      return { state: 'lost', ...problemOf(captureError('capture_failed', { message: STALLED })) };
    }
    return captureStatus(
      this.#slots.map(({ state, silence }) => ({
        state,
        isSilent: silence.isSilent,
        silentForMs: silence.forMs,
      })),
    );
  }
}

const STOPPED = 'It was stopped before it began.';
const STALLED = 'The system holds sound back. Captions go on as soon as it comes again.';
