import { BrowserWindow, type IpcMainInvokeEvent, ipcMain, type WebContents } from 'electron';
import { answerCall, type CallTable } from '../app/handlers/answer-call.ts';
import type { Logger } from '../core/foundation/logger.ts';
import type { CallContext } from '../ipc/call.ts';
import { CALL_CHANNEL, type CallResult, PUSH_CHANNEL } from '../ipc/desktop-global.ts';
import type { DesktopPushes, SharedPushes } from '../ipc/pushes.ts';
import { isOwnPage } from './app-protocol.ts';
import { roleOf, type WindowRole } from './windows/secure-window.ts';

type Pushes = SharedPushes & DesktopPushes;

export interface IpcOptions {
  readonly calls: CallTable;
  readonly logger: Logger;
}

/** Answers the windows’ calls. The only place that listens to them: a call of anyone else’s page is refused. */
export function answerCalls({ calls, logger }: IpcOptions): void {
  ipcMain.handle(CALL_CHANNEL, async (event, envelope: unknown): Promise<CallResult> => {
    const { name, request } = (envelope ?? {}) as { readonly name?: unknown; readonly request?: unknown };
    const role = isTrusted(event) ? roleOf(event.sender) : null;
    if (role === null || !mayAsk(role, name, request)) {
      logger.warn('A call was refused.', { role, name: typeof name === 'string' ? name.slice(0, 40) : null });
      return failure('refused', 'This page may not ask for that.');
    }
    const context: CallContext = { signal: goneSignal(event.sender), resolveFile: (path) => path };
    return answerCall(calls, { name: String(name), request }, context, logger);
  });
}

/** Tells every window that shows something. */
export function push<Name extends keyof Pushes & string>(name: Name, payload: Pushes[Name]): void {
  for (const window of BrowserWindow.getAllWindows()) {
    const role = window.isDestroyed() ? null : roleOf(window.webContents);
    if ((role === 'control' || role === 'overlay') && !window.webContents.isCrashed()) {
      window.webContents.send(PUSH_CHANNEL, name, payload);
    }
  }
}

function isTrusted(event: IpcMainInvokeEvent): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame === event.sender.mainFrame && isOwnPage(frame.url);
}

/** The overlay shows captions and is moved; all else is asked for in the control window. */
const OVERLAY_MAY_ASK = /^(?:overlay\.|captions\.|settings\.read$|window\.showControl$)/u;

function mayAsk(role: WindowRole, name: unknown, request: unknown): boolean {
  switch (role) {
    case 'control':
      return true;
    case 'overlay':
      return typeof name === 'string' && (OVERLAY_MAY_ASK.test(name) || writesOverlay(name, request));
    case 'capture':
      // It has its port.
      return false;
  }
}

/** It may be locked and hidden where it is seen. */
function writesOverlay(name: string, request: unknown): boolean {
  const { key } = (request ?? {}) as { readonly key?: unknown };
  return name === 'settings.write' && typeof key === 'string' && key.startsWith('overlay.');
}

const gone = new WeakMap<WebContents, AbortController>();

function goneSignal(sender: WebContents): AbortSignal {
  let controller = gone.get(sender);
  if (!controller) {
    const fresh = new AbortController();
    controller = fresh;
    gone.set(sender, fresh);
    const leave = (): void => {
      gone.delete(sender);
      fresh.abort();
    };
    sender.once('destroyed', leave);
    sender.once('render-process-gone', leave);
  }
  return controller.signal;
}

function failure(code: string, message: string): CallResult {
  return { ok: false, error: { code, message } };
}
