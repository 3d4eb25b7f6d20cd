import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import { openHistory } from '../../../src/core/transcript/history.ts';
import { preparePrivateFolder } from '../../../src/core/transcript/journal-files.ts';
import { final, JournalBench, STARTED } from './journal-bench.ts';

let bench: JournalBench;

beforeEach(() => {
  bench = new JournalBench();
});

afterEach(() => {
  vi.restoreAllMocks();
  bench.remove();
});

describe('a journal', () => {
  it('writes every final down before it is shown', async () => {
    const journal = bench.journal();
    await journal.append(final('Good morning.', 1));
    expect(bench.lines().at(-1)).toEqual({ type: 'final', ...final('Good morning.', 1) });
    await journal.append(final('The river rose.', 2));
    expect(bench.lines().at(-1)).toEqual({ type: 'final', ...final('The river rose.', 2) });
    await journal.close();
  });

  it('is on the disk, not only with the operating system, before a final is shown', async () => {
    const steps: string[] = [];
    const probe = await open(join(bench.home, 'probe'), 'w');
    const handles = Object.getPrototypeOf(probe) as typeof probe;
    await probe.close();
    const { write, datasync } = handles;
    vi.spyOn(handles, 'write').mockImplementation(function (this: typeof probe, ...args: unknown[]) {
      steps.push('write');
      return Reflect.apply(write, this, args) as never;
    });
    vi.spyOn(handles, 'datasync').mockImplementation(async function (this: typeof probe) {
      await datasync.call(this);
      steps.push('datasync');
    });
    const journal = bench.journal();
    for (const index of [1, 2]) {
      await journal.append(final('Good morning.', index));
      steps.push('shown');
    }
    expect(steps).toEqual(['write', 'datasync', 'shown', 'write', 'datasync', 'shown']);
    vi.restoreAllMocks();
    await journal.close();
  });

  it('begins with what is known about the session, and ends with what a list says about it', async () => {
    const journal = bench.journal({ title: 'talk', source: 'talk.wav' });
    await journal.append(final('Good morning.', 1));
    const { id } = await journal.close(2_500.4);
    const [first, , last] = bench.lines();
    expect(first).toMatchObject({
      type: 'session',
      version: 1,
      id,
      started_at: STARTED.toISOString(),
      source: 'talk.wav',
      title: 'talk',
      model: 'starter.en',
      language: 'en',
      pid: process.pid,
    });
    expect(last).toEqual({
      type: 'end',
      ended_at: '2026-01-31T12:01:00.000Z',
      reason: 'ended',
      segments: 1,
      words: 2,
      duration_ms: 2_500,
    });
  });

  it('gives back every final that the protocol allows, also one with an empty word', async () => {
    const journal = bench.journal();
    const words = [{ text: '', start_ms: 0, end_ms: 300, confidence: 1 }];
    await journal.append({ ...final('Yes.'), words });
    await journal.close();
    const { transcript, damagedLines } = await bench.history().read('last');
    expect(damagedLines).toBe(0);
    expect(transcript.segments).toMatchObject([{ text: 'Yes.', words: [{ text: '' }] }]);
  });

  it('ends in peace where the session was given a title and then deleted', async () => {
    const journal = bench.journal();
    await journal.append(final('Good morning.'));
    const history = bench.history();
    const { id } = await history.rename('last', 'Talk');
    await history.delete(id);
    expect(await journal.close()).toEqual({ id, lost: 0 });
    expect(bench.files()).toEqual([]);
  });

  it('can be kept in a folder that is named from here', async () => {
    const before = process.cwd();
    process.chdir(bench.home);
    try {
      await preparePrivateFolder('h');
      expect(statSync(join(bench.home, 'h')).isDirectory()).toBe(true);
    } finally {
      process.chdir(before);
    }
  });

  it('keeps of a final only what its format names', async () => {
    const journal = bench.journal();
    const words = [{ text: 'Yes.', start_ms: 0, end_ms: 300, confidence: 1 }];
    await journal.append({ ...final('Yes.'), words, ...{ seq: 7, committed_samples: 9, segment_id: 3 } });
    expect(bench.lines()[1]).toEqual({ type: 'final', ...final('Yes.'), words });
    await journal.close();
  });

  it('leaves nothing where there was no final', async () => {
    expect(await bench.journal().close()).toEqual({ id: null, lost: 0 });
    expect(existsSync(dirname(bench.folder))).toBe(false);
  });

  it.skipIf(process.platform === 'win32')(
    'can be read by the user alone, whatever the folder was',
    async () => {
      mkdirSync(bench.folder, { recursive: true, mode: 0o755 });
      const journal = bench.journal();
      await journal.append(final('Secret.'));
      await journal.close();
      expect(statSync(bench.folder).mode & 0o777).toBe(0o700);
      expect(statSync(bench.files()[0] ?? '').mode & 0o777).toBe(0o600);
    },
  );

  it('keeps finals in the order they came, though they come faster than the disk', async () => {
    const journal = bench.journal();
    const texts = Array.from({ length: 50 }, (_, index) => `Line ${index}.`);
    await Promise.all(texts.map((text, index) => journal.append(final(text, index))));
    await journal.close();
    expect(bench.lines().slice(1, -1)).toMatchObject(texts.map((text) => ({ text })));
  });

  it('has a file of its own for each of many sessions that begin in one second', async () => {
    const journals = Array.from({ length: 20 }, () => bench.journal());
    await Promise.all(journals.map((journal, index) => journal.append(final(`Session ${index}.`))));
    await Promise.all(journals.map((journal) => journal.close()));
    expect(bench.files()).toHaveLength(20);
    expect(bench.events.map(({ type }) => type)).toEqual(Array(20).fill('created'));
  });
});

