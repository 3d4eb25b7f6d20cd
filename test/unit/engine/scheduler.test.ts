import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecodeLane, DecodePriority, EngineCapabilities } from '../../../src/core/engine/engine.ts';
import { EngineError } from '../../../src/core/engine/engine.ts';
import { DecodeScheduler, type EngineObserver } from '../../../src/core/engine/scheduler.ts';
import { ScriptedEngine } from '../../../src/core/engine/scripted-engine.ts';
import { spellAudio, spellSentence } from '../../../src/core/engine/spelled-audio.ts';
import { VirtualClock } from '../../../src/core/foundation/virtual-clock.ts';

/** Audio of a decode, and its duration: the scripted engine runs at the speed of its audio here. */
const DECODE_MS = 100;

function setUp(
  options: {
    maxConcurrent?: number;
    capabilities?: Partial<EngineCapabilities>;
    observer?: EngineObserver;
  } = {},
) {
  const clock = new VirtualClock();
  const { observer, ...engineOptions } = options;
  const engine = new ScriptedEngine({ clock, realTimeFactor: 1, ...engineOptions });
  const scheduler = new DecodeScheduler(engine, { clock, ...(observer ? { observer } : {}) });
  /** What settled, in order, e.g. `a1 done`. */
  const settled: string[] = [];
  const submit = (
    lane: DecodeLane,
    priority: DecodePriority,
    name: string,
    signal?: AbortSignal,
    audioMs = DECODE_MS,
  ) => {
    // The engine logs the prompt of a decode: it serves as the job's name.
    const request = { audio: new Float32Array(audioMs * 16), language: 'en', prompt: name };
    return lane.decode(request, { priority, ...(signal ? { signal } : {}) }).then(
      () => void settled.push(`${name} done`),
      (error) => void settled.push(`${name} ${error instanceof EngineError ? error.code : 'thrown'}`),
    );
  };
  const started = () => engine.decodes.map((decode) => decode.prompt);
  return { clock, engine, scheduler, settled, submit, started };
}

