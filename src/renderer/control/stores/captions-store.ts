import { createStore, type StoreApi } from 'zustand/vanilla';
import { type CaptionState, IDLE_STATE } from '../../../core/captions/caption-state.ts';
import type { AudioLevel, Microphone } from '../../../core/captions/capture-types.ts';
import type { CaptionsBridge } from '../../bridge/types.ts';
import { type LiveTranscript, NO_TRANSCRIPT, withMessage, withSnapshot } from './transcript-lines.ts';

export interface CaptionsState {
  readonly state: CaptionState;
  readonly transcript: LiveTranscript;
  /** `null` while nothing is captured. */
  readonly level: AudioLevel | null;
  readonly microphones: readonly Microphone[];
  /** Asks for the microphones anew, as after a permission was given. */
  readMicrophones(): Promise<void>;
}

export type CaptionsStore = StoreApi<CaptionsState>;

/** Live captions as the window shows them, kept up to date until the signal fires. */
export function createCaptionsStore(captions: CaptionsBridge, signal: AbortSignal): CaptionsStore {
  const store = createStore<CaptionsState>()((set) => ({
    state: IDLE_STATE,
    transcript: NO_TRANSCRIPT,
    level: null,
    microphones: [],
    async readMicrophones() {
      try {
        set({ microphones: await captions.microphones() });
      } catch {
        // The list only offers; Start says what is wrong with the microphone.
        set({ microphones: [] });
      }
    },
  }));
  const { setState: set, getState: get } = store;
  captions.watch(
    {
      snapshot: (snapshot) => set(({ transcript }) => ({ transcript: withSnapshot(transcript, snapshot) })),
      message: (message) => set(({ transcript }) => ({ transcript: withMessage(transcript, message) })),
      state(state) {
        const before = get().state;
        set({ state, ...(state.phase === 'listening' ? {} : { level: null }) });
        // Names are told once the microphone was allowed, which the first Start asks for.
        if (before.phase !== 'listening' && state.phase === 'listening') void get().readMicrophones();
      },
      level: (level) => set(({ state }) => (state.phase === 'idle' ? {} : { level })),
      microphonesChanged: () => void get().readMicrophones(),
    },
    signal,
  );
  return store;
}
