import type { Clock, Timer } from '../../core/foundation/clock.ts';
import { anyCaptureError, captureError } from './capture-errors.ts';
import type { SoundInput, SystemAudioWay } from './capture-ports.ts';
import { DigitalSilence } from './digital-silence.ts';
import { problemOf, type Source, type SourceListener } from './source-state.ts';

const REOPEN_EVERY_MS = 2_000;
/** Another way must have given sound for so long (one second at 16 kHz) while the one in use gave none at all. */
const CONVINCING_SAMPLES = 16_000;
/** A way that could not be opened is not tried again for so long. */
const RETRY_PROBE_MS = 60_000;

export interface SystemSourceOptions {
  /** Ways to the system’s audio, best first. */
  readonly ways: readonly SystemAudioWay[];
  readonly clock: Clock;
  readonly listener: SourceListener;
}

interface OpenWay {
  readonly way: SystemAudioWay;
  readonly input: SoundInput;
}

/**
 * The system’s audio. Where a way fails, the next one is taken; where it gives digital silence, the next one is
 * listened to beside it, and taken once that gives sound: then something plays, and the first way is deaf to it.
 */
export class SystemSource implements Source {
  readonly #options: SystemSourceOptions;
  #open: OpenWay | null = null;
  #probe: OpenWay | null = null;
  #isProbing = false;
  #probeHeard = 0;
  #probeAfterMs = 0;
  readonly #silence = new DigitalSilence();
  #isStopped = false;
  #isOpening = false;
  #timer: Timer | null = null;

  constructor(options: SystemSourceOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    await this.#openFirst(0);
  }

  check(): void {
    if (!this.#open && this.#canReopen) void this.#reopen();
  }

  heard(samples: Float32Array | null): void {
    if (!this.#open || !samples) return;
    if (!this.#silence.push(samples)) this.#endProbe();
    else if (this.#probe) this.#listen(this.#probe, samples.length);
    else void this.#beginProbe(this.#open.way);
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#endProbe();
    this.#open?.input.close();
    this.#open = null;
  }

  get #canReopen(): boolean {
    return this.#options.ways.every(({ reopens }) => reopens);
  }

  async #openFirst(from: number): Promise<void> {
    const way = this.#options.ways[from];
    if (!way) throw captureError('system_audio_unavailable');
    this.#isOpening = true;
    try {
      const input = await way.open();
      if (this.#isStopped) return input.close();
      this.#use({ way, input });
    } catch (thrown) {
      if (this.#isStopped) return;
      if (from + 1 < this.#options.ways.length) return await this.#openFirst(from + 1);
      const error = anyCaptureError(thrown);
      const state = this.#canReopen ? 'lost' : 'ended';
      this.#options.listener.state({ state, problem: problemOf(error) });
      if (state === 'lost') this.#schedule();
      throw error;
    } finally {
      this.#isOpening = false;
    }
  }

  #use(open: OpenWay): void {
    const { listener } = this.#options;
    const { way, input } = open;
    const before = this.#open;
    this.#open = open;
    this.#silence.reset();
    input.onEnded((error) => {
      if (this.#open !== open) return;
      this.#open = null;
      input.close();
      listener.input(null);
      listener.state({ state: way.reopens ? 'lost' : 'ended', problem: problemOf(error) });
      if (way.reopens) this.#schedule();
    });
    listener.input(input);
    before?.input.close();
    listener.state({
      state: 'flowing',
      label: input.label,
      path: way.path,
      substitute: false,
      warning: null,
    });
  }

  #schedule(): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.setTimer(REOPEN_EVERY_MS, () => void this.#reopen());
  }

  async #reopen(): Promise<void> {
    if (this.#isStopped || this.#open || this.#isOpening) return;
    // Told in the state.
    await this.#openFirst(0).catch(() => {});
  }

  async #beginProbe(way: SystemAudioWay): Promise<void> {
    const { ways, clock } = this.#options;
    const next = ways[ways.indexOf(way) + 1];
    if (!next || this.#isProbing || clock.now() < this.#probeAfterMs) return;
    this.#isProbing = true;
    try {
      const probe = { way: next, input: await next.open() };
      if (this.#isStopped || this.#open?.way !== way || !this.#silence.isSilent) return probe.input.close();
      probe.input.onEnded(() => this.#endProbe());
      this.#probeHeard = 0;
      this.#probe = probe;
    } catch {
      // There is no other way on this machine: the one in use stays, and its silence is told.
      this.#probeAfterMs = clock.now() + RETRY_PROBE_MS;
    } finally {
      this.#isProbing = false;
    }
  }

  #listen(probe: OpenWay, length: number): void {
    const samples = probe.input.ring?.read(length);
    if (samples?.some((sample) => sample !== 0)) this.#probeHeard += length;
    if (this.#probeHeard < CONVINCING_SAMPLES) return;
    this.#probe = null;
    this.#use(probe);
  }

  #endProbe(): void {
    this.#probe?.input.close();
    this.#probe = null;
  }
}
