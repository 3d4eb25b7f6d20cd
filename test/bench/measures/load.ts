import { setTimeout as wait } from 'node:timers/promises';
import { openWavFile } from '../../../src/cli/audio/audio-input.ts';
import { percentile } from '../../../src/cli/measures/percentile.ts';
import type { Sample } from '../../../src/cli/measures/samples.ts';
import { captionLatencies } from '../../../src/cli/measures/word-latency.ts';
import { normalizeWords } from '../../../src/core/transcript/word-error-rate.ts';
import { play } from '../play.ts';
import type { Measured } from '../results.ts';
import type { ServerUnderTest } from '../server-under-test.ts';
import { SPEECHLESS, signalInput } from '../signals.ts';

const SPEECHLESS_SECONDS = 30;
const IDLE_SECONDS = 20;
const LATENCY_LIMIT_MS = 2000;
/** Starts of concurrent streams lie this far apart, so that their sentences do not end together. */
const STAGGER_MS = 1700;
const MOST_STREAMS = 32;

/** Words made up where nobody speaks. */
export async function measureInvention(server: ServerUnderTest): Promise<Measured[]> {
  const rows: Measured[] = [];
  for (const [name, signal] of Object.entries(SPEECHLESS)) {
    const { transcript, log } = await play(server, signalInput(signal, SPEECHLESS_SECONDS), 'fast');
    const shown = log.captions.reduce((most, { text }) => Math.max(most, normalizeWords(text).length), 0);
    const words = Math.max(normalizeWords(transcript).length, shown);
    rows.push({
      measure: 'Invention',
      value: (words * 60) / SPEECHLESS_SECONDS,
      unit: 'words/min',
      goal: '0',
      met: words === 0,
      sample: `${SPEECHLESS_SECONDS} s of ${name}`,
    });
  }
  return rows;
}

/** CPU of a session in which nobody speaks. */
export async function measureIdle(server: ServerUnderTest): Promise<Measured[]> {
  const before = server.cpuTime();
  const { wallMs } = await play(
    server,
    signalInput(SPEECHLESS['noise at -50 dBFS'], IDLE_SECONDS),
    'real-time',
  );
  const after = server.cpuTime();
  const share = (100 * (after.server + after.engine - before.server - before.engine)) / wallMs;
  return [
    {
      measure: 'Idle cost',
      value: share,
      unit: '% of a core',
      goal: '≤ 3 %',
      met: share <= 3,
      sample: `${IDLE_SECONDS} s of faint noise`,
      note: 'server and engine processes',
    },
  ];
}

/** How many real-time streams keep their captions timely, and what one costs besides the engine. */
export async function measureStreams(server: ServerUnderTest, talk: Sample): Promise<Measured[]> {
  const before = server.cpuTime();
  const decodeBefore = await server.decodeSeconds();
  const alone = await streamsTogether(server, talk, 1);
  const after = server.cpuTime();
  const decodeShare = ((await server.decodeSeconds()) - decodeBefore) / (alone.wallMs / 1000);
  const overhead = (100 * (after.server - before.server)) / alone.wallMs;

  let kept = alone.p95Ms <= LATENCY_LIMIT_MS ? 1 : 0;
  let lastP95Ms = alone.p95Ms;
  for (let streams = 2; streams <= MOST_STREAMS; streams += streams >= 8 ? 4 : streams >= 4 ? 2 : 1) {
    const { p95Ms } = await streamsTogether(server, talk, streams);
    if (p95Ms > LATENCY_LIMIT_MS) break;
    kept = streams;
    lastP95Ms = p95Ms;
  }
  return [
    {
      measure: 'Overhead',
      value: overhead,
      unit: '% of a core',
      goal: '≤ 5 %',
      met: overhead <= 5,
      sample: talk.name,
      note: 'server process, one stream',
    },
    {
      measure: 'Streams',
      value: kept,
      unit: '',
      goal: `≥ ${(0.7 / decodeShare).toFixed(1)} (70 % of 1 ÷ decode share)`,
      met: kept >= 0.7 / decodeShare,
      sample: talk.name,
      note: `shown p95 ${(lastP95Ms / 1000).toFixed(2)} s; decode share of one ${(decodeShare * 100).toFixed(0)} %; the clients run on the same cores`,
    },
  ];
}

/** Memory while one talk after the other is streamed, as fast as it goes. */
export async function measureMemory(
  server: ServerUnderTest,
  talk: Sample,
  rounds: number,
): Promise<Measured[]> {
  const points: { hours: number; megabytes: number }[] = [];
  let audioMs = 0;
  for (let round = 0; round < rounds; round++) {
    audioMs += (await play(server, await openWavFile(talk.file), 'fast')).audioMs;
    const { server: own, engine } = server.residentMegabytes();
    points.push({ hours: audioMs / 3_600_000, megabytes: own + engine });
  }
  // The first rounds fill caches and pools.
  const slope = slopeOf(points.slice(Math.floor(rounds / 3)));
  const { server: own, engine } = server.residentMegabytes();
  return [
    {
      measure: 'Memory slope',
      value: slope,
      unit: 'MB/h of speech',
      goal: '≤ 1 MB/h',
      met: null,
      sample: `${talk.name} × ${rounds}`,
      note: 'too short to judge by: the collector’s swings are larger than an hour’s growth may be',
    },
    {
      measure: 'Memory',
      value: own + engine,
      unit: 'MB',
      goal: '',
      met: null,
      sample: `${talk.name} × ${rounds}`,
      note: `server ${own.toFixed(0)} MB, engine ${engine.toFixed(0)} MB`,
    },
  ];
}

async function streamsTogether(
  server: ServerUnderTest,
  talk: Sample,
  count: number,
): Promise<{ p95Ms: number; wallMs: number }> {
  const runs = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      await wait(index * STAGGER_MS);
      return play(server, await openWavFile(talk.file), 'real-time');
    }),
  );
  const shown = runs.flatMap(({ log }) => captionLatencies(log, talk.words).shownMs);
  return {
    p95Ms: percentile(shown, 95) ?? Number.POSITIVE_INFINITY,
    wallMs: Math.max(...runs.map(({ wallMs }) => wallMs)),
  };
}

/** Slope of the least-squares line, in megabytes an hour. */
function slopeOf(points: readonly { hours: number; megabytes: number }[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const hours = mean(points.map((point) => point.hours));
  const megabytes = mean(points.map((point) => point.megabytes));
  const covariance = points.reduce((sum, p) => sum + (p.hours - hours) * (p.megabytes - megabytes), 0);
  const variance = points.reduce((sum, p) => sum + (p.hours - hours) ** 2, 0);
  return variance === 0 ? 0 : covariance / variance;
}
