import type { CaptionMessage, CaptionSnapshot, CaptionState } from '../../core/captions/caption-state.ts';
import type { AudioLevel, Microphone } from '../../core/captions/capture-types.ts';
import type { RequestOf, ResponseOf } from '../../ipc/call.ts';
import type { DesktopCalls, SharedCalls } from '../../ipc/calls.ts';
import type { DesktopPushes, SharedPushes } from '../../ipc/pushes.ts';
import type { OverlayView } from '../../ipc/views.ts';
import type { CaptionAppearance } from '../appearance/caption-appearance.ts';

/** Asks for something by its name. @throws {SurtitleError} as the other side does. */
export type Caller<Calls> = <Name extends keyof Calls & string>(
  name: Name,
  ...request: RequestOf<Calls[Name]> extends undefined ? [] : [request: RequestOf<Calls[Name]>]
) => Promise<ResponseOf<Calls[Name]>>;

/** Hears of something until the signal fires. */
export type Subscriber<Pushes> = <Name extends keyof Pushes & string>(
  name: Name,
  listener: (payload: Pushes[Name]) => void,
  signal: AbortSignal,
) => void;

/** Live captions, wherever their audio is captured. */
export interface CaptionsBridge {
  /** Problems are told in the state. */
  start(): Promise<void>;
  stop(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  dismissProblem(): Promise<void>;
  /** Asks for no permission: names are empty before the user gave one. */
  microphones(): Promise<readonly Microphone[]>;
  /** Hears of captions from now on, beginning with how they stand. */
  watch(watcher: CaptionsWatcher, signal: AbortSignal): void;
}

export interface CaptionsWatcher {
  /** What was said before; comes first, and again whenever what was shown is outdated. */
  snapshot(snapshot: CaptionSnapshot): void;
  state(state: CaptionState): void;
  message(message: CaptionMessage): void;
  level?(level: AudioLevel): void;
  microphonesChanged?(): void;
}

/** What only the desktop app can do. */
export interface DesktopBridge {
  readonly call: Caller<DesktopCalls>;
  readonly on: Subscriber<DesktopPushes>;
}

/** How the connection to the program behind the page is. Always `open` on the desktop. */
export type LinkState = 'connecting' | 'open' | 'lost' | 'unauthorized';

/** All that differs between the desktop app and a browser. Pages use nothing else of either. */
export interface Bridge {
  readonly shell: 'desktop' | 'browser';
  readonly call: Caller<SharedCalls>;
  readonly on: Subscriber<SharedPushes>;
  readonly captions: CaptionsBridge;
  /** `null` in a browser. */
  readonly desktop: DesktopBridge | null;
  /** Begins with the present state. */
  watchLink(listener: (state: LinkState) => void, signal: AbortSignal): void;
  /**
   * Lets the user choose files; in a browser they are uploaded.
   * @returns references for calls; empty where they thought better of it.
   * @throws {SurtitleError} `upload_failed`, `upload_cancelled`, `file_too_large`.
   */
  chooseFiles(
    kind: 'recordings' | 'model',
    onProgress?: (share: number) => void,
    signal?: AbortSignal,
  ): Promise<readonly string[]>;
  /** Files that were dropped on the page: their paths, or uploads. @throws {SurtitleError} `upload_failed`. */
  takeFiles(
    files: readonly File[],
    onProgress?: (share: number) => void,
    signal?: AbortSignal,
  ): Promise<readonly string[]>;
  /** @returns where it was saved, or its name; `null` where the user thought better of it. */
  saveText(fileName: string, text: string): Promise<string | null>;
}

/** What a window that only shows captions needs: the overlay, and the `/captions` page. */
export interface CaptionsViewerBridge {
  watch(watcher: Pick<CaptionsWatcher, 'snapshot' | 'message' | 'state'>, signal: AbortSignal): void;
  /** Begins with the present state. */
  watchLink(listener: (state: LinkState) => void, signal: AbortSignal): void;
  /** How captions are to look: as it is, and on every change. */
  watchAppearance(listener: (appearance: CaptionAppearance) => void, signal: AbortSignal): void;
  /** `null` in a browser: its page is no window of ours. */
  readonly overlay: OverlayControls | null;
}

/** What can be done with the overlay from within it. */
export interface OverlayControls {
  /** Begins with how it is. */
  watch(listener: (view: OverlayView) => void, signal: AbortSignal): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  lock(): Promise<void>;
  hide(): Promise<void>;
  /** Moves it, or one of its edges, by so many pixels. */
  drag(edge: 'move' | 'left' | 'right', deltaX: number, deltaY: number): Promise<void>;
  /** Tells how tall its captions are, in CSS pixels. */
  resize(heightPx: number): Promise<void>;
}