describe('the scheduler', () => {
  it('gives the engine to finals before partials that came first', async () => {
    const { clock, scheduler, submit, started } = setUp();
    const [a, b, c] = ['a', 'b', 'c'].map((id) => scheduler.lane(id)) as [DecodeLane, DecodeLane, DecodeLane];
    void submit(a, 'partial', 'a');
    void submit(b, 'partial', 'b');
    void submit(c, 'final', 'c');
    await clock.advance(1_000);
    expect(started()).toEqual(['a', 'c', 'b']);
  });

  it('decodes finals of different lanes in the order they came', async () => {
    const { clock, scheduler, submit, started } = setUp();
    const lanes = ['a', 'b', 'c', 'd'].map((id) => scheduler.lane(id));
    for (const [index, lane] of lanes.entries()) void submit(lane, 'final', `${index}`);
    await clock.advance(1_000);
    expect(started()).toEqual(['0', '1', '2', '3']);
  });

  it('lets a lane with one final go between those of a lane with many', async () => {
    const { clock, scheduler, submit, started } = setUp();
    const [many, one] = [scheduler.lane('many'), scheduler.lane('one')];
    for (let index = 0; index < 4; index++) void submit(many, 'final', `many${index}`);
    await clock.advance(DECODE_MS / 2);
    void submit(one, 'final', 'one');
    await clock.advance(1_000);
    expect(started()).toEqual(['many0', 'many1', 'one', 'many2', 'many3']);
  });

  it('replaces a waiting partial by a newer one of the same lane', async () => {
    const { clock, scheduler, submit, settled } = setUp();
    const lane = scheduler.lane('a');
    for (let index = 0; index < 4; index++) void submit(lane, 'partial', `${index}`);
    await clock.advance(1_000);
    expect(settled).toEqual(['1 aborted', '2 aborted', '0 done', '3 done']);
  });

  it('keeps the place of a partial that was replaced', async () => {
    const { clock, scheduler, submit, started } = setUp();
    const [a, b, c] = ['a', 'b', 'c'].map((id) => scheduler.lane(id)) as [DecodeLane, DecodeLane, DecodeLane];
    void submit(a, 'partial', 'a');
    void submit(b, 'partial', 'b0');
    void submit(c, 'partial', 'c');
    void submit(b, 'partial', 'b1');
    await clock.advance(1_000);
    expect(started()).toEqual(['a', 'b1', 'c']);
  });

  it('serves lanes that always want a partial in turns', async () => {
    const { clock, scheduler, submit, started } = setUp();
    const lanes = ['a', 'b', 'c'].map((id) => ({ id, lane: scheduler.lane(id) }));
    // Lane a asks far more often than the others.
    for (let tick = 0; tick < 90; tick++) {
      for (const { id, lane } of lanes) if (id === 'a' || tick % 7 === 0) void submit(lane, 'partial', id);
      await clock.advance(10);
    }
    await clock.advance(1_000);
    expect(started().slice(0, 9).join('')).toBe('abcabcabc');
  });

  it('takes an aborted job out of the queue at once', async () => {
    const { clock, scheduler, submit, settled, started } = setUp();
    const lane = scheduler.lane('a');
    const abort = new AbortController();
    void submit(lane, 'final', '0');
    const waiting = submit(lane, 'final', '1', abort.signal);
    void submit(lane, 'final', '2');
    abort.abort();
    await waiting;
    expect(settled).toEqual(['1 aborted']);
    expect(scheduler.load).toEqual({ running: 1, finals: 1, partials: 0, background: 0 });
    await clock.advance(1_000);
    expect(started()).toEqual(['0', '2']);
  });

  it('refuses a job whose signal was aborted before', async () => {
    const { scheduler, submit, settled, started } = setUp();
    await submit(scheduler.lane('a'), 'final', '0', AbortSignal.abort());
    expect(settled).toEqual(['0 aborted']);
    expect(started()).toEqual([]);
  });

  it('stops the partial of a lane whose final waits, where the engine can be stopped', async () => {
    const { clock, scheduler, submit, settled } = setUp();
    const lane = scheduler.lane('a');
    void submit(lane, 'partial', 'partial');
    await clock.advance(10);
    void submit(lane, 'final', 'final');
    await clock.advance(DECODE_MS + 5);
    expect(settled).toEqual(['partial aborted', 'final done']);
  });

  it('does not stop the partial of another lane for a final', async () => {
    const { clock, scheduler, submit, settled } = setUp();
    void submit(scheduler.lane('a'), 'partial', 'partial');
    void submit(scheduler.lane('b'), 'final', 'final');
    await clock.advance(1_000);
    expect(settled).toEqual(['partial done', 'final done']);
  });

  it('lets a running partial be where the engine has room for the final', async () => {
    const { clock, scheduler, submit, settled } = setUp({ maxConcurrent: 2 });
    const lane = scheduler.lane('a');
    void submit(lane, 'partial', 'partial');
    void submit(lane, 'final', 'final');
    await clock.advance(1_000);
    expect(settled).toEqual(['partial done', 'final done']);
  });

  it('answers an aborted caller at once even where the engine cannot be stopped', async () => {
    const { clock, engine, scheduler, submit, settled, started } = setUp({ capabilities: { abort: false } });
    const abort = new AbortController();
    const running = submit(scheduler.lane('a'), 'partial', 'running', abort.signal);
    void submit(scheduler.lane('b'), 'partial', 'next');
    abort.abort();
    await running;
    expect(settled).toEqual(['running aborted']);
    // The engine is still at it, so nothing else may start.
    expect(started()).toEqual(['running']);
    await clock.advance(1_000);
    expect(settled).toEqual(['running aborted', 'next done']);
    expect(engine.peakConcurrent).toBe(1);
  });

  it('drops the waiting jobs of a lane that closes, and lets its running one end', async () => {
    const { clock, scheduler, submit, settled } = setUp();
    const lane = scheduler.lane('a');
    void submit(lane, 'final', '0');
    void submit(lane, 'final', '1');
    void submit(lane, 'partial', '2');
    lane.close();
    void submit(lane, 'final', '3');
    await clock.advance(1_000);
    expect(settled).toEqual(['1 aborted', '2 aborted', '3 aborted', '0 done']);
  });

  it('does not mind the caller reusing the samples of a job that waits', async () => {
    const { clock, scheduler, submit } = setUp();
    void submit(scheduler.lane('a'), 'final', 'first');
    const audio = spellAudio(spellSentence([201]));
    const waiting = scheduler.lane('b').decode({ audio, language: 'en' }, { priority: 'final' });
    audio.fill(0);
    await clock.advance(1_000);
    expect((await waiting).segments[0]?.text).toBe(' word201.');
  });

  it('goes on after a decode that failed', async () => {
    const { clock, engine, scheduler, submit, settled } = setUp();
    const lane = scheduler.lane('a');
    engine.failNext();
    void submit(lane, 'final', '0');
    void submit(lane, 'final', '1');
    await clock.advance(1_000);
    expect(settled).toEqual(['0 decode_failed', '1 done']);
  });

  it('tells its observer about waiting, starts and ends', async () => {
    const events: string[] = [];
    const { clock, scheduler, submit } = setUp({
      observer: {
        queued: ({ finals, partials }) => events.push(`waiting ${finals}+${partials}`),
        started: ({ priority, waitMs }) => events.push(`${priority} after ${waitMs}`),
        finished: (job) => events.push(`${job.priority} ${job.outcome} in ${job.decodeMs} of ${job.audioMs}`),
      },
    });
    void submit(scheduler.lane('a'), 'partial', 'a');
    void submit(scheduler.lane('b'), 'final', 'b');
    await clock.advance(1_000);
    expect(events).toEqual([
      'partial after 0',
      'waiting 0+0',
      'waiting 1+0',
      'partial done in 100 of 100',
      'final after 100',
      'waiting 0+0',
      'final done in 100 of 100',
      'waiting 0+0',
    ]);
  });
});

