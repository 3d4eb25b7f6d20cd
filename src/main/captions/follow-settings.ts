import type { AppServer } from '../../app/app-server.ts';
import type { SettingsOwner } from '../../app/settings-owner.ts';
import type { Clock, Timer } from '../../core/foundation/clock.ts';
import { describeError } from '../../core/foundation/errors.ts';
import type { Logger } from '../../core/foundation/logger.ts';
import { captureKey, sessionKey } from '../../ipc/caption-settings.ts';
import type { DesktopCaptions } from './desktop-captions.ts';
import { ENGINE_RESTARTED, engineDown, modelNotLoaded } from './desktop-words.ts';

/** Somebody who types a vocabulary changes it with every term. */
const SETTLING_MS = 500;

export interface FollowOptions {
  readonly captions: DesktopCaptions;
  readonly settings: SettingsOwner;
  readonly server: AppServer;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Lets captions that run follow what the user changes. */
export function followSettings(
  { captions, settings, server, clock }: FollowOptions,
  signal: AbortSignal,
): void {
  let before = settings.values;
  let wasTrusted = settings.trusted;
  let renewing: Timer | null = null;
  settings.onChange(({ values }) => {
    const { controller } = captions;
    const was = before;
    before = values;
    if (captureKey(values) !== captureKey(was)) void controller.changeSource();
    // Mended settings say for certain what may be kept.
    const mended = settings.trusted && !wasTrusted;
    wasTrusted = settings.trusted;
    const keptOn = values['history.enabled'] && (mended || !was['history.enabled']);
    if (!values['history.enabled'] && (mended || was['history.enabled'])) void captions.stopKeeping();
    if (keptOn || sessionKey(values) !== sessionKey(was)) {
      renewing?.cancel();
      renewing = clock.setTimer(SETTLING_MS, () => controller.renewSession());
    }
    const model = values['captions.model'];
    if (model !== was['captions.model']) {
      server
        .switchModel(model)
        .catch((error: unknown) => controller.tell(modelNotLoaded(describeError(error))));
    }
  }, signal);
  signal.addEventListener('abort', () => renewing?.cancel(), { once: true });
}

/** Tells what happens to the server of the app while captions run, and follows it where it moves. */
export function followServer({ captions, server, logger }: FollowOptions, signal: AbortSignal): void {
  let restarts = server.status.engineRestarts;
  server.onChange((view) => {
    const { controller } = captions;
    const restarted = view.engineRestarts > restarts;
    restarts = view.engineRestarts;
    if (controller.state.phase === 'idle' || !captions.isLocal) return;
    if (view.state === 'failed') {
      controller.tell(engineDown(view.error?.message ?? 'The speech server does not run. Start it again.'));
    } else if (view.state === 'ready') {
      controller.well('engine_unavailable');
      if (restarted) controller.tell(ENGINE_RESTARTED);
      if (server.streamUrl !== captions.url) {
        logger.info('The server has moved, and captions follow it.');
        controller.renewSession();
      } else controller.retryNow();
    }
  }, signal);
}
