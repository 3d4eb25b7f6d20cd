import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodePcm } from '../../src/core/audio/pcm.ts';
import { readWav } from '../../src/core/audio/wav.ts';
import { type StarterServer, startStarterServer, streamThrough } from '../fixtures/starter-server.ts';
import { TcpProxy } from '../fixtures/tcp-proxy.ts';
import { Random } from '../integration/simulation/random.ts';

const SEED = Number(process.env.SURTITLE_SIM_SEED ?? 1);
const CUTS = 100;
const CUTS_A_STREAM = 5;
const STREAMS_AT_ONCE = 4;
const CLIPS = ['clip06-seen.wav', 'clip09-seen.wav', 'clip12-seen.wav', 'clip21-unseen.wav'];

let target: StarterServer;

beforeAll(async () => {
  target = await startStarterServer();
});

afterAll(() => target.close());

async function sample(name: string): Promise<Float32Array> {
  const path = fileURLToPath(new URL(`../../resources/samples/${name}`, import.meta.url));
  const { data, encoding } = readWav(await readFile(path));
  return decodePcm(data, encoding, 1);
}

/** Streams through a wire that is cut whenever a random number of events has come. */
async function streamWithCuts(audio: Float32Array, random: Random): Promise<{ text: string; cuts: number }> {
  const proxy = await TcpProxy.start(target.server.address.port);
  let cuts = 0;
  let eventsUntilCut = random.between(1, 8);
  const { text } = await streamThrough({ url: `ws://127.0.0.1:${proxy.port}`, token: target.token }, audio, {
    onEvent: ({ type }) => {
      if (type === 'connection' || cuts >= CUTS_A_STREAM || --eventsUntilCut > 0) return;
      eventsUntilCut = random.between(1, 8);
      cuts++;
      proxy.cutAll();
    },
  });
  await proxy.close();
  return { text, cuts };
}

it(`captions of the real engine lose and double no word over ${CUTS} cuts (seed ${SEED})`, async () => {
  const clips = await Promise.all(CLIPS.map(sample));
  const uncut: string[] = [];
  for (const clip of clips) uncut.push((await streamThrough(target, clip)).text);
  const random = new Random(SEED);
  let cuts = 0;
  for (let round = 0; cuts < CUTS; round++) {
    expect(round).toBeLessThan(CUTS);
    const streams = await Promise.all(
      Array.from({ length: STREAMS_AT_ONCE }, (_, index) =>
        streamWithCuts(clips[index] as Float32Array, random),
      ),
    );
    expect(streams.map(({ text }) => text)).toEqual(uncut);
    cuts += streams.reduce((sum, stream) => sum + stream.cuts, 0);
  }
});
