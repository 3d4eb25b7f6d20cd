/** What the interface is shown of the product, as plain data. Times are ISO 8601 in UTC or milliseconds. */
import type { CatalogueModel } from '../core/models/catalogue.ts';
import type { DownloadEvent } from '../core/models/download-events.ts';
import type { Suitability } from '../core/models/recommendation.ts';
import type { StoredModel } from '../core/models/store.ts';
import type { SettingKey, SettingValues } from '../core/settings/settings-schema.ts';
import type { HistoryEntry } from '../core/transcript/history-entry.ts';
import type { Transcript } from '../core/transcript/transcript.ts';
import type { WireError } from './envelope.ts';

export interface AppInfo {
  readonly version: string;
  readonly shell: 'desktop' | 'browser';
  readonly platform: string;
  readonly arch: string;
  readonly node: string;
  readonly electron: string | null;
  /** Where Surtitle keeps its data on the machine it runs on. */
  readonly dataFolder: string;
}

export interface SettingsView {
  readonly values: SettingValues;
  /** What the user chose; the rest are defaults. */
  readonly chosen: readonly SettingKey[];
  /** What is wrong with the settings file. */
  readonly warnings: readonly string[];
}

/** A model of the catalogue, seen from this machine. */
export interface AvailableModel extends CatalogueModel {
  /** An estimate. */
  readonly memoryBytes: number;
  /** An estimate; `null` where this machine was not measured. */
  readonly timesRealTime: number | null;
  readonly suitability: Suitability | null;
  readonly installed: boolean;
  readonly recommended: boolean;
}

/** A download that runs, or that failed and was not dismissed. */
export interface ModelDownload {
  readonly name: string;
  readonly event: DownloadEvent | null;
  /** Of late, in bytes a second; `null` while it is not known. */
  readonly bytesPerSecond: number | null;
  readonly error: WireError | null;
}

export interface ModelsView {
  readonly folder: string;
  readonly installed: readonly StoredModel[];
  readonly available: readonly AvailableModel[];
  readonly downloads: readonly ModelDownload[];
  /** The model that captions are made with. */
  readonly inUse: string;
}

/** A place in a session where what was looked for is found. */
export interface HistoryHitView {
  /** Start of its segment, and the segment's index. */
  readonly startMs: number;
  readonly segment: number;
  readonly text: string;
  /** What was looked for, in `text`: positions in UTF-16 units. */
  readonly matches: readonly { readonly start: number; readonly end: number }[];
}

export interface HistoryMatchView {
  readonly entry: HistoryEntry;
  /** The first places, in order of time; none where only the title fits. */
  readonly hits: readonly HistoryHitView[];
  readonly totalHits: number;
}

export interface HistorySessionView {
  readonly entry: HistoryEntry;
  readonly transcript: Transcript;
  readonly damagedLines: number;
}

export interface HistoryView {
  readonly entries: readonly HistoryEntry[];
  readonly folder: string;
}

/** A text to be saved as a file. */
export interface ExportedFile {
  readonly fileName: string;
  readonly text: string;
}

/** A recording that is transcribed, waits for it, or has been. */
export interface FileJob {
  readonly id: string;
  readonly fileName: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  /** 0 to 1. */
  readonly share: number;
  readonly doneMs: number;
  /** `null` while the recording’s length is not known. */
  readonly durationMs: number | null;
  /** Of the rest, in milliseconds; `null` while it cannot be told. */
  readonly remainingMs: number | null;
  readonly error: WireError | null;
  /** What was wrong with the recording but could be read over. */
  readonly warnings: readonly string[];
  /** Beginning of the text, once it is done. */
  readonly excerpt: string;
  /** Its session in the history, where one is kept. */
  readonly historyId: string | null;
}

/** A program that uses the server. */
export interface ServerClient {
  readonly id: string;
  readonly since: string;
  /** Audio it sent, in milliseconds. */
  readonly audioMs: number;
  /** Connected, or away and expected back. */
  readonly connected: boolean;
  /** Whether its captions are shown to viewers. */
  readonly published: boolean;
}

export interface ServerView {
  readonly state: 'starting' | 'ready' | 'failed' | 'stopped';
  /** Why it failed. */
  readonly error: WireError | null;
  /** `http://127.0.0.1:8000`; `null` while it does not listen. */
  readonly url: string | null;
  /** Set where the wanted port was taken and another is used. */
  readonly wantedPort: number | null;
  /** The model that is loaded or being loaded. */
  readonly model: string;
  /** Whether other machines can connect. */
  readonly remote: boolean;
  readonly clients: readonly ServerClient[];
  readonly viewers: number;
  /** Restarts of the speech engine since the start. */
  readonly engineRestarts: number;
}

export interface ServerTokens {
  readonly full: string;
  /** Only allows to watch captions. */
  readonly viewer: string;
}

/** What one check of the machine found. */
export interface DiagnosticFinding {
  readonly check: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly summary: string;
  readonly advice?: string | undefined;
}

/** The captions window above others. */
export interface OverlayView {
  readonly visible: boolean;
  readonly locked: boolean;
  readonly position: 'bottom' | 'top' | 'free';
  /** False where the system does not let clicks through, and why. */
  readonly clickThrough: { readonly works: boolean; readonly reason: string | null };
}

export const SHORTCUT_ACTIONS = ['startStop', 'pause', 'overlay', 'lock'] as const;
export type ShortcutAction = (typeof SHORTCUT_ACTIONS)[number];

export interface ShortcutView {
  readonly action: ShortcutAction;
  /** As Electron names it; `null` where the user wants none. */
  readonly accelerator: string | null;
  /** `conflict`: another program has it, or another action does. `unsupported`: the system gives none out. */
  readonly state: 'active' | 'off' | 'conflict' | 'unsupported';
  readonly message: string | null;
}

export interface PermissionsView {
  readonly microphone: 'granted' | 'denied' | 'not-asked' | 'unknown';
  /** Whether system audio can be had, how, and where not, what to do. */
  readonly systemAudio: {
    readonly available: boolean;
    readonly path: 'loopback' | 'monitor' | 'tab' | null;
    readonly message: string | null;
  };
}
