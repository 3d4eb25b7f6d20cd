import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { EngineObserver, WaitingJobs } from '../engine/scheduler.ts';
import type { ProtocolErrorCode } from '../protocol/errors.ts';
import type { SuppressionReason } from '../recognition/recognizer-types.ts';
import type { TranscriptionObserver, TranscriptionOutcome } from './dialects/openai/transcriptions.ts';
import type { RejectionReason, ServerObserver } from './observer.ts';

/** What the gauges read when they are asked. */
export interface MetricsSources {
  readonly registry: { readonly active: number; readonly detached: number };
  readonly viewers: { readonly size: number };
  readonly engine: { readonly state: string };
}

/** Seconds; captions are good below one and useless above ten. */
const LATENCY_BUCKETS = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30];
const DECODE_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** A server's metrics in the Prometheus format. Counts and times only; never any text. */
export class ServerMetrics implements ServerObserver, EngineObserver, TranscriptionObserver {
  readonly #registry = new Registry();
  readonly #audioSeconds = this.#counter('audio_seconds_total', 'Audio received from clients, in seconds.');
  readonly #decodeSeconds = this.#counter(
    'decode_seconds_total',
    'Time the engine spent decoding, in seconds. Its rate is the share of the engine in use.',
    ['priority'],
  );
  readonly #decodedAudioSeconds = this.#counter(
    'decoded_audio_seconds_total',
    'Audio given to the engine, in seconds; more than was received, since partials decode the same audio again.',
    ['priority'],
  );
  readonly #decodes = this.#counter('decodes_total', 'Decodes by how they ended.', ['priority', 'outcome']);
  readonly #queue = this.#gauge('decode_queue_depth', 'Decodes waiting for the engine.', ['priority']);
  readonly #waitSeconds = this.#histogram(
    'decode_wait_seconds',
    'Time a decode waited for the engine. Add machines or a smaller model when it grows.',
    DECODE_BUCKETS,
    ['priority'],
  );
  readonly #decodeDuration = this.#histogram(
    'decode_duration_seconds',
    'Time one decode took.',
    DECODE_BUCKETS,
    ['priority'],
  );
  readonly #partialLatency = this.#histogram(
    'partial_latency_seconds',
    'From the arrival of a partial’s last sample to the partial being sent.',
    LATENCY_BUCKETS,
  );
  readonly #finalLatency = this.#histogram(
    'final_latency_seconds',
    'From the arrival of a final’s last sample of speech to the final being sent, endpointing included.',
    LATENCY_BUCKETS,
  );
  readonly #suppressed = this.#counter(
    'suppressed_results_total',
    'Results thrown away as made up by the model, by the filter that did.',
    ['reason'],
  );
  readonly #errors = this.#counter('errors_total', 'Errors sent to clients, by code.', ['code']);
  readonly #rejected = this.#counter(
    'rejected_upgrades_total',
    'WebSocket connections refused before they began, by reason.',
    ['reason'],
  );
  readonly #resumed = this.#counter(
    'resumed_sessions_total',
    'Sessions taken up again after their connection was lost.',
  );
  readonly #restarts = this.#counter(
    'engine_restarts_total',
    'Times the engine process had to be restarted.',
  );
  readonly #fileRequests = this.#counter(
    'file_transcriptions_total',
    'Requests to transcribe a file, by how they ended: unavailable ones may be tried again.',
    ['outcome'],
  );
  readonly #filesInFlight = this.#gauge(
    'file_transcriptions_in_flight',
    'Files being uploaded or transcribed.',
  );
  readonly #fileAudioSeconds = this.#counter(
    'file_audio_seconds_total',
    'Audio of the files that were transcribed, in seconds.',
  );

  /** @param options.processMetrics memory, CPU, event loop lag and garbage collection of this process. */
  constructor(options: { readonly processMetrics?: boolean } = {}) {
    if (options.processMetrics ?? true) collectDefaultMetrics({ register: this.#registry });
    this.#rejected.inc({ reason: 'token' }, 0);
    this.#queue.set({ priority: 'final' }, 0);
    this.#queue.set({ priority: 'partial' }, 0);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Everything, as text. */
  read(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Adds the gauges of a server. Once only. */
  watch({ registry, viewers, engine }: MetricsSources): void {
    this.#gauge(
      'sessions',
      'Sessions by state: active has a client, detached waits for a lost one.',
      ['state'],
      (gauge) => {
        gauge.set({ state: 'active' }, registry.active);
        gauge.set({ state: 'detached' }, registry.detached);
      },
    );
    this.#gauge('viewers', 'Viewers of the published captions.', [], (gauge) => gauge.set(viewers.size));
    this.#gauge('engine_ready', '1 when the model is loaded, else 0.', [], (gauge) =>
      gauge.set(engine.state === 'ready' ? 1 : 0),
    );
  }

  audioReceived(seconds: number): void {
    this.#audioSeconds.inc(seconds);
  }

  errorSent(code: ProtocolErrorCode): void {
    this.#errors.inc({ code });
  }

  upgradeRejected(reason: RejectionReason): void {
    this.#rejected.inc({ reason });
  }

  sessionResumed(): void {
    this.#resumed.inc();
  }

  suppressed(reason: SuppressionReason): void {
    this.#suppressed.inc({ reason });
  }

  partialLatency(latencyMs: number): void {
    this.#partialLatency.observe(latencyMs / 1_000);
  }

  finalLatency(latencyMs: number): void {
    this.#finalLatency.observe(latencyMs / 1_000);
  }

  engineRestarted(): void {
    this.#restarts.inc();
  }

  transcriptionsInFlight(count: number): void {
    this.#filesInFlight.set(count);
  }

  transcriptionEnded(outcome: TranscriptionOutcome): void {
    this.#fileRequests.inc({ outcome });
  }

  fileTranscribed(audioSeconds: number): void {
    this.#fileAudioSeconds.inc(audioSeconds);
  }

  queued(waiting: WaitingJobs): void {
    this.#queue.set({ priority: 'final' }, waiting.finals);
    this.#queue.set({ priority: 'partial' }, waiting.partials);
    this.#queue.set({ priority: 'background' }, waiting.background);
  }

  started(job: Parameters<NonNullable<EngineObserver['started']>>[0]): void {
    this.#waitSeconds.observe({ priority: job.priority }, job.waitMs / 1_000);
  }

  finished(job: Parameters<NonNullable<EngineObserver['finished']>>[0]): void {
    const { priority, outcome, decodeMs, audioMs } = job;
    this.#decodes.inc({ priority, outcome });
    this.#decodeSeconds.inc({ priority }, decodeMs / 1_000);
    this.#decodedAudioSeconds.inc({ priority }, audioMs / 1_000);
    if (outcome === 'done') this.#decodeDuration.observe({ priority }, decodeMs / 1_000);
  }

  #counter(name: string, help: string, labelNames: string[] = []): Counter {
    return new Counter({ name: `surtitle_${name}`, help, labelNames, registers: [this.#registry] });
  }

  #histogram(name: string, help: string, buckets: number[], labelNames: string[] = []): Histogram {
    return new Histogram({
      name: `surtitle_${name}`,
      help,
      buckets,
      labelNames,
      registers: [this.#registry],
    });
  }

  #gauge(name: string, help: string, labelNames: string[] = [], collect?: (gauge: Gauge) => void): Gauge {
    return new Gauge({
      name: `surtitle_${name}`,
      help,
      labelNames,
      registers: [this.#registry],
      ...(collect
        ? {
            collect() {
              collect(this as Gauge);
            },
          }
        : {}),
    });
  }
}
