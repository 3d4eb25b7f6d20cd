import { describe, expect, it } from 'vitest';
import {
  drawsOnWayland,
  expectedClickThrough,
  preferredOzonePlatform,
  type WindowSystem,
} from '../../../src/main/windows/click-through.ts';

const wayland: WindowSystem = {
  platform: 'linux',
  environment: { XDG_SESSION_TYPE: 'wayland', WAYLAND_DISPLAY: 'wayland-0', DISPLAY: ':0' },
  ozonePlatform: '',
  electronMajor: 45,
};
const x11: WindowSystem = { ...wayland, environment: { XDG_SESSION_TYPE: 'x11', DISPLAY: ':0' } };

describe('clicks pass through the captions', () => {
  it('on X11, Windows and macOS', () => {
    for (const system of [x11, { ...x11, platform: 'win32' }, { ...x11, platform: 'darwin' }] as const) {
      expect(expectedClickThrough(system)).toEqual({ works: true, reason: null });
    }
  });

  it('not where windows are Wayland’s own, and it says so', () => {
    expect(expectedClickThrough(wayland)).toEqual({
      works: false,
      reason: expect.stringContaining('Wayland lets no click through'),
    });
  });

  it('in a Wayland session where the app draws on the X server beside it', () => {
    expect(expectedClickThrough({ ...wayland, ozonePlatform: 'x11' }).works).toBe(true);
  });

  it('in a Wayland session with an Electron that does not choose Wayland by itself', () => {
    expect(drawsOnWayland({ ...wayland, electronMajor: 33 })).toBe(false);
  });
});

describe('in a Wayland session the app draws', () => {
  it('on the X server beside it, where captions can stay on top', () => {
    expect(preferredOzonePlatform(wayland)).toBe('x11');
  });

  it('on Wayland where there is no other, or where the user says so', () => {
    expect(preferredOzonePlatform({ ...wayland, environment: { WAYLAND_DISPLAY: 'wayland-0' } })).toBeNull();
    expect(preferredOzonePlatform({ ...wayland, ozonePlatform: 'wayland' })).toBeNull();
  });

  it('as Electron does in any other', () => {
    expect(preferredOzonePlatform(x11)).toBeNull();
  });
});
