import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import { VirtualClock } from '../../../src/core/foundation/virtual-clock.ts';
import { SettingsStore } from '../../../src/core/settings/settings-store.ts';
import { openHistory } from '../../../src/core/transcript/history.ts';
import { Journal, type JournalEvent, type JournalFinal } from '../../../src/core/transcript/journal.ts';
import { mountSmallDisk, type SmallDisk, smallDisksMissing } from '../../fixtures/small-disk.ts';

const PAGE_BYTES = 4096;

describe.skipIf(smallDisksMissing !== '')(`on a full disk${smallDisksMissing}`, () => {
  let small: SmallDisk;
  let home: string;
  let folder: string;
  let events: JournalEvent[];

  beforeEach(() => {
    small = mountSmallDisk((3 * PAGE_BYTES) / 1024);
    home = small.folder;
    folder = join(home, 'history');
    events = [];
  });

  afterEach(() => {
    small.remove();
  });

  function journal(): Journal {
    return new Journal({
      folder,
      session: { source: 'x', model: 'm', language: 'en', startedAt: new Date() },
      clock: new VirtualClock(),
      now: () => new Date(),
      onEvent: (event) => events.push(event),
    });
  }

  /** Some hundred bytes each, so that the disk fills in the middle of a line. */
  function final(index: number): JournalFinal {
    const text = `${index} ${'word '.repeat(50)}.`;
    return { text, start_ms: index * 10, end_ms: index * 10 + 9, language: 'en', confidence: 1 };
  }

  function fillAllButOnePage(): void {
    writeFileSync(join(home, 'filler'), Buffer.alloc(2 * PAGE_BYTES));
  }

  async function keptTexts(): Promise<string[]> {
    const history = openHistory({ folder, now: () => new Date(), logger: silentLogger });
    const { transcript, damagedLines } = await history.read('last');
    expect(damagedLines).toBe(0);
    return transcript.segments.map(({ text }) => text);
  }

  it('a journal says so, and loses nothing once there is room again', async () => {
    fillAllButOnePage();
    const finals = Array.from({ length: 24 }, (_, index) => final(index));
    const session = journal();
    for (const line of finals.slice(0, 20)) await session.append(line);
    expect(events.map(({ type }) => type)).toEqual(['created', 'unwritable']);
    expect(events[1]).toMatchObject({
      error: { code: 'journal_unwritable', message: expect.stringMatching(/ENOSPC.*The disk is full/u) },
    });
    // No line is torn meanwhile: what did not fit was taken back.
    const [file = ''] = readdirSync(folder);
    expect(readFileSync(join(folder, file), 'utf8')).toMatch(/\}\n$/u);

    rmSync(join(home, 'filler'));
    for (const line of finals.slice(20)) await session.append(line);
    expect(await session.close()).toMatchObject({ lost: 0 });
    expect(events.at(-1)).toEqual({ type: 'recovered' });
    expect(await keptTexts()).toEqual(finals.map(({ text }) => text));
  });

  it('a journal that finds no room until the end says how much it lost, and what it kept stays', async () => {
    fillAllButOnePage();
    const session = journal();
    for (let index = 0; index < 20; index++) await session.append(final(index));
    const { lost } = await session.close();
    expect(lost).toBeGreaterThan(0);
    expect(await keptTexts()).toEqual(Array.from({ length: 20 - lost }, (_, index) => final(index).text));
  });

  it('a journal that cannot even begin leaves no empty file', async () => {
    writeFileSync(join(home, 'filler'), Buffer.alloc(3 * PAGE_BYTES));
    mkdirSync(folder);
    const session = journal();
    await session.append(final(0));
    expect(events.map(({ type }) => type)).toEqual(['unwritable']);
    expect(readdirSync(folder)).toEqual([]);
    await session.close();
  });

  it('a session can still be deleted, and everything erased', async () => {
    const session = journal();
    await session.append(final(0));
    await session.close();
    fillAllButOnePage();
    const history = openHistory({ folder, now: () => new Date(), logger: silentLogger });
    expect(await history.eraseAll()).toBe(1);
  });

  it('settings stay what they were', async () => {
    const settings = new SettingsStore({ folder: home, now: () => new Date() });
    await settings.set('history.enabled', false);
    const before = readFileSync(settings.file, 'utf8');
    writeFileSync(join(home, 'filler'), Buffer.alloc(PAGE_BYTES));
    await expect(settings.set('history.enabled', true)).rejects.toMatchObject({
      code: 'settings_unwritable',
      message: expect.stringMatching(/ENOSPC.*The disk is full/u),
    });
    expect(readFileSync(settings.file, 'utf8')).toBe(before);
    expect(readdirSync(home).sort()).toEqual(['filler', 'settings.json', 'settings.last-good.json']);
    expect((await settings.load()).values['history.enabled']).toBe(false);
  });
});
