/** What a download tells while it runs, for a progress bar. */
export type DownloadEvent =
  /**
   * Another process (of number `pid`, where that is known) is downloading the same model; it is waited for.
   * `bytes` of `totalBytes` are there.
   */
  | {
      readonly type: 'waiting';
      readonly pid: number | null;
      readonly bytes: number;
      readonly totalBytes: number;
    }
  /** What is on the disk is read for its checksum. */
  | { readonly type: 'checking'; readonly bytes: number; readonly totalBytes: number }
  /** `bytes` of `totalBytes` are on the disk. */
  | { readonly type: 'downloading'; readonly bytes: number; readonly totalBytes: number }
  /** The transfer broke, and goes on in `delayMs` milliseconds. `reason` is half a sentence. */
  | { readonly type: 'retrying'; readonly reason: string; readonly delayMs: number }
  /** What was there is no use, and the download begins again. `reason` is half a sentence. */
  | { readonly type: 'restarting'; readonly reason: string };

/** How patient a download is. */
export interface DownloadPatience {
  /** A server that sends nothing for this long is asked again. */
  readonly stallMs: number;
  /** Wait before the next try; it doubles with every try that brings nothing… */
  readonly firstRetryMs: number;
  /** … up to this. */
  readonly longestRetryMs: number;
  /** Tries in a row that bring nothing, once a server has answered. */
  readonly fruitlessTries: number;
  /** Tries where no server has answered yet: whoever is offline should hear of it soon. */
  readonly unansweredTries: number;
}

/** Rides out about a minute and a half without a network, such as a laptop that changes places. */
export const DEFAULT_PATIENCE: DownloadPatience = {
  stallMs: 30_000,
  firstRetryMs: 1000,
  longestRetryMs: 30_000,
  fruitlessTries: 8,
  unansweredTries: 3,
};
