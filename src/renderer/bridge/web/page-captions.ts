import { CaptionController } from '../../../core/captions/caption-controller.ts';
import type { CaptionStream } from '../../../core/captions/caption-stream.ts';
import { connectFromBrowser } from '../../../core/client/browser-socket.ts';
import { createStreamingClient } from '../../../core/client/streaming-client.ts';
import { systemClock } from '../../../core/foundation/clock.ts';
import type { SettingValues } from '../../../core/settings/settings-schema.ts';
import { captureKey, captureRequest, sessionKey, streamConfig } from '../../../ipc/caption-settings.ts';
import type { SettingsView } from '../../../ipc/views.ts';
import { createBrowserCapture } from '../../capture/browser-capture.ts';
import type { CaptionsBridge, CaptionsWatcher } from '../types.ts';
import type { ControlLink } from './control-link.ts';
import { PageKeeper } from './page-keeper.ts';

export interface PageCaptionsOptions {
  readonly link: ControlLink;
  /** `http:` or `https:`, of the server. */
  readonly origin: string;
}

/** The server of this machine comes back soon, or is being mended by its user. */
const MAX_BACKOFF_MS = 5_000;
/** Somebody who types a vocabulary changes it with every term. */
const SETTLING_MS = 500;
/** What the history calls a source before its name is known. */
const SOURCE_WORDS = {
  microphone: 'Microphone',
  system: 'Shared tab',
  both: 'Microphone and shared tab',
} as const;

/** Live captions of this page: it captures, streams to its own server, and keeps what comes back in its history. */
export class PageCaptions {
  readonly #options: PageCaptionsOptions;
  readonly #capture = createBrowserCapture();
  readonly #watchers = new Set<CaptionsWatcher>();
  readonly #controller: CaptionController;
  #settings: Promise<SettingValues> | null = null;
  #values: SettingValues | null = null;
  #renewing: { cancel(): void } | null = null;

  constructor(options: PageCaptionsOptions) {
    this.#options = options;
    this.#controller = new CaptionController({
      capture: this.#capture,
      request: async () => captureRequest(await this.#read()),
      openStream: () => this.#openStream(),
      onState: (state) => this.#tell((watcher) => watcher.state(state)),
      onMessage: (message) => this.#tell((watcher) => watcher.message(message)),
      onLevel: (level) => this.#tell((watcher) => watcher.level?.(level)),
      now: () => new Date(),
    });
    // Read at once: a tab can be shared only soon after the click on Start.
    this.#read().catch(() => undefined);
  }

  get bridge(): CaptionsBridge {
    const controller = this.#controller;
    return {
      start: () => controller.start(),
      stop: () => controller.stop(),
      pause: () => controller.pause(),
      resume: () => controller.resume(),
      dismissProblem: async () => controller.tell(null),
      microphones: () => this.#capture.microphones(),
      watch: (watcher, signal) => {
        if (signal.aborted) return;
        this.#watchers.add(watcher);
        signal.addEventListener('abort', () => this.#watchers.delete(watcher), { once: true });
        watcher.snapshot(controller.snapshot);
        watcher.state(controller.state);
        this.#capture.onMicrophonesChanged(() => watcher.microphonesChanged?.(), signal);
      },
    };
  }

  /** Captions that run follow what the user changes, here or elsewhere. */
  settingsChanged({ values }: SettingsView): void {
    const was = this.#values;
    this.#values = values;
    this.#settings = Promise.resolve(values);
    if (!was) return;
    if (captureKey(values) !== captureKey(was)) void this.#controller.changeSource();
    const keptOtherwise = values['history.enabled'] !== was['history.enabled'];
    if (!keptOtherwise && sessionKey(values) === sessionKey(was)) return;
    this.#renewing?.cancel();
    this.#renewing = systemClock.setTimer(SETTLING_MS, () => this.#controller.renewSession());
  }

  /** The server is back, or the machine is back on the network. */
  retryNow(): void {
    this.#controller.retryNow();
  }

  #read(): Promise<SettingValues> {
    this.#settings ??= this.#options.link.call('settings.read').then(
      (view) => {
        this.#values = (view as SettingsView).values;
        return this.#values;
      },
      (error: unknown) => {
        this.#settings = null;
        throw error;
      },
    );
    return this.#settings;
  }

  async #openStream(): Promise<CaptionStream> {
    const { link, origin } = this.#options;
    const values = await this.#read();
    const client = createStreamingClient({
      url: `${origin.replace(/^http/u, 'ws')}/ws`,
      token: () => link.token,
      connect: connectFromBrowser,
      config: streamConfig(values),
      // It is the user who gives up.
      maxRetries: Number.POSITIVE_INFINITY,
      maxBackoffMs: MAX_BACKOFF_MS,
    });
    if (!values['history.enabled']) return { client, keeper: null };
    const controller = this.#controller;
    const keeper = new PageKeeper({
      link,
      source: () => controller.state.sourceLabel || SOURCE_WORDS[values['captions.source']],
      ready: client.ready(),
      onKeeping: (keeping) => controller.keeping(keeping),
    });
    return { client, keeper };
  }

  #tell(tell: (watcher: CaptionsWatcher) => void): void {
    for (const watcher of [...this.#watchers]) tell(watcher);
  }
}
