import { type RefObject, useEffect } from 'react';
import type { OverlayStore } from './overlay-store.ts';

const KEYS: Readonly<Record<string, (rows: number) => number>> = {
  PageUp: (rows) => -rows,
  PageDown: (rows) => rows,
  ArrowUp: () => -1,
  ArrowDown: () => 1,
  Home: () => Number.NEGATIVE_INFINITY,
  End: () => Number.POSITIVE_INFINITY,
};

/** Scrolls back to missed lines by wheel, keys and touch, as long as clicks reach the captions. */
export function useScrollBack(
  store: OverlayStore,
  element: RefObject<HTMLElement | null>,
  {
    enabled,
    rows,
    lineHeightPx,
  }: { readonly enabled: boolean; readonly rows: number; readonly lineHeightPx: number },
): void {
  useEffect(() => {
    const target = element.current;
    if (!enabled || !target) return;
    const gone = new AbortController();
    const { signal } = gone;
    let left = 0;
    const scrollPixels = (pixels: number): void => {
      left += pixels;
      const by = Math.trunc(left / lineHeightPx);
      if (by === 0) return;
      left -= by * lineHeightPx;
      store.scroll(by);
    };
    target.addEventListener('wheel', ({ deltaY }) => scrollPixels(deltaY), { signal, passive: true });
    let touchedAt: number | null = null;
    target.addEventListener('touchstart', ({ touches }) => (touchedAt = touches[0]?.clientY ?? null), {
      signal,
      passive: true,
    });
    target.addEventListener(
      'touchmove',
      ({ touches }) => {
        const y = touches[0]?.clientY;
        if (y === undefined || touchedAt === null) return;
        scrollPixels(touchedAt - y);
        touchedAt = y;
      },
      { signal, passive: true },
    );
    addEventListener(
      'keydown',
      (event) => {
        // Arrow keys on a handle move it.
        if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
        const lines = KEYS[event.key]?.(rows);
        if (lines !== undefined) store.scroll(lines);
      },
      { signal },
    );
    return () => gone.abort();
  }, [store, element, enabled, rows, lineHeightPx]);
}
