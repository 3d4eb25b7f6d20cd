import path from 'node:path';
import { SurtitleError } from '../foundation/errors.ts';
import {
  formatSettingsDocument,
  parseSettingsDocument,
  type SettingsDocument,
  valuesOf,
} from './settings-document.ts';
import { keepAside, readSettingsText, replaceSettingsText } from './settings-file.ts';
import { MIGRATION_STEPS, type MigrationStep, type StoredSettings } from './settings-migrations.ts';
import { definitionOf, type SettingKey, type SettingValues } from './settings-schema.ts';

const FILE_NAME = 'settings.json';
const LAST_GOOD_NAME = 'settings.last-good.json';

/** Settings as they were read, and how far they can be trusted. */
export interface LoadedSettings {
  readonly values: SettingValues;
  /** What the user chose; the rest of `values` are defaults. */
  readonly chosen: ReadonlySet<SettingKey>;
  /**
   * False where the user's choices could not be read, so that `values` are defaults or older choices.
   * What a user may have forbidden must then not be done.
   */
  readonly trusted: boolean;
  /** Sentences for the user: what is wrong with the file and what to do. */
  readonly warnings: readonly string[];
}

export interface SettingsStoreOptions {
  /** Surtitle's data folder; made when something is written. */
  readonly folder: string;
  readonly now: () => Date;
  /** For tests: other steps make another version. */
  readonly steps?: readonly MigrationStep[];
}

/**
 * The settings file: read anew each time, written all at once, with a copy of the last good one. A damaged
 * file is never lost: it is kept under another name when something is to be written.
 */
export class SettingsStore {
  readonly #file: string;
  readonly #lastGood: string;
  readonly #now: () => Date;
  readonly #steps: readonly MigrationStep[];

  constructor({ folder, now, steps = MIGRATION_STEPS }: SettingsStoreOptions) {
    this.#file = path.join(folder, FILE_NAME);
    this.#lastGood = path.join(folder, LAST_GOOD_NAME);
    this.#now = now;
    this.#steps = steps;
  }

  /** Where the settings are kept. */
  get file(): string {
    return this.#file;
  }

  /** Reads the settings; writes nothing. @throws {SurtitleError} `settings_unreadable`. */
  async load(): Promise<LoadedSettings> {
    const document = await this.#read(this.#file);
    if (document?.kind === 'newer') {
      return {
        ...loaded({}),
        trusted: false,
        warnings: [
          `The settings in ${this.#file} were written by a newer Surtitle (version ${document.version}), so the defaults are used. Update Surtitle.`,
        ],
      };
    }
    if (document?.kind === 'damaged') {
      const lastGood = await this.#readLastGood();
      return {
        ...loaded(lastGood ?? {}),
        trusted: false,
        warnings: [
          `The settings in ${this.#file} cannot be read: ${document.reason}. ${lastGood ? 'The last good ones are' : 'The defaults are'} used until you mend the file or change a setting.`,
        ],
      };
    }
    const unknownKeys = document?.unknownKeys ?? [];
    return {
      ...loaded(document?.stored ?? {}),
      trusted: true,
      warnings:
        unknownKeys.length === 0
          ? []
          : [
              `Unknown settings in ${this.#file} have no effect: ${unknownKeys.join(', ')}. Check how they are spelt; \`surtitle settings\` lists those there are.`,
            ],
    };
  }

  /**
   * Stores a choice.
   * @returns where a damaged file was kept, or `null`.
   * @throws {SurtitleError} `setting_invalid`, `settings_unwritable`, `settings_unreadable`, `settings_newer`.
   */
  async set<Key extends SettingKey>(key: Key, value: SettingValues[Key]): Promise<string | null> {
    const { schema, expects } = definitionOf(key);
    const parsed = schema.safeParse(value);
    if (!parsed.success) throw new SurtitleError('setting_invalid', `${key} must be ${expects}.`);
    return this.#change((stored) => ({ ...stored, [key]: parsed.data }));
  }

  /** Forgets a choice, so that the default holds, also one of later versions. Returns and throws as {@link set}. */
  reset(key: SettingKey): Promise<string | null> {
    return this.#change(({ [key]: _forgotten, ...others }) => others);
  }

  async #change(change: (stored: StoredSettings) => StoredSettings): Promise<string | null> {
    const document = await this.#read(this.#file);
    if (document?.kind === 'newer') {
      throw new SurtitleError(
        'settings_newer',
        `The settings in ${this.#file} were written by a newer Surtitle (version ${document.version}) and are left alone. Update Surtitle to change them.`,
      );
    }
    let aside: string | null = null;
    let stored: StoredSettings = document?.kind === 'good' ? document.stored : {};
    if (document?.kind === 'damaged') {
      stored = (await this.#readLastGood()) ?? {};
      aside = `${this.#file}.damaged-${this.#now().toISOString().replace(/[:.]/gu, '-')}`;
      await keepAside(this.#file, aside);
    }
    const text = formatSettingsDocument(change(stored), this.#steps.length + 1);
    // The copy first: where only one of them can be written, the newest choice is the one to fall back on.
    await replaceSettingsText(this.#lastGood, text);
    await replaceSettingsText(this.#file, text);
    return aside;
  }

  async #read(file: string): Promise<SettingsDocument | null> {
    const text = await readSettingsText(file);
    return text === null ? null : parseSettingsDocument(text, this.#steps);
  }

  async #readLastGood(): Promise<StoredSettings | null> {
    const document = await this.#read(this.#lastGood);
    return document?.kind === 'good' ? document.stored : null;
  }
}

function loaded(stored: StoredSettings): Pick<LoadedSettings, 'values' | 'chosen'> {
  const values = valuesOf(stored);
  const keys = Object.keys(values) as SettingKey[];
  return { values, chosen: new Set(keys.filter((key) => key in stored)) };
}
