import { parse as parseSubtitles } from '@plussub/srt-vtt-parser';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WebVTTParser } from 'webvtt-parser';
import entities from 'webvtt-parser/html-entities.json' with { type: 'json' };
import { type CaptionCue, layoutCaptions } from '../../../../src/core/transcript/exports/caption-layout.ts';
import { exportTranscript } from '../../../../src/core/transcript/exports/export-transcript.ts';
import { writeSrt } from '../../../../src/core/transcript/exports/srt.ts';
import { writeWebVtt } from '../../../../src/core/transcript/exports/webvtt.ts';
import { brokenSegments, said, speech, talk, transcriptOf } from './example-transcripts.ts';

const HOUR_MS = 3_600_000;

function expectedEntries(cues: readonly CaptionCue[]): { from: number; to: number; text: string }[] {
  return cues.map(({ startMs, endMs, lines }) => ({ from: startMs, to: endMs, text: lines.join('\n') }));
}

function readSrt(srt: string): { id: string; from: number; to: number; text: string }[] {
  return srt === '' ? [] : parseSubtitles(srt).entries;
}

function readWebVtt(vtt: string): {
  errors: readonly unknown[];
  entries: ReturnType<typeof expectedEntries>;
} {
  const { cues, errors } = new WebVTTParser(entities).parse(vtt, 'subtitles');
  const entries = cues.map(({ startTime, endTime, tree }) => ({
    from: Math.round(startTime * 1000),
    to: Math.round(endTime * 1000),
    text: tree.children.map(({ value }) => value).join(''),
  }));
  return { errors, entries };
}

const CUES: readonly CaptionCue[] = [
  { startMs: 1500, endMs: 2500, lines: ['Fish & chips', 'cost < 5'] },
  { startMs: 100 * HOUR_MS + 61_002, endMs: 100 * HOUR_MS + 62_000, lines: ['1984'] },
];

describe('SRT', () => {
  test('is numbered from 1, with LF line ends and a blank line between captions', () => {
    expect(writeSrt(CUES)).toBe(
      '1\n00:00:01,500 --> 00:00:02,500\nFish & chips\ncost < 5\n\n2\n100:01:01,002 --> 100:01:02,000\n1984\n',
    );
  });

  test('an arrow in the text is no time line', () => {
    expect(writeSrt([{ startMs: 0, endMs: 1000, lines: ['from A --> B'] }])).toContain('\nfrom A → B\n');
  });

  test('markup in the text stays as it was said', () => {
    expect(writeSrt([{ startMs: 0, endMs: 1000, lines: ['<i>x</i> {\\an8}'] }])).toContain(
      '\n<i>x</i> {\\an8}\n',
    );
  });

  test('is empty where nothing was said', () => {
    expect(exportTranscript(transcriptOf([]), 'srt')).toBe('');
  });

  test('reads back with the same times and text, whatever was said', () => {
    fc.assert(
      fc.property(fc.oneof(brokenSegments, speech), (segments) => {
        const cues = layoutCaptions(segments);
        const entries = readSrt(exportTranscript(transcriptOf(segments), 'srt'));
        expect(entries.map(({ id }) => id)).toEqual(cues.map((_, index) => String(index + 1)));
        expect(entries.map(({ from, to, text }) => ({ from, to, text }))).toEqual(
          expectedEntries(cues).map((entry) => ({ ...entry, text: entry.text.replaceAll('-->', '→') })),
        );
      }),
      { numRuns: 150 },
    );
  });
});

describe('WebVTT', () => {
  test('escapes what the format gives a meaning', () => {
    expect(writeWebVtt(CUES)).toBe(
      'WEBVTT\n\n00:00:01.500 --> 00:00:02.500\nFish &amp; chips\ncost &lt; 5\n\n100:01:01.002 --> 100:01:02.000\n1984\n',
    );
  });

  test.each([
    'from A --> B',
    '<v Roger>Hello</v>',
    '&amp; &nbsp; &#60;',
    'NOTE this is said',
    'STYLE and REGION',
    'WEBVTT',
    '00:01.000 --> 00:02.000',
  ])('reads back what looks like syntax: %s', (text) => {
    const { errors, entries } = readWebVtt(exportTranscript(transcriptOf([said(text)]), 'vtt'));
    expect(errors).toEqual([]);
    expect(entries.map((entry) => entry.text.replaceAll('\n', ' ')).join(' ')).toBe(text);
  });

  test('is a valid file where nothing was said', () => {
    const vtt = exportTranscript(transcriptOf([]), 'vtt');
    expect(vtt).toBe('WEBVTT\n');
    expect(readWebVtt(vtt)).toEqual({ errors: [], entries: [] });
  });

  test('is valid and reads back with the same times and text, whatever was said', () => {
    fc.assert(
      fc.property(fc.oneof(brokenSegments, speech), (segments) => {
        const { errors, entries } = readWebVtt(exportTranscript(transcriptOf(segments), 'vtt'));
        expect(errors).toEqual([]);
        expect(entries).toEqual(expectedEntries(layoutCaptions(segments)));
      }),
      { numRuns: 150 },
    );
  });
});

test('a session of four hours validates and reads back in both formats', () => {
  const transcript = transcriptOf(talk(461));
  const cues = expectedEntries(layoutCaptions(transcript.segments));
  expect(cues.length).toBeGreaterThan(4000);
  expect(readWebVtt(exportTranscript(transcript, 'vtt'))).toEqual({ errors: [], entries: cues });
  const entries = readSrt(exportTranscript(transcript, 'srt'));
  expect(entries.map(({ from, to, text }) => ({ from, to, text }))).toEqual(cues);
});
