import { describe, expect, it } from 'vitest';
import { formatTranscription as format } from '../../../src/core/server/dialects/openai/transcription-answer.ts';
import type {
  Granularity,
  ResponseFormat,
} from '../../../src/core/server/dialects/openai/transcription-request.ts';
import type { Transcript, TranscriptSegment } from '../../../src/core/transcript/transcript.ts';

function segment(startMs: number, endMs: number, text: string, confidence = 1): TranscriptSegment {
  return { startMs, endMs, text, language: 'en', confidence };
}

function transcript(segments: readonly TranscriptSegment[], language = 'en'): Transcript {
  return {
    title: 'secret-name',
    language,
    durationMs: 8_470,
    model: 'starter.en',
    createdAt: '2026-11-20T12:00:00.000Z',
    segments,
  };
}

const TWO = transcript([
  {
    ...segment(320, 1_500, 'Good morning.', 0.75),
    words: [
      { text: 'Good', startMs: 320, endMs: 800, confidence: 1 },
      { text: 'morning.', startMs: 800, endMs: 1_500, confidence: 0.5 },
    ],
  },
  segment(4_000, 8_250, 'All is\nwell.', 0.5),
]);

function formatTranscription(
  of: Transcript,
  as: ResponseFormat,
  granularities: ReadonlySet<Granularity>,
  warnings: readonly string[] = [],
) {
  return format({ transcript: of, warnings }, as, granularities);
}

const SEGMENTS = new Set(['segment'] as const);

function json(of: Transcript, granularities: ReadonlySet<'word' | 'segment'> = SEGMENTS) {
  const { contentType, body } = formatTranscription(of, 'verbose_json', granularities);
  expect(contentType).toBe('application/json; charset=utf-8');
  return JSON.parse(body) as Record<string, unknown>;
}

describe('a transcript in OpenAI’s shape', () => {
  it('is text and duration as json', () => {
    expect(formatTranscription(TWO, 'json', SEGMENTS)).toEqual({
      contentType: 'application/json; charset=utf-8',
      body: '{"text":"Good morning. All is well.","usage":{"type":"duration","seconds":9}}\n',
    });
  });

  it('is one line as text', () => {
    expect(formatTranscription(TWO, 'text', SEGMENTS)).toEqual({
      contentType: 'text/plain; charset=utf-8',
      body: 'Good morning. All is well.\n',
    });
  });

  it('has numbered captions as srt and a header as vtt', () => {
    expect(formatTranscription(TWO, 'srt', SEGMENTS)).toMatchObject({
      contentType: 'text/plain; charset=utf-8',
      body: expect.stringMatching(/^1\n00:00:00,320 --> 00:00:0\d,\d{3}\nGood morning\.\n\n2\n/u),
    });
    expect(formatTranscription(TWO, 'vtt', SEGMENTS)).toMatchObject({
      contentType: 'text/vtt; charset=utf-8',
      body: expect.stringMatching(/^WEBVTT\n\n00:00:00\.320 --> /u),
    });
  });

  it('has every field of a segment as verbose_json', () => {
    const unknown = { seek: 0, tokens: [], temperature: 0, no_speech_prob: 0 };
    expect(json(TWO)).toEqual({
      task: 'transcribe',
      language: 'english',
      duration: 8.47,
      text: 'Good morning. All is well.',
      segments: [
        {
          ...unknown,
          id: 0,
          start: 0.32,
          end: 1.5,
          text: ' Good morning.',
          avg_logprob: -0.3466,
          compression_ratio: expect.closeTo(0.62, 1),
        },
        {
          ...unknown,
          id: 1,
          start: 4,
          end: 8.25,
          text: ' All is well.',
          avg_logprob: expect.closeTo(-Math.LN2, 3),
          compression_ratio: expect.closeTo(0.6, 1),
        },
      ],
      usage: { type: 'duration', seconds: 9 },
    });
  });

  it('has words instead of segments, or both, as asked for', () => {
    const words = [
      { word: 'Good', start: 0.32, end: 0.8 },
      { word: 'morning.', start: 0.8, end: 1.5 },
    ];
    const onlyWords = json(TWO, new Set(['word'] as const));
    expect(onlyWords.words).toEqual(words);
    expect(onlyWords).not.toHaveProperty('segments');
    const both = json(TWO, new Set(['word', 'segment'] as const));
    expect(both).toMatchObject({ words, segments: [{ id: 0 }, { id: 1 }] });
  });

  it('has a compression ratio that tells repetition, as Whisper’s does', () => {
    const looped = transcript([segment(0, 5_000, 'so it goes '.repeat(40))]);
    const [first] = json(looped).segments as { compression_ratio: number }[];
    expect(first?.compression_ratio).toBeGreaterThan(2.4);
  });

  it('puts texts together as their script is written, in segments too', () => {
    const chinese = transcript([segment(0, 1_000, '你好。'), segment(1_500, 3_000, '早上好。')], 'zh');
    const answer = json(chinese);
    expect(answer).toMatchObject({
      language: 'chinese',
      text: '你好。早上好。',
      segments: [{ text: '你好。' }, { text: '早上好。' }],
    });
  });

  it('is empty where nobody spoke', () => {
    const silent = transcript([]);
    expect(json(silent)).toMatchObject({ text: '', segments: [], duration: 8.47 });
    expect(formatTranscription(silent, 'text', SEGMENTS).body).toBe('\n');
    expect(formatTranscription(silent, 'srt', SEGMENTS).body).toBe('');
    expect(formatTranscription(silent, 'vtt', SEGMENTS).body).toBe('WEBVTT\n');
  });

  it('says as verbose_json what was wrong with the recording', () => {
    const { body } = formatTranscription(TWO, 'verbose_json', SEGMENTS, ['The file is cut short.']);
    expect(JSON.parse(body)).toMatchObject({ task: 'transcribe', warnings: ['The file is cut short.'] });
  });

  it('never names the file', () => {
    for (const format of ['json', 'text', 'srt', 'vtt', 'verbose_json'] as const) {
      expect(formatTranscription(TWO, format, SEGMENTS).body).not.toContain('secret-name');
    }
  });

  it('has finite numbers only, whatever the engine’s confidence', () => {
    const odd = transcript([segment(0, 1_000, 'Hm.', 0), segment(1_000, 2_000, 'Oh.', 1.2)]);
    const segments = json(odd).segments as { avg_logprob: number }[];
    expect(segments.map((each) => each.avg_logprob)).toEqual([-9.2103, 0]);
  });
});
