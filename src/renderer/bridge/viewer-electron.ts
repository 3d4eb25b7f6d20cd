import type { OverlayView, SettingsView } from '../../ipc/views.ts';
import { appearanceOf } from '../appearance/caption-appearance.ts';
import type { Bridge, CaptionsViewerBridge, DesktopBridge, OverlayControls } from './types.ts';

/** The overlay’s bridge, on that of the desktop app’s windows. */
export function electronViewerBridge(bridge: Bridge, desktop: DesktopBridge): CaptionsViewerBridge {
  return {
    watch: (watcher, signal) => bridge.captions.watch(watcher, signal),
    watchLink: (listener, signal) => bridge.watchLink(listener, signal),
    watchAppearance(listener, signal) {
      const tell = ({ values }: SettingsView): void => listener(appearanceOf(values));
      watchFrom(
        () => bridge.call('settings.read'),
        tell,
        signal,
        (changed) => bridge.on('settings.changed', changed, signal),
      );
    },
    overlay: controlsOf(bridge, desktop),
  };
}

function controlsOf(bridge: Bridge, desktop: DesktopBridge): OverlayControls {
  return {
    watch(listener: (view: OverlayView) => void, signal) {
      watchFrom(
        () => desktop.call('overlay.read'),
        listener,
        signal,
        (changed) => desktop.on('overlay.changed', changed, signal),
      );
    },
    start: () => bridge.captions.start(),
    stop: () => bridge.captions.stop(),
    pause: () => bridge.captions.pause(),
    resume: () => bridge.captions.resume(),
    async lock() {
      await bridge.call('settings.write', { key: 'overlay.locked', value: true });
    },
    async hide() {
      await bridge.call('settings.write', { key: 'overlay.visible', value: false });
    },
    async drag(edge, deltaX, deltaY) {
      await desktop.call('overlay.drag', { edge, deltaX, deltaY });
    },
    async resize(heightPx) {
      await desktop.call('overlay.resize', { height: Math.ceil(heightPx) });
    },
  };
}

/** Tells how something is and how it changes; a change that comes before the answer is newer than it. */
function watchFrom<View>(
  read: () => Promise<View>,
  listener: (view: View) => void,
  signal: AbortSignal,
  subscribe: (changed: (view: View) => void) => void,
): void {
  let changed = false;
  subscribe((view) => {
    changed = true;
    listener(view);
  });
  void read().then((view) => {
    if (!changed && !signal.aborted) listener(view);
  });
}
