import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scriptedSegment } from '../../../src/core/engine/scripted-engine.ts';
import { vocabularyWord } from '../../../src/core/engine/scripted-vocabulary.ts';
import { type SpelledEntry, spellAudio } from '../../../src/core/engine/spelled-audio.ts';
import type { RecognitionEvent } from '../../../src/core/recognition/events.ts';
import { recognizerBench } from '../../fixtures/recognizer-bench.ts';

interface Talk {
  readonly entries: readonly SpelledEntry[];
  readonly audio: Float32Array;
}

/** Random words, pauses and sentence ends, up to about 60 s. */
const talkOf = (shortestWordMs: number, maxLength: number): fc.Arbitrary<Talk> =>
  fc
    .array(
      fc.record({
        word: fc.integer({ min: 0, max: 150 }),
        wordMs: fc.integer({ min: shortestWordMs, max: 500 }),
        gapMs: fc.oneof(
          { weight: 8, arbitrary: fc.integer({ min: 0, max: 150 }) },
          { weight: 2, arbitrary: fc.integer({ min: 150, max: 2_500 }) },
        ),
        endsSentence: fc.integer({ min: 0, max: 7 }).map((roll) => roll === 0),
      }),
      { minLength: 1, maxLength },
    )
    .map((words) => {
      let atMs = 300;
      const entries: SpelledEntry[] = words.map(({ word, wordMs, gapMs, endsSentence }) => {
        const startMs = atMs;
        atMs += wordMs + gapMs;
        return { word, startMs, endMs: startMs + wordMs, endsSentence };
      });
      return { entries, audio: spellAudio(entries, { durationMs: atMs + 200 }) };
    });

/** What a session may ask for, on engines from instant to half as fast as the speaker. */
const circumstances = fc.record({
  recognizer: fc.record({
    interimResults: fc.boolean(),
    endpointingMs: fc.constantFrom(100, 300, 500, 5_000),
    wordTimestamps: fc.constant(true),
  }),
  engine: fc.record({ realTimeFactor: fc.constantFrom(0, 0.1, 0.5, 2) }),
});

const talk = talkOf(80, 60).map(({ audio }) => audio);

/** Cuts audio into random frames of up to two seconds. */
function cutInto(audio: Float32Array, sizes: readonly number[]): Float32Array[] {
  const frames: Float32Array[] = [];
  for (let at = 0, index = 0; at < audio.length; index++) {
    const size = sizes[index % sizes.length] ?? 1_600;
    frames.push(audio.slice(at, at + size));
    at += size;
  }
  return frames;
}

/** A decoder that changes its mind about the last two words of every hypothesis. */
function fickle(call: number, words: Parameters<typeof scriptedSegment>[0]) {
  return words.map((word, index) =>
    index >= words.length - 2 && (call + index) % 3 === 0 ? { ...word, text: ` maybe${call % 5}` } : word,
  );
}

const fickleEngine = {
  hypothesis: ({ heard, call }: { heard: Parameters<typeof withFickleWords>[0]; call: number }) =>
    withFickleWords(heard, call),
};

function withFickleWords(heard: import('../../../src/core/engine/engine.ts').DecodeResult, call: number) {
  return {
    ...heard,
    segments: heard.segments.map((segment) => scriptedSegment(fickle(call, segment.words), segment.startMs)),
  };
}

async function recognize(frames: readonly Float32Array[]): Promise<RecognitionEvent[]> {
  const bench = recognizerBench({ recognizer: { wordTimestamps: true }, engine: fickleEngine });
  for (const frame of frames) bench.recognizer.push(frame);
  await bench.finish();
  expect(bench.failures).toEqual([]);
  return bench.events;
}

/** What a viewer gets: flow depends on how much arrived at once. */
function visible(events: readonly RecognitionEvent[]): RecognitionEvent[] {
  return events.filter(({ type }) => type !== 'flow' && type !== 'intake');
}

