import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dragged,
  freeSpotOf,
  LEAST_OVERLAY_WIDTH,
  placeOverlay,
  reachable,
  usualOverlayWidth,
  within,
} from '../../../src/main/windows/placement.ts';

const workArea = { x: 0, y: 32, width: 1920, height: 1048 };
const size = { width: 720, height: 120 };

describe('the captions stand', () => {
  it('in the middle above the lower edge', () => {
    expect(placeOverlay({ position: 'bottom', workArea, size, spot: null })).toEqual({
      x: 600,
      y: 32 + 1048 - 120 - 24,
      ...size,
    });
  });

  it('in the middle below the upper edge and its panel', () => {
    expect(placeOverlay({ position: 'top', workArea, size, spot: null })).toEqual({ x: 600, y: 56, ...size });
  });

  it('where they were dragged to', () => {
    const bounds = { x: 100, y: 200, ...size };
    const spot = { position: 'free', free: freeSpotOf(bounds, workArea), width: null } as const;
    expect(placeOverlay({ position: 'free', workArea, size, spot })).toEqual(bounds);
  });

  it('at the same edge when the screen has become smaller', () => {
    const bounds = { x: 1200, y: 960, ...size };
    const spot = { position: 'free', free: freeSpotOf(bounds, workArea), width: null } as const;
    const smaller = { x: 0, y: 0, width: 1024, height: 768 };
    expect(placeOverlay({ position: 'free', workArea: smaller, size, spot })).toEqual({
      x: 1024 - 720,
      y: 768 - 120,
      ...size,
    });
  });

  it('wholly within the screen, whatever was remembered and however large they are', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.record({
          position: fc.constantFrom('bottom', 'top', 'free'),
          workArea: fc.record({
            x: fc.integer({ min: -4000, max: 4000 }),
            y: fc.integer({ min: -4000, max: 4000 }),
            width: fc.integer({ min: 100, max: 6000 }),
            height: fc.integer({ min: 100, max: 4000 }),
          }),
          size: fc.record({
            width: fc.integer({ min: 1, max: 8000 }),
            height: fc.integer({ min: 1, max: 8000 }),
          }),
          spot: fc.option(
            fc.record({
              position: fc.constantFrom('bottom', 'top', 'free'),
              free: fc.option(fc.record({ x: share, y: share })),
              width: fc.option(fc.integer({ min: 1, max: 8000 })),
            }),
          ),
        }),
        (placement) => {
          const placed = placeOverlay(placement);
          expect(within(placed, placement.workArea)).toEqual(placed);
        },
      ),
    );
  });
});

describe('a drag', () => {
  const bounds = { x: 600, y: 900, ...size };

  it('of the left edge leaves the right one where it is', () => {
    expect(dragged(bounds, 'left', -50, 10)).toEqual({ x: 550, y: 900, width: 770, height: 120 });
  });

  it('never makes the captions too narrow to read', () => {
    expect(dragged(bounds, 'right', -5000, 0).width).toBe(LEAST_OVERLAY_WIDTH);
    expect(dragged(bounds, 'left', 5000, 0)).toEqual({
      x: 600 + 720 - LEAST_OVERLAY_WIDTH,
      y: 900,
      width: LEAST_OVERLAY_WIDTH,
      height: 120,
    });
  });
});

describe('a remembered window', () => {
  const second = { x: 1920, y: 0, width: 1280, height: 1024 };

  it('stays where it was while it can be caught there', () => {
    const bounds = { x: 2000, y: 100, width: 900, height: 700 };
    expect(reachable(bounds, [workArea, second])).toEqual(bounds);
  });

  it('comes to the first screen when its own is gone', () => {
    const bounds = { x: 2000, y: 100, width: 900, height: 700 };
    expect(reachable(bounds, [workArea])).toEqual({ x: 510, y: 206, width: 900, height: 700 });
  });

  it('comes back when its title bar is above the screen', () => {
    expect(reachable({ x: 100, y: -500, width: 900, height: 700 }, [workArea]).y).toBeGreaterThanOrEqual(32);
  });

  it('is made to fit a smaller screen', () => {
    const small = { x: 0, y: 0, width: 800, height: 600 };
    expect(reachable({ x: 0, y: 0, width: 1600, height: 1200 }, [small])).toEqual(small);
  });
});

it('makes captions as wide as a full line of their letters, and no wider than the screen allows', () => {
  expect(usualOverlayWidth(28, 42, workArea)).toBe(752);
  expect(usualOverlayWidth(96, 80, workArea)).toBe(1728);
});
