import type { CaptionState } from '../core/captions/caption-state.ts';
import type { OverlayView } from '../ipc/views.ts';
import { STRINGS } from './strings.ts';

export type TrayAction = 'startStop' | 'pause' | 'overlay' | 'lock' | 'open' | 'quit';

/** A line of the tray’s menu; `null` separates. */
export type TrayItem = {
  readonly action: TrayAction;
  readonly label: string;
  readonly enabled: boolean;
} | null;

/** What the tray’s icon tells at a glance. */
export type TrayIcon = 'idle' | 'listening' | 'paused' | 'problem';

type Captions = Pick<CaptionState, 'phase' | 'problem'>;

/** The tray’s menu for how things stand. */
export function trayMenu({ phase }: Captions, overlay: OverlayView): readonly TrayItem[] {
  const { tray } = STRINGS;
  const startStop = {
    idle: tray.start,
    starting: tray.stop,
    listening: tray.stop,
    paused: tray.stop,
    stopping: tray.stopping,
  }[phase];
  const item = (action: TrayAction, label: string, enabled = true): TrayItem => ({ action, label, enabled });
  return [
    item('startStop', startStop, phase !== 'stopping'),
    item('pause', phase === 'paused' ? tray.resume : tray.pause, phase === 'listening' || phase === 'paused'),
    null,
    item('overlay', overlay.visible ? tray.hideOverlay : tray.showOverlay),
    item('lock', overlay.locked ? tray.unlock : tray.lock, overlay.visible),
    null,
    item('open', tray.open),
    item('quit', tray.quit),
  ];
}

export function trayIcon({ phase, problem }: Captions): TrayIcon {
  if (problem !== null && problem.severity !== 'notice') return 'problem';
  if (phase === 'paused') return 'paused';
  return phase === 'idle' ? 'idle' : 'listening';
}

/** What is read when the pointer rests on the icon. */
export function trayTooltip(captions: Captions): string {
  const { tooltip } = STRINGS.tray;
  return trayIcon(captions) === 'problem' ? tooltip.problem : tooltip[captions.phase];
}
