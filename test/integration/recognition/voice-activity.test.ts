import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import decodeAudio from 'audio-decode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createResampler } from '../../../src/core/audio/resampler.ts';
import { EnergyVoiceActivity } from '../../../src/core/recognition/energy-voice-activity.ts';
import {
  loadSileroVoiceActivity,
  type SileroVoiceActivity,
} from '../../../src/core/recognition/silero-voice-activity.ts';
import { SpeechDetector } from '../../../src/core/recognition/speech-detector.ts';
import {
  VOICE_ACTIVITY_WINDOW,
  type VoiceActivityModel,
} from '../../../src/core/recognition/voice-activity.ts';

const SHARED = fileURLToPath(new URL('../../../../shared/', import.meta.url));
const SPEECH = `${SHARED}speech/`;
const SAMPLES = `${SHARED}starter-model/samples/`;
const missing = [SPEECH, SAMPLES].filter((folder) => !existsSync(folder));
const reason = missing.length > 0 ? ` (skipped: ${missing.join(', ')} is absent)` : '';
if (reason) console.warn(`Voice activity on real recordings${reason}`);

/** Hz, and samples a millisecond. */
const RATE = 16_000;
const PER_MS = 16;

interface Utterance {
  /** Seconds, without pre-roll. */
  readonly start: number;
  readonly end: number;
}

let silero: SileroVoiceActivity;

beforeAll(async () => {
  silero = await loadSileroVoiceActivity();
});

afterAll(() => silero.close());

/** A recording as mono at 16 kHz, at most `seconds` of it. */
async function load(path: string, seconds = Number.POSITIVE_INFINITY): Promise<Float32Array> {
  const { channelData, sampleRate } = await decodeAudio(await readFile(path));
  const [first] = channelData;
  if (first === undefined) throw new Error(`${path} has no channels`);
  const mono = first
    .subarray(0, seconds * sampleRate)
    .map(
      (_, i) => channelData.reduce((sum, channel) => sum + (channel[i] as number), 0) / channelData.length,
    );
  const resampler = await createResampler(sampleRate);
  const samples = Float32Array.from([...resampler.push(mono), ...resampler.flush()]);
  resampler.close();
  return samples;
}

/** The utterances that a recogniser with the default endpointing would find. */
async function findUtterances(
  samples: Float32Array,
  model: VoiceActivityModel,
  endpointingMs = 500,
): Promise<Utterance[]> {
  const detector = new SpeechDetector({ preRollMs: 0 });
  const utterances: Utterance[] = [];
  const finish = () => {
    const { phase, speechStart, speechEnd, position } = detector.state;
    if (phase === 'speech' && speechStart !== null && speechEnd !== null) {
      utterances.push({ start: speechStart / RATE, end: speechEnd / RATE });
    }
    detector.endUtterance(position);
    model.reset();
  };
  const last = samples.length - VOICE_ACTIVITY_WINDOW;
  for (let start = 0; start <= last; start += VOICE_ACTIVITY_WINDOW) {
    const window = samples.subarray(start, start + VOICE_ACTIVITY_WINDOW);
    const state = detector.push(await model.probability(window));
    if (state.phase === 'speech' && state.silenceSamples >= endpointingMs * PER_MS) finish();
  }
  finish();
  return utterances;
}

/** With edges of 10 ms, since a hard cut is a click. */
function faded(samples: Float32Array): Float32Array {
  return samples.map((sample, i) => sample * Math.min(1, i / 160, (samples.length - 1 - i) / 160));
}

async function readTable(path: string): Promise<string[][]> {
  const text = await readFile(path, 'utf8');
  const rows = text.trimEnd().split('\n').slice(1);
  return rows.map((row) => row.split('\t'));
}

/** The value below which a share of the values lies. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
}

/** The detected boundary nearest to each true one, minus it, in seconds. */
function errors(truth: readonly number[], found: readonly number[]): number[] {
  return truth.map((time) => {
    const nearest = found.reduce((best, other) =>
      Math.abs(other - time) < Math.abs(best - time) ? other : best,
    );
    return nearest - time;
  });
}

