import { describe, expect, it } from 'vitest';
import { type CaptionState, IDLE_STATE } from '../../../../src/core/captions/caption-state.ts';
import { SurtitleError } from '../../../../src/core/foundation/errors.ts';
import { SETTING_KEYS, SETTINGS, type SettingValues } from '../../../../src/core/settings/settings-schema.ts';
import type { SettingsView } from '../../../../src/ipc/views.ts';
import type { Bridge, CaptionsBridge, CaptionsWatcher } from '../../../../src/renderer/bridge/types.ts';
import { createCaptionsStore } from '../../../../src/renderer/control/stores/captions-store.ts';
import { createSettingsStore } from '../../../../src/renderer/control/stores/settings-store.ts';

const { signal } = new AbortController();

function view(changed: Partial<SettingValues> = {}): SettingsView {
  const defaults = Object.fromEntries(SETTING_KEYS.map((key) => [key, SETTINGS[key].default]));
  return {
    values: { ...(defaults as unknown as SettingValues), ...changed },
    chosen: [],
    warnings: [],
  };
}

/** Answers calls one by one, when the test says so. */
function stageSettings() {
  const waiting: { name: string; answer: (view: SettingsView) => void; fail: (error: Error) => void }[] = [];
  let push: (view: SettingsView) => void = () => {};
  const bridge = {
    call: (name: string) =>
      new Promise((answer, fail) => {
        waiting.push({ name, answer, fail });
      }),
    on: (_: string, listener: typeof push) => {
      push = listener;
    },
  } as unknown as Pick<Bridge, 'call' | 'on'>;
  const next = () => {
    const call = waiting.shift();
    if (!call) throw new Error('Nothing was asked.');
    return call;
  };
  return { store: createSettingsStore(bridge, signal), next, push: (told: SettingsView) => push(told) };
}

describe('settings in the window', () => {
  it('shows a change at once, before it is saved', async () => {
    const { store, next, push } = stageSettings();
    push(view());
    const written = store.getState().write('appearance.theme', 'dark');
    expect(store.getState().values?.['appearance.theme']).toBe('dark');
    next().answer(view({ 'appearance.theme': 'dark' }));
    await written;
    expect(store.getState().values?.['appearance.theme']).toBe('dark');
  });

  it('takes a change back that could not be saved, and says why', async () => {
    const { store, next, push } = stageSettings();
    push(view());
    const written = store.getState().write('appearance.theme', 'dark');
    next().fail(new SurtitleError('disk_full', 'The disk is full.'));
    // It asks how things stand.
    await Promise.resolve();
    await Promise.resolve();
    next().answer(view());
    await expect(written).rejects.toThrow('The disk is full.');
    expect(store.getState().values?.['appearance.theme']).toBe('system');
  });

  it('does not let the answer to an earlier change undo a later one', async () => {
    const { store, next, push } = stageSettings();
    push(view());
    const first = store.getState().write('appearance.fontSize', 30);
    const second = store.getState().write('appearance.fontSize', 32);
    next().answer(view({ 'appearance.fontSize': 30 }));
    await first;
    expect(store.getState().values?.['appearance.fontSize']).toBe(32);
    next().answer(view({ 'appearance.fontSize': 32 }));
    await second;
    expect(store.getState().values?.['appearance.fontSize']).toBe(32);
  });

  it('says why settings could not be read', async () => {
    const { store, next } = stageSettings();
    const loaded = store.getState().load();
    next().fail(new SurtitleError('settings_unreadable', 'The file cannot be read.'));
    await loaded;
    expect(store.getState().error).toBe('The file cannot be read.');
  });
});

function stageCaptions() {
  let watcher: CaptionsWatcher | undefined;
  let labels = ['Built-in'];
  const captions = {
    microphones: async () => labels.map((label) => ({ label, isDefault: true })),
    watch: (given: CaptionsWatcher) => {
      watcher = given;
    },
  } as unknown as CaptionsBridge;
  const store = createCaptionsStore(captions, signal);
  if (!watcher) throw new Error('The store watches nothing.');
  return {
    store,
    watcher,
    plug: (...names: string[]) => {
      labels = names;
    },
  };
}

const LISTENING: CaptionState = { ...IDLE_STATE, phase: 'listening' };

describe('captions in the window', () => {
  it('shows no level while nothing is captured', () => {
    const { store, watcher } = stageCaptions();
    watcher.level?.({ rmsDb: -20, peakDb: -10 });
    expect(store.getState().level).toBeNull();
    watcher.state(LISTENING);
    watcher.level?.({ rmsDb: -20, peakDb: -10 });
    expect(store.getState().level).toEqual({ rmsDb: -20, peakDb: -10 });
    watcher.state({ ...LISTENING, phase: 'paused' });
    expect(store.getState().level).toBeNull();
  });

  it('reads the microphones anew when one came or went', async () => {
    const { store, watcher, plug } = stageCaptions();
    plug('Built-in', 'USB headset');
    watcher.microphonesChanged?.();
    await new Promise((resolve) => store.subscribe(resolve));
    expect(store.getState().microphones.map(({ label }) => label)).toEqual(['Built-in', 'USB headset']);
  });

  it('reads their names once the first start has been allowed', async () => {
    const { store, watcher } = stageCaptions();
    watcher.state(LISTENING);
    await new Promise((resolve) => store.subscribe(resolve));
    expect(store.getState().microphones).toEqual([{ label: 'Built-in', isDefault: true }]);
  });
});
