import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CaptionLine } from '../../core/captions/caption-lines.ts';
import {
  type CaptionMessage,
  type CaptionSnapshot,
  type CaptionState,
  IDLE_STATE,
} from '../../core/captions/caption-state.ts';
import type { Clock } from '../../core/foundation/clock.ts';
import type { OverlayView } from '../../ipc/views.ts';
import { type CaptionAppearance, DEFAULT_APPEARANCE } from '../appearance/caption-appearance.ts';
import type { CaptionsViewerBridge, LinkState } from '../bridge/types.ts';
import { CaptionText, type TextLayout } from './caption-text.ts';
import { SilenceWatch } from './silence.ts';
import { liveTop, scrolledTop } from './viewport.ts';

/** A sentence for screen readers. */
export interface Announcement {
  readonly id: number;
  readonly text: string;
}

export interface OverlayState {
  readonly appearance: CaptionAppearance;
  readonly captions: CaptionState;
  readonly link: LinkState;
  /** `null` where the page is no overlay, or does not know yet. */
  readonly view: OverlayView | null;
  readonly lines: readonly CaptionLine[];
  /** Number of the line that is shown first. */
  readonly top: number;
  /** The reader scrolled back to what was missed. */
  readonly scrolledBack: boolean;
  /** Nothing was said for a while. */
  readonly hidden: boolean;
  /** What was said of late, sentence by sentence. */
  readonly announcements: readonly Announcement[];
}

export interface OverlayStore extends StoreApi<OverlayState> {
  /** Lays lines out by how wide they are drawn. */
  arrange(layout: TextLayout, rows: number): void;
  /** Scrolls by lines; up is negative. */
  scroll(by: number): void;
  /** Back to what is being said. */
  goLive(): void;
}

const KEPT_ANNOUNCEMENTS = 20;

/** What the overlay shows, kept up by its bridge until the signal fires. */
export function createOverlayStore(
  bridge: CaptionsViewerBridge,
  clock: Clock,
  signal: AbortSignal,
): OverlayStore {
  const store = createStore<OverlayState>(() => ({
    appearance: DEFAULT_APPEARANCE,
    captions: IDLE_STATE,
    link: 'connecting',
    view: null,
    lines: [],
    top: 0,
    scrolledBack: false,
    hidden: false,
    announcements: [],
  }));
  const text = new CaptionText(DEFAULT_APPEARANCE);
  const silence = new SilenceWatch(clock, (hidden) => store.setState({ hidden }));
  let rows: number = DEFAULT_APPEARANCE.lines;
  let live = 0;
  let announced = 0;

  const span = (lines: readonly CaptionLine[]) => {
    const first = lines[0]?.number ?? 0;
    return { first, last: lines.at(-1)?.number ?? first - 1, next: text.nextLine, rows };
  };
  const show = (): void => {
    const { lines } = text;
    live = liveTop(live, span(lines));
    const { top, scrolledBack } = store.getState();
    const first = lines[0]?.number ?? 0;
    store.setState({ lines, ...(scrolledBack ? { top: Math.max(first, top) } : { top: live }) });
  };
  const goLive = (): void => store.setState({ top: live, scrolledBack: false });
  const announce = ({ text: said }: { readonly text: string }): void => {
    const before = store.getState().announcements.slice(1 - KEPT_ANNOUNCEMENTS);
    store.setState({ announcements: [...before, { id: announced++, text: said }] });
  };

  bridge.watch(
    {
      snapshot(snapshot: CaptionSnapshot) {
        text.restore(snapshot);
        if (snapshot.finals.length > 0 || snapshot.partial) silence.heard();
        show();
      },
      message(message: CaptionMessage) {
        text.update(message);
        if (message.type === 'session_started') {
          live = 0;
          goLive();
        } else if (message.type === 'speech_started') silence.setSpeaking(true);
        else if (message.type === 'speech_ended') silence.setSpeaking(false);
        else silence.heard();
        if (message.type === 'final') announce(message);
        show();
      },
      state(captions) {
        store.setState({ captions });
        silence.setPhase(captions.phase);
        if (captions.phase === 'idle') silence.setSpeaking(false);
      },
    },
    signal,
  );
  bridge.watchLink((link) => store.setState({ link }), signal);
  bridge.watchAppearance((appearance) => {
    store.setState({ appearance });
    silence.setDelay(appearance.hideAfterSeconds * 1000);
  }, signal);
  bridge.overlay?.watch((view) => {
    store.setState({ view });
    // It was just unlocked, or put back: show where it is.
    silence.heard();
  }, signal);
  signal.addEventListener('abort', () => silence.stop(), { once: true });

  return {
    ...store,
    arrange(layout, wantedRows) {
      rows = wantedRows;
      live = 0;
      text.arrange(layout);
      store.setState({ scrolledBack: false });
      show();
    },
    scroll(by) {
      const { top, lines } = store.getState();
      const next = scrolledTop(top, by, live, span(lines));
      if (next === null) goLive();
      else store.setState({ top: next, scrolledBack: true });
      silence.heard();
    },
    goLive,
  };
}