describe.skipIf(reason !== '')(`voice activity on real recordings${reason}`, () => {
  it('finds exactly the eight utterances between long pauses', async () => {
    const found = await findUtterances(await load(`${SPEECH}lj-pauses.flac`), silero.create());
    expect(found.map(({ start, end }) => [Math.round(start), Math.round(end)])).toEqual([
      [0, 10],
      [18, 20],
      [28, 37],
      [45, 50],
      [58, 66],
      [75, 80],
      [88, 97],
      [105, 106],
    ]);
  });

  it('finds nothing in silence, noise, music and a whale’s song', async () => {
    const manifest = await readTable(`${SPEECH}manifest.tsv`);
    const clips = manifest.filter(([, language]) => language === 'und').map(([file]) => `${SPEECH}${file}`);
    clips.push(`${SAMPLES}silence-20s.wav`, `${SAMPLES}noise-20s.wav`);
    expect(clips).toHaveLength(10);
    for (const clip of clips) {
      expect([clip, await findUtterances(await load(clip), silero.create())]).toEqual([clip, []]);
    }
  });

  it('hears the speech in every recording of speech', async () => {
    const manifest = await readTable(`${SPEECH}manifest.tsv`);
    const clips = new Set(manifest.filter(([, language]) => language !== 'und').map(([file]) => file));
    expect(clips.size).toBeGreaterThan(30);
    for (const clip of clips) {
      const samples = await load(`${SPEECH}${clip}`, 30);
      const utterances = await findUtterances(samples, silero.create());
      const speechSeconds = utterances.reduce((sum, { start, end }) => sum + end - start, 0);
      // Dialogue and addresses are a good half pauses; everything else is mostly speech.
      expect([clip, speechSeconds > 0.35 * (samples.length / RATE)]).toEqual([clip, true]);
    }
  });

  it('places starts and ends within about a tenth of a second', async () => {
    const onsets: number[] = [];
    const offsets: number[] = [];
    const sentences = await readTable(`${SAMPLES}sentences.tsv`);
    for (const file of new Set(sentences.map(([name]) => name))) {
      const utterances = await findUtterances(await load(`${SAMPLES}${file}`), silero.create());
      const spans = sentences
        .filter(([name]) => name === file)
        .map(([, start, end]) => ({ start: Number(start), end: Number(end) }));
      // Sentences that follow each other at once are one utterance: only boundaries beside a pause count.
      const apart = (i: number) => (spans[i]?.start ?? Infinity) - (spans[i - 1]?.end ?? -Infinity) > 0.7;
      const starts = spans.filter((_, i) => apart(i)).map(({ start }) => start);
      const ends = spans.filter((_, i) => apart(i + 1)).map(({ end }) => end);
      onsets.push(
        ...errors(
          starts,
          utterances.map(({ start }) => start),
        ),
      );
      offsets.push(
        ...errors(
          ends,
          utterances.map(({ end }) => end),
        ),
      );
    }
    expect(onsets.length).toBeGreaterThan(50);
    expect(Math.abs(quantile(onsets, 0.5))).toBeLessThan(0.05);
    expect(quantile(onsets, 0.05)).toBeGreaterThan(-0.1);
    // The pre-roll of 300 ms makes up for three times this.
    expect(quantile(onsets, 0.95)).toBeLessThan(0.12);
    expect(Math.abs(quantile(offsets, 0.5))).toBeLessThan(0.07);
    expect(quantile(offsets, 0.05)).toBeGreaterThan(-0.05);
    expect(quantile(offsets, 0.95)).toBeLessThan(0.15);
  });

  it('hears short words that stand alone', async () => {
    const heard = { short: 0, usual: 0 };
    const total = { short: 0, usual: 0 };
    const seen = new Set<string>();
    const recordings = new Map<string, Float32Array>();
    for (const [file, start, end, word] of await readTable(`${SAMPLES}words.tsv`)) {
      const seconds = Number(end) - Number(start);
      if (seconds < 0.25 || seconds > 0.5 || seen.has(`${word}`)) continue;
      seen.add(`${word}`);
      const kind = seconds < 0.3 ? 'short' : 'usual';
      const recording = recordings.get(`${file}`) ?? (await load(`${SAMPLES}${file}`));
      recordings.set(`${file}`, recording);
      const cut = faded(recording.slice(Number(start) * RATE, Number(end) * RATE));
      const alone = new Float32Array(RATE * 2 + cut.length);
      alone.set(cut, RATE);
      total[kind]++;
      heard[kind] += (await findUtterances(alone, silero.create())).length;
    }
    expect([total.short > 20, total.usual > 80]).toEqual([true, true]);
    expect(heard.short / total.short).toBeGreaterThan(0.85);
    expect(heard.usual / total.usual).toBeGreaterThan(0.95);
  });

  it('finds the same utterances whether or not it skips digital silence', async () => {
    for (const path of [`${SAMPLES}long.wav`, `${SPEECH}lj-pauses.flac`, `${SPEECH}columbia-address.flac`]) {
      const recording = await load(path, 60);
      // Gated as microphones and meetings are: what is faint is exactly silent.
      for (let start = 0; start < recording.length; start += 1600) {
        const block = recording.subarray(start, start + 1600);
        if (block.every((sample) => Math.abs(sample) < 0.004)) block.fill(0);
      }
      // The same, with one sample a window just loud enough to be listened to.
      const unskipped = recording.map((sample, i) => (sample === 0 && i % 256 === 0 ? 1.2e-4 : sample));
      const skipped = await findUtterances(recording, silero.create());
      const heard = await findUtterances(unskipped, silero.create());
      expect(skipped.length).toBeGreaterThan(2);
      expect(skipped).toHaveLength(heard.length);
      // A network that was left alone takes a voice for one a little later; the pre-roll covers that.
      const shifts = (edge: keyof Utterance) =>
        skipped.map((utterance, i) => Math.abs(utterance[edge] - (heard[i]?.[edge] ?? Infinity)));
      expect(Math.max(...shifts('start'))).toBeLessThan(0.3);
      expect(Math.max(...shifts('end'))).toBeLessThan(0.1);
    }
  });

  it('finds the eight utterances by their energy as well, where there is no network', async () => {
    const found = await findUtterances(await load(`${SPEECH}lj-pauses.flac`), new EnergyVoiceActivity());
    expect(found).toHaveLength(8);
  });
});
