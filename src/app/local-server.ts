import { DecodeScheduler, type EngineObserver } from '../core/engine/scheduler.ts';
import type { StartEngineProcess } from '../core/engine/start-engine.ts';
import type { EngineState } from '../core/engine/supervisor.ts';
import { systemClock } from '../core/foundation/clock.ts';
import { describeError } from '../core/foundation/errors.ts';
import type { Logger } from '../core/foundation/logger.ts';
import { EnergyVoiceActivity, energyStretches } from '../core/recognition/energy-voice-activity.ts';
import { loadSileroVoiceActivity } from '../core/recognition/silero-voice-activity.ts';
import type { StretchVoiceActivity, VoiceActivityModel } from '../core/recognition/voice-activity.ts';
import type { TranscriptionOptions } from '../core/server/dialects/openai/transcriptions.ts';
import type { PageHandler } from '../core/server/http.ts';
import { ServerMetrics } from '../core/server/metrics.ts';
import { createSecret } from '../core/server/secrets.ts';
import {
  type ServerOptions,
  type SharedEngine,
  type SurtitleServer,
  startServer,
} from '../core/server/server.ts';
import { TokenStore } from '../core/server/token-store.ts';
import { packageVersion } from './installation.ts';
import type { ResolvedModel } from './model-resolution.ts';
import { openModelEngine } from './open-engine.ts';

/** Where the server's tokens come from: made for this run, given by the user, or kept in a folder. */
export type TokenOrigin = 'temporary' | { readonly given: string } | { readonly home: string };

export interface LocalServerOptions {
  readonly model: ResolvedModel;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly allowRemote?: boolean;
  readonly allowHost?: readonly string[];
  readonly allowOrigin?: readonly string[];
  readonly threads: number | undefined;
  readonly gpu: boolean;
  readonly maxSessions: number;
  /** Where and which files may be uploaded; none by default. */
  readonly uploads?: Omit<TranscriptionOptions, 'voiceActivity'>;
  readonly tokens: TokenOrigin;
  /** How the engine's process is made. Default: Node's `fork`. */
  readonly startProcess?: StartEngineProcess;
  /** Serves the page, where there is one. */
  readonly pages?: PageHandler;
  readonly logger: Logger;
  /** Hears of every decode: how long it took and how much audio it was, in milliseconds. */
  readonly onDecoded?: (decodeMs: number, audioMs: number) => void;
}

/** A server of this process, with its engine. */
export interface LocalServer {
  /** `ws://HOST:PORT/ws`. */
  readonly url: string;
  readonly token: string;
  /** Says goodbye to clients, then ends the engine. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Starts the whole of a server: network, engine process, voice activity, scheduler. The network comes
 * first, because an address that cannot be used should be told before a model is loaded; clients that
 * connect meanwhile are told to wait.
 *
 * @returns when it is ready to serve.
 * @throws {SurtitleError} what {@link openModelEngine} and {@link startServer} throw.
 */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const { model, threads, gpu, logger } = options;
  const metrics = new ServerMetrics();
  const shared = defer<SharedEngine>();
  const voiceActivity = defer<VoiceActivitySource>();
  let engineState: EngineState = 'starting';
  const server = await listen(options, {
    metrics,
    engine: shared.promise,
    isEngineUsable: () => engineState !== 'failed',
    createVoiceActivity: async () => (await voiceActivity.promise).create(),
    ...(options.uploads
      ? {
          transcriptions: {
            ...options.uploads,
            voiceActivity: { judge: async (stretches) => (await voiceActivity.promise).judge(stretches) },
          },
        }
      : {}),
  });
  const cleanups = [() => server.close()];
  try {
    const engine = openModelEngine({ model, threads, gpu, startProcess: options.startProcess, logger });
    cleanups.push(() => engine.close());
    const [source] = await Promise.all([openVoiceActivity(logger), engine.ready()]);
    cleanups.push(() => source.close());
    engine.onStateChange((state) => {
      engineState = state;
      if (state === 'restarting') metrics.engineRestarted();
    });
    const observer = observeDecodes(metrics, options.onDecoded);
    voiceActivity.resolve(source);
    shared.resolve({
      engine,
      scheduler: new DecodeScheduler(engine, { clock: systemClock, logger, observer }),
    });
  } catch (error) {
    shared.reject(error);
    await closeAll(cleanups);
    throw error;
  }
  let closing: Promise<void> | null = null;
  return {
    url: `${server.url.replace(/^http/u, 'ws')}/ws`,
    token: server.tokens.tokens.full,
    close() {
      closing ??= closeAll(cleanups);
      return closing;
    },
  };
}

function listen(
  options: LocalServerOptions,
  speech: Pick<
    ServerOptions,
    'metrics' | 'engine' | 'isEngineUsable' | 'createVoiceActivity' | 'transcriptions'
  >,
): Promise<SurtitleServer> {
  const { host, port, maxSessions, tokens, logger } = options;
  const { allowRemote = false, allowHost = [], allowOrigin = [] } = options;
  return startServer({
    host,
    port,
    allowRemote,
    allowHost,
    allowOrigin,
    tokens: tokenStore(tokens),
    maxSessions,
    ...speech,
    ...(options.pages ? { pages: options.pages } : {}),
    clock: systemClock,
    logger,
    version: packageVersion(),
  });
}

function observeDecodes(metrics: ServerMetrics, onDecoded: LocalServerOptions['onDecoded']): EngineObserver {
  return {
    queued: (waiting) => metrics.queued(waiting),
    started: (job) => metrics.started(job),
    finished: (job) => {
      metrics.finished(job);
      if (job.outcome === 'done') onDecoded?.(job.decodeMs, job.audioMs);
    },
  };
}

function tokenStore(origin: TokenOrigin): TokenStore | { readonly home: string } {
  if (origin !== 'temporary' && 'home' in origin) return origin;
  const full = origin === 'temporary' ? createSecret() : origin.given;
  return new TokenStore({ full, viewer: createSecret() });
}

interface VoiceActivitySource extends StretchVoiceActivity {
  create(): VoiceActivityModel;
  close(): Promise<void>;
}

async function openVoiceActivity(logger: Logger): Promise<VoiceActivitySource> {
  try {
    return await loadSileroVoiceActivity();
  } catch (error) {
    logger.warn(describeError(error));
    return {
      ...energyStretches,
      create: () => new EnergyVoiceActivity(),
      close: () => Promise.resolve(),
    };
  }
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

function defer<T>(): Deferred<T> {
  let settle: Omit<Deferred<T>, 'promise'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...(settle as Omit<Deferred<T>, 'promise'>) };
}

/** One after the other, all of them, whatever the others do. */
async function closeAll(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) await step().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
