import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MigrationStep } from '../../../src/core/settings/settings-migrations.ts';
import { SettingsStore } from '../../../src/core/settings/settings-store.ts';

/** Written out: what a user who chose nothing gets, and what another version may not change unnoticed. */
const DEFAULTS = {
  'app.firstRunDone': false,
  'app.launchAtLogin': false,
  'appearance.alignment': 'left',
  'appearance.backgroundColor': '#000000',
  'appearance.backgroundOpacity': 0.75,
  'appearance.edge': 'none',
  'appearance.fontFamily': 'system-ui',
  'appearance.fontSize': 28,
  'appearance.fontWeight': 'medium',
  'appearance.hideAfterSeconds': 8,
  'appearance.letterSpacing': 0,
  'appearance.lineCharacters': 42,
  'appearance.lineSpacing': 1.3,
  'appearance.lines': 2,
  'appearance.showUnstable': true,
  'appearance.textColor': '#ffffff',
  'appearance.theme': 'system',
  'captions.language': 'auto',
  'captions.microphone': null,
  'captions.model': 'starter.en',
  'captions.source': 'microphone',
  'captions.translate': false,
  'capture.autoGainControl': false,
  'capture.echoCancellation': false,
  'capture.noiseSuppression': false,
  'history.enabled': true,
  'history.retentionDays': null,
  'models.mirror': null,
  'overlay.locked': true,
  'overlay.position': 'bottom',
  'overlay.visible': true,
  'server.port': 8000,
  'server.remote': null,
  'shortcuts.lock': 'CommandOrControl+Alt+L',
  'shortcuts.overlay': 'CommandOrControl+Alt+O',
  'shortcuts.pause': 'CommandOrControl+Alt+P',
  'shortcuts.startStop': 'CommandOrControl+Alt+C',
  'vocabulary.terms': [],
};

let folder: string;
const now = (): Date => new Date('2026-01-31T12:00:00.000Z');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'surtitle-settings-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function store(steps?: readonly MigrationStep[]): SettingsStore {
  return new SettingsStore({ folder, now, ...(steps ? { steps } : {}) });
}

function file(name = 'settings.json'): string {
  return join(folder, name);
}

function write(content: unknown): void {
  writeFileSync(file(), typeof content === 'string' ? content : JSON.stringify(content));
}

describe('settings', () => {
  it('are the defaults where nothing was chosen, and reading them writes nothing', async () => {
    const home = join(folder, 'not', 'there');
    const settings = await new SettingsStore({ folder: home, now }).load();
    expect(settings).toEqual({
      values: DEFAULTS,
      chosen: new Set(),
      trusted: true,
      warnings: [],
    });
    expect(existsSync(home)).toBe(false);
  });

  it('hold what was chosen, for the next who reads them', async () => {
    await store().set('history.enabled', false);
    await store().set('history.retentionDays', 30);
    const { values, chosen } = await store().load();
    expect(values).toMatchObject({ 'history.enabled': false, 'history.retentionDays': 30 });
    expect(chosen).toEqual(new Set(['history.enabled', 'history.retentionDays']));
  });

  it('may begin with the mark that some editors put before a text', async () => {
    write('\uFEFF{"version":1,"history.enabled":false}');
    expect(await store().load()).toMatchObject({ values: { 'history.enabled': false }, trusted: true });
  });

  it('store only what was chosen, so that a default may change later', async () => {
    await store().set('history.enabled', false);
    await store().reset('history.enabled');
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({ version: 1 });
  });

  it('are for the user alone, in a folder made for them', async () => {
    const home = join(folder, 'home');
    await new SettingsStore({ folder: home, now }).set('history.enabled', false);
    if (process.platform === 'win32') return;
    expect(statSync(home).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(home)) expect(statSync(join(home, name)).mode & 0o777).toBe(0o600);
  });

  it('refuse a value that the setting does not take, and keep the old one', async () => {
    await store().set('history.retentionDays', 30);
    await expect(store().set('history.retentionDays', -1)).rejects.toMatchObject({ code: 'setting_invalid' });
    expect((await store().load()).values['history.retentionDays']).toBe(30);
  });

  it('keep keys they do not know, and say that those have no effect', async () => {
    write({ version: 1, 'history.enable': false });
    await store().set('history.retentionDays', 7);
    const { warnings } = await store().load();
    expect(warnings).toEqual([expect.stringContaining('history.enable.')]);
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({
      version: 1,
      'history.enable': false,
      'history.retentionDays': 7,
    });
  });
});

describe('a damaged settings file', () => {
  it.each([
    ['no JSON', '{"version": 1, "history.en'],
    ['empty', ''],
    ['without a version', '{}'],
    ['with a value that cannot be', '{"version": 1, "history.enabled": "no"}'],
  ])('that is %s is told, not trusted, and left as it is', async (_what, content) => {
    write(content);
    const settings = await store().load();
    expect(settings.trusted).toBe(false);
    expect(settings.warnings).toEqual([expect.stringContaining(file())]);
    expect(readFileSync(file(), 'utf8')).toBe(content);
  });

  it('leaves the last good choices in force', async () => {
    await store().set('history.enabled', false);
    write('damaged');
    expect((await store().load()).values['history.enabled']).toBe(false);
  });

  it('is kept under another name when a setting is changed, and the last good choices with it', async () => {
    await store().set('history.enabled', false);
    write('damaged');
    const aside = await store().set('history.retentionDays', 7);
    expect(readFileSync(aside ?? '', 'utf8')).toBe('damaged');
    expect(await store().load()).toMatchObject({
      trusted: true,
      values: { 'history.enabled': false, 'history.retentionDays': 7 },
    });
  });

  it('whatever is in it, never makes reading fail, nor gets lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (content) => {
        write(content);
        const { trusted } = await store().load();
        const aside = await store().set('history.enabled', false);
        if (!trusted) expect(readFileSync(aside ?? '', 'utf8')).toBe(content);
        if (aside) rmSync(aside);
      }),
      { numRuns: 50 },
    );
  });
});

describe('settings of another version', () => {
  it('are brought forward, a step at a time, and stay as they were until something is changed', async () => {
    write({ version: 1, 'history.keep': 'no', 'history.days': 3 });
    const steps: MigrationStep[] = [
      ({ 'history.keep': keep, ...others }) => ({ ...others, 'history.enabled': keep !== 'no' }),
      ({ 'history.days': days, ...others }) => ({ ...others, 'history.retentionDays': days }),
    ];
    const migrated = { 'history.enabled': false, 'history.retentionDays': 3 };
    expect((await store(steps).load()).values).toMatchObject(migrated);
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({ version: 1 });

    await store(steps).set('models.mirror', 'https://models.example/');
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({
      version: 3,
      ...migrated,
      'models.mirror': 'https://models.example/',
    });
  });

  it('that is newer are not trusted, and nothing is written over them', async () => {
    const newer = JSON.stringify({ version: 2, 'history.enabled': true });
    write(newer);
    expect(await store().load()).toMatchObject({
      trusted: false,
      warnings: [expect.stringContaining('newer Surtitle')],
    });
    await expect(store().set('history.enabled', false)).rejects.toMatchObject({ code: 'settings_newer' });
    expect(readFileSync(file(), 'utf8')).toBe(newer);
  });
});
