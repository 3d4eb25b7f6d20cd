import { DecodeScheduler, type EngineObserver } from '../core/engine/scheduler.ts';
import type { SupervisedEngine } from '../core/engine/supervisor.ts';
import { systemClock } from '../core/foundation/clock.ts';
import { describeError } from '../core/foundation/errors.ts';
import type { Logger } from '../core/foundation/logger.ts';
import { EnergyVoiceActivity } from '../core/recognition/energy-voice-activity.ts';
import { loadSileroVoiceActivity } from '../core/recognition/silero-voice-activity.ts';
import type { VoiceActivityModel } from '../core/recognition/voice-activity.ts';
import { ServerMetrics } from '../core/server/metrics.ts';
import { createSecret } from '../core/server/secrets.ts';
import { type SurtitleServer, startServer } from '../core/server/server.ts';
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
  readonly tokens: TokenOrigin;
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
 * Starts the whole of a server: engine process, voice activity, scheduler, network.
 *
 * @returns when it is ready to serve.
 * @throws {SurtitleError} what {@link openModelEngine} and {@link startServer} throw.
 */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const { model, threads, gpu, logger } = options;
  const engine = openModelEngine({ model, threads, gpu, logger });
  const closeVoiceActivity: (() => Promise<void>)[] = [];
  try {
    const voiceActivity = openVoiceActivity(logger);
    const [network] = await Promise.all([voiceActivity, engine.ready()]);
    closeVoiceActivity.push(() => network.close());
    const server = await listen(options, engine, () => network.create());
    let closing: Promise<void> | null = null;
    return {
      url: `${server.url.replace(/^http/u, 'ws')}/ws`,
      token: server.tokens.tokens.full,
      close() {
        closing ??= closeAll([() => server.close(), () => engine.close(), ...closeVoiceActivity]);
        return closing;
      },
    };
  } catch (error) {
    await closeAll([() => engine.close(), ...closeVoiceActivity]);
    throw error;
  }
}

function listen(
  options: LocalServerOptions,
  engine: SupervisedEngine,
  createVoiceActivity: () => VoiceActivityModel,
): Promise<SurtitleServer> {
  const { host, port, maxSessions, tokens, logger, onDecoded } = options;
  const { allowRemote = false, allowHost = [], allowOrigin = [] } = options;
  const metrics = new ServerMetrics();
  engine.onStateChange((state) => {
    if (state === 'restarting') metrics.engineRestarted();
  });
  const observer: EngineObserver = {
    queued: (waiting) => metrics.queued(waiting),
    started: (job) => metrics.started(job),
    finished: (job) => {
      metrics.finished(job);
      if (job.outcome === 'done') onDecoded?.(job.decodeMs, job.audioMs);
    },
  };
  return startServer({
    host,
    port,
    allowRemote,
    allowHost,
    allowOrigin,
    tokens: tokenStore(tokens),
    maxSessions,
    engine: { engine, scheduler: new DecodeScheduler(engine, { clock: systemClock, logger, observer }) },
    createVoiceActivity,
    metrics,
    clock: systemClock,
    logger,
    version: packageVersion(),
  });
}

function tokenStore(origin: TokenOrigin): TokenStore | { readonly home: string } {
  if (origin !== 'temporary' && 'home' in origin) return origin;
  const full = origin === 'temporary' ? createSecret() : origin.given;
  return new TokenStore({ full, viewer: createSecret() });
}

interface VoiceActivitySource {
  create(): VoiceActivityModel;
  close(): Promise<void>;
}

async function openVoiceActivity(logger: Logger): Promise<VoiceActivitySource> {
  try {
    return await loadSileroVoiceActivity();
  } catch (error) {
    logger.warn(describeError(error));
    return { create: () => new EnergyVoiceActivity(), close: () => Promise.resolve() };
  }
}

/** One after the other, all of them, whatever the others do. */
async function closeAll(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) await step().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
