import { MessageChannelMain } from 'electron';
import { CAPTURE_PORT_CHANNEL } from '../../ipc/desktop-global.ts';
import { openCaptureWindow } from '../windows/capture-window.ts';
import type { OpenCaptureWindow } from './capture-link.ts';

/** Opens the hidden window and gives its page a port. */
export const openHiddenCapture: OpenCaptureWindow = async (listener) => {
  const window = await openCaptureWindow();
  const { port1, port2 } = new MessageChannelMain();
  port1.on('message', ({ data }) => listener.report(data));
  port1.start();
  const { webContents } = window;
  webContents.on('render-process-gone', (_event, { reason }) => listener.gone(reason));
  webContents.on('unresponsive', () => listener.gone('unresponsive'));
  window.on('closed', () => listener.gone('closed'));
  webContents.postMessage(CAPTURE_PORT_CHANNEL, null, [port2]);
  return {
    post: (command) => port1.postMessage(command),
    close() {
      port1.close();
      // Its process may not answer, so it is not asked to close.
      if (!window.isDestroyed()) window.destroy();
    },
  };
};
