import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Engine } from '../engine/engine.ts';
import { DecodeScheduler } from '../engine/scheduler.ts';
import { type Clock, systemClock } from '../foundation/clock.ts';
import { SurtitleError } from '../foundation/errors.ts';
import { type Logger, silentLogger } from '../foundation/logger.ts';
import { type TranscriptionOptions, Transcriptions } from './dialects/openai/transcriptions.ts';
import type { SpeechService } from './engine-source.ts';
import { Gate, type Rejection } from './gate.ts';
import { createRequestListener, type HttpRoute, type PageHandler } from './http.ts';
import { httpRoutes } from './http-routes.ts';
import { ServerMetrics } from './metrics.ts';
import { StreamingService, type StreamingServiceOptions } from './streaming-service.ts';
import { openTokenStore, TokenStore } from './token-store.ts';
import { type UpgradeRoute, Upgrades } from './upgrades.ts';

/** An engine with a scheduler of its own, for a process that uses both for other things too. */
export interface SharedEngine {
  readonly engine: Engine;
  readonly scheduler: Pick<DecodeScheduler, 'lane' | 'backgroundLane'>;
}

export interface ServerOptions
  extends Pick<StreamingServiceOptions, 'createVoiceActivity' | 'createRecognizer'> {
  /** Address to listen on. Default 127.0.0.1; any that is not loopback needs `allowRemote`. */
  readonly host?: string;
  /** Default 8000; 0 takes a free one. */
  readonly port?: number;
  /** Whether other machines may connect. The token is not encrypted on the way: put TLS in front. */
  readonly allowRemote?: boolean;
  /** Further values of `Host` to answer for: `name` with any port, or `name:port`. */
  readonly allowHost?: readonly string[];
  /** Further origins whose pages may use the server, such as `https://captions.example.org`. */
  readonly allowOrigin?: readonly string[];
  /** The tokens, or the folder where their files are (made at first start). */
  readonly tokens: TokenStore | { readonly home: string };
  /** Sessions that may be active at the same time. Default 4. */
  readonly maxSessions?: number;
  /** May still be loading: clients are told to wait. The caller closes it, after the server. */
  readonly engine: Engine | SharedEngine | Promise<Engine | SharedEngine>;
  /** Whether the engine can still decode, or come back by itself; `/ready` says so. Default: it can. */
  readonly isEngineUsable?: () => boolean;
  /** How files are transcribed (`POST /v1/audio/transcriptions`). Default: they are not. */
  readonly transcriptions?: TranscriptionOptions;
  /** Serves the page, where there is one. */
  readonly pages?: PageHandler;
  /** What is answered beside the server's own, behind the same gate. */
  readonly routes?: readonly HttpRoute[];
  /** What is spoken over WebSocket beside the server's own, behind the same gate. */
  readonly upgrades?: readonly UpgradeRoute[];
  readonly metrics?: ServerMetrics;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** This program's version, as `/health` tells it. */
  readonly version: string;
}

export interface SurtitleServer {
  readonly address: { readonly host: string; readonly port: number };
  /** `http://HOST:PORT`. */
  readonly url: string;
  readonly tokens: TokenStore;
  readonly service: StreamingService;
  /**
   * Goes on with another engine, which is loaded; see {@link StreamingService.replaceEngine}. The caller closes both,
   * the former when this returns.
   */
  replaceEngine(engine: Engine | SharedEngine): void;
  /**
   * Stops the server. A graceful close tells every client (`server_shutdown`, 1001) and gives it two
   * seconds to take its leave; the other kind cuts the connections. Safe to call twice.
   */
  close(options?: { readonly graceful?: boolean }): Promise<void>;
}

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = 8_000;
const DEFAULT_MAX_SESSIONS = 4;
/** Clients get this long to leave when the server goes down. */
const SHUTDOWN_GRACE_MS = 2_000;
/** A request's head must be complete within this time. */
const HEADERS_TIMEOUT_MS = 10_000;
/** A whole request must, even a large file over a slow network; one that stalls is given up much sooner. */
const REQUEST_TIMEOUT_MS = 3_600_000;
const SESSION_ID = /^[A-Za-z0-9_-]{1,128}$/u;

/**
 * Starts the streaming server.
 * @throws {SurtitleError} `port_in_use`, `address_unavailable`, `remote_address_refused`,
 * `token_file_unwritable`, `token_file_unreadable`.
 */
