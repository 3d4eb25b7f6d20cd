import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import { type History, openHistory } from '../../../src/core/transcript/history.ts';
import type { JournalFinal } from '../../../src/core/transcript/journal.ts';
import { journalPath, newSessionId, startOfSession } from '../../../src/core/transcript/journal-files.ts';
import { lineOf, type SessionLine } from '../../../src/core/transcript/journal-lines.ts';
import { repairJournal } from '../../../src/core/transcript/journal-repair.ts';
import { addToTotals, NO_TOTALS } from '../../../src/core/transcript/journal-totals.ts';
import { final, header } from './journal-bench.ts';

const NOW = new Date('2026-03-01T12:00:00.000Z');
const DAY_MS = 24 * 60 * 60 * 1000;

let home: string;
let folder: string;
let history: History;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'surtitle-history-'));
  folder = join(home, 'history');
  history = openHistory({ folder, now: () => NOW, logger: silentLogger });
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Puts a session into the folder that began so many days ago. @returns its id. */
function keep(
  finals: readonly JournalFinal[],
  options: { daysAgo?: number; fields?: Partial<SessionLine>; ended?: boolean } = {},
): string {
  const { daysAgo = 1, fields = {}, ended = true } = options;
  const startedAt = new Date(NOW.getTime() - daysAgo * DAY_MS);
  const id = newSessionId(startedAt);
  mkdirSync(folder, { recursive: true });
  const lines = [
    lineOf(header(id, { started_at: startedAt.toISOString(), ...fields })),
    ...finals.map((line) => lineOf({ type: 'final', ...line })),
    ...(ended
      ? [
          lineOf({
            type: 'end',
            ended_at: startedAt.toISOString(),
            reason: 'ended',
            ...finals.reduce(addToTotals, NO_TOTALS),
          }),
        ]
      : []),
  ];
  const file = journalPath(folder, id);
  writeFileSync(file, lines.join(''));
  utimesSync(file, startedAt, startedAt);
  return id;
}

describe('a history that nobody has written to', () => {
  it('is empty, and asking leaves nothing behind', async () => {
    expect(await history.list()).toEqual([]);
    expect(await history.search(['x']).next()).toMatchObject({ done: true });
    expect(await history.applyRetention(1)).toBe(0);
    expect(await history.eraseAll()).toBe(0);
    await expect(history.read('last')).rejects.toMatchObject({ code: 'history_not_found' });
    expect(existsSync(folder)).toBe(false);
  });
});

