import type { AppServer } from '../../app/app-server.ts';
import { JournalKeeper } from '../../app/journal-keeper.ts';
import type { SettingsOwner } from '../../app/settings-owner.ts';
import { CaptionController } from '../../core/captions/caption-controller.ts';
import type { CaptionState } from '../../core/captions/caption-state.ts';
import type { CaptionStream } from '../../core/captions/caption-stream.ts';
import type { AudioLevel } from '../../core/captions/capture-types.ts';
import { connectFromNode } from '../../core/client/node-socket.ts';
import { createStreamingClient, type StreamingClient } from '../../core/client/streaming-client.ts';
import type { Clock } from '../../core/foundation/clock.ts';
import { SurtitleError } from '../../core/foundation/errors.ts';
import type { Logger } from '../../core/foundation/logger.ts';
import type { JournalEvent } from '../../core/transcript/journal.ts';
import type { Handlers } from '../../ipc/call.ts';
import type { DesktopCalls } from '../../ipc/calls.ts';
import { captureRequest, streamConfig } from '../../ipc/caption-settings.ts';
import type { DesktopPushes } from '../../ipc/pushes.ts';
import { historyState, lostFinals, modelMissing, NOT_KEPT, SOURCE_WORDS, WOKE_UP } from './desktop-words.ts';
import { remoteServer } from './remote-server.ts';
import type { WindowCapture } from './window-capture.ts';

export type CaptionCalls = Pick<DesktopCalls, Extract<keyof DesktopCalls, `captions.${string}`>>;

type CaptionPushes = Pick<DesktopPushes, 'captions.state' | 'captions.message' | 'captions.level'>;

export interface DesktopCaptionsOptions {
  /** Folder of the history. */
  readonly historyFolder: string;
  readonly capture: WindowCapture;
  readonly settings: SettingsOwner;
  readonly server: AppServer;
  readonly push: <Name extends keyof CaptionPushes>(name: Name, payload: CaptionPushes[Name]) => void;
  readonly onState: (state: CaptionState) => void;
  /** A session is new in the history, or over. */
  readonly onHistoryChange: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Levels are told no more often than this, in milliseconds. */
const LEVEL_INTERVAL_MS = 90;
/** The server of this machine comes back soon, or is being mended by its user. */
const MAX_BACKOFF_MS = 5_000;

/** Live captions of the desktop app: what is captured, recognised and kept follows the settings, also while they run. */
export class DesktopCaptions {
  readonly #options: DesktopCaptionsOptions;
  readonly controller: CaptionController;
  #keeper: JournalKeeper | null = null;
  /** Address of the server that the newest session uses. */
  #url: string | null = null;
  #levelAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: DesktopCaptionsOptions) {
    this.#options = options;
    const { capture, settings, push, onState, clock, logger } = options;
    this.controller = new CaptionController({
      capture,
      request: async () => captureRequest(settings.values),
      openStream: () => this.#openStream(),
      onState: (state) => {
        push('captions.state', state);
        onState(state);
      },
      onMessage: (message) => push('captions.message', message),
      onLevel: (level) => this.#level(level),
      now: () => new Date(),
      clock,
      logger,
    });
  }

  get handlers(): Handlers<CaptionCalls> {
    const { controller } = this;
    const { capture } = this.#options;
    return {
      'captions.read': () => ({ state: controller.state, snapshot: controller.snapshot }),
      'captions.start': () => controller.start(),
      'captions.stop': () => controller.stop(),
      'captions.pause': () => controller.pause(),
      'captions.resume': () => controller.resume(),
      'captions.dismissProblem': () => controller.tell(null),
      'captions.microphones': () => capture.microphones(),
    };
  }

  /** Address of the server that captions go to; `null` before there was a session. */
  get url(): string | null {
    return this.#url;
  }

  /** Whether it is the app’s own server. */
  get isLocal(): boolean {
    return this.#options.settings.values['server.remote'] === null;
  }

  /** Keeps nothing of what runs from now on. */
  async stopKeeping(): Promise<void> {
    const keeper = this.#keeper;
    this.#keeper = null;
    this.controller.keeping('off');
    await keeper?.stop();
    this.#options.onHistoryChange();
  }

  /** The machine was asleep: devices may have gone meanwhile, and connections too. */
  wokeUp(): void {
    const { controller } = this;
    if (controller.state.phase === 'idle') return;
    this.#options.capture.check();
    controller.retryNow();
    controller.tell(WOKE_UP);
  }

  async #openStream(): Promise<CaptionStream> {
    const { settings, clock, logger } = this.#options;
    const { url, token } = await this.#findServer();
    this.#url = url;
    const client = createStreamingClient({
      url,
      token,
      connect: connectFromNode,
      config: streamConfig(settings.values),
      // It is the user who gives up.
      maxRetries: Number.POSITIVE_INFINITY,
      maxBackoffMs: MAX_BACKOFF_MS,
      clock,
      logger,
    });
    this.#keeper = this.#openKeeper(client);
    return { client, keeper: this.#keeper };
  }

  /** @throws {SurtitleError} why there is none. */
  async #findServer(): Promise<{ readonly url: string; readonly token: () => string | null }> {
    const { settings, server } = this.#options;
    const remote = settings.values['server.remote'];
    if (remote !== null) {
      const { url, token } = remoteServer(remote);
      return { url, token: () => token };
    }
    await server.start().catch((error: unknown) => {
      throw isMissing(error) ? new SurtitleError(error.code, modelMissing(server.status.model)) : error;
    });
    const url = server.streamUrl;
    if (url === null)
      throw new SurtitleError('server_not_running', 'The speech server does not run. Start it.');
    let { full } = server.tokens;
    return {
      url,
      token: () => {
        // While it is away it has none to tell.
        if (server.streamUrl !== null) full = server.tokens.full;
        return full;
      },
    };
  }

  /** @returns `null` where nothing is to be kept. Where it is not known, that may have been forbidden. */
  #openKeeper(client: StreamingClient): JournalKeeper | null {
    const { historyFolder, settings, clock, onHistoryChange } = this.#options;
    if (!settings.trusted) {
      this.controller.keeping('off', NOT_KEPT);
      return null;
    }
    // What was wrong with the settings is not wrong any more.
    this.controller.keeping('off');
    if (!settings.values['history.enabled']) return null;
    const keeper: JournalKeeper = new JournalKeeper({
      folder: historyFolder,
      source: SOURCE_WORDS[settings.values['captions.source']],
      ready: client.ready(),
      clock,
      now: () => new Date(),
      onEvent: (event) => {
        if (this.#keeper === keeper) this.#journalEvent(event);
        if (event.type === 'created') onHistoryChange();
      },
      onLost: (count) => this.controller.tell(lostFinals(count)),
      onClosed: onHistoryChange,
    });
    return keeper;
  }

  #journalEvent(event: JournalEvent): void {
    const { keeping, problem } = historyState(event);
    this.controller.keeping(keeping, problem);
  }

  #level(level: AudioLevel): void {
    const { clock, push } = this.#options;
    const nowMs = clock.now();
    if (nowMs - this.#levelAtMs < LEVEL_INTERVAL_MS) return;
    this.#levelAtMs = nowMs;
    push('captions.level', level);
  }
}

function isMissing(error: unknown): error is SurtitleError {
  return error instanceof SurtitleError && error.code === 'model_not_found';
}