describe('background work', () => {
  it('starts only when nobody live waits', async () => {
    const { clock, scheduler, submit, started } = setUp();
    const file = scheduler.backgroundLane('file');
    const live = scheduler.lane('live');
    for (const name of ['file1', 'file2']) void submit(file, 'final', name);
    void submit(live, 'partial', 'live1');
    await clock.advance(150);
    void submit(live, 'final', 'live2');
    await clock.advance(1_000);
    expect(started()).toEqual(['file1', 'live1', 'live2', 'file2']);
  });

  it('leaves a place of the engine free as long as someone is live, and takes it afterwards', async () => {
    const { clock, engine, scheduler, submit, started } = setUp({ maxConcurrent: 3 });
    const file = scheduler.backgroundLane('file');
    const live = scheduler.lane('live');
    for (const name of ['file1', 'file2', 'file3', 'file4']) void submit(file, 'final', name);
    await clock.advance(0);
    expect(engine.running).toBe(2);
    void submit(live, 'final', 'live1');
    await clock.advance(0);
    expect(started()).toEqual(['file1', 'file2', 'live1']);
    live.close();
    await clock.advance(100);
    expect(started()).toEqual(['file1', 'file2', 'live1', 'file3', 'file4']);
  });

  it('runs several jobs of a file at once, and takes turns between files', async () => {
    const { clock, scheduler, submit, started } = setUp({ maxConcurrent: 2 });
    const [a, b] = [scheduler.backgroundLane('a'), scheduler.backgroundLane('b')];
    for (const name of ['a1', 'a2', 'a3', 'a4']) void submit(a, 'final', name);
    for (const name of ['b1', 'b2']) void submit(b, 'final', name);
    await clock.advance(1_000);
    expect(started()).toEqual(['a1', 'a2', 'a3', 'b1', 'a4', 'b2']);
  });

  it('is given up with its lane or its signal', async () => {
    const { clock, scheduler, submit, settled } = setUp();
    const file = scheduler.backgroundLane('file');
    const stop = new AbortController();
    void submit(file, 'final', 'file1');
    void submit(file, 'final', 'file2', stop.signal);
    void submit(file, 'final', 'file3');
    await clock.advance(10);
    stop.abort();
    file.close();
    await clock.advance(1_000);
    expect(settled).toEqual(['file2 aborted', 'file3 aborted', 'file1 done']);
    expect(scheduler.load).toEqual({ running: 0, finals: 0, partials: 0, background: 0 });
  });
});

