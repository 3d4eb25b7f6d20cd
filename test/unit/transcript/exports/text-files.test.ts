import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exportTranscript } from '../../../../src/core/transcript/exports/export-transcript.ts';
import { brokenSegments, said, transcriptOf } from './example-transcripts.ts';

const TALK = [
  said('The first thought.', { startMs: 0, endMs: 2000 }),
  said('It goes on.', { startMs: 2500, endMs: 4000 }),
  said('Another one.', { startMs: 3_661_000, endMs: 3_663_000 }),
];

describe('TXT', () => {
  test('has a paragraph a line, parted where the speaker paused for long', () => {
    expect(exportTranscript(transcriptOf(TALK), 'txt')).toBe(
      'The first thought. It goes on.\n\nAnother one.\n',
    );
  });

  test('ends a long paragraph with a sentence', () => {
    const sentence = 'Some words that go on without a pause.';
    const segments = Array.from({ length: 40 }, (_, index) =>
      said(index % 2 === 0 ? sentence.slice(0, -1) : sentence, {
        startMs: index * 2500,
        endMs: index * 2500 + 2400,
      }),
    );
    const lines = exportTranscript(transcriptOf(segments), 'txt').trim().split('\n\n');
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line).toMatch(/^Some .*pause\.$/u);
  });

  test('begins a paragraph where the language changes', () => {
    const segments = [
      said('Good morning.'),
      said('Guten Tag.', { startMs: 1000, endMs: 2000, language: 'de' }),
    ];
    expect(exportTranscript(transcriptOf(segments), 'txt')).toBe('Good morning.\n\nGuten Tag.\n');
  });

  test('joins Chinese and Japanese without spaces, Korean with them', () => {
    const join = (language: string, ...texts: string[]) =>
      exportTranscript(
        transcriptOf(
          texts.map((text, index) =>
            said(text, { language, startMs: index * 1000, endMs: index * 1000 + 900 }),
          ),
        ),
        'txt',
      );
    expect(join('ja', '今日は。', '明日も。')).toBe('今日は。明日も。\n');
    expect(join('zh', '我们去', '公园')).toBe('我们去公园\n');
    expect(join('ko', '안녕하세요.', '반갑습니다.')).toBe('안녕하세요. 반갑습니다.\n');
  });

  test('is empty where nothing was said, or nothing that can be seen', () => {
    expect(exportTranscript(transcriptOf([]), 'txt')).toBe('');
    expect(exportTranscript(transcriptOf([said('\u200b \ufeff\0')]), 'txt')).toBe('');
  });

  test('keeps single no-break spaces inside a text, and no other white space', () => {
    const text = '\u00a0\tVraiment\u00a0?\r\n\r\nOui\u202f\u202f!  \u2028 Bien.\u00a0';
    expect(exportTranscript(transcriptOf([said(text)]), 'txt')).toBe('Vraiment\u00a0? Oui\u00a0! Bien.\n');
  });

  test('holds no control character and no blank paragraph, whatever was said', () => {
    fc.assert(
      fc.property(brokenSegments, (segments) => {
        const txt = exportTranscript(transcriptOf(segments), 'txt');
        expect(txt.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\p{Surrogate}/u);
        if (txt !== '')
          expect(
            txt
              .slice(0, -1)
              .split('\n\n')
              .every((line) => line.trim() !== ''),
          ).toBe(true);
      }),
    );
  });
});

describe('Markdown', () => {
  test('has a title, what is known of the recording, and paragraphs with their times', () => {
    expect(exportTranscript(transcriptOf(TALK), 'md')).toBe(
      [
        '# A talk',
        '- Date: 2025-03-01T09:30:00.000Z\n- Duration: 01:01:03\n- Language: en\n- Model: base.en',
        '**00:00:00** The first thought. It goes on.',
        '**01:01:01** Another one.\n',
      ].join('\n\n'),
    );
  });

  test('escapes what would be markup', () => {
    const text = '*bold* _it_ `code` [a](b) <b> a|b ~~x~~ #1 \\ &copy; $x$ snake_case 1. - +';
    expect(exportTranscript(transcriptOf([said(text)], '# Notes [draft]'), 'md')).toBe(
      [
        '# \\# Notes \\[draft\\]',
        '- Date: 2025-03-01T09:30:00.000Z\n- Duration: 00:00:04\n- Language: en\n- Model: base.en',
        '**00:00:00** \\*bold\\* \\_it\\_ \\`code\\` \\[a\\](b) \\<b\\> a\\|b \\~\\~x\\~\\~ \\#1 \\\\ \\&copy; \\$x\\$ snake_case 1. - +\n',
      ].join('\n\n'),
    );
  });

  test('has a title where the transcript has none', () => {
    expect(exportTranscript(transcriptOf([], ' '), 'md')).toMatch(/^# Transcript\n/u);
  });

  test('holds the text of TXT, once unescaped', () => {
    fc.assert(
      fc.property(brokenSegments, (segments) => {
        const transcript = transcriptOf(segments);
        const [, , ...paragraphs] = exportTranscript(transcript, 'md').trimEnd().split('\n\n');
        const text = paragraphs.map((paragraph) =>
          paragraph.replace(/^\*\*\d{2,}:\d\d:\d\d\*\* /u, '').replace(/\\([!-/:-@[-`{-~])/gu, '$1'),
        );
        const txt = exportTranscript(transcript, 'txt').trimEnd();
        expect(text).toEqual(txt === '' ? [] : txt.split('\n\n'));
      }),
    );
  });
});
