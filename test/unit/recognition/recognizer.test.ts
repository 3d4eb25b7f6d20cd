import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/core/engine/engine.ts';
import { scriptedSegment } from '../../../src/core/engine/scripted-engine.ts';
import { type SpelledEntry, spellAudio, spellSentence } from '../../../src/core/engine/spelled-audio.ts';
import { recognizerBench } from '../../fixtures/recognizer-bench.ts';

/** One sentence of `count` words, one every 360 ms. */
function sentence(startMs: number, firstWord: number, count: number): SpelledEntry[] {
  return spellSentence(
    Array.from({ length: count }, (_, index) => firstWord + index),
    { startMs },
  );
}

const twoSentences = spellAudio([...sentence(1_000, 5, 4), ...sentence(4_000, 9, 3)], { durationMs: 6_000 });

function silence(durationMs: number): Float32Array {
  return new Float32Array(durationMs * 16);
}

describe('finals', () => {
  it('come one for each utterance, between its speech_started and speech_ended', async () => {
    const bench = recognizerBench();
    await bench.speak(twoSentences);
    await bench.finish();
    const story = bench.events
      .filter(({ type }) => ['speech_started', 'final', 'speech_ended'].includes(type))
      .map((event) => (event.type === 'final' ? event.text : event.type));
    expect(story).toEqual([
      'speech_started',
      'paper winter summer kitchen.',
      'speech_ended',
      'speech_started',
      'doctor teacher market.',
      'speech_ended',
    ]);
  });

  it('say when their words were spoken', async () => {
    const bench = recognizerBench({ recognizer: { wordTimestamps: true, startMs: 60_000 } });
    await bench.speak(twoSentences);
    await bench.finish();
    const [first] = bench.finals();
    expect(first).toMatchObject({ start_ms: 61_000, end_ms: 62_380 });
    expect(first?.words?.map(({ text, start_ms, end_ms }) => [text, start_ms, end_ms])).toEqual([
      ['paper', 61_000, 61_300],
      ['winter', 61_360, 61_660],
      ['summer', 61_720, 62_020],
      ['kitchen.', 62_080, 62_380],
    ]);
  });

  it('go out the moment endpointing is reached, because their decode began 200 ms into the silence', async () => {
    const bench = recognizerBench({ engine: { decodeMs: 250 } });
    await bench.speak(spellAudio(sentence(1_000, 5, 4), { durationMs: 2_380 }));
    await bench.speak(silence(600), 32);
    const [final] = bench.finals();
    expect(final?.text).toBe('paper winter summer kitchen.');
  });

  it('need no second decode when speech resumes after a short pause: the first serves as a partial', async () => {
    const bench = recognizerBench();
    await bench.speak(spellAudio([...sentence(500, 5, 3), ...sentence(1_900, 20, 3)], { durationMs: 4_000 }));
    await bench.finish();
    expect(bench.finals().map(({ text }) => text)).toEqual(['paper winter summer. silver golden yellow.']);
  });

  it('are all there when the stream ends in the middle of speech', async () => {
    const bench = recognizerBench();
    await bench.speak(spellAudio(sentence(300, 5, 3), { durationMs: 1_320 }));
    await bench.finish();
    expect(bench.finals().map(({ text }) => text)).toEqual(['paper winter summer.']);
    expect(bench.ofType('speech_ended')).toHaveLength(1);
  });

  it('are there for a single short word at the very end', async () => {
    const bench = recognizerBench();
    await bench.speak(
      spellAudio([{ word: 12, startMs: 400, endMs: 520, endsSentence: true }], { durationMs: 520 }),
    );
    await bench.finish();
    expect(bench.finals()).toHaveLength(1);
    expect(bench.ofType('speech_started')).toHaveLength(1);
    expect(bench.ofType('speech_ended')).toHaveLength(1);
  });

  it('decode the rest where the engine stopped at an early end token', async () => {
    // The first answer to a decode of everything holds the first two words only.
    const bench = recognizerBench({
      recognizer: { interimResults: false },
      engine: {
        hypothesis: ({ heard, words }) =>
          words.length > 4
            ? { ...heard, segments: [scriptedSegment((heard.segments[0]?.words ?? []).slice(0, 2), 0)] }
            : heard,
      },
    });
    await bench.speak(spellAudio(sentence(500, 5, 6), { durationMs: 4_000 }));
    await bench.finish();
    expect(bench.finals().map(({ text }) => text)).toEqual(['paper winter summer kitchen doctor teacher.']);
  });
});

