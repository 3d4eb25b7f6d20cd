import type { KeyboardEvent, PointerEvent } from 'react';
import { useMemo } from 'react';
import type { OverlayControls } from '../bridge/types.ts';

const KEY_STEP_PX = 8;
const LARGE_KEY_STEP_PX = 64;
const ARROWS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export interface DragHandlers {
  readonly onPointerDown: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerMove: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerUp: (event: PointerEvent<HTMLElement>) => void;
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
}

/** Moves the overlay, or one of its edges, by pointer or arrow keys (with Shift in large steps). */
export function useDrag(controls: OverlayControls, edge: 'move' | 'left' | 'right'): DragHandlers {
  return useMemo(() => {
    /** Where the pointer was on the screen: the window moves under it. */
    let last: { readonly x: number; readonly y: number } | null = null;
    let x = 0;
    let y = 0;
    let waits = false;
    const send = (): void => {
      waits = false;
      if (x !== 0 || y !== 0) void controls.drag(edge, x, y);
      x = 0;
      y = 0;
    };
    return {
      onPointerDown(event) {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        last = { x: event.screenX, y: event.screenY };
      },
      onPointerMove(event) {
        if (!last) return;
        x += event.screenX - last.x;
        y += edge === 'move' ? event.screenY - last.y : 0;
        last = { x: event.screenX, y: event.screenY };
        if (!waits) requestAnimationFrame(send);
        waits = true;
      },
      onPointerUp() {
        last = null;
      },
      onKeyDown(event) {
        const arrow = ARROWS[event.key];
        if (!arrow || (edge !== 'move' && arrow[0] === 0)) return;
        event.preventDefault();
        const step = event.shiftKey ? LARGE_KEY_STEP_PX : KEY_STEP_PX;
        void controls.drag(edge, arrow[0] * step, arrow[1] * step);
      },
    };
  }, [controls, edge]);
}