describe('the list', () => {
  it('has a session whose first final is longer than the beginning that a list reads', async () => {
    const words = Array.from({ length: 200 }, (_, index) => ({
      text: `word${index}`,
      start_ms: index,
      end_ms: index,
      confidence: 0.5,
    }));
    const long = { ...final('A long first final.'), words };
    const id = keep([long, { ...long, text: 'And a second one.' }], {
      daysAgo: 40,
      fields: { title: 'talk' },
    });
    expect(await history.list()).toMatchObject([{ id, title: 'talk', segments: 2, state: 'ended' }]);
    expect(await history.applyRetention(30)).toBe(1);
  });

  it('has the newest session first, with what people ask about it', async () => {
    const older = keep([final('Good morning.', 0), final('How are you?', 70)], { daysAgo: 3 });
    const newer = keep([final('Yes.')], { daysAgo: 2, fields: { title: 'talk', source: 'talk.wav' } });
    expect(await history.list()).toEqual([
      {
        id: newer,
        title: 'talk',
        startedAt: '2026-02-27T12:00:00.000Z',
        durationMs: 900,
        segments: 1,
        words: 1,
        source: 'talk.wav',
        model: 'starter.en',
        state: 'ended',
      },
      expect.objectContaining({ id: older, title: 'Good morning.', words: 5, durationMs: 70_900 }),
    ]);
  });

  it('reads no more sessions than asked for', async () => {
    const ids = Array.from({ length: 40 }, (_, index) => keep([final('Yes.')], { daysAgo: index + 1 }));
    expect((await history.list(17)).map(({ id }) => id)).toEqual(ids.slice(0, 17));
    expect(await history.count()).toBe(40);
  });

  it('calls a session by its first words where it has no title', async () => {
    keep([final('There are eleven cars on the table, and the best box is the orange one.')]);
    expect((await history.list())[0]?.title).toBe('There are eleven cars on the table, and the best…');
  });

  it('is the same for a session too long to be read whole', async () => {
    const finals = Array.from({ length: 400 }, (_, index) => final(`This is line ${index}.`, index));
    const id = keep(finals);
    await history.rename(id, 'Long');
    expect(statSync(journalPath(folder, id)).size).toBeGreaterThan(20_000);
    expect(await history.list()).toMatchObject([
      { title: 'Long', segments: 400, words: 1600, durationMs: 399_900, state: 'ended' },
    ]);
  });

  it('finds the totals of a long session that was renamed so often that its end is far from the last line', async () => {
    const finals = Array.from({ length: 400 }, (_, index) => final(`This is line ${index}.`, index));
    const id = keep(finals);
    for (let index = 0; index < 40; index++) await history.rename(id, `${index} ${'x'.repeat(150)}`);
    expect(await history.list()).toMatchObject([
      { title: expect.stringMatching(/^39 x/u), segments: 400, words: 1600, state: 'ended' },
    ]);
  });

  it('counts words of languages without spaces too', async () => {
    keep([final('今日は天気がいい。')]);
    expect((await history.list())[0]?.words).toBeGreaterThan(2);
  });

  it('leaves out files that are no sessions, and does not touch them', async () => {
    keep([final('Yes.')]);
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    writeFileSync(join(folder, 'x.jsonl'), 'mine');
    expect(await history.list()).toHaveLength(1);
    await history.eraseAll();
    expect(readdirSync(folder).sort()).toEqual(['notes.txt', 'x.jsonl']);
  });

  it('shows a session of a newer version as one, which can be deleted but not read', async () => {
    const id = keep([final('Yes.')], { fields: { version: 2 } });
    expect(await history.list()).toMatchObject([{ id, state: 'newer' }]);
    await expect(history.read(id)).rejects.toMatchObject({
      code: 'history_newer',
      message: expect.stringContaining(`Session ${id} was written by a newer Surtitle. Update`),
    });
    await history.delete(id);
    expect(await history.list()).toEqual([]);
  });
});

describe('a session whose writer was killed', () => {
  it('is mended by whoever comes across it', async () => {
    const id = keep([final('One.', 1), final('Two.', 2)], { ended: false });
    appendFileSync(journalPath(folder, id), `{"type":"final","text":"Thr${'e'.repeat(500)}`);
    expect(await history.list()).toMatchObject([{ id, state: 'interrupted', segments: 2, words: 2 }]);
    const text = readFileSync(journalPath(folder, id), 'utf8');
    expect(text).toMatch(/"reason":"recovered",.*\n$/u);
    expect(text).not.toContain('Thr');
    const { transcript, damagedLines } = await history.read(id);
    expect(transcript.segments.map(({ text }) => text)).toEqual(['One.', 'Two.']);
    expect(damagedLines).toBe(0);
  });

  it('keeps the title that somebody gives it at the same moment', async () => {
    const id = keep([final('Cut off.')], { ended: false });
    const file = journalPath(folder, id);
    const probe = await open(file, 'r');
    const handles = Object.getPrototypeOf(probe) as typeof probe;
    await probe.close();
    const { readFile } = handles;
    const spy = vi.spyOn(handles, 'readFile').mockImplementationOnce(async function (this: typeof probe) {
      const bytes = await readFile.call(this);
      appendFileSync(file, lineOf({ type: 'title', title: 'Talk' }));
      return bytes;
    });
    await repairJournal(file, NOW);
    spy.mockRestore();
    expect(await history.list()).toMatchObject([{ id, title: 'Talk', state: 'interrupted' }]);
  });

  it('is gone where nothing was finished', async () => {
    const id = keep([], { ended: false });
    expect(await history.list()).toEqual([]);
    expect(existsSync(journalPath(folder, id))).toBe(false);
  });

  it('is left alone while it may just be being made', async () => {
    mkdirSync(folder);
    const file = journalPath(folder, newSessionId(NOW));
    writeFileSync(file, '');
    utimesSync(file, NOW, NOW);
    expect(await history.list()).toEqual([]);
    expect(existsSync(file)).toBe(true);
  });

  it('loses its first line alone where that is damaged', async () => {
    const id = keep([final('One.', 1)]);
    const file = journalPath(folder, id);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"session"', 'session'));
    const { entry, transcript, damagedLines } = await history.read(id);
    expect(entry).toMatchObject({ title: 'One.', startedAt: startOfSession(id).toISOString() });
    expect(transcript.segments).toHaveLength(1);
    expect(damagedLines).toBe(1);
  });
});