describe('a translated stream', () => {
  it('has finals in English, whatever was spoken', async () => {
    const bench = recognizerBench({
      recognizer: { language: 'de', translate: true },
      engine: { model: { name: 'scripted', multilingual: true } },
    });
    await bench.speak(spellAudio(sentence(500, 5, 3), { durationMs: 3_000 }));
    await bench.finish();
    expect(bench.finals().map(({ language }) => language)).toEqual(['en']);
  });
});

describe('silence', () => {
  it('costs no decode at all and is committed but for the pre-roll', async () => {
    const bench = recognizerBench();
    await bench.speak(silence(10_000));
    expect(bench.engine.decodes).toHaveLength(0);
    const committed = bench.ofType('committed').at(-1)?.position ?? 0;
    expect(committed).toBeGreaterThan(16 * 9_500);
    expect(committed).toBeLessThanOrEqual(16 * 9_700);
  });

  it('counts for speech when audio stops arriving, after a second on the clock', async () => {
    const bench = recognizerBench();
    await bench.speak(spellAudio(sentence(300, 5, 3), { durationMs: 1_320 }));
    await bench.clock.advance(900);
    expect(bench.finals()).toHaveLength(0);
    await bench.clock.advance(200);
    expect(bench.finals().map(({ text }) => text)).toEqual(['paper winter summer.']);
    expect(bench.ofType('speech_ended')).toHaveLength(1);
  });

  it('does not, where the audio came after all while the engine was busy', async () => {
    const bench = recognizerBench({ engine: { decodeMs: 3_000 } });
    const audio = spellAudio(sentence(300, 5, 6), { durationMs: 3_000 });
    await bench.speak(audio.slice(0, 1_200 * 16));
    await bench.clock.advance(1_500);
    await bench.speak(audio.slice(1_200 * 16));
    await bench.finish();
    expect(bench.finals().map(({ text }) => text)).toEqual(['paper winter summer kitchen doctor teacher.']);
  });

  it('does not, where the connection turns out to be lost before the engine is done', async () => {
    const bench = recognizerBench({ engine: { decodeMs: 3_000 } });
    const audio = spellAudio(sentence(300, 5, 6), { durationMs: 3_000 });
    await bench.speak(audio.slice(0, 1_200 * 16));
    await bench.clock.advance(1_500);
    bench.recognizer.holdStall(true);
    await bench.clock.advance(10_000);
    bench.recognizer.holdStall(false);
    await bench.speak(audio.slice(1_200 * 16));
    await bench.finish();
    expect(bench.finals().map(({ text }) => text)).toEqual(['paper winter summer kitchen doctor teacher.']);
  });

  it('between utterances makes voice activity forget what it heard, because its state drifts', async () => {
    const bench = recognizerBench();
    await bench.speak(twoSentences);
    await bench.finish();
    expect(bench.voiceActivityResets()).toBe(2);
  });

  it('does not, while the connection is lost', async () => {
    const bench = recognizerBench();
    const audio = spellAudio(sentence(300, 5, 6), { durationMs: 3_000 });
    await bench.speak(audio.slice(0, 1_200 * 16));
    bench.recognizer.holdStall(true);
    await bench.clock.advance(30_000);
    bench.recognizer.holdStall(false);
    await bench.speak(audio.slice(1_200 * 16));
    await bench.finish();
    expect(bench.finals().map(({ text }) => text)).toEqual(['paper winter summer kitchen doctor teacher.']);
  });
});

