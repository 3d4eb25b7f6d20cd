import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SettingsOwner } from '../../../src/app/settings-owner.ts';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import { SettingsStore } from '../../../src/core/settings/settings-store.ts';
import type { SettingsView } from '../../../src/ipc/views.ts';

let folder: string;
let owner: SettingsOwner;
const over = new AbortController();
const file = (): string => path.join(folder, 'settings.json');
const open = (): Promise<SettingsOwner> => SettingsOwner.open({ folder, logger: silentLogger });

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'surtitle-settings-owner-'));
  owner = await open();
});

afterEach(async () => {
  await owner.close();
  rmSync(folder, { recursive: true, force: true });
});

function changes(): Promise<SettingsView> {
  return new Promise((resolve) => owner.onChange(resolve, over.signal));
}

it('tells listeners what was chosen, and what is the default again', async () => {
  const seen: unknown[] = [];
  owner.onChange(({ values, chosen }) => seen.push([values['appearance.lines'], chosen]), over.signal);
  await owner.write('appearance.lines', 3);
  await owner.reset('appearance.lines');
  expect(seen).toEqual([
    [3, ['appearance.lines']],
    [2, []],
  ]);
});

it('tells nobody of a change that changes nothing', async () => {
  await owner.write('appearance.lines', 3);
  const seen: SettingsView[] = [];
  owner.onChange((view) => seen.push(view), over.signal);
  await owner.write('appearance.lines', 3);
  await owner.reload();
  expect(seen).toEqual([]);
});

it('tells no more once the signal has fired', async () => {
  const done = new AbortController();
  const seen: SettingsView[] = [];
  owner.onChange((view) => seen.push(view), done.signal);
  done.abort();
  await owner.write('appearance.lines', 3);
  expect(seen).toEqual([]);
});

it('refuses a value that its setting does not take, and keeps the old one', async () => {
  await expect(owner.write('appearance.lines', 9)).rejects.toMatchObject({ code: 'setting_invalid' });
  expect(owner.values['appearance.lines']).toBe(2);
});

it('stores choices that are made at the same time, all of them', async () => {
  await Promise.all([
    owner.write('appearance.lines', 3),
    owner.write('appearance.fontSize', 40),
    owner.write('overlay.locked', false),
  ]);
  expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({
    version: 1,
    'appearance.lines': 3,
    'appearance.fontSize': 40,
    'overlay.locked': false,
  });
});

it('notices by itself what the command line changed', async () => {
  const changed = changes();
  await new SettingsStore({ folder, now: () => new Date() }).set('history.enabled', false);
  expect((await changed).values['history.enabled']).toBe(false);
});

it('does not undo what the command line changed a moment ago', async () => {
  await new SettingsStore({ folder, now: () => new Date() }).set('history.enabled', false);
  const view = await owner.write('appearance.lines', 3);
  expect(view.values).toMatchObject({ 'history.enabled': false, 'appearance.lines': 3 });
});

it('warns of a damaged file, and does not trust what it says in its place', async () => {
  const changed = changes();
  writeFileSync(file(), '{"version":1,');
  expect((await changed).warnings).toEqual([expect.stringContaining('cannot be read')]);
  expect(owner.trusted).toBe(false);
});

it('says where a damaged file was kept when a setting was changed', async () => {
  writeFileSync(file(), 'nonsense');
  const { warnings } = await owner.write('appearance.lines', 3);
  expect(warnings).toEqual([expect.stringMatching(/kept as .*settings\.json\.damaged-/u)]);
  expect(owner.trusted).toBe(true);
});
