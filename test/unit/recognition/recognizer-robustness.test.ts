import { describe, expect, it } from 'vitest';
import type { DecodedWord } from '../../../src/core/engine/engine.ts';
import { scriptedSegment } from '../../../src/core/engine/scripted-engine.ts';
import { vocabularyWord } from '../../../src/core/engine/scripted-vocabulary.ts';
import { type SpelledEntry, spellAudio } from '../../../src/core/engine/spelled-audio.ts';
import { recognizerBench } from '../../fixtures/recognizer-bench.ts';

/** Words of `wordMs`, `gapMs` apart, from 300 ms on, without sentence ends. */
function steadyTalk(count: number, wordMs: number, gapMs: number): SpelledEntry[] {
  return Array.from({ length: count }, (_, index) => {
    const startMs = 300 + index * (wordMs + gapMs);
    return { word: index % 150, startMs, endMs: startMs + wordMs };
  });
}

function wordsOf(entries: readonly SpelledEntry[]): string[] {
  return entries.map(({ word }) => vocabularyWord(Number(word)));
}

function wordsIn(texts: readonly { readonly text: string }[]): string[] {
  return texts.flatMap(({ text }) => text.replaceAll('.', '').split(' '));
}

describe('a cut that falls into the decode made when silence set in', () => {
  it('loses no word, whenever the speaker pauses', async () => {
    for (let count = 26; count < 37; count++) {
      const talk = steadyTalk(count, 300, 60).map((entry, index) => ({
        ...entry,
        endsSentence: index === count - 6,
      }));
      for (const interimResults of [true, false]) {
        const bench = recognizerBench({ recognizer: { interimResults } });
        await bench.speak(spellAudio(talk, { durationMs: 300 + count * 360 + 1_200 }));
        await bench.finish();
        expect(wordsIn(bench.finals())).toEqual(wordsOf(talk));
      }
    }
  });
});

describe('a slow engine', () => {
  it('is never given more audio than it takes, however long nobody pauses', async () => {
    const entries = steadyTalk(400, 300, 60);
    const bench = recognizerBench({ engine: { realTimeFactor: 2 } });
    await bench.speak(spellAudio(entries, { durationMs: 146_000 }));
    await bench.finish();
    expect(bench.failures).toEqual([]);
    expect(Math.max(...bench.engine.decodes.map(({ audioMs }) => audioMs))).toBeLessThanOrEqual(15_100);
    expect(wordsIn(bench.finals())).toEqual(wordsOf(entries));
  });

  it('does not fall behind because someone pauses after every word', async () => {
    const entries = steadyTalk(110, 300, 260);
    const bench = recognizerBench({ engine: { realTimeFactor: 0.25 } });
    await bench.speak(spellAudio(entries, { durationMs: 64_000 }));
    await bench.finish();
    expect(bench.ofType('flow')).toEqual([]);
    expect(wordsIn(bench.finals())).toEqual(wordsOf(entries));
  });
});

describe('silence after a flush', () => {
  it('is not decoded, so nothing can be made up in it', async () => {
    const bench = recognizerBench({ recognizer: { endpointingMs: 2_000 } });
    const audio = spellAudio(steadyTalk(4, 300, 60), { durationMs: 6_000 });
    await bench.speak(audio.slice(0, 2_200 * 16));
    bench.recognizer.flush('a');
    await bench.clock.advance(0);
    const before = bench.engine.decodes.length;
    await bench.speak(audio.slice(2_200 * 16));
    await bench.finish();
    expect(bench.engine.decodes.length - before).toBe(0);
    expect(bench.ofType('speech_ended')).toHaveLength(1);
  });
});

describe('word times', () => {
  it('stay within their final where a later decode moves the words behind the stable ones', async () => {
    // Decodes of more than three seconds say that all was heard in the first half of the audio.
    const bench = recognizerBench({
      recognizer: { wordTimestamps: true },
      engine: {
        hypothesis: ({ heard, request }) =>
          request.audio.length < 3_000 * 16
            ? heard
            : {
                ...heard,
                segments: heard.segments.map(({ words }) => scriptedSegment(words.map(halved), 0)),
              },
      },
    });
    await bench.speak(spellAudio(steadyTalk(8, 300, 60), { durationMs: 5_000 }));
    await bench.finish();
    const [final] = bench.finals();
    expect(final?.words?.at(-1)?.end_ms).toBe(final?.end_ms);
  });
});

function halved(word: DecodedWord): DecodedWord {
  return { ...word, startMs: word.startMs / 2, endMs: word.endMs / 2 };
}

describe('speech_started and speech_ended', () => {
  it('keep their order for a word right behind what was accounted for', async () => {
    const bench = recognizerBench({ recognizer: { endpointingMs: 100 } });
    const entries: SpelledEntry[] = [
      { word: 1, startMs: 300, endMs: 900 },
      { word: 2, startMs: 1_060, endMs: 1_160 },
    ];
    await bench.speak(spellAudio(entries, { durationMs: 1_230 }));
    await bench.finish();
    const times = bench.events.flatMap((event) =>
      event.type === 'speech_started' || event.type === 'speech_ended' ? [event.time_ms] : [],
    );
    expect(times).toHaveLength(4);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[2]).toBeLessThanOrEqual(1_100);
  });
});

describe('the language of a session', () => {
  it('is never settled by sound in which no words were heard', async () => {
    const bench = recognizerBench({
      engine: {
        model: { name: 'scripted', multilingual: true },
        hypothesis: ({ heard, words }) =>
          words.some(({ id }) => id >= 100)
            ? { ...heard, language: 'de' }
            : { ...heard, language: 'cy', segments: [] },
      },
    });
    const noise = steadyTalk(11, 300, 60);
    const speech = steadyTalk(4, 300, 60).map(({ startMs, endMs }, index) => ({
      word: 100 + index,
      startMs: startMs + 6_000,
      endMs: endMs + 6_000,
    }));
    await bench.speak(spellAudio([...noise, ...speech], { durationMs: 9_000 }));
    await bench.finish();
    expect(bench.engine.decodes.map(({ language }) => language)).not.toContain('cy');
    expect(bench.finals()).toMatchObject([{ language: 'de' }]);
  });
});

describe('close', () => {
  it('during a decode stops the engine, says nothing more and is no failure', async () => {
    const bench = recognizerBench({ engine: { decodeMs: 500 } });
    await bench.speak(spellAudio(steadyTalk(3, 300, 60)).slice(0, 800 * 16));
    expect(bench.engine.decodes.at(-1)?.outcome).toBe('running');
    bench.recognizer.flush('never answered');
    const before = bench.events.length;
    bench.recognizer.close();
    await bench.clock.advance(5_000);
    await bench.recognizer.end();
    expect(bench.engine.decodes.at(-1)?.outcome).toBe('aborted');
    expect(bench.events).toHaveLength(before);
    expect(bench.failures).toEqual([]);
  });
});
