/** Which lines there are. */
export interface LineSpan {
  /** Number of the oldest and of the newest line; none where `last` is below `first`. */
  readonly first: number;
  readonly last: number;
  /** Number of the line on which the next stable word goes. */
  readonly next: number;
  /** Lines that are shown at once. */
  readonly rows: number;
}

/**
 * Number of the line shown first while captions are live. Lines only ever scroll up: unstable words that vanish leave
 * their line empty, and unstable words never push a line off that is still being written.
 *
 * @param top what it was before.
 */
export function liveTop(top: number, { first, last, next, rows }: LineSpan): number {
  const wanted = Math.max(first, Math.min(next, last - rows + 1));
  // Beyond the line that is written next only where lines were taken away: other captions, or words that come again.
  return top > Math.max(first, next) ? wanted : Math.max(top, wanted);
}

/**
 * Number of the line shown first after scrolling by `by` lines (up is negative).
 * @returns `null` where that is live again.
 */
export function scrolledTop(top: number, by: number, live: number, { first }: LineSpan): number | null {
  const wanted = Math.max(first, top + by);
  return wanted >= live ? null : wanted;
}
