import { beforeAll, describe, expect, it } from 'vitest';
import {
  compare,
  fixture,
  loadSpeech,
  type ReadAudio,
  readMedia,
  SPEECH_WAV,
} from '../../fixtures/media/audio.ts';
import { loadRecording, recordingsMissing, SPEECH_FOLDER } from '../../fixtures/recordings.ts';

let speech: Float32Array;

beforeAll(async () => {
  speech = await loadSpeech();
});

interface Expectation {
  readonly file: string;
  readonly format: string;
  /** What the codec leaves of the original at these bit rates. */
  readonly correlation: number;
  /** An encoder's delay that the file does not tell. */
  readonly offsetMs?: number;
  /** `null`: the file does not say how long it is. */
  readonly duration?: null;
}

const read = new Map<string, Promise<ReadAudio>>();

/** Reads a fixture once for all tests. */
function readOnce(file: string): Promise<ReadAudio> {
  const reading = read.get(file) ?? readMedia(fixture(file), { ffmpeg: null });
  read.set(file, reading);
  return reading;
}

const SPEECH_FILES: readonly Expectation[] = [
  { file: 'speech-cbr.mp3', format: 'mp3', correlation: 0.99 },
  { file: 'speech-vbr.mp3', format: 'mp3', correlation: 0.99 },
  { file: 'speech-bare.mp3', format: 'mp3', correlation: 0.98, offsetMs: 50, duration: null },
  { file: 'speech-index-last.m4a', format: 'm4a', correlation: 0.96 },
  { file: 'speech-index-first.m4a', format: 'm4a', correlation: 0.96 },
  { file: 'speech-fragmented.mp4', format: 'mp4', correlation: 0.96 },
  { file: 'speech.aac', format: 'aac', correlation: 0.96, duration: null },
  { file: 'speech.opus', format: 'opus', correlation: 0.97 },
  { file: 'speech-opus.webm', format: 'webm', correlation: 0.97 },
  { file: 'speech-vorbis.ogg', format: 'ogg', correlation: 0.99 },
  { file: 'speech-vorbis.mkv', format: 'mkv', correlation: 0.99 },
  { file: 'video.mp4', format: 'mp4', correlation: 0.95 },
  { file: 'video.webm', format: 'webm', correlation: 0.95 },
];

describe('a media file', () => {
  it.each(SPEECH_FILES)('$file sounds like what it was made from', async (expected) => {
    const { audio, samples } = await readOnce(expected.file);
    const { correlation, offsetMs, level } = compare(speech, samples);
    expect(audio.format).toBe(expected.format);
    expect(audio.warnings).toEqual([]);
    expect(correlation).toBeGreaterThan(expected.correlation);
    expect(Math.abs(offsetMs - (expected.offsetMs ?? 0))).toBeLessThan(5);
    expect(level).toBeGreaterThan(0.9);
    expect(level).toBeLessThan(1.1);
    expect(Math.abs(samples.length - speech.length)).toBeLessThan(100 * 16);
  });

  it.each(SPEECH_FILES)('$file says how long it is, where it can', async ({ file, duration }) => {
    const { audio } = await readOnce(file);
    if (duration === null) expect(audio.durationMs).toBeNull();
    else expect(Math.abs((audio.durationMs ?? 0) - speech.length / 16)).toBeLessThan(60);
  });

  it.each(['short.flac', 'short-flac.oga', 'short-alac.m4a'])('%s gives every sample', async (file) => {
    const { audio, samples } = await readOnce(file);
    const errors = samples.map((sample, index) => Math.abs(sample - (speech[index] as number)));
    expect(samples.length).toBe(24_000);
    // Decoders differ on whether the largest sample is 32,767 or 32,768.
    expect(Math.max(...errors)).toBeLessThan(1 / 32_768);
    expect(audio.durationMs).toBe(1500);
  });

  it('in WAV gives every sample', async () => {
    const { audio, samples } = await readMedia(SPEECH_WAV, { ffmpeg: null });
    expect(samples).toEqual(speech);
    expect(audio.format).toBe('wav');
    expect(audio.readShare).toBe(1);
  });

  it.each(['video-without-sound.mp4', 'video-without-sound.webm'])(
    '%s says that it has no sound',
    async (file) => {
      await expect(readMedia(fixture(file))).rejects.toMatchObject({ code: 'audio_file_without_audio' });
    },
  );
});

describe.skipIf(recordingsMissing)(
  `real recordings${recordingsMissing ? ` (${recordingsMissing})` : ''}`,
  () => {
    it.each([
      ...['jfk.wav', 'stereo-two-speakers.wav', 'lj-0001.flac', 'sonnet-1.mp3', 'es-mls.opus', 'whale.ogg'],
    ])('%s sounds as when it is decoded in one piece', async (file) => {
      const [{ audio, samples }, whole] = await Promise.all([
        readMedia(`${SPEECH_FOLDER}${file}`, { ffmpeg: null }),
        loadRecording(`${SPEECH_FOLDER}${file}`),
      ]);
      expect(audio.warnings).toEqual([]);
      expect(Math.abs(samples.length - whole.length)).toBeLessThan(20 * 16);
      const { correlation, offsetMs } = compare(whole, samples, 200, 4000);
      expect(correlation).toBeGreaterThan(0.995);
      expect(Math.abs(offsetMs)).toBeLessThan(1);
    });
  },
);
