import path from 'node:path';
import { app } from 'electron';
import { dataFolder } from '../app/data-folder.ts';
import { packageRoot } from '../app/installation.ts';
import { startLocalServer } from '../app/local-server.ts';
import { resolveModel } from '../app/model-resolution.ts';
import { CaptionController } from '../core/captions/caption-controller.ts';
import { connectFromNode } from '../core/client/node-socket.ts';
import { createStreamingClient } from '../core/client/streaming-client.ts';
import { silentLogger } from '../core/foundation/logger.ts';
import { DESKTOP_CALLS } from '../ipc/calls.ts';
import { pageUrl, registerAppScheme, serveAppPages } from './app-protocol.ts';
import { WindowCapture } from './captions/window-capture.ts';
import { startUtilityEngine } from './engine/utility-process.ts';
import { answerCalls, push } from './ipc.ts';
import { secureWindow } from './windows/secure-window.ts';

app.setPath('userData', path.join(dataFolder(), 'desktop'));
registerAppScheme();
// Not awaited at the top level: Electron is not ready before this module has been evaluated.
void app.whenReady().then(start);

async function start(): Promise<void> {
  serveAppPages(path.join(packageRoot, 'out', 'renderer'));

  const model = resolveModel('starter.en', { dataFolder: dataFolder() });
  const server = startLocalServer({
    model,
    host: '127.0.0.1',
    port: 0,
    threads: undefined,
    gpu: true,
    maxSessions: 4,
    tokens: 'temporary',
    startProcess: startUtilityEngine,
    logger: silentLogger,
  });
  const captions = new CaptionController({
    capture: new WindowCapture(async () => {
      const window = secureWindow({ show: false });
      await window.loadURL(pageUrl('capture.html'));
      return window;
    }),
    request: async () => ({
      source: 'microphone',
      microphone: null,
      echoCancellation: false,
      noiseSuppression: false,
      autoGainControl: false,
    }),
    openStream: async () => {
      const { url, token } = await server;
      return {
        client: createStreamingClient({ url, token, connect: connectFromNode, config: { publish: true } }),
        keeper: null,
      };
    },
    onState: (state) => push('captions.state', state),
    onMessage: (message) => push('captions.message', message),
    onLevel: (level) => push('captions.level', level),
    now: () => new Date(),
  });
  answerCalls({
    calls: {
      'captions.read': {
        call: DESKTOP_CALLS['captions.read'],
        answer: () => ({ state: captions.state, snapshot: captions.snapshot }),
      },
      'captions.start': { call: DESKTOP_CALLS['captions.start'], answer: () => captions.start() },
      'captions.stop': { call: DESKTOP_CALLS['captions.stop'], answer: () => captions.stop() },
    },
    logger: silentLogger,
  });
  const control = secureWindow({ width: 960, height: 640, show: false });
  control.once('ready-to-show', () => control.show());
  await control.loadURL(pageUrl('index.html'));
  app.on('window-all-closed', () => app.quit());
}
