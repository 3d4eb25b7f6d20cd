import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChunkPlanner, PausePlanner } from '../../../src/core/batch/chunk-planner.ts';
import {
  type AudioTranscription,
  type DecodedChunk,
  type TranscriptionDependencies,
  transcribeAudio,
} from '../../../src/core/batch/transcribe-audio.ts';
import { EngineError } from '../../../src/core/engine/engine.ts';
import { DecodeScheduler } from '../../../src/core/engine/scheduler.ts';
import { ScriptedEngine, type ScriptedEngineOptions } from '../../../src/core/engine/scripted-engine.ts';
import { VirtualClock } from '../../../src/core/foundation/virtual-clock.ts';
import { spelledSentences, spelledVoiceActivity, spellRecording } from '../../fixtures/spelled-recording.ts';

interface Setup {
  readonly engine?: Partial<ScriptedEngineOptions>;
  readonly language?: string;
  readonly pieceMs?: number;
  readonly dependencies?: Partial<TranscriptionDependencies>;
}

/** The real transcription on a scripted engine. */
function setUp(setup: Setup = {}) {
  const clock = new VirtualClock();
  const engine = new ScriptedEngine({ clock, ...setup.engine });
  const scheduler = new DecodeScheduler(engine, { clock });
  const chunks: DecodedChunk[] = [];
  /** The same, as they were handed on. */
  const kept: (readonly DecodedChunk[])[] = [];
  const transcribe = (audio: Float32Array) =>
    transcribeAudio(
      pieces(audio, setup.pieceMs ?? 1_000),
      { language: setup.language ?? 'en', translate: false },
      {
        lane: scheduler.backgroundLane('test'),
        voiceActivity: spelledVoiceActivity,
        concurrency: 3,
        onChunks: (together) => {
          chunks.push(...together);
          kept.push(together);
        },
        ...setup.dependencies,
      },
    );
  return { clock, engine, scheduler, chunks, kept, transcribe };
}

async function* pieces(audio: Float32Array, pieceMs: number): AsyncGenerator<Float32Array> {
  const length = Math.max(1, Math.round(pieceMs * 16));
  for (let at = 0; at < audio.length; at += length) yield audio.slice(at, at + length);
}

function wordsOf({ segments }: AudioTranscription): string[] {
  return segments.flatMap(({ text }) => text.replaceAll('.', '').split(' '));
}

/** Ends every chunk within speech, at lengths as they come: the worst a planner may do. */
function cuttingEvery(lengthsMs: readonly number[]): ChunkPlanner {
  const pauses = new PausePlanner();
  return {
    next(view, from, isInSpeech, audioEnd) {
      const step = pauses.next(view, from, isInSpeech, audioEnd);
      if (step?.kind !== 'chunk') return step;
      const { start, end } = step.chunk;
      const cut = start + (lengthsMs[from % lengthsMs.length] as number) * 16;
      return cut < end - 16_000 ? { kind: 'chunk', chunk: { start, end: cut, endsInSpeech: true } } : step;
    },
  };
}

