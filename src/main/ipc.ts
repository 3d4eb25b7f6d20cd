import { BrowserWindow, type IpcMainInvokeEvent, ipcMain, type WebContents } from 'electron';
import { answerCall, type CallTable } from '../app/handlers/answer-call.ts';
import type { Logger } from '../core/foundation/logger.ts';
import type { CallContext } from '../ipc/call.ts';
import { CALL_CHANNEL, type CallResult, PUSH_CHANNEL } from '../ipc/desktop-global.ts';
import type { DesktopPushes, SharedPushes } from '../ipc/pushes.ts';
import { isOwnPage } from './app-protocol.ts';

type Pushes = SharedPushes & DesktopPushes;

export interface IpcOptions {
  readonly calls: CallTable;
  readonly logger: Logger;
}

/** Answers the windows’ calls. The only place that listens to them: a call of anyone else’s page is refused. */
export function answerCalls({ calls, logger }: IpcOptions): void {
  ipcMain.handle(CALL_CHANNEL, async (event, envelope: unknown): Promise<CallResult> => {
    if (!isTrusted(event)) {
      logger.warn('A call of a page that is not ours was refused.');
      return failure('refused', 'This page may not ask for that.');
    }
    const { name, request } = (envelope ?? {}) as { readonly name?: unknown; readonly request?: unknown };
    const context: CallContext = { signal: goneSignal(event.sender), resolveFile: (path) => path };
    return answerCall(calls, { name: String(name), request }, context, logger);
  });
}

/** Tells every window. */
export function push<Name extends keyof Pushes & string>(name: Name, payload: Pushes[Name]): void {
  for (const window of BrowserWindow.getAllWindows()) {
    if (!window.isDestroyed() && !window.webContents.isCrashed()) {
      window.webContents.send(PUSH_CHANNEL, name, payload);
    }
  }
}

function isTrusted(event: IpcMainInvokeEvent): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame === event.sender.mainFrame && isOwnPage(frame.url);
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