describe('flush', () => {
  it('finalises what was said so far, then answers, and opens or closes no speech', async () => {
    const bench = recognizerBench();
    const audio = spellAudio(sentence(300, 5, 6), { durationMs: 4_000 });
    // Between the third and the fourth word.
    await bench.speak(audio.slice(0, 1_350 * 16));
    bench.recognizer.flush('a');
    await bench.clock.advance(10);
    const before = bench.events.filter(({ type }) => ['final', 'flushed', 'speech_ended'].includes(type));
    expect(before).toMatchObject([
      { type: 'final', text: 'paper winter summer', from_flush: true },
      { type: 'flushed', id: 'a' },
    ]);
    await bench.speak(audio.slice(1_350 * 16));
    await bench.finish();
    expect(bench.finals().map(({ text }) => text)).toEqual([
      'paper winter summer',
      'kitchen doctor teacher.',
    ]);
    expect(bench.ofType('speech_started')).toHaveLength(1);
    expect(bench.ofType('speech_ended')).toHaveLength(1);
  });

  it('is answered when nothing is pending', async () => {
    const bench = recognizerBench();
    bench.recognizer.flush(7);
    await bench.clock.advance(0);
    expect(bench.events).toEqual([{ type: 'flushed', id: 7 }]);
  });
});

describe('long speech without a pause', () => {
  /** 40 s of words 60 ms apart; a sentence ends after every `sentenceWords` words. */
  function monologue(sentenceWords: number): { entries: SpelledEntry[]; audio: Float32Array } {
    const entries: SpelledEntry[] = Array.from({ length: 110 }, (_, index) => ({
      word: index,
      startMs: 300 + index * 360,
      endMs: 600 + index * 360,
      endsSentence: (index + 1) % sentenceWords === 0,
    }));
    return { entries, audio: spellAudio(entries, { durationMs: 41_000 }) };
  }

  it('is cut at sentence ends, with no word lost or doubled', async () => {
    const bench = recognizerBench();
    const { entries, audio } = monologue(8);
    await bench.speak(audio);
    await bench.finish();
    const finals = bench.finals();
    expect(finals.length).toBeGreaterThan(2);
    for (const { text } of finals.slice(0, -1)) expect(text).toMatch(/\.$/u);
    expect(bench.engine.decodes.every(({ audioMs }) => audioMs <= 15_100)).toBe(true);
    expect(spokenWords(finals.map(({ text }) => text))).toEqual(await wordsOf(entries));
  });

  it('is cut at words where no sentence ends', async () => {
    const bench = recognizerBench();
    const { entries, audio } = monologue(1_000);
    await bench.speak(audio);
    await bench.finish();
    expect(bench.finals().length).toBeGreaterThan(2);
    expect(spokenWords(bench.finals().map(({ text }) => text))).toEqual(await wordsOf(entries));
  });

  it('is cut even when no two hypotheses agree', async () => {
    const bench = recognizerBench({
      engine: {
        hypothesis: ({ heard, call }) => ({
          ...heard,
          segments: heard.segments.map((segment) =>
            scriptedSegment(
              segment.words.map((word) => ({ ...word, text: `${word.text.replace('.', '')}${call % 7}` })),
              segment.startMs,
            ),
          ),
        }),
      },
    });
    const { entries, audio } = monologue(1_000);
    await bench.speak(audio);
    await bench.finish();
    expect(bench.engine.decodes.every(({ audioMs }) => audioMs <= 15_500)).toBe(true);
    const spoken = spokenWords(bench.finals().map(({ text }) => text.replace(/\d/gu, '')));
    expect(spoken).toEqual((await wordsOf(entries)).map((word) => word.replace(/\d/gu, '')));
  });

  it('is given up where voice goes on without any words', async () => {
    const bench = recognizerBench({ engine: { hypothesis: ({ heard }) => ({ ...heard, segments: [] }) } });
    await bench.speak(monologue(1_000).audio);
    await bench.finish();
    expect(bench.finals()).toEqual([]);
    expect(bench.ofType('partial')).toEqual([]);
    expect(bench.engine.decodes.every(({ audioMs }) => audioMs <= 15_500)).toBe(true);
  });
});

