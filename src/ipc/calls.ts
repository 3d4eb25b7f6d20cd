import { z } from 'zod';
import type { CaptionSnapshot, CaptionState } from '../core/captions/caption-state.ts';
import type { Microphone } from '../core/captions/capture-types.ts';
import { SETTING_KEYS, type SettingKey } from '../core/settings/settings-schema.ts';
import { answering } from './call.ts';
import {
  type AppInfo,
  type DiagnosticFinding,
  type ExportedFile,
  type FileJob,
  type HistoryMatchView,
  type HistorySessionView,
  type HistoryView,
  type ModelsView,
  type OverlayView,
  type PermissionsView,
  type ServerTokens,
  type ServerView,
  type SettingsView,
  SHORTCUT_ACTIONS,
  type ShortcutView,
} from './views.ts';

const nothing = z.undefined();
const modelName = z.string().min(1).max(64);
const sessionId = z.string().min(1).max(64);
const settingKey = z.enum(SETTING_KEYS as [SettingKey, ...SettingKey[]]);
const exportFormat = z.enum(['srt', 'vtt', 'txt', 'md', 'json']);
/** A path on the desktop, an upload’s id from a browser. */
const fileReference = z.string().min(1).max(4096);

/** What every interface can ask for; one table of handlers answers the desktop and the browser. */
export const SHARED_CALLS = {
  'app.info': answering<AppInfo>()(nothing),

  'settings.read': answering<SettingsView>()(nothing),
  /** The value is checked by its setting’s own schema. */
  'settings.write': answering<SettingsView>()(z.object({ key: settingKey, value: z.unknown() })),
  'settings.reset': answering<SettingsView>()(z.object({ key: settingKey })),

  'models.list': answering<ModelsView>()(nothing),
  /** Starts a download, or goes on with one; `models.changed` tells how it goes. */
  'models.pull': answering<void>()(z.object({ name: modelName })),
  /** Stops a download. What is there is kept for the next try, unless it is to be discarded. */
  'models.stopPull': answering<void>()(z.object({ name: modelName, discard: z.boolean() })),
  'models.remove': answering<ModelsView>()(z.object({ name: modelName })),
  /** A file that is not in the catalogue needs a name, and the user’s word that it can be trusted. */
  'models.import': answering<{ readonly name: string }>()(
    z.object({ file: fileReference, trustAs: modelName.optional() }),
  ),
  /** Loads it into the server; whoever is being captioned goes on with it. */
  'models.use': answering<void>()(z.object({ name: modelName })),

  'history.list': answering<HistoryView>()(nothing),
  'history.search': answering<readonly HistoryMatchView[]>()(z.object({ query: z.string().min(1).max(500) })),
  'history.read': answering<HistorySessionView>()(z.object({ id: sessionId })),
  'history.rename': answering<void>()(z.object({ id: sessionId, title: z.string().max(1000) })),
  /** Gone from lists at once, and from the disk when `undoMs` are over or the program ends. */
  'history.delete': answering<{ readonly undoMs: number }>()(z.object({ id: sessionId })),
  'history.undoDelete': answering<void>()(z.object({ id: sessionId })),
  'history.eraseAll': answering<{ readonly erased: number }>()(nothing),
  'history.export': answering<ExportedFile>()(z.object({ id: sessionId, format: exportFormat })),

  'files.list': answering<readonly FileJob[]>()(nothing),
  'files.add': answering<readonly FileJob[]>()(z.object({ files: z.array(fileReference).min(1).max(1000) })),
  'files.cancel': answering<void>()(z.object({ id: sessionId })),
  'files.retry': answering<void>()(z.object({ id: sessionId })),
  /** Takes it off the list; what was transcribed stays in the history. */
  'files.remove': answering<void>()(z.object({ id: sessionId })),
  'files.export': answering<ExportedFile>()(z.object({ id: sessionId, format: exportFormat })),

  'server.status': answering<ServerView>()(nothing),
  'server.tokens': answering<ServerTokens>()(nothing),
  'server.rotateToken': answering<ServerTokens>()(z.object({ scope: z.enum(['full', 'viewer']) })),
  'server.restart': answering<void>()(nothing),

  'diagnostics.run': answering<readonly DiagnosticFinding[]>()(nothing),
} as const;

/** What only a browser’s page asks for: it streams by itself, so its sessions are kept through these. */
export const BROWSER_CALLS = {
  'session.begin': answering<{ readonly keeping: boolean }>()(
    z.object({ source: z.string().min(1).max(200), model: modelName, language: z.string().max(20) }),
  ),
  'session.final': answering<void>()(
    z.object({
      segment_id: z.int().nonnegative(),
      text: z.string().min(1).max(100_000),
      language: z.string().max(20),
      start_ms: z.int().nonnegative(),
      end_ms: z.int().nonnegative(),
      confidence: z.number().min(0).max(1),
    }),
  ),
  'session.end': answering<void>()(z.object({ audioMs: z.int().nonnegative() })),
} as const;

/** What only the desktop app answers. */
export const DESKTOP_CALLS = {
  'captions.read': answering<{ readonly state: CaptionState; readonly snapshot: CaptionSnapshot }>()(nothing),
  'captions.start': answering<void>()(nothing),
  'captions.stop': answering<void>()(nothing),
  'captions.pause': answering<void>()(nothing),
  'captions.resume': answering<void>()(nothing),
  'captions.dismissProblem': answering<void>()(nothing),
  'captions.microphones': answering<readonly Microphone[]>()(nothing),

  'overlay.read': answering<OverlayView>()(nothing),
  /** Puts it back to where its position setting says, on the display it is on. */
  'overlay.resetPosition': answering<void>()(nothing),
  /** Moves or resizes the overlay while it is unlocked, by so many pixels. */
  'overlay.drag': answering<void>()(
    z.object({
      edge: z.enum(['move', 'left', 'right']),
      deltaX: z.number().min(-10_000).max(10_000),
      deltaY: z.number().min(-10_000).max(10_000),
    }),
  ),
  /** The overlay tells how tall its captions are, in CSS pixels. */
  'overlay.resize': answering<void>()(z.object({ height: z.int().min(16).max(2000) })),

  'shortcuts.read': answering<readonly ShortcutView[]>()(nothing),
  /** Tells whether the system would give this combination out, without taking it. */
  'shortcuts.try': answering<ShortcutView>()(
    z.object({ action: z.enum(SHORTCUT_ACTIONS), accelerator: z.string().max(60) }),
  ),

  'permissions.read': answering<PermissionsView>()(nothing),
  'permissions.requestMicrophone': answering<PermissionsView>()(nothing),
  /** Opens the system’s privacy settings, where there are such. */
  'permissions.openSystemSettings': answering<void>()(nothing),

  'dialog.chooseFiles': answering<readonly string[]>()(z.object({ kind: z.enum(['recordings', 'model']) })),
  /** @returns where it was saved; `null` where the user thought better of it. */
  'dialog.saveText': answering<string | null>()(
    z.object({ fileName: z.string().min(1).max(255), text: z.string().max(50_000_000) }),
  ),
  'shell.openFolder': answering<void>()(z.object({ folder: z.enum(['data', 'history', 'models', 'logs']) })),
  'window.showControl': answering<void>()(z.object({ page: z.string().max(40).optional() })),
} as const;

export type SharedCalls = typeof SHARED_CALLS;
export type BrowserCalls = typeof BROWSER_CALLS;
export type DesktopCalls = typeof DESKTOP_CALLS;
