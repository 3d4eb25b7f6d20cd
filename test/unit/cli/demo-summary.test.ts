import { describe, expect, test } from 'vitest';
import { type DemoRun, summarize } from '../../../src/cli/demo/summary.ts';
import { cellWidth } from '../../../src/core/foundation/text-width.ts';

const RUN: DemoRun = {
  sample: {
    file: '/talk.wav',
    name: 'talk.wav',
    transcript: 'The cat saw the dog.',
    voice: 'x',
    durationMs: 2000,
    words: [
      { text: 'The', endMs: 200 },
      { text: 'cat', endMs: 500 },
      { text: 'saw', endMs: 800 },
      { text: 'the', endMs: 1000 },
      { text: 'dog', endMs: 1400 },
    ],
  },
  log: {
    captions: [
      { atMs: 1000, kind: 'partial', text: 'The cap', stableText: 'The' },
      { atMs: 2000, kind: 'final', text: 'The cat saw a dog.', stableText: 'The cat saw a dog.' },
    ],
    sent: [],
  },
  realTime: true,
  wallMs: 2500,
  decoding: { decodeMs: 250, audioMs: 5000 },
};

describe('the summary of a demo', () => {
  test('says how many words were wrong and how late they came', () => {
    expect(summarize(RUN, 100).join('\n').replaceAll('\u00a0', ' ')).toBe(
      [
        'Words     5 said, 1 wrong: 1 mistaken, 0 missed, 0 made up (20.0 % word error rate)',
        'Shown     half within 0.8 s of being said, 95 % within 1.5 s',
        'Stable    half within 0.8 s of being said, 95 % within 1.5 s',
        'Final     half within 0.6 s of the last word, 95 % within 0.6 s',
        'Changed   20 % of the words shown were taken back',
        'Speed     the engine decodes 20 s of speech a second and was busy 10 % of the time',
      ].join('\n'),
    );
  });

  test('claims no latency where the talk was not played at its own pace', () => {
    const text = summarize({ ...RUN, realTime: false }, 100).join('\n');
    expect(text).toContain('not measured');
    expect(text).not.toContain('half within');
  });

  test('survives a run in which nothing was recognised', () => {
    const text = summarize({ ...RUN, log: { captions: [], sent: [] } }, 100).join('\n');
    expect(text).toContain('5 missed');
    expect(text).toContain('no word was recognised');
  });

  test.each([40, 60])('fits %i columns', (columns) => {
    expect(Math.max(...summarize(RUN, columns).map(cellWidth))).toBeLessThanOrEqual(columns);
  });
});
