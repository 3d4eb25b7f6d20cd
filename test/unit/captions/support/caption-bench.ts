import { CaptionController } from '../../../../src/core/captions/caption-controller.ts';
import type { CaptionMessage, CaptionState } from '../../../../src/core/captions/caption-state.ts';
import type { CaptionStream } from '../../../../src/core/captions/caption-stream.ts';
import type { AudioLevel, CaptureRequest } from '../../../../src/core/captions/capture-types.ts';
import { createStreamingClient } from '../../../../src/core/client/streaming-client.ts';
import { VirtualClock } from '../../../../src/core/foundation/virtual-clock.ts';
import type { FinalMessage } from '../../../../src/core/protocol/server-messages.ts';
import { MemoryServer } from './memory-server.ts';
import { ScriptedCapture } from './scripted-capture.ts';

/** Captions between a scripted capture and a server in memory, in virtual time. */
export class CaptionBench {
  readonly clock = new VirtualClock();
  readonly server = new MemoryServer(this.clock);
  readonly capture = new ScriptedCapture(this.clock);
  readonly states: CaptionState[] = [];
  readonly messages: CaptionMessage[] = [];
  readonly levels: AudioLevel[] = [];
  readonly kept: string[] = [];
  /** Of each session that is over, in order: how long its audio was, in milliseconds. */
  readonly closed: number[] = [];
  wanted: CaptureRequest = {
    source: 'microphone',
    microphone: 'Desk microphone',
    echoCancellation: false,
    noiseSuppression: false,
    autoGainControl: false,
  };
  /** What opening a stream waits for. */
  opening: Promise<void> = Promise.resolve();
  keep: (final: FinalMessage) => Promise<void> = async ({ text }) => void this.kept.push(text);
  maxRetries = 10;
  opened = 0;
  readonly captions: CaptionController = new CaptionController({
    capture: this.capture,
    request: async () => this.wanted,
    openStream: () => this.#open(),
    onState: (state) => this.states.push(state),
    onMessage: (message) => this.messages.push(message),
    onLevel: (level) => this.levels.push(level),
    now: () => new Date('2026-03-01T10:00:00Z'),
    clock: this.clock,
  });

  get state(): CaptionState {
    return this.captions.state;
  }

  /** Phases told so far, without repeats. */
  get phases(): string[] {
    const phases = this.states.map(({ phase }) => phase);
    return phases.filter((phase, index) => phase !== phases[index - 1]);
  }

  /** Problems told so far, without repeats. */
  get problems(): string[] {
    const codes = this.states.map(({ problem }) => problem?.code ?? '');
    return codes.filter((code, index) => code !== '' && code !== codes[index - 1]);
  }

  get texts(): string[] {
    return this.messages.flatMap((message) =>
      message.type === 'final' ? [message.text] : message.type === 'session_started' ? ['—'] : [],
    );
  }

  /** Starts and lets a second pass. */
  async listening(): Promise<this> {
    void this.captions.start();
    await this.clock.advance(1_000);
    return this;
  }

  async #open(): Promise<CaptionStream> {
    this.opened++;
    await this.opening;
    return {
      client: createStreamingClient({
        url: 'ws://127.0.0.1:8000',
        connect: this.server.connect,
        clock: this.clock,
        random: () => 0.5,
        maxRetries: this.maxRetries,
        maxBackoffMs: 5_000,
        config: { publish: true },
      }),
      keeper: {
        final: (final) => this.keep(final),
        close: async (audioMs) => void this.closed.push(audioMs),
      },
    };
  }
}
