import type { CaptionMessage, CaptionState } from '../core/captions/caption-state.ts';
import type { AudioLevel } from '../core/captions/capture-types.ts';
import type { FileJob, ModelsView, OverlayView, ServerView, SettingsView, ShortcutView } from './views.ts';

/** What every window is told without asking. */
export interface SharedPushes {
  readonly 'settings.changed': SettingsView;
  readonly 'models.changed': ModelsView;
  readonly 'files.changed': readonly FileJob[];
  /** The list of sessions is another; ask anew. */
  readonly 'history.changed': null;
  readonly 'server.changed': ServerView;
}

/** What the desktop app’s windows are told besides. */
export interface DesktopPushes {
  readonly 'captions.state': CaptionState;
  readonly 'captions.message': CaptionMessage;
  readonly 'captions.level': AudioLevel;
  readonly 'captions.microphonesChanged': null;
  readonly 'overlay.changed': OverlayView;
  readonly 'shortcuts.changed': readonly ShortcutView[];
  /** The control window shall show this page. */
  readonly 'control.show': { readonly page: string };
}
