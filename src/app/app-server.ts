import { statSync } from 'node:fs';
import path from 'node:path';
import type { DecodeLane, EngineModel } from '../core/engine/engine.ts';
import type { StartEngineProcess } from '../core/engine/start-engine.ts';
import { systemClock, type Timer } from '../core/foundation/clock.ts';
import { describeError, SurtitleError } from '../core/foundation/errors.ts';
import type { Logger } from '../core/foundation/logger.ts';
import type { StretchVoiceActivity } from '../core/recognition/voice-activity.ts';
import type { HttpRoute, PageHandler } from '../core/server/http.ts';
import type { TokenScope, TokenStore } from '../core/server/token-store.ts';
import type { UpgradeRoute } from '../core/server/upgrades.ts';
import type { WireError } from '../ipc/envelope.ts';
import type { ServerClient, ServerTokens, ServerView } from '../ipc/views.ts';
import {
  type LocalServer,
  type LocalServerOptions,
  startLocalServer,
  type TokenOrigin,
} from './local-server.ts';
import { type ResolvedModel, resolveModel } from './model-resolution.ts';
import { isLoopback } from './token-file.ts';

export interface AppServerOptions {
  /** Surtitle's data folder: models, tokens and uploads lie in it. */
  readonly dataFolder: string;
  /** The model to begin with, by name or path; read at each start. */
  readonly model: () => string;
  /** The wanted port, read at each start; 0 takes a free one. */
  readonly port: () => number;
  /** Whether a free port is taken where the wanted one is not to be had. Default: that is an error. */
  readonly otherPort?: boolean;
  /** Default 127.0.0.1. */
  readonly host?: string;
  readonly allowRemote?: boolean;
  readonly allowHost?: readonly string[];
  readonly allowOrigin?: readonly string[];
  /** Of one decode; by default the core decides. */
  readonly threads?: number | undefined;
  /** Default: where the engine was built for one. */
  readonly gpu?: boolean;
  /** Default 4. */
  readonly maxSessions?: number;
  /** Default: kept in the data folder. */
  readonly tokens?: TokenOrigin;
  /** Limits of `POST /v1/audio/transcriptions`; without them files are not taken there. */
  readonly uploads?: { readonly maxFileBytes: number; readonly maxDurationMs: number };
  /** How the engine's process is made. Default: Node's `fork`. */
  readonly startProcess?: StartEngineProcess;
  readonly pages?: PageHandler;
  readonly routes?: readonly HttpRoute[];
  readonly upgrades?: readonly UpgradeRoute[];
  readonly logger: Logger;
}

/** What transcribes files: the engine that also captions, after those who speak live. */
export interface FileSpeech {
  readonly model: EngineModel;
  readonly gpu: boolean;
  /** Changes with anything that texts depend on, but options. */
  readonly identity: string;
  /** Chunks of one recording that may wait or be decoded. */
  readonly concurrency: number;
  readonly voiceActivity: StretchVoiceActivity;
  /** Fires when another model takes this one's place; what is under way is to begin again with a new one. */
  readonly gone: AbortSignal;
  openLane(jobId: string): DecodeLane;
}

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_MAX_SESSIONS = 4;
/** Changes that come together are told once, after so many milliseconds. */
const SETTLING_MS = 100;
/** How often what clients have sent is told anew, in milliseconds. */
const AUDIO_NEWS_MS = 2_000;

/** The server within a program that lives on while it starts again, on another port or with another model. */
export class AppServer {
  readonly #options: AppServerOptions;
  readonly #logger: Logger;
  readonly #listeners = new Set<(view: ServerView) => void>();
  #server: LocalServer | null = null;
  #serverOver = new AbortController();
  #state: ServerView['state'] = 'stopped';
  #error: WireError | null = null;
  #model: string;
  #wantedPort: number | null = null;
  /** Pages and programs know it, so it is kept where any would do. */
  #lastPort = 0;
  /** Of engines of servers that are gone. */
  #formerRestarts = 0;
  #work: Promise<unknown> = Promise.resolve();
  #news: Timer | null = null;

