import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Chunk, PausePlanner } from '../../../src/core/batch/chunk-planner.ts';
import { VOICE_ACTIVITY_WINDOW } from '../../../src/core/recognition/voice-activity.ts';

const WINDOW_MS = 32;

/** Speech (`true`) and silence by turns, in windows. */
type Activity = readonly { readonly voiced: boolean; readonly windows: number }[];

const activities: fc.Arbitrary<Activity> = fc.array(
  fc.record({ voiced: fc.boolean(), windows: fc.integer({ min: 1, max: 900 }) }),
  { minLength: 1, maxLength: 12 },
);

function view(activity: Activity, knownWindows = Number.POSITIVE_INFINITY) {
  const probabilities = activity.flatMap(({ voiced, windows }) =>
    new Array<number>(windows).fill(voiced ? 0.9 : 0.05),
  );
  const known = Math.min(knownWindows, probabilities.length);
  return {
    end: known * VOICE_ACTIVITY_WINDOW,
    audioEnd: probabilities.length * VOICE_ACTIVITY_WINDOW,
    probabilityAt: (position: number) =>
      position / VOICE_ACTIVITY_WINDOW < known ? (probabilities[position / VOICE_ACTIVITY_WINDOW] ?? 0) : 0,
    voicedAt: (position: number) => (probabilities[Math.floor(position / VOICE_ACTIVITY_WINDOW)] ?? 0) > 0.5,
  };
}

/** Plans a whole recording, every chunk taken as far as it goes. */
function plan(activity: Activity, planner = new PausePlanner()): Chunk[] {
  const known = view(activity);
  const chunks: Chunk[] = [];
  let from = 0;
  let isInSpeech = false;
  while (from < known.audioEnd) {
    const step = planner.next(known, from, isInSpeech, known.audioEnd);
    if (!step) throw new Error('The planner waits for audio that is there.');
    if (step.kind === 'chunk') chunks.push(step.chunk);
    const end = step.kind === 'chunk' ? step.chunk.end : step.end;
    expect(end).toBeGreaterThan(from);
    isInSpeech = step.kind === 'chunk' && step.chunk.endsInSpeech;
    from = end;
  }
  return chunks;
}

const speech = (ms: number) => ({ voiced: true, windows: Math.round(ms / WINDOW_MS) });
const silence = (ms: number) => ({ voiced: false, windows: Math.round(ms / WINDOW_MS) });
const seconds = (position: number) => Math.round(position / 1_600) / 10;

describe('cutting a recording into chunks', () => {
  it('never loses speech: all that lasts a third of a second lies in a chunk, and chunks do not overlap', () => {
    fc.assert(
      fc.property(activities, fc.constantFrom(24_000, 12_000, 6_000), (activity, longestMs) => {
        const chunks = plan(activity, new PausePlanner(longestMs));
        let position = 0;
        for (const { voiced, windows } of activity) {
          const end = position + windows * VOICE_ACTIVITY_WINDOW;
          if (voiced && windows >= 10) {
            for (let at = position; at < end; at += VOICE_ACTIVITY_WINDOW) {
              expect(chunks.some(({ start, end: chunkEnd }) => start <= at && at < chunkEnd)).toBe(true);
            }
          }
          position = end;
        }
        for (const [index, chunk] of chunks.entries()) {
          expect(chunk.end - chunk.start).toBeLessThanOrEqual(longestMs * 16 + VOICE_ACTIVITY_WINDOW);
          expect(chunk.start).toBeGreaterThanOrEqual(chunks[index - 1]?.end ?? 0);
        }
      }),
    );
  });

  it('plans the same whether it knows all of the recording or only what it needs', () => {
    fc.assert(
      fc.property(activities, fc.integer({ min: 30, max: 400 }), (activity, arrivals) => {
        const planner = new PausePlanner();
        const chunks: Chunk[] = [];
        let known = 0;
        let from = 0;
        let isInSpeech = false;
        const { audioEnd } = view(activity);
        while (from < audioEnd) {
          const hasEnded = known * VOICE_ACTIVITY_WINDOW >= audioEnd;
          const step = planner.next(view(activity, known), from, isInSpeech, hasEnded ? audioEnd : null);
          if (!step) {
            known += arrivals;
            continue;
          }
          if (step.kind === 'chunk') chunks.push(step.chunk);
          isInSpeech = step.kind === 'chunk' && step.chunk.endsInSpeech;
          from = step.kind === 'chunk' ? step.chunk.end : step.end;
        }
        expect(chunks).toEqual(plan(activity));
      }),
      { numRuns: 40 },
    );
  });

  it('does not take what it does not know yet for silence where it must cut within speech', () => {
    const dip = 740;
    const probabilityAt = (known: number) => (position: number) => {
      const window = position / VOICE_ACTIVITY_WINDOW;
      if (window >= known) return 0;
      return window === dip ? 0.6 : 0.9;
    };
    const planner = new PausePlanner();
    const first = (known: number) =>
      planner.next(
        { end: known * VOICE_ACTIVITY_WINDOW, probabilityAt: probabilityAt(known) },
        0,
        true,
        null,
      );
    let known = 700;
    while (first(known) === null) known++;
    expect(first(known)).toEqual(first(known + 300));
    expect(first(known)).toMatchObject({ chunk: { end: dip * VOICE_ACTIVITY_WINDOW } });
  });

  it('cuts at the longest pause that makes good use of a chunk', () => {
    const chunks = plan([
      speech(9_000),
      silence(500),
      speech(9_000),
      silence(1_200),
      speech(3_000),
      silence(500),
      speech(9_000),
    ]);
    expect(chunks.map(({ end }) => seconds(end))).toEqual([18.8, 32.2]);
  });

  it('hears no silence of two seconds or more', () => {
    const chunks = plan([speech(2_000), silence(3_000), speech(2_000), silence(60_000), speech(2_000)]);
    expect(chunks.map(({ start, end }) => [seconds(start), seconds(end)])).toEqual([
      [0, 2.3],
      [4.7, 7.3],
      [66.7, 69.1],
    ]);
  });

  it('ends a chunk within speech only where nobody pauses for as long as a chunk may be', () => {
    fc.assert(
      fc.property(activities, (activity) => {
        for (const chunk of plan(activity)) {
          if (!chunk.endsInSpeech) continue;
          const known = view(activity);
          let silent = 0;
          for (let at = chunk.start; at < chunk.end; at += VOICE_ACTIVITY_WINDOW) {
            silent = known.voicedAt(at) ? 0 : silent + 1;
            // Its first moments may be the end of a pause, and short voices in them are not sure to be speech.
            if (at > chunk.start + 16_000) expect(silent).toBeLessThan(2_000 / WINDOW_MS);
          }
        }
      }),
    );
  });

  it('takes a short sound at the very end for speech, since nothing can follow to make sure', () => {
    expect(plan([silence(2_000), speech(64)])).toHaveLength(1);
  });
});