describe('transcribing a recording', () => {
  it('keeps the audio that voice activity has yet to hear, wherever in a silence it stands', async () => {
    const { transcribe } = setUp();
    // One and a half times what is judged at once: at some of these shifts a step ends just before the judged end.
    for (let shiftMs = 0; shiftMs < 11_000; shiftMs += 800) {
      const { audio, words } = spellRecording([
        { pauseMs: shiftMs, words: 2, gapMs: 60 },
        { pauseMs: 110_000, words: 2, gapMs: 60 },
      ]);
      expect(wordsOf(await transcribe(audio))).toEqual(words);
    }
  });

  it('gives every word once and in order, whatever the pauses and however the audio arrives', async () => {
    await fc.assert(
      fc.asyncProperty(spelledSentences, fc.integer({ min: 20, max: 90_000 }), async (sentences, pieceMs) => {
        const recording = spellRecording(sentences);
        const result = await setUp({ pieceMs }).transcribe(recording.audio);
        expect(wordsOf(result)).toEqual(recording.words);
        expect(result.durationMs).toBe(recording.durationMs);
      }),
      { numRuns: 60 },
    );
  });

  it('gives every word once and in order when speech is cut every 7 to 30 s, in the middle of words', async () => {
    const lengths = fc.array(fc.integer({ min: 7_000, max: 30_000 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(lengths, fc.integer({ min: 4, max: 12 }), async (lengthsMs, gap) => {
        const recording = spellRecording(
          Array.from({ length: 12 }, (_, index) => ({ pauseMs: 40, words: 11 + index, gapMs: gap * 10 })),
        );
        const planner = cuttingEvery(lengthsMs);
        const { chunks, transcribe } = setUp({ dependencies: { planner } });
        expect(wordsOf(await transcribe(recording.audio))).toEqual(recording.words);
        expect(chunks.some(({ endsInSpeech }) => endsInSpeech)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('gives the same result with one decode at a time as with many that end in any order', async () => {
    const recording = spellRecording(
      Array.from({ length: 30 }, (_, index) => ({
        pauseMs: 400 + index * 97,
        words: 5 + (index % 9),
        gapMs: 60,
      })),
    );
    const alone = await setUp({ dependencies: { concurrency: 1 } }).transcribe(recording.audio);
    const { clock, engine, transcribe } = setUp({
      engine: {
        maxConcurrent: 4,
        // Later chunks overtake earlier ones.
        decodeMs: 500,
        realTimeFactor: -0.02,
      },
      dependencies: { concurrency: 5 },
    });
    const running = transcribe(recording.audio);
    const together = await runClock(clock, running);
    expect(engine.peakConcurrent).toBe(4);
    expect(together).toEqual(alone);
  });

  it('goes on from any chunk to the result of an uninterrupted run', async () => {
    await fc.assert(
      fc.asyncProperty(spelledSentences, fc.nat(), async (sentences, stop) => {
        const recording = spellRecording(sentences);
        const whole = setUp();
        const expected = await whole.transcribe(recording.audio);
        const decoded = whole.chunks.slice(0, stop % (whole.chunks.length + 1));
        const resumed = setUp({ dependencies: { decoded } });
        expect(await resumed.transcribe(recording.audio)).toEqual(expected);
        expect([...decoded, ...resumed.chunks]).toEqual(whole.chunks);
      }),
      { numRuns: 60 },
    );
  });

  it('decodes nothing where nobody speaks', async () => {
    const { engine, transcribe } = setUp();
    const result = await transcribe(new Float32Array(16_000 * 120));
    expect(result).toEqual({ segments: [], language: 'en', durationMs: 120_000 });
    expect(engine.decodes).toEqual([]);
  });

  it('accepts a recording without a single sample', async () => {
    expect(await setUp().transcribe(new Float32Array(0))).toEqual({
      segments: [],
      language: 'en',
      durationMs: 0,
    });
  });

  it('tells words by their times in the recording', async () => {
    const recording = spellRecording([
      { pauseMs: 5_000, words: 3, gapMs: 60 },
      { pauseMs: 40_000, words: 2, gapMs: 60 },
    ]);
    const { segments } = await setUp().transcribe(recording.audio);
    const starts = segments.flatMap(({ words }) => words?.map(({ startMs }) => startMs) ?? []);
    expect(starts).toEqual([5_000, 5_360, 5_720, 46_020, 46_380]);
  });

  it('ends a segment with its sentence', async () => {
    const recording = spellRecording([
      { pauseMs: 100, words: 4, gapMs: 60 },
      { pauseMs: 200, words: 3, gapMs: 60 },
    ]);
    const { segments } = await setUp().transcribe(recording.audio);
    expect(segments.map(({ text }) => text)).toEqual(['morning river garden window.', 'music paper winter.']);
  });

  it('decodes the rest of a chunk that the engine gave up halfway', async () => {
    const recording = spellRecording([{ pauseMs: 100, words: 40, gapMs: 60 }]);
    const { transcribe } = setUp({
      engine: {
        hypothesis: ({ call, heard }) =>
          call === 0
            ? {
                ...heard,
                segments: heard.segments.map((segment) => {
                  const words = segment.words.slice(0, 10);
                  return { ...segment, words, text: words.map((word) => word.text).join('') };
                }),
              }
            : heard,
      },
    });
    expect(wordsOf(await transcribe(recording.audio))).toEqual(recording.words);
  });

  it('decodes again from a word that lasts as long as a sentence', async () => {
    const recording = spellRecording([{ pauseMs: 100, words: 40, gapMs: 60 }]);
    const { transcribe } = setUp({
      engine: {
        hypothesis: ({ call, heard }) => {
          if (call > 0) return heard;
          const [segment] = heard.segments;
          if (!segment) return heard;
          // Ten words are left out, and the one before them is stretched over their time.
          const stretched = segment.words.flatMap((word, index) => {
            if (index > 10 && index <= 20) return [];
            return [index === 10 ? { ...word, endMs: segment.words[20]?.endMs ?? word.endMs } : word];
          });
          return {
            ...heard,
            segments: [{ ...segment, words: stretched, text: stretched.map((word) => word.text).join('') }],
          };
        },
      },
    });
    expect(wordsOf(await transcribe(recording.audio))).toEqual(recording.words);
  });

  it('decodes again what the engine left out between two words', async () => {
    const recording = spellRecording([{ pauseMs: 100, words: 40, gapMs: 60 }]);
    const { transcribe } = setUp({
      engine: {
        hypothesis: ({ call, heard }) => {
          const [segment] = heard.segments;
          if (call > 0 || !segment) return heard;
          const words = segment.words.filter((_, index) => index < 10 || index > 20);
          const text = words.map((word) => word.text).join('');
          return { ...heard, segments: [{ ...segment, words, text }] };
        },
      },
    });
    expect(wordsOf(await transcribe(recording.audio))).toEqual(recording.words);
  });

  it('decodes in halves where the engine heard nothing in a lot of voice', async () => {
    const recording = spellRecording([{ pauseMs: 100, words: 40, gapMs: 60 }]);
    const { transcribe } = setUp({
      engine: { hypothesis: ({ call, heard }) => (call === 0 ? { ...heard, segments: [] } : heard) },
    });
    expect(wordsOf(await transcribe(recording.audio))).toEqual(recording.words);
  });

  it('decodes what follows a word that is drawn out for real', async () => {
    const recording = spellRecording([{ pauseMs: 100, words: 30, gapMs: 60 }]);
    const { transcribe } = setUp({
      engine: {
        // The third word seems to last to the tenth, however often it is asked; the tail is missed at first.
        hypothesis: ({ call, heard }) => {
          const [segment] = heard.segments;
          if (!segment) return heard;
          const words = segment.words
            .filter(({ startMs }) => call > 0 || startMs < 7_000)
            .map((word) => (word.text === ' garden' ? { ...word, endMs: word.startMs + 3_000 } : word));
          return {
            ...heard,
            segments: [{ ...segment, words, text: words.map((word) => word.text).join('') }],
          };
        },
      },
    });
    expect(wordsOf(await transcribe(recording.audio))).toEqual(recording.words);
  });

  it('decodes speech in halves in which the decoder goes round in circles', async () => {
    const recording = spellRecording([{ pauseMs: 100, words: 50, gapMs: 60 }]);
    const { transcribe } = setUp({
      engine: {
        hypothesis: ({ heard, request }) => {
          const [segment] = heard.segments;
          if (!segment || request.audio.length < 16_000 * 10) return heard;
          const words = segment.words.map((word) => ({ ...word, text: ' again' }));
          return { ...heard, segments: [{ ...segment, words, text: ' again'.repeat(words.length) }] };
        },
      },
    });
    expect(wordsOf(await transcribe(recording.audio))).toEqual(recording.words);
  });

  it('keeps to the language it heard first, and hands no chunk on before that is settled', async () => {
    const recording = spellRecording(
      Array.from({ length: 20 }, () => ({ pauseMs: 2_500, words: 4, gapMs: 60 })),
    );
    const languages = ['de', 'fr', 'de', 'en'];
    const { engine, chunks, transcribe } = setUp({
      language: 'auto',
      engine: {
        model: { name: 'scripted', multilingual: true },
        hypothesis: ({ call, heard, request }) =>
          request.language === 'auto'
            ? { ...heard, language: languages[call] ?? 'en', languageProbability: 0.3 }
            : heard,
      },
    });
    const { language } = await transcribe(recording.audio);
    expect(language).toBe('de');
    expect(engine.decodes.map((decode) => decode.language).slice(0, 5)).toEqual([
      'auto',
      'auto',
      'auto',
      'de',
      'de',
    ]);
    expect(chunks).toHaveLength(20);
    expect(new Set(chunks.map((chunk) => chunk.language))).toEqual(new Set(['de']));
  });

  it('goes on in the language it settled on, whichever chunk was the last to be kept', async () => {
    const recording = spellRecording(
      Array.from({ length: 6 }, () => ({ pauseMs: 2_500, words: 4, gapMs: 60 })),
    );
    const guessing = (): Setup => ({
      language: 'auto',
      engine: {
        model: { name: 'scripted', multilingual: true },
        // What is heard depends on the language it is heard in.
        hypothesis: ({ call, heard, request }) => {
          const language =
            request.language === 'auto' ? (['de', 'fr', 'de'][call] ?? 'en') : request.language;
          const segments = heard.segments.map((segment) => ({
            ...segment,
            words: segment.words.map((word) => ({ ...word, text: `${word.text}${language}` })),
          }));
          return { ...heard, segments, language, languageProbability: 0.3 };
        },
      },
    });
    const whole = setUp(guessing());
    const expected = await whole.transcribe(recording.audio);
    expect(whole.kept.length).toBeGreaterThan(2);
    for (let stop = 0; stop <= whole.kept.length; stop++) {
      const decoded = whole.kept.slice(0, stop).flat();
      const resumed = setUp({ ...guessing(), dependencies: { decoded } });
      expect(await resumed.transcribe(recording.audio)).toEqual(expected);
    }
  });

  it.each([
    ['once that is settled', 5, ['de', 'de', 'nn']],
    ['and in a recording too short to settle it', 2, ['de', 'nn']],
  ])(
    'takes for the language what was surely heard, not what was guessed last, %s',
    async (_when, length, guesses) => {
      const recording = spellRecording(
        Array.from({ length }, () => ({ pauseMs: 2_500, words: 4, gapMs: 60 })),
      );
      const { transcribe } = setUp({
        language: 'auto',
        engine: {
          model: { name: 'scripted', multilingual: true },
          hypothesis: ({ call, heard, request }) => {
            if (request.language !== 'auto') return heard;
            const language = guesses[call] ?? 'en';
            return { ...heard, language, languageProbability: language === 'nn' ? 0.2 : 0.9 };
          },
        },
      });
      expect((await transcribe(recording.audio)).language).toBe('de');
    },
  );

  it('fails with the engine’s own error, after which nothing more is decoded', async () => {
    const recording = spellRecording(
      Array.from({ length: 20 }, () => ({ pauseMs: 2_500, words: 4, gapMs: 60 })),
    );
    const { engine, transcribe } = setUp({ dependencies: { concurrency: 1 } });
    const gone = new EngineError('engine_unavailable', 'Scripted.');
    engine.failNext(gone);
    await expect(transcribe(recording.audio)).rejects.toBe(gone);
    expect(engine.decodes).toHaveLength(1);
  });

  it('fails when reading the audio does, and gives up the chunks in flight', async () => {
    const recording = spellRecording(
      Array.from({ length: 40 }, () => ({ pauseMs: 2_500, words: 4, gapMs: 60 })),
    );
    const clock = new VirtualClock();
    const engine = new ScriptedEngine({ clock, decodeMs: 60_000 });
    const scheduler = new DecodeScheduler(engine, { clock });
    async function* breaking() {
      yield recording.audio;
      throw new Error('The disk is gone.');
    }
    const running = transcribeAudio(
      breaking(),
      { language: 'en', translate: false },
      { lane: scheduler.backgroundLane('test'), voiceActivity: spelledVoiceActivity, concurrency: 100 },
    );
    await expect(running).rejects.toThrow('The disk is gone.');
    expect(scheduler.load).toMatchObject({ background: 0 });
  });

  it('stops with the reason of its signal', async () => {
    const recording = spellRecording(
      Array.from({ length: 20 }, () => ({ pauseMs: 2_500, words: 4, gapMs: 60 })),
    );
    const stop = new AbortController();
    const reason = new Error('The user pressed Ctrl-C.');
    const { chunks, transcribe } = setUp({
      dependencies: {
        concurrency: 1,
        signal: stop.signal,
        onProgress: () => {
          if (chunks.length === 3) stop.abort(reason);
        },
      },
    });
    await expect(transcribe(recording.audio)).rejects.toBe(reason);
    expect(chunks).toHaveLength(3);
  });

  it('waits for whoever keeps its chunks, and fails when they do', async () => {
    const recording = spellRecording(
      Array.from({ length: 5 }, () => ({ pauseMs: 2_500, words: 4, gapMs: 60 })),
    );
    const full = new Error('The disk is full.');
    const { transcribe } = setUp({
      dependencies: {
        onChunks: () => Promise.reject(full),
      },
    });
    await expect(transcribe(recording.audio)).rejects.toBe(full);
  });
});

describe('whoever keeps the chunks of a transcription', () => {
  const recording = spellRecording(
    Array.from({ length: 40 }, () => ({ pauseMs: 2_500, words: 4, gapMs: 60 })),
  );

  it('is not left behind by the engine without end', async () => {
    let answer = () => {};
    const slow = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { engine, transcribe, chunks } = setUp({ dependencies: { onChunks: () => slow } });
    const running = transcribe(recording.audio);
    // Until nothing happens any more.
    for (let decodes = -1; decodes !== engine.decodes.length; ) {
      decodes = engine.decodes.length;
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(engine.decodes.length).toBeLessThan(20);
    answer();
    expect(wordsOf(await running)).toEqual(recording.words);
    expect(chunks).toEqual([]);
  });

  it('is waited for also where the transcription fails', async () => {
    let finished = 0;
    let begun = 0;
    const breaking = async function* () {
      yield recording.audio;
      yield recording.audio;
      while (begun === 0) await new Promise((resolve) => setImmediate(resolve));
      throw new Error('The disk is gone.');
    };
    const clock = new VirtualClock();
    const scheduler = new DecodeScheduler(new ScriptedEngine({ clock }), { clock });
    const running = transcribeAudio(
      breaking(),
      { language: 'en', translate: false },
      {
        lane: scheduler.backgroundLane('test'),
        voiceActivity: spelledVoiceActivity,
        concurrency: 3,
        onChunks: async () => {
          begun++;
          for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
          finished++;
        },
      },
    );
    await expect(running).rejects.toThrow('The disk is gone.');
    expect(finished).toBe(begun);
  });
});

/** Advances virtual time until a promise settles. */
async function runClock<T>(clock: VirtualClock, running: Promise<T>): Promise<T> {
  let settled = false;
  const watch = () => {
    settled = true;
  };
  running.then(watch, watch);
  while (!settled) {
    if (!(await clock.step())) await new Promise((resolve) => setImmediate(resolve));
  }
  return running;
}
