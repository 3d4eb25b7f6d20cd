import { existsSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readSamples } from '../../../src/cli/measures/samples.ts';
import { readWav, writeWav } from '../../../src/core/audio/wav.ts';
import {
  BUNDLED_SAMPLES_FOLDER,
  loadRecording,
  SPEECH_FOLDER,
  STARTER_SAMPLES_FOLDER,
} from '../../fixtures/recordings.ts';

/** A recording to transcribe, as a WAV file of 16 bits at 16 kHz: whisper.cpp's command line reads nothing else. */
export interface Recording {
  readonly name: string;
  readonly file: string;
  readonly transcript: string;
  readonly durationMs: number;
  /** What a reader must know of it. */
  readonly note?: string;
}

const MONO = { encoding: 'pcm_s16le', sampleRate: 16_000, channels: 1 } as const;
const PAUSES = 'lj-pauses.flac';

export interface Recordings {
  readonly talk: Recording;
  /** The talk again and again, so that starting up does not count. */
  readonly long: Recording;
  /** Somebody who reads with long silences; absent where the recording is. */
  readonly pauses: Recording | null;
}

/** Makes the recordings in `folder`. @param minutes length of the long one, at least. */
export async function makeRecordings(folder: string, minutes: number): Promise<Recordings> {
  const talk = findTalk([
    [STARTER_SAMPLES_FOLDER, 'long.wav'],
    [BUNDLED_SAMPLES_FOLDER, 'talk.wav'],
  ]);
  return {
    talk,
    long: await repeat(talk, Math.ceil((minutes * 60_000) / talk.durationMs), folder),
    pauses: existsSync(SPEECH_FOLDER)
      ? await convertPauses(SPEECH_FOLDER, await loadRecording(`${SPEECH_FOLDER}${PAUSES}`), folder)
      : null,
  };
}

function findTalk(places: readonly (readonly [string, string])[]): Recording {
  for (const [folder, name] of places) {
    if (!existsSync(folder)) continue;
    const sample = readSamples(folder).find((each) => each.name === name);
    if (sample) return sample;
  }
  throw new Error(`None of these is there: ${places.map((place) => place.join('')).join(', ')}.`);
}

async function repeat(talk: Recording, times: number, folder: string): Promise<Recording> {
  const { data, ...format } = readWav(await readFile(talk.file));
  const file = path.join(folder, 'repeated.wav');
  await writeFile(file, writeWav(Buffer.concat(Array<Uint8Array>(times).fill(data)), format));
  return {
    name: `${talk.name} × ${times}`,
    file,
    transcript: Array<string>(times).fill(talk.transcript).join(' '),
    durationMs: talk.durationMs * times,
  };
}

async function convertPauses(from: string, audio: Float32Array, folder: string): Promise<Recording> {
  const file = path.join(folder, 'pauses.wav');
  await writeFile(file, writeWav(audio, MONO));
  const rows = readFileSync(path.join(from, 'manifest.tsv'), 'utf8').split('\n');
  const row = rows.find((each) => each.startsWith(`${PAUSES}\t`));
  return {
    name: PAUSES,
    file,
    transcript: row?.split('\t').at(-1) ?? '',
    durationMs: Math.round((audio.length * 1000) / MONO.sampleRate),
    note: 'the starter model does not know these words',
  };
}
