/** Wires the desktop app: what each part does is said where it lies. */
import { setMaxListeners } from 'node:events';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { app, dialog } from 'electron';
import { dataFolder } from '../app/data-folder.ts';
import { tableOf } from '../app/handlers/answer-call.ts';
import { packageRoot, resourcesFolder } from '../app/installation.ts';
import { modelsFolder } from '../app/model-places.ts';
import { SettingsOwner } from '../app/settings-owner.ts';
import { systemClock } from '../core/foundation/clock.ts';
import { describeError } from '../core/foundation/errors.ts';
import type { Logger } from '../core/foundation/logger.ts';
import { DESKTOP_CALLS } from '../ipc/calls.ts';
import { shellActions } from './actions.ts';
import { setAppMenu } from './app-menu.ts';
import { registerAppScheme, serveAppPages } from './app-protocol.ts';
import { keepHouse } from './captions/keep-house.ts';
import { desktopHandlers } from './desktop-handlers.ts';
import { answerCalls, push } from './ipc.ts';
import { createLogFile, logFolder } from './log-file.ts';
import { followLaunchAtLogin, HIDDEN_ARGUMENT, launchCommand } from './login.ts';
import { hardenPages } from './security.ts';
import { Shortcuts } from './shortcuts.ts';
import { Shutdown } from './shutdown.ts';
import { actionArgument, askedAction, becomeOnlyInstance, onFurtherStart } from './single-instance.ts';
import { openSpeech } from './speech.ts';
import { STRINGS } from './strings.ts';
import { describeSystemAudio } from './system-audio/system-audio.ts';
import { followTheme } from './theme.ts';
import { AppTray, hasTray } from './tray.ts';
import type { TrayAction } from './tray-menu.ts';
import { prepareWindowSystem, windowSystem } from './window-system.ts';
import { expectedClickThrough, isWaylandSession } from './windows/click-through.ts';
import { ControlWindow } from './windows/control-window.ts';
import { askAboutFailingWindow } from './windows/failing-window.ts';
import { OverlayWindow } from './windows/overlay-window.ts';
import { WindowStateFile } from './windows/window-state.ts';

const home = dataFolder();
const userData = path.join(home, 'desktop');

app.setName(STRINGS.productName);
app.setPath('userData', userData);
if (becomeOnlyInstance()) {
  const logger = createLogFile(home);
  prepareWindowSystem();
  registerAppScheme();
  // Not awaited at the top level: Electron is not ready before this module has been evaluated.
  void app
    .whenReady()
    .then(() => start(logger))
    .catch((error: unknown) => {
      logger.error('The app could not start.', { reason: describeError(error) });
      dialog.showErrorBox(STRINGS.startFailed.title, describeError(error));
      app.exit(1);
    });
} else {
  app.quit();
}

async function start(logger: Logger): Promise<void> {
  const clock = systemClock;
  const shutdown = new Shutdown(clock, logger);
  const ended = new AbortController();
  const { signal } = ended;
  // Everything that lives as long as the app listens to it.
  setMaxListeners(0, signal);
  const trayProbe = hasTray();
  hardenPages(logger);
  serveAppPages(path.join(packageRoot, 'out', 'renderer'));
  setAppMenu();
  const icons = path.join(resourcesFolder, 'icons');
  await mkdir(home, { recursive: true, mode: 0o700 });
  const settings = await SettingsOwner.open({ folder: home, logger });
  followTheme(settings, signal);
  const windowState = await WindowStateFile.open(userData, clock, logger);

  const logs = logFolder(home);
  const control = new ControlWindow({
    state: windowState,
    clock,
    logger,
    icon: path.join(icons, 'icon.png'),
    tellPage: (page) => push('control.show', { page }),
    onClosed: async () => {
      if (!shutdown.isEnding && !(await trayProbe)) app.quit();
    },
    onGivenUp: () => void askAboutFailingWindow(() => control.reload(), logs),
  });
  const overlay = new OverlayWindow({
    settings,
    state: windowState,
    clock,
    logger,
    clickThrough: expectedClickThrough(windowSystem()),
    onChange: (view) => {
      push('overlay.changed', view);
      tray.overlayChanged(view);
    },
    onGivenUp: () => void askAboutFailingWindow(() => overlay.reload(), logs),
    signal,
  });

  const { server, captions, shared, sweepUploads, closeWork } = openSpeech({
    dataFolder: home,
    settings,
    onState: (state) => {
      tray.captionsChanged(state);
      overlay.captionsChanged(state);
    },
    clock,
    logger,
    signal,
  });

  const actions = shellActions({ captions: captions.controller, settings, logger });
  const act = (action: TrayAction): void => {
    if (action === 'open') control.show();
    else if (action === 'quit') app.quit();
    else actions[action]();
  };
  const tray = new AppTray({ icons, act }, overlay.view);
  const shortcuts = new Shortcuts({
    settings,
    actions,
    logger,
    waylandCommand: isWaylandSession(windowSystem())
      ? (action) => [...launchCommand(), actionArgument(action)].join(' ')
      : null,
    onChange: (views) => push('shortcuts.changed', views),
    signal,
  });
  answerCalls({
    calls: {
      ...shared.calls,
      ...tableOf(DESKTOP_CALLS, {
        ...desktopHandlers({
          overlay,
          control,
          shortcuts,
          systemAudio: describeSystemAudio,
          folders: { data: home, history: path.join(home, 'history'), models: modelsFolder(home), logs },
        }),
        ...captions.handlers,
      }),
    },
    logger,
  });
  followLaunchAtLogin(settings, logger, signal);

  onFurtherStart((action) => (action ? actions[action]() : control.show()));
  app.on('activate', () => control.show());
  // The captions go on without a window.
  app.on('window-all-closed', () => {});

  // Together less than nobody waits for: last words that do not come must not undo a deletion, nor lose a setting.
  shutdown.before('server', 2_000, () => server.close());
  shutdown.before('windows', 300, async () => {
    ended.abort();
    tray.destroy();
    await windowState.flush();
  });
  shutdown.before('settings', 300, () => settings.close());
  shutdown.before('background work', 800, closeWork);
  shutdown.before('captions', 3_000, () => captions.controller.stop());

  const isHidden = process.argv.includes(HIDDEN_ARGUMENT) && (await trayProbe);
  if (!isHidden) control.show();
  overlay.open();
  server.start().catch((error: unknown) => {
    logger.error('The server could not start.', { reason: describeError(error) });
  });
  void keepHouse(settings, path.join(home, 'history'), logger);
  void sweepUploads();
  const asked = askedAction(process.argv);
  if (asked) actions[asked]();
}