describe('a recogniser, whatever is said', () => {
  it('gives the same events however the audio was cut into frames', async () => {
    await fc.assert(
      fc.asyncProperty(
        talk,
        fc.array(fc.integer({ min: 1, max: 32_000 }), { minLength: 1, maxLength: 20 }),
        async (audio, sizes) => {
          const whole = await recognize([audio]);
          const cut = await recognize(cutInto(audio, sizes));
          expect(visible(cut)).toEqual(visible(whole));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('never takes back stable text, and keeps it in the final', async () => {
    await fc.assert(
      fc.asyncProperty(talk, async (audio) => {
        const stable = new Map<number, string>();
        for (const event of await recognize([audio])) {
          if (event.type === 'partial') {
            expect(event.text.startsWith(event.stable_text)).toBe(true);
            expect(event.stable_text.startsWith(stable.get(event.segment_id) ?? '')).toBe(true);
            stable.set(event.segment_id, event.stable_text);
          } else if (event.type === 'final') {
            expect(event.text.startsWith(stable.get(event.segment_id) ?? '')).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('loses no word and doubles none', async () => {
    await fc.assert(
      fc.asyncProperty(
        talkOf(250, 120),
        circumstances,
        async ({ entries, audio }, { recognizer, engine }) => {
          const bench = recognizerBench({ recognizer, engine });
          bench.recognizer.push(audio);
          await bench.finish();
          expect(bench.failures).toEqual([]);
          const spoken = bench.finals().flatMap(({ text }) => text.replaceAll('.', '').split(' '));
          expect(spoken).toEqual(entries.map(({ word }) => vocabularyWord(Number(word))));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('numbers finals upwards, in order, without overlap, trimmed and non-empty', async () => {
    await fc.assert(
      fc.asyncProperty(talk, async (audio) => {
        let previousEndMs = 0;
        let nextId = 0;
        for (const event of await recognize([audio])) {
          if (event.type !== 'final') continue;
          expect(event.segment_id).toBe(nextId++);
          expect(event.start_ms).toBeGreaterThanOrEqual(previousEndMs);
          expect(event.end_ms).toBeGreaterThanOrEqual(event.start_ms);
          expect(event.text).toBe(event.text.trim());
          expect(event.text).not.toBe('');
          const times = event.words?.flatMap(({ start_ms, end_ms }) => [start_ms, end_ms]) ?? [];
          expect(times).toEqual([...times].sort((a, b) => a - b));
          expect([times.at(0), times.at(-1)]).toEqual([event.start_ms, event.end_ms]);
          previousEndMs = event.end_ms;
        }
      }),
      { numRuns: 60 },
    );
  });

  it('alternates speech_started and speech_ended, and commits everything, never backwards', async () => {
    await fc.assert(
      fc.asyncProperty(talk, async (audio) => {
        let speaking = false;
        let committed = 0;
        for (const event of await recognize([audio])) {
          if (event.type === 'speech_started') {
            expect(speaking).toBe(false);
            speaking = true;
          } else if (event.type === 'speech_ended') {
            expect(speaking).toBe(true);
            speaking = false;
          } else if (event.type === 'committed' || event.type === 'final') {
            expect(event.position).toBeGreaterThanOrEqual(committed);
            committed = event.position;
          }
        }
        expect(speaking).toBe(false);
        expect(committed).toBe(audio.length);
      }),
      { numRuns: 60 },
    );
  });

  it('answers every flush, in order, wherever it falls', async () => {
    await fc.assert(
      fc.asyncProperty(talk, fc.array(fc.nat(), { maxLength: 6 }), async (audio, cuts) => {
        const bench = recognizerBench();
        const positions = cuts.map((cut) => cut % audio.length).sort((a, b) => a - b);
        let at = 0;
        for (const [index, position] of positions.entries()) {
          bench.recognizer.push(audio.slice(at, position));
          bench.recognizer.flush(index);
          at = position;
        }
        bench.recognizer.push(audio.slice(at));
        await bench.finish();
        expect(bench.failures).toEqual([]);
        expect(bench.ofType('flushed').map(({ id }) => id)).toEqual([...positions.keys()]);
        const starts = bench.finals().map(({ start_ms }) => start_ms);
        expect(starts).toEqual([...starts].sort((a, b) => a - b));
      }),
      { numRuns: 60 },
    );
  });
});
