import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMediaFile } from '../../../src/core/audio/media/open-media-file.ts';
import type { QueuedAudio } from '../../../src/core/audio/media/queued-audio.ts';
import { openThreadAudio } from '../../../src/core/audio/media/worker/thread-audio.ts';
import { writeWav } from '../../../src/core/audio/wav.ts';
import { systemClock } from '../../../src/core/foundation/clock.ts';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import { VirtualClock } from '../../../src/core/foundation/virtual-clock.ts';
import { joined } from '../../fixtures/media/audio.ts';

const MINUTES = 20;

let folder: string;
let longFile: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'surtitle-thread-'));
  longFile = join(folder, 'long.wav');
  const samples = Uint8Array.from({ length: MINUTES * 60 * 16_000 }, (_, index) => index & 0xff);
  await writeFile(longFile, writeWav(samples, { encoding: 'mulaw', sampleRate: 16_000, channels: 1 }));
});

afterAll(() => rm(folder, { recursive: true }));

const common = {
  maxDurationMs: 86_400_000,
  stallMs: 60_000,
  clock: systemClock,
  logger: silentLogger,
};

async function script(content: string): Promise<string> {
  const path = join(folder, `${Math.random()}.mjs`);
  await writeFile(path, content);
  return path;
}

describe('the thread that decodes', () => {
  it('stays a few pieces ahead of a slow listener, however long the file', async () => {
    const audio = (await openThreadAudio({ ...common, path: longFile })) as QueuedAudio;
    let most = 0;
    let pieces = 0;
    for await (const piece of audio) {
      // Turns of the event loop, in which a thread without a limit would deliver hundreds of pieces.
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, audio.piecesAhead);
      pieces += piece.length / 32_000;
    }
    expect(pieces).toBe(MINUTES * 30);
    expect(most).toBeLessThanOrEqual(4);
  });

  it('tells how much of the file has been read', async () => {
    const audio = await openMediaFile(longFile);
    const shares: number[] = [];
    for await (const _piece of audio) shares.push(audio.readShare);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares[MINUTES * 15]).toBeCloseTo(0.5, 1);
    expect(audio.readShare).toBe(1);
  });

  it('ends when it is closed in the middle, and may be closed again', async () => {
    const audio = await openMediaFile(longFile);
    const reader = audio[Symbol.asyncIterator]();
    await reader.next();
    await audio.close();
    await audio.close();
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  it('ends when the listener breaks off', async () => {
    const audio = await openMediaFile(longFile);
    for await (const _piece of audio) break;
    await expect(audio[Symbol.asyncIterator]().next()).rejects.toThrow('read once');
  });

  it('gives the reason of whoever cancels', async () => {
    const controller = new AbortController();
    const audio = await openMediaFile(longFile, { signal: controller.signal });
    const reading = async () => {
      for await (const _piece of audio) controller.abort(new Error('enough'));
    };
    await expect(reading()).rejects.toThrow('enough');
    await expect(openMediaFile(longFile, { signal: controller.signal })).rejects.toThrow('enough');
  });

  it('is given up when it gives no sign of life', async () => {
    const clock = new VirtualClock();
    const entry = await script('for (;;) {}');
    const opening = openThreadAudio({ ...common, path: longFile, clock, entry });
    const outcome = expect(opening).rejects.toMatchObject({ code: 'audio_decoder_failed' });
    await clock.advance(common.stallMs);
    await outcome;
  });

  it.each([
    ['crashes', 'throw new Error("out of order");', /stopped/],
    ['leaves', 'process.exit(3);', /stopped/],
    [
      'takes too much memory',
      'const all = []; for (;;) all.push(new Array(1e5).fill(all.length));',
      /memory/,
    ],
  ])('is reported when it %s', async (_name, content, message) => {
    const opening = openThreadAudio({ ...common, path: longFile, entry: await script(content) });
    await expect(opening).rejects.toMatchObject({
      code: 'audio_decoder_failed',
      message: expect.stringMatching(message),
    });
  });

  it('gives what it had read before it crashed', async () => {
    const entry = await script(`
      import { parentPort } from 'node:worker_threads';
      parentPort.postMessage({ type: 'opened', format: 'wav', durationMs: null });
      parentPort.postMessage({ type: 'piece', samples: new Float32Array([0.5]), readShare: 0.1 });
      setTimeout(() => { throw new Error('out of order'); });
    `);
    const audio = (await openThreadAudio({ ...common, path: longFile, entry })) as QueuedAudio;
    const pieces: Float32Array[] = [];
    const reading = async () => {
      for await (const piece of audio) pieces.push(piece);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'audio_decoder_failed' });
    expect(joined(pieces)).toEqual(new Float32Array([0.5]));
  });
});
