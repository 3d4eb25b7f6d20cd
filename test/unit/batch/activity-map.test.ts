import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { SampleBuffer } from '../../../src/core/audio/sample-buffer.ts';
import { ActivityMap } from '../../../src/core/batch/activity-map.ts';
import {
  loadSileroVoiceActivity,
  type SileroVoiceActivity,
} from '../../../src/core/recognition/silero-voice-activity.ts';
import { VOICE_ACTIVITY_WINDOW } from '../../../src/core/recognition/voice-activity.ts';
import { BUNDLED_SAMPLES_FOLDER, loadRecording } from '../../fixtures/recordings.ts';

let silero: SileroVoiceActivity;
let audio: Float32Array;

beforeAll(async () => {
  silero = await loadSileroVoiceActivity();
  const talk = await loadRecording(`${BUNDLED_SAMPLES_FOLDER}talk.wav`);
  audio = new Float32Array(talk.length * 2);
  for (let copy = 0; copy < 2; copy++) audio.set(talk, copy * talk.length);
});

/** Maps the audio from `from` on, given in pieces. */
async function map(from: number, pieceLength: number): Promise<ActivityMap> {
  const needed = ActivityMap.audioNeededFrom(from);
  const buffer = new SampleBuffer(needed);
  const activity = new ActivityMap(silero, buffer, from);
  for (let at = needed; at < audio.length; at += pieceLength) {
    buffer.append(audio.slice(at, at + pieceLength));
    await activity.judge(false);
  }
  await activity.judge(true);
  return activity;
}

function probabilities(activity: ActivityMap, from: number): number[] {
  const result: number[] = [];
  for (let at = from; at < audio.length; at += VOICE_ACTIVITY_WINDOW) result.push(activity.probabilityAt(at));
  return result;
}

describe('the map of speech in a recording', () => {
  it('says the same of a place wherever reading began and however the audio arrived', async () => {
    const whole = await map(0, audio.length);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(Math.floor(audio.length / VOICE_ACTIVITY_WINDOW) - 1),
        fc.integer({ min: 40_000, max: audio.length }),
        async (window, pieceLength) => {
          const from = window * VOICE_ACTIVITY_WINDOW;
          const part = await map(from, pieceLength);
          expect(probabilities(part, from)).toEqual(probabilities(whole, from));
        },
      ),
      { numRuns: 4 },
    );
  });

  it('finds about the speech that the stream’s detector finds', async () => {
    const whole = probabilities(await map(0, audio.length), 0);
    const stream = silero.create();
    let different = 0;
    for (const [index, probability] of whole.entries()) {
      const window = new Float32Array(VOICE_ACTIVITY_WINDOW);
      window.set(audio.subarray(index * VOICE_ACTIVITY_WINDOW, (index + 1) * VOICE_ACTIVITY_WINDOW));
      if ((await stream.probability(window)) >= 0.5 !== probability >= 0.5) different++;
    }
    expect(different / whole.length).toBeLessThan(0.01);
  });
});