describe('a journal that cannot be written', () => {
  /** A file where the folder should be. */
  function block(): void {
    mkdirSync(dirname(bench.folder), { recursive: true });
    writeFileSync(bench.folder, '');
  }

  it('says so once, with what to do, and holds finals until it can be', async () => {
    block();
    const journal = bench.journal();
    await journal.append(final('One.', 1));
    await journal.append(final('Two.', 2));
    expect(bench.events).toEqual([
      { type: 'unwritable', error: expect.objectContaining({ code: 'journal_unwritable' }) },
    ]);
    rmSync(bench.folder);
    await journal.append(final('Three.', 3));
    expect(bench.events.map(({ type }) => type)).toEqual(['unwritable', 'created', 'recovered']);
    expect(await journal.close()).toMatchObject({ lost: 0 });
    expect(bench.lines().slice(1, -1)).toMatchObject([
      { text: 'One.' },
      { text: 'Two.' },
      { text: 'Three.' },
    ]);
  });

  it('is tried again by itself', async () => {
    block();
    const journal = bench.journal();
    await journal.append(final('One.', 1));
    rmSync(bench.folder);
    await bench.clock.advance(5_000);
    await journal.close();
    expect(bench.lines()[1]).toMatchObject({ text: 'One.' });
  });

  it('says in the end how much is lost, and never the text', async () => {
    block();
    const journal = bench.journal();
    await journal.append(final('Secret.', 1));
    expect(await journal.close()).toEqual({ id: null, lost: 1 });
    expect(JSON.stringify(bench.events)).not.toContain('Secret');
  });

  it('makes a caption wait once, and then no more, for a disk that does not answer', async () => {
    const probe = await open(join(bench.home, 'probe'), 'w');
    const handles = Object.getPrototypeOf(probe) as typeof probe;
    await probe.close();
    const journal = bench.journal();
    await journal.append(final('One.', 1));
    const { datasync } = handles;
    const hung: (() => void)[] = [];
    vi.spyOn(handles, 'datasync').mockImplementation(async function (this: typeof probe) {
      await new Promise<void>((resolve) => hung.push(resolve));
      await datasync.call(this);
    });
    const second = journal.append(final('Two.', 2));
    await vi.waitUntil(() => hung.length === 1);
    await bench.clock.advance(1_000);
    await second;
    await journal.append(final('Three.', 3));
    expect(bench.events.at(-1)).toMatchObject({ type: 'unwritable' });

    vi.restoreAllMocks();
    for (const answer of hung) answer();
    await journal.close();
    expect(bench.events.at(-1)).toEqual({ type: 'recovered' });
    expect(bench.lines().slice(1, -1)).toMatchObject([
      { text: 'One.' },
      { text: 'Two.' },
      { text: 'Three.' },
    ]);
  });
});

describe('a journal that others work on while it is written', () => {
  function history() {
    return openHistory({ folder: bench.folder, now: () => STARTED, logger: silentLogger });
  }

  it('keeps the title it is given', async () => {
    const journal = bench.journal();
    await journal.append(final('One.', 1));
    await history().rename('last', 'Budget');
    await journal.append(final('Two.', 2));
    await journal.close();
    expect(await history().list()).toMatchObject([{ title: 'Budget', segments: 2, state: 'ended' }]);
    expect(bench.lines().at(-1)).toMatchObject({ type: 'end', title: 'Budget' });
  });

  it('is not taken for one that a crash left behind', async () => {
    const journal = bench.journal();
    await journal.append(final('One.', 1));
    expect(await history().list()).toMatchObject([
      { state: 'live', segments: 1, words: 1, durationMs: 1900 },
    ]);
    await journal.append(final('Two.', 2));
    await journal.close();
    expect(bench.lines().map((line) => (line as { type: string }).type)).toEqual([
      'session',
      'final',
      'final',
      'end',
    ]);
  });

  it('stays deleted, and says that the rest is not kept', async () => {
    const journal = bench.journal();
    await journal.append(final('One.', 1));
    await history().delete('last');
    await journal.append(final('Two.', 2));
    await journal.append(final('Three.', 3));
    expect(await journal.close()).toMatchObject({ lost: 0 });
    expect(bench.files()).toEqual([]);
    expect(bench.events.map(({ type }) => type)).toEqual(['created', 'deleted']);
  });

  it('starts a line of its own behind one that somebody left torn', async () => {
    const journal = bench.journal();
    await journal.append(final('One.', 1));
    const [file = ''] = bench.files();
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"type":"tit`);
    await journal.append(final('Two.', 2));
    await journal.close();
    const { transcript, damagedLines } = await history().read('last');
    expect(transcript.segments.map(({ text }) => text)).toEqual(['One.', 'Two.']);
    expect(damagedLines).toBe(1);
  });
});
