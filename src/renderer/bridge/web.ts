import { systemClock } from '../../core/foundation/clock.ts';
import type { SharedCalls } from '../../ipc/calls.ts';
import type { SharedPushes } from '../../ipc/pushes.ts';
import type { ServerTokens } from '../../ipc/views.ts';
import { FULL_TOKEN, tabStorage, takeToken } from './page-token.ts';
import type { Bridge } from './types.ts';
import { ControlLink } from './web/control-link.ts';
import { PageCaptions } from './web/page-captions.ts';
import { askForFiles, download, uploadFiles } from './web/page-files.ts';

/** What a push says can be asked for: a page that was away may have missed one. */
const READ_ANEW: Readonly<Record<keyof SharedPushes, keyof SharedCalls | null>> = {
  'settings.changed': 'settings.read',
  'models.changed': 'models.list',
  'files.changed': 'files.list',
  'history.changed': null,
  'server.changed': 'server.status',
};

/** The bridge of a page in a browser: calls go over `WS /control`, and the page captures and streams by itself. */
export function createWebBridge(): Bridge {
  const { origin } = window.location;
  const storage = tabStorage();
  const { token, cleanAddress } = takeToken(FULL_TOKEN, window.location.href, storage);
  // Neither the history nor a screenshot of the page shall show it.
  if (cleanAddress !== null) window.history.replaceState(null, '', cleanAddress);

  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  const tell = (name: string, payload: unknown): void => {
    for (const listener of [...(listeners.get(name) ?? [])]) listener(payload);
  };
  const link = new ControlLink({ origin, token, clock: systemClock, random: Math.random, onPush: tell });
  const on = (name: string, listener: (payload: never) => void, signal: AbortSignal): void => {
    if (signal.aborted) return;
    const entry = listener as (payload: unknown) => void;
    const entries = listeners.get(name) ?? new Set();
    listeners.set(name, entries.add(entry));
    signal.addEventListener('abort', () => entries.delete(entry), { once: true });
  };
  const call = async (name: string, request?: unknown): Promise<unknown> => {
    const answer = await link.call(name, request);
    if (name === 'server.rotateToken') {
      const { full } = answer as ServerTokens;
      link.adoptToken(full);
      storage?.setItem(FULL_TOKEN.storageKey, full);
    }
    return answer;
  };
  const captions = new PageCaptions({ link, origin });
  const forever = new AbortController().signal;
  on('settings.changed', (view) => captions.settingsChanged(view), forever);
  let wasOpen = false;
  link.watch((state) => {
    if (state !== 'open') return;
    if (wasOpen) void readAnew();
    wasOpen = true;
    captions.retryNow();
  }, forever);
  const hurry = (): void => {
    link.retryNow();
    captions.retryNow();
  };
  window.addEventListener('online', hurry);
  window.addEventListener('hashchange', () => {
    // Another link was opened in this tab.
    if (/[#&]token=/u.test(window.location.hash)) window.location.reload();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') hurry();
  });

  return {
    shell: 'browser',
    call: call as Bridge['call'],
    on: on as Bridge['on'],
    captions: captions.bridge,
    desktop: null,
    watchLink: (listener, signal) => link.watch(listener, signal),
    chooseFiles: async (kind, onProgress, signal) =>
      uploadFiles(await askForFiles(kind), { origin, token: link.token }, onProgress, signal),
    takeFiles: (files, onProgress, signal) =>
      uploadFiles(files, { origin, token: link.token }, onProgress, signal),
    async saveText(fileName, text) {
      download(fileName, text);
      return fileName;
    },
  };

  async function readAnew(): Promise<void> {
    for (const [push, name] of Object.entries(READ_ANEW)) {
      if (!listeners.get(push)?.size) continue;
      try {
        tell(push, name === null ? null : await link.call(name));
      } catch {
        // Lost again: it is done anew with the next connection.
        return;
      }
    }
  }
}