describe('reading a session', () => {
  it('gives the transcript, in the language most of it is in', async () => {
    const words = [{ text: 'Yes.', start_ms: 0, end_ms: 300, confidence: 1 }];
    const id = keep([
      { ...final('Yes.'), words },
      { ...final('Guten Morgen.', 2), language: 'de' },
    ]);
    const { transcript } = await history.read(id);
    expect(transcript).toEqual({
      title: 'Yes.',
      language: 'de',
      durationMs: 2900,
      model: 'starter.en',
      createdAt: '2026-02-28T12:00:00.000Z',
      segments: [
        {
          startMs: 0,
          endMs: 900,
          text: 'Yes.',
          language: 'en',
          confidence: 0.5,
          words: [{ text: 'Yes.', startMs: 0, endMs: 300, confidence: 1 }],
        },
        { startMs: 2000, endMs: 2900, text: 'Guten Morgen.', language: 'de', confidence: 0.5 },
      ],
    });
  });

  it('takes the beginning of an id, in capitals too, and last for the newest', async () => {
    const older = keep([final('One.')], { daysAgo: 90 });
    const newer = keep([final('Two.')], { daysAgo: 1 });
    expect(await history.resolve(older.slice(0, 5).toUpperCase())).toBe(older);
    expect(await history.resolve('LAST')).toBe(newer);
    expect(await history.resolve(newer.replaceAll('1', 'l').replaceAll('0', 'o'))).toBe(newer);
  });

  it('refuses a beginning that fits several, and names them', async () => {
    const ids = [keep([final('One.')], { daysAgo: 2 }), keep([final('Two.')], { daysAgo: 1 })];
    const refusal = history.resolve((ids[0] ?? '').slice(0, 2));
    await expect(refusal).rejects.toMatchObject({ code: 'history_ambiguous' });
    await expect(refusal).rejects.toThrow(ids[1]);
  });
});

describe('a title', () => {
  it('can be given and given again', async () => {
    const id = keep([final('One.')]);
    expect(await history.rename(id, ' First\n\u001b[31m ')).toMatchObject({ title: 'First [31m' });
    await history.rename(id, 'Second');
    expect(await history.list()).toMatchObject([{ title: 'Second', segments: 1, state: 'ended' }]);
  });

  it.each(['', '  \n', 'x'.repeat(201)])('cannot be %j', async (title) => {
    const id = keep([final('One.')]);
    await expect(history.rename(id, title)).rejects.toMatchObject({ code: 'history_title_invalid' });
  });
});

describe('deleting', () => {
  it('takes the file away, and no other', async () => {
    const one = keep([final('One.')], { daysAgo: 2 });
    const two = keep([final('Two.')]);
    await history.delete(one);
    expect(readdirSync(folder)).toEqual([`${two}.jsonl`]);
  });

  it('of everything leaves not even the folder', async () => {
    keep([final('One.')], { daysAgo: 2 });
    keep([final('Two.')], { fields: { version: 9 } });
    expect(await history.eraseAll()).toBe(2);
    expect(existsSync(folder)).toBe(false);
  });

  it('by age takes what began before, and nothing that still runs', async () => {
    const running = keep([final('One.')], {
      daysAgo: 31,
      ended: false,
      fields: { pid: process.ppid },
    });
    utimesSync(journalPath(folder, running), NOW, NOW);
    keep([final('Two.')], { daysAgo: 31 });
    const kept = keep([final('Three.')], { daysAgo: 29 });
    expect(await history.applyRetention(30)).toBe(1);
    expect((await history.list()).map(({ id }) => id)).toEqual([kept, running]);
  });
});

describe('an id', () => {
  it('sorts by the second the session began, and tells it', () => {
    const times = [0, 1_000, 59_000, 1_700_000_000_000, 4_102_444_800_000].map((time) => new Date(time));
    const ids = times.map(newSessionId);
    expect(ids.toSorted()).toEqual(ids);
    for (const [index, id] of ids.entries()) {
      expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{9}$/u);
      expect(startOfSession(id)).toEqual(new Date(Math.floor((times[index]?.getTime() ?? 0) / 1000) * 1000));
    }
  });
});
