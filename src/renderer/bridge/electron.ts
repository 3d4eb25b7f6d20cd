import type { CaptionSnapshot, CaptionState } from '../../core/captions/caption-state.ts';
import { SurtitleError } from '../../core/foundation/errors.ts';
import type { DesktopGlobal } from '../../ipc/desktop-global.ts';
import type { Bridge, CaptionsWatcher } from './types.ts';

/** The desktop app’s bridge: every call goes to the main process. */
export function electronBridge(surtitle: DesktopGlobal): Bridge {
  const call = async (name: string, request?: unknown): Promise<unknown> => {
    const result = await surtitle.ask(name, request);
    if (result.ok) return result.value;
    throw new SurtitleError(result.error.code, result.error.message);
  };
  const on = (wanted: string, listener: (payload: never) => void, signal: AbortSignal): void => {
    const end = surtitle.onPush((name, payload) => {
      if (name === wanted) listener(payload as never);
    });
    signal.addEventListener('abort', end, { once: true });
  };
  const act = (name: string) => async (): Promise<void> => {
    await call(name);
  };
  return {
    shell: 'desktop',
    call: call as Bridge['call'],
    on: on as Bridge['on'],
    desktop: { call, on } as unknown as Bridge['desktop'],
    captions: {
      start: act('captions.start'),
      stop: act('captions.stop'),
      pause: act('captions.pause'),
      resume: act('captions.resume'),
      dismissProblem: act('captions.dismissProblem'),
      microphones: async () => (await call('captions.microphones')) as never,
      watch: (watcher, signal) => void watchCaptions(watcher, signal),
    },
    watchLink(listener) {
      listener('open');
    },
    chooseFiles: async (kind) => (await call('dialog.chooseFiles', { kind })) as readonly string[],
    takeFiles: async (files) => files.map((file) => surtitle.pathOf(file)).filter((path) => path !== ''),
    saveText: async (fileName, text) => (await call('dialog.saveText', { fileName, text })) as string | null,
  };

  async function watchCaptions(watcher: CaptionsWatcher, signal: AbortSignal): Promise<void> {
    // Whatever is told while the beginning is asked for comes after it.
    const waiting: (() => void)[] = [];
    let begun = false;
    const inOrder =
      <Payload>(listener: (payload: Payload) => void) =>
      (payload: Payload): void => {
        if (begun) listener(payload);
        else waiting.push(() => listener(payload));
      };
    on('captions.state', inOrder(watcher.state.bind(watcher)), signal);
    on('captions.message', inOrder(watcher.message.bind(watcher)), signal);
    on('captions.level', (level) => watcher.level?.(level), signal);
    on('captions.microphonesChanged', () => watcher.microphonesChanged?.(), signal);
    const { state, snapshot } = (await call('captions.read')) as {
      readonly state: CaptionState;
      readonly snapshot: CaptionSnapshot;
    };
    if (signal.aborted) return;
    watcher.snapshot(snapshot);
    watcher.state(state);
    begun = true;
    for (const tell of waiting) tell();
  }
}
