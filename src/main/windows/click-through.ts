import type { OverlayView } from '../../ipc/views.ts';
import { STRINGS } from '../strings.ts';

export type ClickThrough = OverlayView['clickThrough'];

/** What decides whether windows of this app are Wayland’s own. */
export interface WindowSystem {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Value of the switch `--ozone-platform`; empty where it is not given. */
  readonly ozonePlatform: string;
  /** Of Electron. */
  readonly electronMajor: number;
}

/** Whether the user’s session is Wayland’s, however this app draws its windows. */
export function isWaylandSession({ platform, environment }: WindowSystem): boolean {
  return (
    platform === 'linux' &&
    (environment.XDG_SESSION_TYPE === 'wayland' || Boolean(environment.WAYLAND_DISPLAY))
  );
}

/**
 * Whether this app’s windows are Wayland’s own, where they cannot be placed, kept on top or clicked through. Electron
 * 38 and later choose Wayland by themselves where it is there.
 */
export function drawsOnWayland(system: WindowSystem): boolean {
  if (system.platform !== 'linux') return false;
  if (system.ozonePlatform === 'wayland') return true;
  if (system.ozonePlatform === 'x11' || system.electronMajor < 38) return false;
  return isWaylandSession(system);
}

/**
 * The platform to draw with, where the app should choose: in a Wayland session with an X server beside it (XWayland),
 * that one, since only there captions can stay on top and let clicks through.
 */
export function preferredOzonePlatform(system: WindowSystem): 'x11' | null {
  const isChosen = system.ozonePlatform !== '' || Boolean(system.environment.ELECTRON_OZONE_PLATFORM_HINT);
  return isWaylandSession(system) && !isChosen && system.environment.DISPLAY ? 'x11' : null;
}

/** What is known before the first click. */
export function expectedClickThrough(system: WindowSystem): ClickThrough {
  // electron/electron#53794: ignored on Wayland.
  return drawsOnWayland(system)
    ? { works: false, reason: STRINGS.clickThrough.wayland }
    : { works: true, reason: null };
}

/** A locked overlay was clicked, which shows that clicks do not pass. Electron 43 on X11: electron/electron#52456. */
export function observedClickThrough(): ClickThrough {
  return { works: false, reason: STRINGS.clickThrough.observed };
}
