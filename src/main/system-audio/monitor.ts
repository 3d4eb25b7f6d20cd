import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Clock, Timer } from '../../core/foundation/clock.ts';
import { SurtitleError } from '../../core/foundation/errors.ts';
import type { Logger } from '../../core/foundation/logger.ts';
import { findRecorder, RECORDER_MISSING, type Recorder } from './recorders.ts';

/** 20 ms of 48 kHz: what is handed on at once. */
const PIECE_SAMPLES = 960;
const BYTES_PER_SAMPLE = 4;
const RESTART_AFTER_MS = 500;
/** A recorder that ends so often without having given a sample will not give any. */
const MOST_FAILURES = 3;
const MAX_LOGGED_LINE = 200;

export interface MonitorListener {
  /** 48 kHz, mono. */
  samples(samples: Float32Array<ArrayBuffer>): void;
  /** No more will come. `system_audio_unavailable`, and what to do. */
  ended(error: SurtitleError): void;
}

export interface MonitorOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly listener: MonitorListener;
  /** Default: what is installed. */
  readonly recorder?: Recorder | null;
  /** Of the recorder; default: ours. */
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * What the default output of a Linux desktop plays, read by a recording program that is started again when it
 * dies. PulseAudio and PipeWire move it along when the user chooses another output.
 */
export class OutputMonitor {
  readonly #options: MonitorOptions;
  readonly #recorder: Recorder | null;
  #child: ChildProcess | null = null;
  #restart: Timer | null = null;
  #failures = 0;
  #isStopped = false;
  readonly #endWithUs = (): void => {
    this.#child?.kill('SIGKILL');
  };

  constructor(options: MonitorOptions) {
    this.#options = options;
    const { recorder, environment } = options;
    this.#recorder = recorder === undefined ? findRecorder(environment) : recorder;
  }

  /** Starts reading. What goes wrong is told to the listener. */
  start(): void {
    if (!this.#recorder) {
      this.#options.listener.ended(new SurtitleError('system_audio_unavailable', RECORDER_MISSING));
      return;
    }
    process.once('exit', this.#endWithUs);
    this.#spawn(this.#recorder);
  }

  /** Ends the recorder. Safe to call twice. */
  stop(): void {
    this.#isStopped = true;
    this.#restart?.cancel();
    process.removeListener('exit', this.#endWithUs);
    this.#child?.kill('SIGTERM');
    this.#child = null;
  }

  #spawn(recorder: Recorder): void {
    const { logger, environment = process.env, listener } = this.#options;
    const child = spawn(recorder.program, recorder.arguments, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment,
    });
    this.#child = child;
    const pieces = new FloatPieces();
    child.stdout.on('data', (bytes: Buffer) => {
      if (this.#child !== child) return;
      for (const samples of pieces.push(bytes)) {
        this.#failures = 0;
        listener.samples(samples);
      }
    });
    createInterface({ input: child.stderr }).on('line', (line) =>
      logger.debug('The recorder wrote a line.', { line: line.slice(0, MAX_LOGGED_LINE) }),
    );
    child.once('error', (error) =>
      logger.warn('The recorder could not be started.', { reason: error.message }),
    );
    child.once('close', (code, signal) => this.#closed(recorder, child, `${signal ?? `code ${code}`}`));
  }

  #closed(recorder: Recorder, child: ChildProcess, reason: string): void {
    if (this.#isStopped || this.#child !== child) return;
    this.#child = null;
    this.#failures++;
    this.#options.logger.warn('The recorder of system audio ended.', {
      name: recorder.name,
      reason,
      failures: this.#failures,
    });
    if (this.#failures >= MOST_FAILURES) {
      process.removeListener('exit', this.#endWithUs);
      this.#isStopped = true;
      this.#options.listener.ended(new SurtitleError('system_audio_unavailable', failing(recorder)));
      return;
    }
    this.#restart = this.#options.clock.setTimer(RESTART_AFTER_MS, () => this.#spawn(recorder));
  }
}

function failing(recorder: Recorder): string {
  return `System audio cannot be captured: ${recorder.name} does not run. Check that PulseAudio or PipeWire is running (on PipeWire, install pipewire-pulse), and start again.`;
}

/** Bytes in any cut to samples in whole pieces. */
class FloatPieces {
  #rest: Buffer = Buffer.alloc(0);

  push(bytes: Buffer): Float32Array<ArrayBuffer>[] {
    const gathered = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    const size = PIECE_SAMPLES * BYTES_PER_SAMPLE;
    const pieces: Float32Array<ArrayBuffer>[] = [];
    let offset = 0;
    for (; offset + size <= gathered.length; offset += size) {
      const samples = new Float32Array(PIECE_SAMPLES);
      for (let i = 0; i < PIECE_SAMPLES; i++) {
        const sample = gathered.readFloatLE(offset + i * BYTES_PER_SAMPLE);
        samples[i] = Number.isFinite(sample) ? sample : 0;
      }
      pieces.push(samples);
    }
    this.#rest = Buffer.from(gathered.subarray(offset));
    return pieces;
  }
}
