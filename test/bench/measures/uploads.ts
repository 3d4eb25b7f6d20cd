import { openAsBlob } from 'node:fs';
import { openWavFile } from '../../../src/cli/audio/audio-input.ts';
import { percentile } from '../../../src/cli/measures/percentile.ts';
import type { Sample } from '../../../src/cli/measures/samples.ts';
import { captionLatencies } from '../../../src/cli/measures/word-latency.ts';
import { play } from '../play.ts';
import type { Measured } from '../results.ts';
import type { ServerUnderTest } from '../server-under-test.ts';

/** Rounds of a stream alone and a stream beside uploads, by turns, so that both meet the same machine. */
const ROUNDS = 2;

/** What uploads of recordings cost someone who is being captioned at the same time. */
export async function measureUploads(server: ServerUnderTest, talk: Sample): Promise<Measured[]> {
  const alone: number[] = [];
  const beside: number[] = [];
  let uploadedMs = 0;
  let wallMs = 0;
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(...(await streamOnce(server, talk)).shownMs);
    const uploads = uploadUntilStopped(server, talk);
    const stream = await streamOnce(server, talk);
    uploadedMs += await uploads.stop();
    wallMs += stream.wallMs;
    beside.push(...stream.shownMs);
  }
  const row = (percent: number): Measured => {
    const value = percentile(beside, percent);
    const reference = percentile(alone, percent);
    return {
      measure: `Word latency, shown, p${percent}, beside uploads`,
      value: value === null ? null : value / 1000,
      unit: 's',
      goal: '',
      met: null,
      sample: talk.name,
      note: `${reference === null ? '?' : (reference / 1000).toFixed(2)} s without; ${ROUNDS} rounds by turns`,
    };
  };
  return [
    row(50),
    row(95),
    {
      measure: 'Upload speed beside a stream',
      value: uploadedMs / wallMs,
      unit: '× real time',
      goal: '',
      met: null,
      sample: `${talk.name}, one upload after the other`,
    },
  ];
}

async function streamOnce(server: ServerUnderTest, talk: Sample) {
  const { log, wallMs } = await play(server, await openWavFile(talk.file), 'real-time');
  return { shownMs: captionLatencies(log, talk.words).shownMs, wallMs };
}

/** Uploads the recording again and again. `stop` waits for the last; @returns milliseconds of audio transcribed. */
function uploadUntilStopped(server: ServerUnderTest, talk: Sample): { stop(): Promise<number> } {
  let stopped = false;
  const working = (async () => {
    let audioMs = 0;
    while (!stopped) {
      const form = new FormData();
      form.append('model', 'whisper-1');
      form.append('file', await openAsBlob(talk.file), talk.name);
      const address = server.url.replace(/^ws/u, 'http').replace(/\/ws$/u, '/v1/audio/transcriptions');
      const headers = { authorization: `Bearer ${server.token}` };
      const response = await fetch(address, { method: 'POST', headers, body: form });
      if (!response.ok) throw new Error(`An upload was answered with ${response.status}.`);
      await response.arrayBuffer();
      if (!stopped) audioMs += talk.durationMs;
    }
    return audioMs;
  })();
  return {
    stop() {
      stopped = true;
      return working;
    },
  };
}