export async function startServer(options: ServerOptions): Promise<SurtitleServer> {
  const { host = DEFAULT_HOST, clock = systemClock, logger = silentLogger } = options;
  if (!isLoopback(host) && !options.allowRemote) throw remoteAddressRefused(host);
  const tokens =
    options.tokens instanceof TokenStore ? options.tokens : await openTokenStore(options.tokens.home, logger);
  const metrics = options.metrics ?? new ServerMetrics();
  const service = new StreamingService({
    clock,
    logger,
    observer: metrics,
    engine: speechService(options, { clock, logger, observer: metrics }),
    maxSessions: options.maxSessions ?? DEFAULT_MAX_SESSIONS,
    createVoiceActivity: options.createVoiceActivity,
    ...(options.createRecognizer ? { createRecognizer: options.createRecognizer } : {}),
  });
  const http = createServer({ headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS });
  const gate = new Gate({
    clock,
    tokens,
    port: () => portOf(http),
    ownHost: hostHeader(host),
    allowHost: options.allowHost ?? [],
    allowOrigin: options.allowOrigin ?? [],
  });
  const transcriptions = options.transcriptions
    ? new Transcriptions(options.transcriptions, { engine: service.engine, observer: metrics, clock, logger })
    : null;
  const routes: HttpRoute[] = [
    ...httpRoutes({ version: options.version, engine: service.engine, metrics }),
    ...(transcriptions ? [transcriptions.route] : []),
    ...(options.routes ?? []),
  ];
  const upgrades = new Upgrades({
    gate,
    routes: [...upgradeRoutes(service), ...(options.upgrades ?? [])],
    observer: metrics,
    logger,
  });
  const listener = createRequestListener({
    gate,
    routes,
    clock,
    logger,
    ...(options.pages ? { pages: options.pages } : {}),
  });
  http.on('request', listener);
  // A body that a client asks about first is not asked for before the gate was passed.
  http.on('checkContinue', listener);
  http.on('upgrade', upgrades.handle);
  await listen(http, host, options.port ?? DEFAULT_PORT);
  metrics.watch(service);
  await transcriptions?.sweep();
  const port = portOf(http);
  logger.info('The server listens.', { host, port });

  let closing: Promise<void> | null = null;
  return {
    address: { host, port },
    url: `http://${hostHeader(host)}:${port}`,
    tokens,
    service,
    replaceEngine: (engine) =>
      service.replaceEngine(speechServiceOf(engine, options, { clock, logger, observer: metrics })),
    close({ graceful = true } = {}) {
      closing ??= stop({ http, upgrades, service, transcriptions, clock, graceful });
      return closing;
    },
  };
}

function upgradeRoutes(service: StreamingService): UpgradeRoute[] {
  return [
    {
      path: '/ws',
      scope: 'full',
      check: checkSessionId,
      accept: (connection, query) => service.acceptNative(connection, query.get('session') ?? undefined),
    },
    { path: '/captions', scope: 'viewer', accept: (connection) => service.viewers.accept(connection) },
  ];
}

function checkSessionId(query: URLSearchParams): Rejection | null {
  const id = query.get('session');
  if (id === null || SESSION_ID.test(id)) return null;
  return {
    status: 400,
    reason: 'bad_request',
    message: '?session= must be 1 to 128 characters of A-Z, a-z, 0-9, "-" and "_"; 128 random bits are best.',
  };
}

async function stop(server: {
  readonly http: Server;
  readonly upgrades: Upgrades;
  readonly service: StreamingService;
  readonly transcriptions: Transcriptions | null;
  readonly clock: Clock;
  readonly graceful: boolean;
}): Promise<void> {
  const { http, upgrades, service, transcriptions, clock, graceful } = server;
  upgrades.stop();
  const closed = new Promise<void>((resolve) => http.close(() => resolve()));
  if (!graceful) upgrades.terminate();
  service.shutdown();
  upgrades.dismiss();
  const leaving = Promise.all([upgrades.whenEmpty(), transcriptions?.close()]);
  let grace: { cancel(): void } | null = null;
  const graceOver = new Promise<void>((resolve) => {
    grace = clock.setTimer(SHUTDOWN_GRACE_MS, resolve);
  });
  await Promise.race([leaving, graceOver]);
  (grace as { cancel(): void } | null)?.cancel();
  upgrades.terminate();
  http.closeAllConnections();
  await closed;
}

type SchedulerOptions = ConstructorParameters<typeof DecodeScheduler>[1];

function speechService(
  options: ServerOptions,
  schedulerOptions: SchedulerOptions,
): SpeechService | Promise<SpeechService> {
  const { engine } = options;
  return engine instanceof Promise
    ? engine.then((loaded) => speechServiceOf(loaded, options, schedulerOptions))
    : speechServiceOf(engine, options, schedulerOptions);
}

function speechServiceOf(
  loaded: Engine | SharedEngine,
  { isEngineUsable }: ServerOptions,
  schedulerOptions: SchedulerOptions,
): SpeechService {
  const shared =
    'scheduler' in loaded
      ? loaded
      : { engine: loaded, scheduler: new DecodeScheduler(loaded, schedulerOptions) };
  return {
    // Read anew each time: an engine that restarts may come back with another model.
    get model() {
      return shared.engine.model;
    },
    get capabilities() {
      return shared.engine.capabilities;
    },
    get usable() {
      return isEngineUsable?.() ?? true;
    },
    get maxConcurrent() {
      return shared.engine.maxConcurrent;
    },
    lane: (sessionId) => shared.scheduler.lane(sessionId),
    backgroundLane: (jobId) => shared.scheduler.backgroundLane(jobId),
  };
}

function listen(http: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => reject(listenError(error, host, port));
    http.once('error', onError);
    http.listen(port, host, () => {
      http.off('error', onError);
      resolve();
    });
  });
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): SurtitleError {
  if (cause.code === 'EADDRINUSE') {
    return new SurtitleError(
      'port_in_use',
      `Port ${port} on ${host} is in use by another program, or another Surtitle. Close it, or choose another port (--port).`,
      { cause },
    );
  }
  return new SurtitleError(
    'address_unavailable',
    `The server cannot listen on ${host}, port ${port} (${cause.code ?? cause.message}). Choose an address of this machine and a port from 1024 to 65535.`,
    { cause },
  );
}

function remoteAddressRefused(host: string): SurtitleError {
  return new SurtitleError(
    'remote_address_refused',
    `Listening on ${host} would let other machines connect. Allow that explicitly (--allow-remote) and put TLS in front, or listen on 127.0.0.1.`,
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/u.test(host);
}

/** An address as it stands in a `Host` header and in a URL. */
function hostHeader(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function portOf(http: Server): number {
  return (http.address() as AddressInfo | null)?.port ?? 0;
}
