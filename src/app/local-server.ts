import type { EngineObserver } from '../core/engine/scheduler.ts';
import type { StartEngineProcess } from '../core/engine/start-engine.ts';
import { systemClock } from '../core/foundation/clock.ts';
import type { Logger } from '../core/foundation/logger.ts';
import { ChangeListeners } from '../core/server/change-listeners.ts';
import type { TranscriptionOptions } from '../core/server/dialects/openai/transcriptions.ts';
import type { HttpRoute, PageHandler } from '../core/server/http.ts';
import { ServerMetrics } from '../core/server/metrics.ts';
import { createSecret } from '../core/server/secrets.ts';
import {
  type ServerOptions,
  type SharedEngine,
  type SurtitleServer,
  startServer,
} from '../core/server/server.ts';
import type { StreamingService } from '../core/server/streaming-service.ts';
import { TokenStore } from '../core/server/token-store.ts';
import type { UpgradeRoute } from '../core/server/upgrades.ts';
import { packageVersion } from './installation.ts';
import { type LoadedModel, loadModel } from './loaded-model.ts';
import type { ResolvedModel } from './model-resolution.ts';
import { openVoiceActivity, type VoiceActivitySource } from './voice-activity-source.ts';

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
  /** Answered beside the server's own, behind the same gate. */
  readonly routes?: readonly HttpRoute[];
  readonly upgrades?: readonly UpgradeRoute[];
  readonly logger: Logger;
  /** Hears of every decode: how long it took and how much audio it was, in milliseconds. */
  readonly onDecoded?: (decodeMs: number, audioMs: number) => void;
}

/** A server of this process, with its engine. */
export interface LocalServer {
  /** `ws://HOST:PORT/ws`. */
  readonly url: string;
  readonly token: string;
  readonly tokens: TokenStore;
  readonly service: StreamingService;
  /** The model that is loaded. */
  readonly loaded: LoadedModel;
  readonly voiceActivity: VoiceActivitySource;
  /** Of the engine, and of those before it. */
  readonly engineRestarts: number;
  /**
   * Loads another model beside the present one, then goes on with it: whoever is being captioned is sent away and
   * comes back. Where it cannot be loaded, the present one stays.
   * @throws {EngineError} as {@link openModelEngine}, `engine_unavailable`.
   */
  switchModel(model: ResolvedModel): Promise<void>;
  /** Calls `listener` after every change of the engine's state, until `signal` fires. */
  onEngineState(listener: () => void, signal: AbortSignal): void;
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
  const { logger } = options;
  const metrics = new ServerMetrics();
  const shared = defer<SharedEngine>();
  const voiceActivity = defer<VoiceActivitySource>();
  const changes = new ChangeListeners();
  let loaded: LoadedModel | null = null;
  const load = async (model: ResolvedModel): Promise<LoadedModel> => {
    const observer = observeDecodes(metrics, options.onDecoded);
    const next = await loadModel({ ...options, model, observer });
    next.engine.onStateChange((state) => {
      if (state === 'restarting') metrics.engineRestarted();
      if (loaded === next) changes.tell();
    });
    return next;
  };
  const server = await listen(options, {
    metrics,
    engine: shared.promise,
    isEngineUsable: () => loaded?.engine.state !== 'failed',
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
  let source: VoiceActivitySource;
  try {
    const opening = openVoiceActivity(logger);
    cleanups.push(async () => (await opening).close());
    [source, loaded] = await Promise.all([opening, load(options.model)]);
    voiceActivity.resolve(source);
    shared.resolve(loaded);
  } catch (error) {
    shared.reject(error);
    await closeAll(cleanups);
    throw error;
  }
  let present: LoadedModel = loaded;
  let formerRestarts = 0;
  cleanups.push(() => present.close());
  let closing: Promise<void> | null = null;
  return {
    url: `${server.url.replace(/^http/u, 'ws')}/ws`,
    token: server.tokens.tokens.full,
    tokens: server.tokens,
    service: server.service,
    voiceActivity: source,
    get loaded() {
      return present;
    },
    get engineRestarts() {
      return formerRestarts + present.engine.restarts;
    },
    async switchModel(model) {
      const next = await load(model);
      const former = present;
      present = next;
      loaded = next;
      formerRestarts += former.engine.restarts;
      server.replaceEngine(next);
      changes.tell();
      await former.close();
    },
    onEngineState: (listener, signal) => changes.add(listener, signal),
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
    ...(options.routes ? { routes: options.routes } : {}),
    ...(options.upgrades ? { upgrades: options.upgrades } : {}),
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