const action = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('partial' as const),
      lane: fc.nat(3),
      audioMs: fc.integer({ min: 10, max: 300 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('final' as const),
      lane: fc.nat(3),
      audioMs: fc.integer({ min: 10, max: 300 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(250) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('abort' as const), nth: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const) }) },
);

interface SubmittedJob {
  readonly name: string;
  readonly lane: number;
  readonly priority: DecodePriority;
  readonly abort: AbortController;
}

describe('the scheduler, whatever is asked of it', () => {
  it('settles every job, keeps a lane’s finals in order and ahead of partials, and never overloads the engine', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { maxLength: 60 }),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        async (actions, maxConcurrent, abort) => {
          const jobs: SubmittedJob[] = [];
          let finalsOvertaken = 0;
          const observer: EngineObserver = {
            started({ priority }) {
              if (priority === 'partial' && jobs.some(couldStart)) finalsOvertaken++;
            },
          };
          const { clock, engine, scheduler, submit, settled } = setUp({
            maxConcurrent,
            capabilities: { abort },
            observer,
          });
          const decodeOf = (job: SubmittedJob) => engine.decodes.find(({ prompt }) => prompt === job.name);
          const endOf = (job: SubmittedJob) =>
            settled.find((line) => line.startsWith(`${job.name} `))?.slice(job.name.length + 1);
          const isRunningFinal = (job: SubmittedJob) =>
            job.priority === 'final' && decodeOf(job)?.outcome === 'running';
          /** A final that only waits for the engine: its lane is not decoding another one. */
          const couldStart = (job: SubmittedJob) =>
            job.priority === 'final' &&
            !job.abort.signal.aborted &&
            !decodeOf(job) &&
            !jobs.some((other) => other.lane === job.lane && isRunningFinal(other));

          const lanes = [0, 1, 2, 3].map((id) => scheduler.lane(`${id}`));
          for (const step of actions) {
            if (step.do === 'wait') await clock.advance(step.ms);
            else if (step.do === 'abort') jobs.at(-1 - step.nth)?.abort.abort();
            else if (step.do === 'fail') engine.failNext();
            else {
              const job = {
                name: `${step.do}${jobs.length}`,
                lane: step.lane,
                priority: step.do,
                abort: new AbortController(),
              };
              jobs.push(job);
              const lane = lanes[step.lane] as DecodeLane;
              void submit(lane, step.do, job.name, job.abort.signal, step.audioMs);
            }
          }
          await clock.advance((jobs.length + 1) * 300);

          expect(jobs.filter((job) => endOf(job) === undefined)).toEqual([]);
          expect(scheduler.load).toEqual({ running: 0, finals: 0, partials: 0, background: 0 });
          expect(engine.peakConcurrent).toBeLessThanOrEqual(maxConcurrent);
          expect(finalsOvertaken).toBe(0);
          const finals = jobs.filter((job) => job.priority === 'final');
          // Nobody but its caller ends a final early.
          expect(finals.filter((job) => !job.abort.signal.aborted && endOf(job) === 'aborted')).toEqual([]);
          for (const lane of [0, 1, 2, 3]) {
            const asked = finals.filter((job) => job.lane === lane && endOf(job) === 'done');
            const answered = settled.filter((line) => asked.some((job) => line === `${job.name} done`));
            expect(answered).toEqual(asked.map((job) => `${job.name} done`));
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
