import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CaptionPhase } from '../../../src/core/captions/caption-state.ts';
import { SurtitleError } from '../../../src/core/foundation/errors.ts';
import { CaptionBench } from './support/caption-bench.ts';
import { FLOWING, numbersIn } from './support/scripted-capture.ts';

/** Which phase may follow which. */
const NEXT: Readonly<Record<CaptionPhase, readonly CaptionPhase[]>> = {
  idle: ['starting'],
  starting: ['listening', 'paused', 'stopping'],
  listening: ['paused', 'stopping'],
  paused: ['starting', 'stopping'],
  stopping: ['idle', 'starting'],
};

/** What users, devices and networks do. */
const EVENTS = {
  start: (bench: CaptionBench) => void bench.captions.start(),
  stop: (bench: CaptionBench) => void bench.captions.stop(),
  pause: (bench: CaptionBench) => void bench.captions.pause(),
  resume: (bench: CaptionBench) => void bench.captions.resume(),
  changeSource: (bench: CaptionBench) => void bench.captions.changeSource(),
  renewSession: (bench: CaptionBench) => bench.captions.renewSession(),
  dismiss: (bench: CaptionBench) => bench.captions.tell(null),
  cut: (bench: CaptionBench) => bench.server.cut(),
  unreachable: (bench: CaptionBench) => {
    bench.server.reachable = false;
    bench.server.cut();
  },
  reachable: (bench: CaptionBench) => {
    bench.server.reachable = true;
  },
  deviceLost: (bench: CaptionBench) =>
    bench.capture.status({ state: 'lost', code: 'device_lost', message: 'Plug it in.' }),
  deviceBack: (bench: CaptionBench) => bench.capture.status(FLOWING),
  deviceBusy: (bench: CaptionBench) => {
    bench.capture.failure = new SurtitleError('device_busy', 'Close the other program.');
  },
  deviceFree: (bench: CaptionBench) => {
    bench.capture.failure = null;
  },
  slowDevice: (bench: CaptionBench) => {
    bench.capture.startMs = 3_000;
    bench.capture.stopMs = 400;
  },
} as const;

const steps = fc.array(
  fc.record({
    event: fc.constantFrom(...(Object.keys(EVENTS) as (keyof typeof EVENTS)[])),
    thenMs: fc.constantFrom(0, 1, 10, 40, 200, 2_000),
  }),
  { maxLength: 40 },
);

async function play(bench: CaptionBench, script: readonly { event: keyof typeof EVENTS; thenMs: number }[]) {
  bench.maxRetries = 100;
  await bench.listening();
  for (const { event, thenMs } of script) {
    EVENTS[event](bench);
    if (thenMs > 0) await bench.clock.advance(thenMs);
  }
}

describe('captions, whatever users, devices and networks do in whatever order,', () => {
  it('take no step that is not one, and never capture twice at once', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const bench = new CaptionBench();
        await play(bench, script);
        for (const [index, phase] of bench.phases.entries()) {
          const before = bench.phases[index - 1];
          if (before) expect(NEXT[before as CaptionPhase]).toContain(phase);
        }
        expect(bench.capture.mostHeld).toBeLessThanOrEqual(1);
      }),
      { numRuns: 150 },
    );
  });

  it('end when stopped, with no capture and no session left, and can be started again', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const bench = new CaptionBench();
        await play(bench, script);
        EVENTS.reachable(bench);
        EVENTS.deviceFree(bench);
        void bench.captions.stop();
        await bench.clock.advance(120_000);
        expect([bench.state.phase, bench.capture.holding]).toEqual(['idle', 0]);
        expect(bench.state.audio).toBe('none');
        await bench.listening();
        await bench.clock.advance(5_000);
        expect(bench.state.phase).toBe('listening');
      }),
      { numRuns: 100 },
    );
  });

  it('send every frame that was captured to a session, once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const bench = new CaptionBench();
        await play(bench, script);
        // The network is good in the end, and soon enough for what is held.
        EVENTS.reachable(bench);
        await bench.clock.advance(10_000);
        await Promise.all([bench.captions.stop(), bench.clock.advance(60_000)]);
        const lost = bench.problems.some((code) => code === 'audio_lost' || code === 'transcript_incomplete');
        const heard = numbersIn(bench.server.sessions.flatMap(({ audio }) => audio));
        if (lost) expect(heard.length).toBeLessThanOrEqual(bench.capture.told.length);
        else expect(heard).toEqual(bench.capture.told);
      }),
      { numRuns: 100 },
    );
  });
});