  constructor(options: AppServerOptions) {
    this.#options = options;
    this.#logger = options.logger;
    this.#model = options.model();
  }

  /** How the server is doing now. */
  get status(): ServerView {
    const server = this.#server;
    const engineFailed = server?.loaded.engine.state === 'failed';
    return {
      state: engineFailed && this.#state === 'ready' ? 'failed' : this.#state,
      error: engineFailed && this.#state === 'ready' ? ENGINE_FAILED : this.#error,
      url: server ? httpUrl(server) : null,
      wantedPort: this.#wantedPort,
      model: this.#model,
      remote: !isLoopback(this.#options.host ?? DEFAULT_HOST),
      clients: server ? clientsOf(server) : [],
      viewers: server?.service.viewers.size ?? 0,
      engineRestarts: this.#formerRestarts + (server?.engineRestarts ?? 0),
    };
  }

  /** `ws://HOST:PORT/ws`; `null` while it does not listen. */
  get streamUrl(): string | null {
    return this.#server?.url ?? null;
  }

  /** @throws {SurtitleError} `server_not_running`. */
  get tokens(): ServerTokens {
    return this.#tokenStore().tokens;
  }

  /** Hears of every change, until the signal fires. */
  onChange(listener: (view: ServerView) => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener), { once: true });
  }

  /**
   * Starts it; does nothing where it runs. Where it fails, {@link status} says why, and {@link restart} or
   * {@link switchModel} try again.
   * @throws {SurtitleError} what `startLocalServer` and `resolveModel` throw.
   */
  start(): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#server) await this.#start(this.#options.model());
    });
  }

  /** Starts it afresh, with the port and the model that are wanted now. @throws as {@link start}. */
  restart(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#stop();
      await this.#start(this.#options.model());
    });
  }

  /**
   * Loads another model. Port, viewers and pages stay; sessions are sent away and come back. Where it cannot be loaded,
   * the present one stays.
   * @throws {SurtitleError} `model_not_found`, `model_name_invalid`, `model_invalid`, `engine_unavailable`.
   */
  switchModel(name: string): Promise<void> {
    return this.#inTurn(async () => {
      const server = this.#server;
      if (!server) {
        await this.#start(name);
        return;
      }
      const { engine, model } = server.loaded;
      if (model.name === name && engine.state === 'ready') return;
      const wanted = resolveModel(name, this.#options);
      await server.switchModel(wanted);
      this.#model = wanted.name;
      this.#changed();
    });
  }

  /** Replaces a token; the old one is refused from then on. @throws {SurtitleError} `server_not_running`, `token_file_unwritable`. */
  async rotateToken(scope: TokenScope): Promise<ServerTokens> {
    const tokens = this.#tokenStore();
    await tokens.rotate(scope);
    return tokens.tokens;
  }

  /** The model that is loaded; `null` where none is. */
  get loadedModel(): ResolvedModel | null {
    return this.#server?.loaded.model ?? null;
  }

  /** What transcribes files, as it is now. @throws {SurtitleError} `server_not_running`. */
  speech(): FileSpeech {
    const server = this.#running();
    const { engine, scheduler, model, gone } = server.loaded;
    const { voiceActivity } = server;
    return {
      model: engine.model,
      gpu: engine.capabilities.gpu,
      identity: identityOf(model, voiceActivity.name),
      // One more than fit, so that the engine never waits.
      concurrency: engine.maxConcurrent + 1,
      voiceActivity,
      gone,
      openLane: (jobId) => scheduler.backgroundLane(jobId),
    };
  }

  /** Says goodbye to clients, then ends the engine. Safe to call twice. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#stop();
      this.#set('stopped');
    });
  }

  async #start(name: string): Promise<void> {
    this.#model = name;
    this.#set('starting');
    try {
      const model = resolveModel(name, this.#options);
      this.#model = model.name;
      this.#server = await this.#listen(model);
    } catch (error) {
      const code = error instanceof SurtitleError ? error.code : 'internal_error';
      this.#set('failed', { code, message: describeError(error) });
      throw error;
    }
    this.#lastPort = Number(new URL(this.#server.url).port);
    this.#follow(this.#server);
    this.#set('ready');
  }

  async #listen(model: ResolvedModel): Promise<LocalServer> {
    const wanted = this.#options.port();
    const port = wanted === 0 ? this.#lastPort : wanted;
    this.#wantedPort = null;
    try {
      return await startLocalServer(this.#settingsOf(model, port));
    } catch (error) {
      const taken = error instanceof SurtitleError && error.code === 'port_in_use';
      if (taken && wanted === 0) return startLocalServer(this.#settingsOf(model, 0));
      if (!taken || !this.#options.otherPort) throw error;
      this.#logger.warn('The wanted port is taken; a free one is used.', { port });
      this.#wantedPort = port;
      return startLocalServer(this.#settingsOf(model, 0));
    }
  }

  #settingsOf(model: ResolvedModel, port: number): LocalServerOptions {
    const { dataFolder, uploads, startProcess, pages, routes, upgrades, logger, ...options } = this.#options;
    return {
      model,
      host: options.host ?? DEFAULT_HOST,
      port,
      allowRemote: options.allowRemote ?? false,
      allowHost: options.allowHost ?? [],
      allowOrigin: options.allowOrigin ?? [],
      threads: options.threads,
      gpu: options.gpu ?? true,
      maxSessions: options.maxSessions ?? DEFAULT_MAX_SESSIONS,
      tokens: options.tokens ?? { home: dataFolder },
      ...(uploads ? { uploads: { ...uploads, folder: path.join(dataFolder, 'uploads') } } : {}),
      ...(startProcess ? { startProcess } : {}),
      ...(pages ? { pages } : {}),
      ...(routes ? { routes } : {}),
      ...(upgrades ? { upgrades } : {}),
      logger,
    };
  }

  #follow(server: LocalServer): void {
    const over = new AbortController();
    this.#serverOver = over;
    const changed = (): void => this.#changed();
    server.onEngineState(changed, over.signal);
    server.service.registry.onChange(changed, over.signal);
    server.service.viewers.onChange(changed, over.signal);
  }

  async #stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.#serverOver.abort();
    if (!server) return;
    this.#set('stopped');
    this.#formerRestarts += server.engineRestarts;
    await server.close();
  }

  #set(state: ServerView['state'], error: WireError | null = null): void {
    this.#state = state;
    this.#error = error;
    this.#changed();
  }

  #changed(): void {
    this.#tellIn(SETTLING_MS);
  }

  #tellIn(delayMs: number): void {
    this.#news?.cancel();
    this.#news = systemClock.setTimer(delayMs, () => {
      const { status } = this;
      for (const listener of [...this.#listeners]) listener(status);
      const talking = status.clients.some(({ connected }) => connected);
      if (talking && this.#listeners.size > 0) this.#tellIn(AUDIO_NEWS_MS);
    });
  }

  #tokenStore(): TokenStore {
    return this.#running().tokens;
  }

  #running(): LocalServer {
    if (this.#server) return this.#server;
    throw new SurtitleError(
      'server_not_running',
      'The speech server does not run. The Server page says why, and starts it again.',
    );
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#work.then(work);
    this.#work = result.catch(() => undefined);
    return result;
  }
}

const ENGINE_FAILED: WireError = {
  code: 'engine_unavailable',
  message:
    'The speech engine crashed again and again, so it was stopped. Start the server again, or choose another model.',
};

function httpUrl(server: LocalServer): string {
  return new URL(server.url.replace(/^ws/u, 'http')).origin;
}

function clientsOf({ service }: LocalServer): ServerClient[] {
  const nowMs = systemClock.now();
  return service.registry.list().map(({ id, openedMs, audioMs, attached, published }) => ({
    id,
    since: new Date(Date.now() - (nowMs - openedMs)).toISOString(),
    audioMs: Math.round(audioMs),
    connected: attached,
    published,
  }));
}

function identityOf(model: ResolvedModel, voiceActivity: string): string {
  const { size, mtimeMs } = statSync(model.path);
  return `${size} ${mtimeMs} ${voiceActivity}`;
}
