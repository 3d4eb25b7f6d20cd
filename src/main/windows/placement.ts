/** Where windows stand, as arithmetic. All sizes are in device-independent pixels. */
import type { OverlaySpot } from './window-state.ts';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Room between the captions and the edge of the screen. */
const EDGE_MARGIN = 24;
/** Captions narrower than this cannot be read. */
export const LEAST_OVERLAY_WIDTH = 240;
/** So much of a window’s title bar must be on a screen for it to be caught. */
const LEAST_VISIBLE = 80;
const LEAST_CONTROL_WIDTH = 480;
const LEAST_CONTROL_HEIGHT = 400;

export interface OverlayPlacement {
  readonly position: 'bottom' | 'top' | 'free';
  /** Of the display, without panels and docks. */
  readonly workArea: Rectangle;
  /** What the captions need. */
  readonly size: { readonly width: number; readonly height: number };
  /** Where the user put them on this display. */
  readonly spot: OverlaySpot | null;
}

/** Where the captions stand: always wholly within the work area. */
export function placeOverlay({ position, workArea, size, spot }: OverlayPlacement): Rectangle {
  const width = Math.round(
    clamp(spot?.width ?? size.width, Math.min(LEAST_OVERLAY_WIDTH, workArea.width), workArea.width),
  );
  const height = Math.round(clamp(size.height, 1, workArea.height));
  const roomX = workArea.width - width;
  const roomY = workArea.height - height;
  const margin = Math.min(EDGE_MARGIN, roomY);
  const at = (x: number, y: number): Rectangle => ({
    x: workArea.x + Math.round(x),
    y: workArea.y + Math.round(y),
    width,
    height,
  });
  switch (position) {
    case 'top':
      return at(roomX / 2, margin);
    case 'bottom':
      return at(roomX / 2, roomY - margin);
    case 'free':
      return spot?.free ? at(roomX * spot.free.x, roomY * spot.free.y) : at(roomX / 2, roomY - margin);
  }
}

/** How to remember where the captions were dragged to; {@link placeOverlay} puts them there again. */
export function freeSpotOf(bounds: Rectangle, workArea: Rectangle): NonNullable<OverlaySpot['free']> {
  const share = (offset: number, room: number): number => (room <= 0 ? 0.5 : clamp(offset / room, 0, 1));
  return {
    x: share(bounds.x - workArea.x, workArea.width - bounds.width),
    y: share(bounds.y - workArea.y, workArea.height - bounds.height),
  };
}

/** Moves or resizes by a drag, without regard to the screen’s edges. */
export function dragged(
  bounds: Rectangle,
  edge: 'move' | 'left' | 'right',
  deltaX: number,
  deltaY: number,
): Rectangle {
  switch (edge) {
    case 'move':
      return { ...bounds, x: bounds.x + deltaX, y: bounds.y + deltaY };
    case 'right':
      return { ...bounds, width: Math.max(LEAST_OVERLAY_WIDTH, bounds.width + deltaX) };
    case 'left': {
      const width = Math.max(LEAST_OVERLAY_WIDTH, bounds.width - deltaX);
      return { ...bounds, x: bounds.x + bounds.width - width, width };
    }
  }
}

/** The same rectangle, moved and shrunk until it is wholly within. */
export function within(bounds: Rectangle, area: Rectangle): Rectangle {
  const width = Math.round(Math.min(bounds.width, area.width));
  const height = Math.round(Math.min(bounds.height, area.height));
  return {
    x: Math.round(clamp(bounds.x, area.x, area.x + area.width - width)),
    y: Math.round(clamp(bounds.y, area.y, area.y + area.height - height)),
    width,
    height,
  };
}

/** A remembered window as it can be shown now: where its title bar is on no screen any more, it moves to the first. */
export function reachable(bounds: Rectangle, workAreas: readonly [Rectangle, ...Rectangle[]]): Rectangle {
  const home = workAreas.find((area) => isCaught(bounds, area));
  const area = home ?? workAreas[0];
  const size = {
    ...bounds,
    width: Math.min(Math.max(bounds.width, LEAST_CONTROL_WIDTH), area.width),
    height: Math.min(Math.max(bounds.height, LEAST_CONTROL_HEIGHT), area.height),
  };
  return home ? size : within(centred(size, area), area);
}

/** A window of this size in the middle of the area. */
export function centred(size: Pick<Rectangle, 'width' | 'height'>, area: Rectangle): Rectangle {
  return {
    x: area.x + Math.round((area.width - size.width) / 2),
    y: area.y + Math.round((area.height - size.height) / 2),
    width: size.width,
    height: size.height,
  };
}

/** Width of the captions where the user chose none: a full line of their letters, at most nine tenths of the screen. */
export function usualOverlayWidth(fontSize: number, lineCharacters: number, workArea: Rectangle): number {
  // Latin text in system fonts takes 0.5 to 0.56 of the letter size a character; the rest is padding.
  const wanted = fontSize * (lineCharacters * 0.58 + 2.5);
  return Math.round(clamp(wanted, LEAST_OVERLAY_WIDTH, workArea.width * 0.9));
}

function isCaught(bounds: Rectangle, area: Rectangle): boolean {
  const visible = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
  const isTitleBarIn = bounds.y >= area.y - 1 && bounds.y <= area.y + area.height - LEAST_VISIBLE / 2;
  return visible >= LEAST_VISIBLE && isTitleBarIn;
}

function clamp(value: number, lowest: number, highest: number): number {
  return Math.min(Math.max(value, lowest), Math.max(lowest, highest));
}
