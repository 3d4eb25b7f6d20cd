import { spawnSync } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  fingerprintRecording,
  openProgressFile,
  type ProgressFile,
  removeLeftProgress,
} from '../../../src/core/batch/progress-file.ts';
import type { DecodedChunk } from '../../../src/core/batch/transcribe-audio.ts';

const identity = { recording: 'abc', model: 'tiny', options: { language: 'en' } };
let folder: string;
let files = 0;
const newFile = () => path.join(folder, `progress-${++files}`);

function chunk(end: number, word = 'héllo'): DecodedChunk {
  return {
    end,
    endsInSpeech: end % 2 === 1,
    language: 'en',
    units: [
      { leading: ' ', word, trailing: '.', normalized: word, startMs: 10.5, endMs: 300, probability: 0.9 },
    ],
  };
}

const opened: ProgressFile[] = [];

async function openProgress(file: string, of: unknown = identity): Promise<ProgressFile> {
  const progress = await openProgressFile(file, of);
  opened.push(progress);
  return progress;
}

afterEach(async () => {
  for (const progress of opened.splice(0)) await progress.close();
});

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'surtitle-progress-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the progress of a transcription', () => {
  it('is there again after a restart', async () => {
    const file = newFile();
    const first = await openProgress(file);
    expect(first.decoded).toEqual([]);
    for (const end of [100, 201]) await first.append([chunk(end)]);
    const second = await openProgress(file);
    expect(second.decoded).toEqual([chunk(100), chunk(201)]);
    await second.append([chunk(300)]);
    expect((await openProgress(file)).decoded).toHaveLength(3);
  });

  it('can be read by its owner alone', async () => {
    const file = newFile();
    await openProgress(file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('keeps every whole chunk wherever the file was cut off, and goes on behind them', async () => {
    const file = newFile();
    const progress = await openProgress(file);
    for (const end of [100, 201, 300]) await progress.append([chunk(end)]);
    const whole = await readFile(file);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), async (length) => {
        await writeFile(file, whole.subarray(0, length));
        const lines = whole.subarray(0, length).toString().split('\n').slice(0, -1);
        const kept = Math.max(0, lines.length - 2);
        const resumed = await openProgress(file);
        expect(resumed.decoded).toEqual([100, 201, 300].slice(0, kept).map((end) => chunk(end)));
        await resumed.append([chunk(999)]);
        expect((await openProgress(file)).decoded.at(-1)).toEqual(chunk(999));
      }),
    );
  });

  it('is started over for another recording, model or option', async () => {
    const file = newFile();
    await (await openProgress(file)).append([chunk(100)]);
    expect((await openProgress(file, { ...identity, recording: 'xyz' })).decoded).toEqual([]);
  });

  it('does not go on behind damage', async () => {
    const file = newFile();
    const progress = await openProgress(file);
    await progress.append([chunk(100)]);
    await appendFile(file, 'not json\n');
    await progress.append([chunk(300)]);
    expect((await openProgress(file)).decoded).toEqual([chunk(100)]);
  });

  it('is refused to a second process while the first is at work', async () => {
    const file = newFile();
    await openProgress(file);
    // This test's parent stands for the other process: it is certainly running.
    await changeOwner(file, { pid: process.ppid, process_start: undefined });
    await expect(openProgress(file)).rejects.toMatchObject({ code: 'in_progress' });
    // Nor may it start over what the first is at.
    const other = { ...identity, recording: 'xyz' };
    await expect(openProgress(file, other)).rejects.toMatchObject({ code: 'in_progress' });
  });

  it.runIf(process.platform === 'linux')(
    'is taken over where another process has that number by now',
    async () => {
      const file = newFile();
      await (await openProgress(file)).append([chunk(100)]);
      await changeOwner(file, { pid: process.ppid, process_start: '1' });
      expect((await openProgress(file)).decoded).toHaveLength(1);
    },
  );

  it('is taken over from another machine once that has been silent for a while', async () => {
    const file = newFile();
    await (await openProgress(file)).append([chunk(100)]);
    await changeOwner(file, { host: 'elsewhere' });
    await expect(openProgress(file)).rejects.toMatchObject({
      code: 'in_progress',
      message: expect.stringContaining('on elsewhere'),
    });
    const longAgo = new Date(Date.now() - 600_000);
    await utimes(file, longAgo, longAgo);
    expect((await openProgress(file)).decoded).toHaveLength(1);
  });

  it('is taken over from a process that is gone', async () => {
    const file = newFile();
    await (await openProgress(file)).append([chunk(100)]);
    const { pid } = spawnSync(process.execPath, ['--version']);
    await changeOwner(file, { pid });
    expect((await openProgress(file)).decoded).toHaveLength(1);
  });

  it('says where it cannot be written', async () => {
    const file = path.join(folder, 'missing', 'progress');
    await expect(openProgress(file)).rejects.toMatchObject({
      code: 'output_unwritable',
      message: expect.stringContaining(file),
    });
  });

  it('is held by one at a time: whoever was taken over from can add nothing any more', async () => {
    const file = newFile();
    const first = await openProgress(file);
    await first.append([chunk(100)]);
    const second = await openProgress(file);
    await second.append([chunk(201)]);
    await expect(first.append([chunk(201)])).rejects.toMatchObject({ code: 'in_progress' });
    expect((await openProgress(file)).decoded).toEqual([chunk(100), chunk(201)]);
  });

  it('is opened by one of several that open it at the same moment', async () => {
    const file = newFile();
    const attempts = await Promise.allSettled([openProgress(file), openProgress(file), openProgress(file)]);
    const refused = attempts.filter(({ status }) => status === 'rejected');
    expect(refused).toMatchObject(refused.map(() => ({ reason: { code: 'in_progress' } })));
    const [winner] = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
    await winner?.append([chunk(100)]);
    expect((await openProgress(file)).decoded).toEqual([chunk(100)]);
  });

  it('can be opened behind a process that was killed while it opened it', async () => {
    const file = newFile();
    await (await openProgress(file)).append([chunk(100)]);
    await writeFile(`${file}.next`, '{"type":"transc');
    await expect(openProgress(file)).rejects.toMatchObject({ code: 'in_progress' });
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(`${file}.next`, longAgo, longAgo);
    expect((await openProgress(file)).decoded).toEqual([chunk(100)]);
    await expect(stat(`${file}.next`)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('has chunks that belong together all or not at all', async () => {
    const file = newFile();
    const progress = await openProgress(file);
    await progress.append([chunk(100), chunk(201)]);
    const { size } = await stat(file);
    await truncate(file, size - 20);
    expect((await openProgress(file)).decoded).toEqual([]);
  });

  it('lets a transcription end whose progress somebody deleted', async () => {
    const file = newFile();
    const progress = await openProgress(file);
    await rm(file);
    await progress.append([chunk(100)]);
    await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('progress that nobody needs any more', () => {
  it('is deleted, unless someone is at work on it', async () => {
    const file = newFile();
    await openProgress(file);
    await changeOwner(file, { pid: process.ppid, process_start: undefined });
    await removeLeftProgress(file);
    await stat(file);
    await changeOwner(file, { pid: spawnSync(process.execPath, ['--version']).pid });
    await removeLeftProgress(file);
    await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is left alone where the file is something else', async () => {
    const file = newFile();
    await writeFile(file, 'a diary');
    await removeLeftProgress(file);
    await removeLeftProgress(path.join(folder, 'missing'));
    expect(await readFile(file, 'utf8')).toBe('a diary');
  });
});

/** Has someone else have opened the progress last. */
async function changeOwner(file: string, change: object): Promise<void> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  const changed = lines.map((line) =>
    line.includes('"opened"') ? JSON.stringify({ ...JSON.parse(line), ...change }) : line,
  );
  await writeFile(file, changed.join('\n'));
}

describe('the fingerprint of a recording', () => {
  it('stays the same until the recording changes', async () => {
    const file = newFile();
    await writeFile(file, Buffer.alloc(200_000, 1));
    const before = await fingerprintRecording(file);
    expect(await fingerprintRecording(file)).toBe(before);
    await truncate(file, 199_999);
    expect(await fingerprintRecording(file)).not.toBe(before);
  });

  it('says that a file is not there', async () => {
    const file = path.join(folder, 'nothing.wav');
    await expect(fingerprintRecording(file)).rejects.toMatchObject({
      code: 'input_not_found',
      message: expect.stringContaining(file),
    });
  });
});
