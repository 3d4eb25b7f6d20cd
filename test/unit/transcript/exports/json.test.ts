import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exportTranscript } from '../../../../src/core/transcript/exports/export-transcript.ts';
import { parseJsonTranscript, TranscriptFormatError } from '../../../../src/core/transcript/exports/json.ts';
import type { Transcript } from '../../../../src/core/transcript/transcript.ts';
import { brokenSegments, said, speech, spoken, talk, transcriptOf } from './example-transcripts.ts';

const SPOKEN = spoken([
  ['Good', 500, 700],
  ['morning.', 700, 1200],
]);

function errorOf(text: string): { code: string; message: string } {
  try {
    parseJsonTranscript(text);
  } catch (error) {
    if (error instanceof TranscriptFormatError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('It was read.');
}

describe('JSON', () => {
  test('has a version, the recording, and a segment a line', () => {
    expect(
      exportTranscript(transcriptOf([SPOKEN, said('Bye.', { startMs: 2000, endMs: 2500 })]), 'json'),
    ).toBe(
      `{
  "version": 1,
  "title": "A talk",
  "language": "en",
  "duration_ms": 2500,
  "model": "base.en",
  "created_at": "2025-03-01T09:30:00.000Z",
  "segments": [
    {"start_ms":500,"end_ms":1200,"text":"Good morning.","language":"en","confidence":0.9,"words":[{"text":"Good","start_ms":500,"end_ms":700,"confidence":0.9},{"text":"morning.","start_ms":700,"end_ms":1200,"confidence":0.9}]},
    {"start_ms":2000,"end_ms":2500,"text":"Bye.","language":"en","confidence":0.9}
  ]
}
`,
    );
  });

  test('leaves words out on request', () => {
    const { words: _, ...withoutWords } = SPOKEN;
    expect(
      parseJsonTranscript(exportTranscript(transcriptOf([SPOKEN]), 'json', { words: false })).segments,
    ).toEqual([withoutWords]);
  });

  test('reads back as the same transcript, whatever was said', () => {
    const holdsNumbers = (transcript: Transcript) => !/:null/u.test(JSON.stringify(transcript));
    fc.assert(
      fc.property(fc.oneof(brokenSegments, speech), fc.string({ unit: 'binary' }), (segments, title) => {
        const transcript = transcriptOf(segments, title);
        fc.pre(holdsNumbers(transcript));
        expect(parseJsonTranscript(exportTranscript(transcript, 'json'))).toEqual(transcript);
      }),
      { numRuns: 300 },
    );
  });

  test('is readable even where numbers are not', () => {
    const transcript = transcriptOf([said('Hm.', { startMs: Number.NaN, endMs: Number.POSITIVE_INFINITY })]);
    expect(parseJsonTranscript(exportTranscript(transcript, 'json')).segments[0]).toMatchObject({
      startMs: 0,
      endMs: 0,
    });
  });

  test('reads a session of four hours back', () => {
    const transcript = transcriptOf(talk(461));
    expect(parseJsonTranscript(exportTranscript(transcript, 'json'))).toEqual(transcript);
  });

  test('reads files with a byte order mark and with fields of later versions', () => {
    const text = exportTranscript(transcriptOf([SPOKEN]), 'json').replace(
      '"title"',
      '"speaker": "A", "title"',
    );
    expect(parseJsonTranscript(`\ufeff${text}`)).toEqual(transcriptOf([SPOKEN]));
  });

  test('says why it cannot read a file', () => {
    expect(errorOf('1\n00:00:01,000 --> ')).toEqual({
      code: 'not_json',
      message: 'This file is not JSON. Only transcripts that Surtitle exported as JSON can be read.',
    });
    expect(errorOf('{"text": "hello"}').code).toBe('not_a_transcript');
    expect(errorOf('null').code).toBe('not_a_transcript');
    expect(errorOf('{"version": 2}')).toEqual({
      code: 'unsupported_version',
      message:
        'This transcript is of version 2, and only version 1 can be read. Update Surtitle, or export it again.',
    });
    const damaged = exportTranscript(transcriptOf([SPOKEN]), 'json').replace(
      '"end_ms":1200',
      '"end_ms":"late"',
    );
    expect(errorOf(damaged)).toMatchObject({
      code: 'not_a_transcript',
      message: expect.stringContaining('segments.0.end_ms'),
    });
  });
});
