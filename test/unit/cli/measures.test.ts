import { describe, expect, test } from 'vitest';
import { normalizedErasure } from '../../../src/cli/measures/erasure.ts';
import { type LoggedCaption, parseEventLog, sentAtMs } from '../../../src/cli/measures/event-log.ts';
import { percentile } from '../../../src/cli/measures/percentile.ts';
import { captionLatencies } from '../../../src/cli/measures/word-latency.ts';

function partial(atMs: number, text: string, stableText = ''): LoggedCaption {
  return { atMs, kind: 'partial', text, stableText };
}

function final(atMs: number, text: string): LoggedCaption {
  return { atMs, kind: 'final', text, stableText: text };
}

const spoken = [
  { text: 'the', endMs: 200 },
  { text: 'cat', endMs: 500 },
  { text: 'saw', endMs: 800 },
  { text: 'the', endMs: 1000 },
  { text: 'dog', endMs: 1400 },
];

describe('word latency', () => {
  test('runs from the word being sent until it is shown, stable and final', () => {
    const captions = [
      partial(700, 'The cat'),
      partial(1300, 'The cat saw the', 'The cat'),
      final(2000, 'The cat saw the dog.'),
    ];
    expect(captionLatencies({ captions, sent: [] }, spoken)).toEqual({
      shownMs: [500, 200, 500, 300, 600],
      stableMs: [1100, 800, 1200, 1000, 600],
      finalMs: [600],
    });
  });

  test('counts a word from when it came to stay, not from a guess that went away', () => {
    const captions = [
      partial(600, 'The cat'),
      partial(900, 'The cap'),
      partial(1200, 'The cat'),
      final(2000, 'The cat'),
    ];
    expect(captionLatencies({ captions, sent: [] }, spoken.slice(0, 2)).shownMs).toEqual([400, 700]);
  });

  test('does not take a repeated word for its earlier self', () => {
    const captions = [partial(300, 'The'), final(2000, 'The cat saw the dog.')];
    expect(captionLatencies({ captions, sent: [] }, spoken).shownMs).toEqual([100, 1500, 1200, 1000, 600]);
  });

  test('leaves out words that were heard wrong', () => {
    const captions = [final(2000, 'The cat saw a dog.')];
    expect(captionLatencies({ captions, sent: [] }, spoken).shownMs).toHaveLength(4);
  });

  test('does not reset words whose segment was split between two messages of one moment', () => {
    const captions = [
      partial(1200, 'The cat saw the'),
      final(1500, 'The cat'),
      partial(1501, 'saw the'),
      final(2000, 'saw the dog'),
    ];
    expect(captionLatencies({ captions, sent: [] }, spoken).shownMs).toEqual([1000, 700, 400, 200, 600]);
  });

  test('starts when the frame that holds the end of the word was sent', () => {
    const sent = [
      { atMs: 310, endMs: 300 },
      { atMs: 620, endMs: 600 },
    ];
    const log = { captions: [final(1000, 'The cat')], sent };
    expect(captionLatencies(log, spoken.slice(0, 2)).shownMs).toEqual([690, 380]);
    expect(sentAtMs(log, 900)).toBe(620);
  });
});

describe('erasure', () => {
  test('is the share of words that were taken away again', () => {
    const captions = [
      partial(100, 'the cap'),
      partial(200, 'the cat saw'),
      partial(300, 'the'),
      final(400, 'the cat saw dog'),
    ];
    expect(normalizedErasure(captions)).toEqual({ shown: 3 / 4, stable: 0 });
  });

  test('ignores case and punctuation', () => {
    expect(normalizedErasure([partial(100, 'the cat'), final(200, 'The cat.')]).shown).toBe(0);
  });

  test('tells when stable text was taken back', () => {
    const captions = [
      partial(100, 'the cap', 'the cap'),
      partial(200, 'the cat', 'the cat'),
      final(300, 'the cat'),
    ];
    expect(normalizedErasure(captions).stable).toBe(0.5);
  });
});

describe('event log', () => {
  test('reads captions and sent audio and skips the other messages', () => {
    const text = [
      '{"at_ms":0,"type":"ready","version":1}',
      '{"at_ms":40,"type":"sent","end_ms":40}',
      '{"at_ms":90,"type":"partial","segment_id":1,"text":"Good day","stable_text":"Good"}',
      '',
      '{"at_ms":99,"type":"final","segment_id":1,"text":"Good day."}',
    ].join('\n');
    expect(parseEventLog(text)).toEqual({
      captions: [
        { atMs: 90, kind: 'partial', text: 'Good day', stableText: 'Good' },
        { atMs: 99, kind: 'final', text: 'Good day.', stableText: 'Good day.' },
      ],
      sent: [{ atMs: 40, endMs: 40 }],
    });
  });

  test('names the line that is wrong', () => {
    expect(() => parseEventLog('{"type":"final","text":"x"}')).toThrowError(/Line 1 .* "at_ms"/u);
    expect(() => parseEventLog('{}\nnonsense')).toThrowError(/Line 2 .* not JSON/u);
  });
});

test('percentile is the nearest rank, and nothing without values', () => {
  expect([percentile([5, 1, 4, 2, 3], 50), percentile([5, 1, 4, 2, 3], 95), percentile([], 50)]).toEqual([
    3,
    5,
    null,
  ]);
});
