import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpeechDetector, type SpeechDetectorOptions } from '../../../src/core/recognition/speech-detector.ts';

const WINDOW = 512;

/** Pushes `count` windows of one probability; returns the last state. */
function push(detector: SpeechDetector, probability: number, count: number) {
  let state = detector.state;
  for (let i = 0; i < count; i++) state = detector.push(probability);
  return state;
}

const detectorWithoutPreRoll = (options: SpeechDetectorOptions = {}) =>
  new SpeechDetector({ preRollMs: 0, ...options });

describe('SpeechDetector', () => {
  it('starts in silence, at the position it was given', () => {
    expect(new SpeechDetector({ startPosition: 1000 }).state).toEqual({
      phase: 'silence',
      position: 1000,
      voiced: false,
      speechStart: null,
      voiceStart: null,
      speechEnd: null,
      silenceSamples: 0,
      settledPosition: 1000,
    });
  });

  it('takes the first voiced window for a candidate, with its pre-roll', () => {
    const detector = new SpeechDetector();
    push(detector, 0.1, 20);
    expect(detector.push(0.6)).toEqual({
      phase: 'candidate',
      position: 21 * WINDOW,
      voiced: true,
      speechStart: 20 * WINDOW - 4800,
      voiceStart: 20 * WINDOW,
      speechEnd: 21 * WINDOW,
      silenceSamples: 0,
      settledPosition: 20 * WINDOW - 4800,
    });
  });

  it('does not take a window just below the threshold for a candidate', () => {
    expect(new SpeechDetector().push(0.49).phase).toBe('silence');
  });

  it('confirms clear speech within 160 ms', () => {
    const detector = new SpeechDetector();
    expect(push(detector, 0.97, 4).phase).toBe('candidate');
    expect(detector.push(0.99).phase).toBe('speech');
  });

  it('wants more of doubtful speech than of clear speech', () => {
    const detector = new SpeechDetector();
    expect(push(detector, 0.7, 7).phase).toBe('candidate');
    expect(push(detector, 0.7, 1).phase).toBe('speech');
  });

  it('is not set off by noise that hovers about the threshold for 300 ms', () => {
    const detector = new SpeechDetector();
    for (const probability of [0.55, 0.56, 0.58, 0.54, 0.6, 0.55, 0.5, 0.55, 0.54, 0.2, 0.1, 0.1, 0.1]) {
      expect(detector.push(probability).phase).not.toBe('speech');
    }
    expect(detector.state.phase).toBe('silence');
  });

  it('passes a short word: 200 ms as the network hears a "yes"', () => {
    const detector = new SpeechDetector();
    push(detector, 0.02, 30);
    const phases = [0.62, 0.93, 0.98, 0.99, 0.97, 0.8, 0.5, 0.2].map((p) => detector.push(p).phase);
    expect(phases).toContain('speech');
    expect(detector.state.phase).toBe('speech');
  });

  it('keeps a candidate over a gap of 96 ms, and its first start', () => {
    const detector = detectorWithoutPreRoll();
    push(detector, 0.9, 3);
    expect(push(detector, 0.1, 3).phase).toBe('candidate');
    expect(push(detector, 0.9, 3)).toMatchObject({ phase: 'speech', speechStart: 0 });
  });

  it('drops a candidate that is silent for longer, and forgets its evidence', () => {
    const detector = detectorWithoutPreRoll();
    push(detector, 0.9, 3);
    expect(push(detector, 0.1, 4)).toMatchObject({ phase: 'silence', speechStart: null, speechEnd: null });
    expect(detector.push(0.9)).toMatchObject({ phase: 'candidate', speechStart: 7 * WINDOW });
  });

  it('gives up a candidate that is never confirmed, so that audio can be settled', () => {
    const detector = new SpeechDetector();
    detector.push(0.5);
    const state = push(detector, 0.36, 300);
    expect(state.position - state.settledPosition).toBeLessThanOrEqual((300 + 1000) * 16 + WINDOW);
  });

  it('stays voiced between the thresholds, and tells how long it has been silent below', () => {
    const detector = new SpeechDetector();
    push(detector, 0.9, 10);
    expect(push(detector, 0.36, 5)).toMatchObject({
      voiced: true,
      speechEnd: 15 * WINDOW,
      silenceSamples: 0,
    });
    expect(push(detector, 0.34, 7)).toMatchObject({
      phase: 'speech',
      voiced: false,
      speechEnd: 15 * WINDOW,
      silenceSamples: 7 * WINDOW,
    });
  });

  it('never ends an utterance by itself', () => {
    const detector = new SpeechDetector();
    push(detector, 0.9, 10);
    expect(push(detector, 0, 10_000).phase).toBe('speech');
  });

  it('starts no utterance before the end of what was accounted for', () => {
    const detector = new SpeechDetector();
    push(detector, 0.9, 10);
    push(detector, 0, 16);
    expect(detector.endUtterance(25 * WINDOW)).toMatchObject({
      phase: 'silence',
      speechStart: null,
      settledPosition: 25 * WINDOW,
    });
    expect(push(detector, 0.9, 1)).toMatchObject({ phase: 'candidate', speechStart: 25 * WINDOW });
  });

  it('goes on counting silence after an utterance ended', () => {
    const detector = new SpeechDetector();
    push(detector, 0.9, 10);
    push(detector, 0, 16);
    detector.endUtterance(26 * WINDOW);
    expect(push(detector, 0, 4).silenceSamples).toBe(20 * WINDOW);
  });

  it('takes a shorter window, as a flush leaves one, at its own length', () => {
    const detector = detectorWithoutPreRoll();
    push(detector, 1, 3);
    const end = 3 * WINDOW + 100;
    expect(detector.push(1, end)).toMatchObject({ phase: 'candidate', position: end });
    expect(detector.push(1)).toMatchObject({ phase: 'speech', speechEnd: end + WINDOW });
  });

  it('keeps its positions in order and never takes a settled position back', () => {
    const step = fc.oneof(
      fc.record({
        probability: fc.double({ min: 0, max: 1, noNaN: true }),
        count: fc.integer({ min: 1, max: 40 }),
      }),
      fc.record({ endAt: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    fc.assert(
      fc.property(fc.nat(10_000), fc.array(step, { maxLength: 60 }), (startPosition, steps) => {
        const detector = new SpeechDetector({ startPosition });
        let settled = startPosition;
        for (const item of steps) {
          if ('endAt' in item) {
            const { settledPosition: from, position: to } = detector.state;
            detector.endUtterance(Math.round(from + item.endAt * (to - from)));
          }
          for (let i = 0; i < ('count' in item ? item.count : 1); i++) {
            const state = 'count' in item ? detector.push(item.probability) : detector.state;
            expect(state.settledPosition).toBeGreaterThanOrEqual(settled);
            settled = state.settledPosition;
            if (state.speechStart === null || state.speechEnd === null) {
              expect(state.phase).toBe('silence');
            } else {
              expect(state.speechStart).toBe(settled);
              expect(state.speechStart).toBeLessThan(state.speechEnd);
              expect(state.position - state.speechEnd).toBe(state.silenceSamples);
            }
          }
        }
      }),
    );
  });
});
