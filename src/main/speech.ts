import path from 'node:path';
import { session } from 'electron';
import { AppServer } from '../app/app-server.ts';
import { createControlRoutes } from '../app/control/control-routes.ts';
import { createHandlers, type HandlerTable } from '../app/handlers/handler-table.ts';
import { packageRoot, resourcesFolder } from '../app/installation.ts';
import { createPageHandler } from '../app/page-handler.ts';
import type { SettingsOwner } from '../app/settings-owner.ts';
import type { CaptionState } from '../core/captions/caption-state.ts';
import type { Clock } from '../core/foundation/clock.ts';
import type { Logger } from '../core/foundation/logger.ts';
import { pageUrl } from './app-protocol.ts';
import { DesktopCaptions } from './captions/desktop-captions.ts';
import { followServer, followSettings } from './captions/follow-settings.ts';
import { openHiddenCapture } from './captions/open-capture-window.ts';
import { WindowCapture } from './captions/window-capture.ts';
import { startUtilityEngine } from './engine/utility-process.ts';
import { push } from './ipc.ts';
import { onPower } from './power.ts';
import { offerSystemAudio } from './system-audio/display-media.ts';
import { ExternalSystemAudio, SYSTEM_AUDIO_WAY } from './system-audio/system-audio.ts';

/** What pages in a browser may send to be transcribed: as much as `surtitle serve` takes where nothing else is said. */
const MAX_UPLOAD_BYTES = 500_000_000;
const MAX_UPLOAD_DURATION_MS = 240 * 60_000;

export interface SpeechOptions {
  readonly dataFolder: string;
  readonly settings: SettingsOwner;
  readonly onState: (state: CaptionState) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** What makes captions: the server of this machine, the capture, and who brings them together. */
export interface Speech {
  readonly server: AppServer;
  readonly captions: DesktopCaptions;
  /** Answers what the desktop’s windows and pages in a browser ask for alike. */
  readonly shared: HandlerTable;
  /** Removes what pages in a browser left behind long ago. Never rejects. */
  sweepUploads(): Promise<void>;
  /** Ends what is left once captions have ended: the capture window, downloads, transcriptions, pages in a browser. */
  closeWork(): Promise<void>;
}

/** Puts together what makes captions. Nothing runs yet. */
export function openSpeech({ dataFolder, settings, onState, clock, logger, signal }: SpeechOptions): Speech {
  const historyFolder = path.join(dataFolder, 'history');
  const control = createControlRoutes({
    table: () => shared,
    settings,
    historyFolder,
    uploadsFolder: path.join(dataFolder, 'uploads', 'pages'),
    maxUploadBytes: MAX_UPLOAD_BYTES,
    clock,
    now: () => new Date(),
    logger,
  });
  const server = new AppServer({
    dataFolder,
    model: () => settings.values['captions.model'],
    port: () => settings.values['server.port'],
    otherPort: true,
    uploads: { maxFileBytes: MAX_UPLOAD_BYTES, maxDurationMs: MAX_UPLOAD_DURATION_MS },
    // The same interface for a phone, another window or OBS.
    pages: createPageHandler({
      folder: path.join(packageRoot, 'out', 'renderer'),
      icon: path.join(resourcesFolder, 'icons', 'linux', '32x32.png'),
      logger,
    }),
    routes: control.routes,
    upgrades: control.upgrades,
    startProcess: startUtilityEngine,
    logger,
  });
  const shared: HandlerTable = createHandlers({
    shell: 'desktop',
    dataFolder,
    settings,
    server,
    logger,
    signal,
  });
  shared.pushes.subscribe((name, payload) => push(name, payload as never), signal);
  offerSystemAudio(session.defaultSession, pageUrl('capture.html'));
  const externalAudio = new ExternalSystemAudio({ clock, logger });
  const capture = new WindowCapture({
    openWindow: openHiddenCapture,
    systemAudio: SYSTEM_AUDIO_WAY,
    onExternalWanted: (sink) => externalAudio.want(sink),
    onMicrophonesChanged: () => push('captions.microphonesChanged', null),
    clock,
    logger,
  });
  const captions = new DesktopCaptions({
    historyFolder,
    capture,
    settings,
    server,
    push: (name, payload) => push(name, payload as never),
    onState,
    onHistoryChange: () => shared.pushes.tell('history.changed', null),
    clock,
    logger,
  });
  followSettings({ captions, settings, server, clock, logger }, signal);
  followServer({ captions, settings, server, clock, logger }, signal);
  onPower({ suspend: () => undefined, resume: () => captions.wokeUp() }, signal);
  const closeWork = async (): Promise<void> => {
    capture.close();
    await control.close();
    await shared.close();
  };
  return { server, captions, shared, sweepUploads: () => control.sweep(), closeWork };
}
