import { describe, expect, it } from 'vitest';
import { type CaptionState, IDLE_STATE } from '../../../src/core/captions/caption-state.ts';
import { VirtualClock } from '../../../src/core/foundation/virtual-clock.ts';
import { DEFAULT_APPEARANCE } from '../../../src/renderer/appearance/caption-appearance.ts';
import type { CaptionsViewerBridge, CaptionsWatcher } from '../../../src/renderer/bridge/types.ts';
import { badgesOf } from '../../../src/renderer/overlay/badges.ts';
import { createOverlayStore } from '../../../src/renderer/overlay/overlay-store.ts';
import { final, partial } from '../captions/caption-log.ts';

const LISTENING: CaptionState = { ...IDLE_STATE, phase: 'listening', connection: 'open', audio: 'flowing' };

function overlay() {
  const clock = new VirtualClock();
  let watcher: Pick<CaptionsWatcher, 'snapshot' | 'message' | 'state'> | null = null;
  const bridge: CaptionsViewerBridge = {
    watch: (it) => {
      watcher = it;
    },
    watchLink: (listener) => listener('open'),
    watchAppearance: (listener) => listener(DEFAULT_APPEARANCE),
    overlay: null,
  };
  const store = createOverlayStore(bridge, clock, new AbortController().signal);
  if (!watcher) throw new Error('The store watches its bridge.');
  const { snapshot, message, state }: Pick<CaptionsWatcher, 'snapshot' | 'message' | 'state'> = watcher;
  return { clock, store, snapshot, message, state };
}

describe('captions', () => {
  it('hide after so many seconds of silence, and are back with the next word', async () => {
    const { clock, store, message, state } = overlay();
    state(LISTENING);
    message(final(0, 'One.'));
    await clock.advance(7_999);
    expect(store.getState().hidden).toBe(false);
    await clock.advance(1);
    expect(store.getState().hidden).toBe(true);
    message(partial(1, '', 'two'));
    expect(store.getState().hidden).toBe(false);
  });

  it('do not hide while somebody speaks', async () => {
    const { clock, store, message, state } = overlay();
    state(LISTENING);
    message({ type: 'speech_started', time_ms: 0, seq: 1 });
    await clock.advance(60_000);
    expect(store.getState().hidden).toBe(false);
    message({ type: 'speech_ended', time_ms: 0, seq: 2 });
    await clock.advance(8_000);
    expect(store.getState().hidden).toBe(true);
  });

  it('stay while they are paused', async () => {
    const { clock, store, message, state } = overlay();
    state(LISTENING);
    message(final(0, 'One.'));
    state({ ...LISTENING, phase: 'paused' });
    await clock.advance(60_000);
    expect(store.getState().hidden).toBe(false);
  });

  it('are announced when they are final, and not again by a snapshot', () => {
    const { store, snapshot, message } = overlay();
    message(partial(0, 'One'));
    message(final(0, 'One.'));
    snapshot({ finals: [final(0, 'One.')], partial: null });
    expect(store.getState().announcements).toEqual([{ id: 0, text: 'One.' }]);
  });

  it('that were scrolled back stay while others come, until they are live again', () => {
    const { store, message } = overlay();
    for (let id = 0; id < 10; id++) message(final(id, 'A sentence that fills most of its line.'));
    store.scroll(-4);
    expect(store.getState()).toMatchObject({ top: 4, scrolledBack: true });
    message(final(10, 'Another sentence.'));
    expect(store.getState().top).toBe(4);
    store.goLive();
    expect(store.getState()).toMatchObject({ top: 9, scrolledBack: false });
  });

  it('are laid out anew, all of them, when lines get another width', () => {
    const { store, message } = overlay();
    message(final(0, 'A sentence that fills most of its line.'));
    message(partial(1, 'Some', ' more'));
    store.arrange({ lineCharacters: 16, showUnstable: true }, 2);
    const text = store.getState().lines.map(({ words }) => words.map((word) => word.text).join(' '));
    expect(text).toEqual(['A sentence that', 'fills most', 'of its line.', 'Some more']);
  });

  it('begin anew with another session', () => {
    const { store, message } = overlay();
    message(final(0, 'One.'));
    message({ type: 'session_started' });
    expect(store.getState().lines).toEqual([]);
  });
});

describe('badges', () => {
  it('are none while all is well', () => {
    expect(badgesOf(LISTENING, 'open')).toEqual([]);
  });

  it('tell what is not as it should be', () => {
    const state: CaptionState = { ...LISTENING, audio: 'silent', lagMs: 6_200, keeping: 'failing' };
    expect(badgesOf(state, 'open')).toEqual([
      { kind: 'silent' },
      { kind: 'behind', seconds: 7 },
      { kind: 'notKept' },
    ]);
  });

  it('tell of a lost connection once', () => {
    const problem = { code: 'connection_lost', message: 'x', severity: 'warning' } as const;
    expect(badgesOf({ ...LISTENING, connection: 'lost', problem }, 'open')).toEqual([
      { kind: 'reconnecting' },
    ]);
  });

  it('keep a problem after captions ended', () => {
    const problem = { code: 'no_microphone', message: 'There is none.', severity: 'error' } as const;
    expect(badgesOf({ ...IDLE_STATE, problem }, 'open')).toEqual([{ kind: 'problem', ...problem }]);
  });

  it('say only that a token is missing where it is', () => {
    expect(badgesOf({ ...LISTENING, lagMs: 9_000 }, 'unauthorized')).toEqual([{ kind: 'unauthorized' }]);
  });
});
