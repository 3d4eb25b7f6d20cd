import { describe, expect, it } from 'vitest';
import type { DecodedSegment, DecodeResult } from '../../../src/core/engine/engine.ts';
import { filterHypothesis, findLoop } from '../../../src/core/recognition/hypothesis-filters.ts';

interface Heard {
  readonly text: string;
  readonly noSpeechProbability?: number;
  readonly averageLogProbability?: number;
  readonly wordMs?: number;
}

/** A result as the engine gives it, its words one after the other. */
function heard({
  text,
  noSpeechProbability = 0.02,
  averageLogProbability = -0.2,
  wordMs = 200,
}: Heard): DecodeResult {
  const words = text.split(/(?= )/u).map((word, index) => ({
    text: word,
    startMs: index * wordMs,
    endMs: (index + 1) * wordMs,
    probability: 0.9,
  }));
  const segment: DecodedSegment = {
    text,
    startMs: 0,
    endMs: words.length * wordMs,
    averageLogProbability,
    noSpeechProbability,
    words,
  };
  return { segments: [segment], language: 'en', languageProbability: null, decodeMs: 80 };
}

const clearSpeech = { audioMs: 15_000, speechProbability: 0.95 };
const faintSpeech = { audioMs: 15_000, speechProbability: 0.6 };

function textOf(result: ReturnType<typeof filterHypothesis>): string {
  return result.words.map((word) => word.text).join('');
}

describe('what was never said', () => {
  it('is dropped where the engine heard no speech and was unsure of the words', () => {
    const result = filterHypothesis(
      heard({
        text: ' I am going to go to the bathroom.',
        noSpeechProbability: 0.8,
        averageLogProbability: -1.4,
      }),
      clearSpeech,
    );
    expect(result).toEqual({ words: [], suppressed: ['no_speech_probability'], looped: false });
  });

  it('is cut off where a phrase repeats itself, and asks for the full context', () => {
    const result = filterHypothesis(
      heard({ text: ` So we start.${' And that is it.'.repeat(12)}` }),
      clearSpeech,
    );
    expect(textOf(result)).toBe(' So we start. And that is it. And that is it.');
    expect(result).toMatchObject({ suppressed: ['repetition'], looped: true });
  });

  it('is dropped where the text goes round in circles without repeating itself exactly', () => {
    const circles = Array.from(
      { length: 40 },
      (_, index) => ` the car of the ${index % 2 ? 'the car' : 'car'}`,
    );
    const shuffled = circles.map((part, index) => (index % 3 === 0 ? ` a${part}` : part)).join('');
    const result = filterHypothesis(heard({ text: shuffled, wordMs: 20 }), clearSpeech);
    expect(result.looped).toBe(true);
    expect(result.suppressed).toContain('repetition');
  });

  it('is dropped where it comes after the audio', () => {
    const result = filterHypothesis(heard({ text: ' Good morning. Thank you.' }), {
      audioMs: 400,
      speechProbability: 0.95,
    });
    expect(textOf(result)).toBe(' Good morning.');
    expect(result.suppressed).toEqual(['after_audio']);
  });

  it.each([
    ' Thanks for watching!',
    ' you',
    ' Thank you.',
    ' Bye, bye...',
    ' ご視聴ありがとうございました',
    ' Subtitles by the Amara.org community',
    ' Untertitel der Amara.org-Community',
    " Sous-titres réalisés para la communauté d'Amara.org",
  ])('is dropped where Whisper is known to invent it and speech was faint: %s', (text) => {
    expect(filterHypothesis(heard({ text }), faintSpeech)).toEqual({
      words: [],
      suppressed: ['invented_phrase'],
      looped: false,
    });
  });
});

describe('an invented phrase in a script without spaces', () => {
  it('is known although the engine gives a word for every token', () => {
    const [segment] = heard({ text: '谢谢观看' }).segments as [DecodedSegment];
    const words = [...'谢谢观看。'].map((text, index) => ({
      text,
      startMs: index * 100,
      endMs: index * 100 + 100,
      probability: 0.9,
    }));
    const result = { ...heard({ text: '谢谢观看' }), segments: [{ ...segment, words }] };
    expect(filterHypothesis(result, faintSpeech).suppressed).toEqual(['invented_phrase']);
  });
});

describe('what was said', () => {
  it.each([' you', ' Yes.', ' Thank you.', ' Bye.', ' No, no, no, no.', ' Bye bye.'])(
    'is kept when it was said clearly: %s',
    (text) => {
      const result = filterHypothesis(heard({ text }), clearSpeech);
      expect(result).toMatchObject({ suppressed: [], looped: false });
      expect(textOf(result)).toBe(text);
    },
  );

  it('is kept where the engine was sure of the words, whatever it thought of the noise', () => {
    const result = filterHypothesis(heard({ text: ' Yes.', noSpeechProbability: 0.9 }), clearSpeech);
    expect(textOf(result)).toBe(' Yes.');
  });

  it('is kept when faint, unless it is one of the phrases and nothing else', () => {
    const text = ' Thank you for the report.';
    expect(textOf(filterHypothesis(heard({ text }), faintSpeech))).toBe(text);
  });

  it('may repeat itself three times', () => {
    expect(findLoop('we will we will we will rock you'.split(' '))).toBe(-1);
  });
});