describe('a slow engine', () => {
  it('makes partials rarer, then stops them, and still delivers every final', async () => {
    const bench = recognizerBench({ engine: { realTimeFactor: 2 } });
    const entries = Array.from({ length: 12 }, (_, index) =>
      sentence(1_000 + index * 3_000, index * 4, 4),
    ).flat();
    await bench.speak(spellAudio(entries, { durationMs: 38_000 }));
    await bench.finish();
    expect(bench.finals()).toHaveLength(12);
    expect(spokenWords(bench.finals().map(({ text }) => text))).toEqual(await wordsOf(entries));
  });

  it('is reported once each way', async () => {
    const bench = recognizerBench({ engine: { realTimeFactor: 2 } });
    const entries = Array.from({ length: 12 }, (_, index) =>
      sentence(1_000 + index * 3_000, index * 4, 4),
    ).flat();
    await bench.speak(spellAudio(entries, { durationMs: 38_000 }));
    await bench.finish();
    expect(bench.ofType('flow').map(({ state }) => state)).toEqual(['slow', 'ok']);
  });
});

describe('an engine that fails', () => {
  it('is asked again with the full context', async () => {
    const bench = recognizerBench({ recognizer: { interimResults: false } });
    bench.engine.failNext();
    await bench.speak(spellAudio(sentence(500, 5, 3), { durationMs: 3_000 }));
    await bench.finish();
    expect(bench.engine.decodes.map(({ fullContext }) => fullContext)).toEqual([false, true]);
    expect(bench.finals().map(({ text }) => text)).toEqual(['paper winter summer.']);
  });

  it('ends the stream with its error when it fails for good', async () => {
    const bench = recognizerBench();
    const error = new EngineError('engine_unavailable', 'The engine is gone.');
    bench.engine.failNext(error);
    await bench.speak(spellAudio(sentence(500, 5, 3), { durationMs: 3_000 }));
    await bench.finish();
    expect(bench.failures).toEqual([error]);
  });
});

describe('a made-up hypothesis', () => {
  it('is decoded again with the full context when it loops, and never shown', async () => {
    const looping = Array.from({ length: 60 }, (_, index) => ({
      text: index % 2 ? ' again' : ' and',
      startMs: index * 20,
      endMs: index * 20 + 20,
      probability: 0.9,
    }));
    const bench = recognizerBench({
      engine: {
        hypothesis: ({ heard, request }) =>
          request.fullContext ? heard : { ...heard, segments: [scriptedSegment(looping, 0)] },
      },
    });
    await bench.speak(spellAudio(sentence(500, 5, 3), { durationMs: 3_000 }));
    await bench.finish();
    expect(bench.finals().map(({ text }) => text)).toEqual(['paper winter summer.']);
    expect(bench.ofType('partial').every(({ text }) => !text.includes('and again'))).toBe(true);
    expect(bench.suppressed).toContain('repetition');
  });

  it('is withdrawn when it was shown and came to nothing, and its id is used again', async () => {
    let answers = 0;
    const bench = recognizerBench({
      engine: {
        hypothesis: ({ heard }) =>
          heard.segments.length > 0 && answers++ > 0 ? { ...heard, segments: [] } : heard,
      },
    });
    await bench.speak(spellAudio(sentence(500, 5, 2), { durationMs: 3_000 }));
    await bench.finish();
    const partials = bench.ofType('partial');
    expect(partials.at(0)?.text).not.toBe('');
    expect(partials.at(-1)).toMatchObject({ segment_id: 0, text: '', stable_text: '' });
    expect(bench.finals()).toEqual([]);
  });
});

describe('the prompt', () => {
  it('holds what was said before, never what is still being decoded', async () => {
    const bench = recognizerBench({
      recognizer: { prompt: 'A meeting.', vocabulary: ['Surtitle', 'Whisper'] },
    });
    await bench.speak(twoSentences);
    await bench.finish();
    const prompts = [...new Set(bench.engine.decodes.map(({ prompt }) => prompt))];
    expect(prompts).toEqual([
      'A meeting. Surtitle, Whisper',
      'paper winter summer kitchen. A meeting. Surtitle, Whisper',
    ]);
  });
});

function spokenWords(texts: readonly string[]): string[] {
  return texts
    .join(' ')
    .replace(/\./gu, '')
    .split(/\s+/u)
    .filter((word) => word !== '');
}

async function wordsOf(entries: readonly SpelledEntry[]): Promise<string[]> {
  const { vocabularyWord } = await import('../../../src/core/engine/scripted-vocabulary.ts');
  return entries.map(({ word }) => (typeof word === 'number' ? vocabularyWord(word) : word));
}
