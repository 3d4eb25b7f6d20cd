/**
 * What a window gets of Electron: one way to ask, one to be told, the path of a file the user dropped, and the port
 * of the capture window. Runs sandboxed; everything that arrives is checked by the main process.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import {
  CALL_CHANNEL,
  CAPTURE_PORT_CHANNEL,
  type DesktopGlobal,
  PUSH_CHANNEL,
} from '../ipc/desktop-global.ts';

const surtitle: DesktopGlobal = {
  ask: (name, request) => ipcRenderer.invoke(CALL_CHANNEL, { name, request }),
  onPush(listener) {
    const listen = (_event: unknown, name: string, payload: unknown): void => listener(name, payload);
    ipcRenderer.on(PUSH_CHANNEL, listen);
    return () => ipcRenderer.removeListener(PUSH_CHANNEL, listen);
  },
  pathOf: (file) => webUtils.getPathForFile(file as Parameters<typeof webUtils.getPathForFile>[0]),
};

contextBridge.exposeInMainWorld('surtitle', surtitle);

// A port cannot cross the context bridge; a message to the page itself can carry it.
ipcRenderer.on(CAPTURE_PORT_CHANNEL, (event) => {
  const page = globalThis as unknown as {
    readonly location: { readonly origin: string };
    postMessage(message: unknown, origin: string, ports: readonly unknown[]): void;
  };
  page.postMessage(CAPTURE_PORT_CHANNEL, page.location.origin, event.ports);
});
