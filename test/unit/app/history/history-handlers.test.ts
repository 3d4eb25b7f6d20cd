import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHistoryHandlers, type HistoryHandlers } from '../../../../src/app/history/history-handlers.ts';
import { systemClock } from '../../../../src/core/foundation/clock.ts';
import { silentLogger } from '../../../../src/core/foundation/logger.ts';
import { VirtualClock } from '../../../../src/core/foundation/virtual-clock.ts';
import { valuesOf } from '../../../../src/core/settings/settings-document.ts';
import type { SettingValues } from '../../../../src/core/settings/settings-schema.ts';
import { Journal } from '../../../../src/core/transcript/journal.ts';
import type { CallContext } from '../../../../src/ipc/call.ts';

const NOW = new Date('2026-03-01T12:00:00.000Z');
const DAY_MS = 86_400_000;
const context: CallContext = { signal: new AbortController().signal, resolveFile: (file) => file };

let home: string;
let folder: string;
let clock: VirtualClock;
let changes: number;
let settings: { values: SettingValues; trusted: boolean };
let history: HistoryHandlers;

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'surtitle-app-history-'));
  folder = path.join(home, 'history');
  changes = 0;
  settings = { values: valuesOf({}), trusted: true };
  open();
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

/** As a program's start does. */
function open(): void {
  clock = new VirtualClock();
  history = createHistoryHandlers({
    folder,
    settings,
    onChange: () => changes++,
    clock,
    now: () => NOW,
    logger: silentLogger,
  });
}

/** Keeps a session, as another program would. @returns its id. */
async function keep(text: string, daysAgo = 0): Promise<string> {
  const startedAt = new Date(NOW.getTime() - daysAgo * DAY_MS);
  const journal = new Journal({
    folder,
    session: {
      source: 'Microphone',
      title: `Talk of ${daysAgo}`,
      model: 'base.en',
      language: 'en',
      startedAt,
    },
    clock: systemClock,
    now: () => NOW,
    onEvent: () => undefined,
  });
  await journal.append({ text, start_ms: 1_000, end_ms: 2_000, language: 'en', confidence: 0.9 });
  return (await journal.close()).id ?? '';
}

async function ids(): Promise<string[]> {
  const { entries } = await history.handlers['history.list'](undefined, context);
  return entries.map(({ id }) => id);
}

describe('the history of the app', () => {
  it('is empty before anything was kept, and tells where it will be', async () => {
    expect(await history.handlers['history.list'](undefined, context)).toEqual({ entries: [], folder });
  });

  it('shows what other programs have kept meanwhile', async () => {
    expect(await ids()).toEqual([]);
    const id = await keep('Good morning.');
    expect(await ids()).toEqual([id]);
  });

  it('finds words, and says where they are in the text', async () => {
    const id = await keep('We looked at the budget for next year.');
    await keep('Nothing of that kind.', 1);
    const matches = await history.handlers['history.search']({ query: 'budget year' }, context);
    expect(matches).toMatchObject([{ entry: { id }, totalHits: 1, hits: [{ startMs: 1_000, segment: 0 }] }]);
    const [hit] = matches[0]?.hits ?? [];
    expect(hit?.matches.map(({ start, end }) => hit.text.slice(start, end))).toEqual(['budget', 'year']);
  });

  it('calls an exported file by the title', async () => {
    const id = await keep('Good morning.');
    await history.handlers['history.rename']({ id, title: 'Monday: 9/10' }, context);
    const exported = await history.handlers['history.export']({ id, format: 'srt' }, context);
    expect(exported.fileName).toBe('Monday 9 10.srt');
    expect(exported.text).toContain('Good morning.');
  });

  it('deletes what is older than the user wants', async () => {
    const id = await keep('New.');
    await keep('Old.', 10);
    settings.values = valuesOf({ 'history.retentionDays': 7 });
    expect(await ids()).toEqual([id]);
  });

  it('deletes nothing by settings that may not be the user’s', async () => {
    await keep('Old.', 10);
    settings.values = valuesOf({ 'history.retentionDays': 7 });
    settings.trusted = false;
    expect(await ids()).toHaveLength(1);
  });
});

describe('a deleted session', () => {
  let id: string;

  beforeEach(async () => {
    id = await keep('Good morning.');
  });

  const remove = () => history.handlers['history.delete']({ id }, context);

  it('is gone from list, search and reading at once', async () => {
    await remove();
    expect(await ids()).toEqual([]);
    expect(await history.handlers['history.search']({ query: 'morning' }, context)).toEqual([]);
    const reading = async () => history.handlers['history.read']({ id }, context);
    await expect(reading()).rejects.toMatchObject({ code: 'history_not_found' });
    expect(changes).toBe(1);
  });

  it('comes back when the user thinks better of it', async () => {
    const { undoMs } = await remove();
    await clock.advance(undoMs - 1);
    await history.handlers['history.undoDelete']({ id }, context);
    await clock.advance(undoMs);
    expect(await ids()).toEqual([id]);
  });

  it('is gone from the disk when the time is over', async () => {
    const { undoMs } = await remove();
    await clock.advance(undoMs);
    await history.close();
    open();
    expect(await ids()).toEqual([]);
  });

  it('cannot come back later', async () => {
    const { undoMs } = await remove();
    await clock.advance(undoMs);
    await history.close();
    const undoing = async () => history.handlers['history.undoDelete']({ id }, context);
    await expect(undoing()).rejects.toMatchObject({ code: 'history_not_found' });
  });

  it('is gone from the disk when the program ends', async () => {
    await remove();
    await history.close();
    open();
    expect(await ids()).toEqual([]);
  });

  it('is kept where the program is killed before', async () => {
    await remove();
    open();
    expect(await ids()).toEqual([id]);
  });

  it('goes with all others when everything is erased', async () => {
    await keep('Good evening.', 1);
    await remove();
    expect(await history.handlers['history.eraseAll'](undefined, context)).toEqual({ erased: 2 });
    expect(clock.pendingTimers).toBe(0);
    expect(await ids()).toEqual([]);
  });
});
