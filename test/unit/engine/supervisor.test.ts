import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DecodeResult,
  type Engine,
  type EngineCapabilities,
  EngineError,
} from '../../../src/core/engine/engine.ts';
import { ScriptedEngine, type ScriptedEngineOptions } from '../../../src/core/engine/scripted-engine.ts';
import { spellAudio, spellSentence } from '../../../src/core/engine/spelled-audio.ts';
import {
  type EngineState,
  MAX_BLAMED_IN_A_ROW,
  MAX_LOAD_MS,
  MIN_HANG_MS,
  SupervisedEngine,
} from '../../../src/core/engine/supervisor.ts';
import { VirtualClock } from '../../../src/core/foundation/virtual-clock.ts';
import { MemoryProcess } from './support/memory-process.ts';

const DECODE_MS = 100;
const A_MINUTE_MS = 60_000;
/** A decode of audio with this word crashes the process halfway through. */
const CRASHES = 900;
/** A decode of audio with this word never ends. */
const HANGS = 901;

type SetUpOptions = Partial<ScriptedEngineOptions> & {
  limit?: number;
  load?: (process: number) => Promise<Engine> | null;
};

function setUp(options: SetUpOptions = {}) {
  const { limit, load, ...engineOptions } = options;
  const clock = new VirtualClock();
  const processes: MemoryProcess[] = [];
  const engines: ScriptedEngine[] = [];
  const startProcess = () => {
    const index = processes.length;
    const process: MemoryProcess = new MemoryProcess(async () => {
      const special = load?.(index);
      if (special) return special;
      const engine = new ScriptedEngine({ clock, decodeMs: DECODE_MS, ...engineOptions });
      engines.push(engine);
      return {
        capabilities: engine.capabilities,
        model: engine.model,
        maxConcurrent: engine.maxConcurrent,
        decode: (request, decodeOptions) => {
          const decoding = engine.decode(request, decodeOptions);
          const words = engine.decodes.at(-1)?.wordIds ?? [];
          if (words.includes(CRASHES)) clock.setTimer(DECODE_MS / 2, () => process.crash());
          return words.includes(HANGS) ? new Promise<DecodeResult>(() => {}) : decoding;
        },
        close: () => engine.close(),
      };
    });
    processes.push(process);
    return process;
  };
  const engine = new SupervisedEngine({
    startProcess,
    spec: { kind: 'scripted' },
    clock,
    ...(limit === undefined ? {} : { maxConcurrent: limit }),
  });
  const states: EngineState[] = [];
  engine.onStateChange((state) => states.push(state));
  /** What settled, in order: the word decoded, or the error's code. */
  const settled: string[] = [];
  const decode = (word: number, signal?: AbortSignal) =>
    engine
      .decode({ audio: spellAudio(spellSentence([word])), language: 'en' }, signal ? { signal } : {})
      .then(
        (result) => void settled.push(`${word}${result.segments[0]?.text}`),
        (error) => void settled.push(`${word} ${error instanceof EngineError ? error.code : error}`),
      );
  const process = () => processes.at(-1) as MemoryProcess;
  /** Crashes each of three processes before it has decoded anything. */
  const crashThrice = async () => {
    for (let crash = 1; crash <= 3; crash++) {
      while (processes.length < crash) await clock.step();
      await clock.advance(DECODE_MS / 2);
      process().crash();
    }
    await clock.advance(0);
  };
  return { crashThrice, clock, engine, processes, engines, process, states, settled, decode };
}

describe('the supervised engine', () => {
  it('decodes what came while the model was still loading', async () => {
    const { clock, engine, decode, settled, states } = setUp();
    expect(engine.state).toBe('starting');
    void decode(201);
    await clock.advance(1_000);
    expect(settled).toEqual(['201 word201.']);
    expect(states).toEqual(['ready']);
  });

  it('tells the capabilities, model and concurrency of the engine it hosts', async () => {
    const { clock, engine } = setUp({
      maxConcurrent: 3,
      model: { name: 'tiny', multilingual: true },
      capabilities: { gpu: true },
    });
    await clock.advance(0);
    await engine.ready();
    expect(engine.model).toEqual({ name: 'tiny', multilingual: true });
    expect(engine.capabilities.gpu).toBe(true);
    expect(engine.maxConcurrent).toBe(3);
  });

  it('sends the engine no more than it may run at once', async () => {
    const { clock, decode, engines, settled } = setUp({ maxConcurrent: 4, limit: 2 });
    for (let word = 201; word < 206; word++) void decode(word);
    await clock.advance(1_000);
    expect(settled).toHaveLength(5);
    expect(engines[0]?.peakConcurrent).toBe(2);
  });

  it('does not mind the caller reusing its samples', async () => {
    const { clock, engine } = setUp();
    const audio = spellAudio(spellSentence([201]));
    const decode = engine.decode({ audio, language: 'en' });
    audio.fill(0);
    await clock.advance(1_000);
    expect((await decode).segments[0]?.text).toBe(' word201.');
  });

  it('passes on what the engine refuses', async () => {
    const { clock, engine } = setUp();
    const decode = engine.decode({ audio: new Float32Array(31 * 16_000), language: 'en' });
    const rejected = expect(decode).rejects.toMatchObject({ code: 'request_rejected' });
    await clock.advance(1_000);
    await rejected;
    expect(engine.restarts).toBe(0);
  });
});

describe('when the engine process dies', () => {
  it.each([0, 1, 10, 25, 50, 75, 90, 99, 100, 101])(
    'decodes everything all the same, in order, if it is killed after %i ms',
    async (afterMs) => {
      const { clock, engine, decode, process, settled } = setUp();
      for (const word of [201, 202, 203]) void decode(word);
      await clock.advance(afterMs);
      process().kill();
      await clock.advance(A_MINUTE_MS);
      expect(settled).toEqual(['201 word201.', '202 word202.', '203 word203.']);
      expect(engine.restarts).toBe(1);
    },
  );

  it('decodes all that ran at the same time again', async () => {
    const { clock, decode, process, settled } = setUp({ maxConcurrent: 3 });
    for (const word of [201, 202, 203, 204]) void decode(word);
    await clock.advance(50);
    process().crash();
    await clock.advance(A_MINUTE_MS);
    expect([...settled].sort()).toEqual(['201 word201.', '202 word202.', '203 word203.', '204 word204.']);
  });

  it('says that it restarts and when it is ready again', async () => {
    const { clock, process, states } = setUp();
    await clock.advance(0);
    process().crash();
    await clock.advance(A_MINUTE_MS);
    expect(states).toEqual(['ready', 'restarting', 'ready']);
  });

  it('waits longer before the second restart in a row', async () => {
    const { clock, process, processes } = setUp();
    const startedAtMs = [0];
    for (let crash = 0; crash < 2; crash++) {
      await clock.advance(0);
      process().crash();
      const before = processes.length;
      while (processes.length === before) await clock.step();
      startedAtMs.push(clock.now());
    }
    expect(startedAtMs).toEqual([0, 100, 1_100]);
  });

  it('does not blame a decode for a process that was killed from outside', async () => {
    const { clock, decode, process, settled } = setUp();
    void decode(201);
    for (let kill = 0; kill < 2; kill++) {
      await clock.advance(1_500);
      void decode(202);
      await clock.advance(50);
      process().kill();
    }
    await clock.advance(A_MINUTE_MS);
    expect(settled).toEqual(['201 word201.', '202 word202.', '202 word202.']);
  });

  it('gives up after three crashes in a row', async () => {
    const { clock, crashThrice, engine, decode, processes, settled, states } = setUp();
    await clock.advance(0);
    void decode(201);
    await crashThrice();
    await clock.advance(A_MINUTE_MS);
    await decode(202);
    expect(settled).toEqual(['201 engine_unavailable', '202 engine_unavailable']);
    expect(states.at(-1)).toBe('failed');
    expect(processes).toHaveLength(3);
    await expect(engine.ready()).rejects.toMatchObject({ code: 'engine_unavailable' });
  });

  it('gives up when it dies three times while loading', async () => {
    let die = () => {};
    const { clock, engine, process, processes } = setUp({
      load: () => {
        queueMicrotask(() => die());
        return new Promise<Engine>(() => {});
      },
    });
    die = () => process().crash();
    await clock.advance(A_MINUTE_MS);
    expect(engine.state).toBe('failed');
    expect(processes).toHaveLength(3);
  });

  it('forgets crashes once something was decoded', async () => {
    const { clock, engine, decode, process, settled } = setUp();
    for (let crash = 0; crash < 6; crash++) {
      await clock.advance(5_000);
      process().crash();
      await clock.advance(5_000);
      void decode(201 + crash);
    }
    await clock.advance(A_MINUTE_MS);
    expect(settled).toHaveLength(6);
    expect(engine.state).toBe('ready');
    expect(engine.restarts).toBe(6);
  });

  it('works again after an explicit restart', async () => {
    const { clock, crashThrice, engine, decode, settled } = setUp();
    await crashThrice();
    expect(engine.state).toBe('failed');
    void engine.restart();
    void decode(201);
    await clock.advance(5_000);
    expect(settled).toEqual(['201 word201.']);
    expect(engine.state).toBe('ready');
  });

  it('decodes again what an explicit restart interrupted', async () => {
    const { clock, engine, decode, processes, settled } = setUp();
    void decode(201);
    void decode(202);
    await clock.advance(50);
    void engine.restart();
    await clock.advance(5_000);
    expect(settled).toEqual(['201 word201.', '202 word202.']);
    expect(processes.map((process) => process.alive)).toEqual([false, true]);
  });
});

describe('when a request crashes the engine', () => {
  it('rejects that request and decodes the others', async () => {
    const { clock, engine, decode, settled } = setUp();
    for (const word of [201, CRASHES, 202]) void decode(word);
    await clock.advance(A_MINUTE_MS);
    expect(settled).toEqual(['201 word201.', '202 word202.', '900 request_rejected']);
    expect(engine.state).toBe('ready');
  });

  it('finds the guilty one among those that ran together', async () => {
    const { clock, decode, settled } = setUp({ maxConcurrent: 3 });
    for (const word of [201, CRASHES, 202, 203]) void decode(word);
    await clock.advance(A_MINUTE_MS);
    expect([...settled].sort()).toEqual([
      '201 word201.',
      '202 word202.',
      '203 word203.',
      '900 request_rejected',
    ]);
  });

  it('does not count such crashes against the engine', async () => {
    const { clock, engine, decode, settled } = setUp();
    for (let attempt = 0; attempt < 4; attempt++) void decode(CRASHES);
    await clock.advance(A_MINUTE_MS);
    void decode(201);
    await clock.advance(A_MINUTE_MS);
    expect(settled).toEqual([...Array(4).fill('900 request_rejected'), '201 word201.']);
    expect(engine.state).toBe('ready');
  });

  it('clears those that ran together with the guilty one', async () => {
    const { clock, decode, process, settled } = setUp({ maxConcurrent: 2 });
    void decode(CRASHES);
    void decode(202);
    while (!settled.includes('900 request_rejected')) await clock.step();
    await clock.advance(DECODE_MS / 2);
    // The second crash it sees, but not the second in a row: those in between were another's.
    process().crash();
    await clock.advance(A_MINUTE_MS);
    expect(settled).toEqual(['900 request_rejected', '202 word202.']);
  });

  it('forgets guilty requests once another was decoded', async () => {
    const { clock, engine, decode, settled } = setUp();
    for (let round = 0; round < 2; round++) {
      for (let attempt = 1; attempt < MAX_BLAMED_IN_A_ROW; attempt++) void decode(CRASHES);
      await clock.advance(A_MINUTE_MS);
      void decode(201);
      await clock.advance(A_MINUTE_MS);
    }
    expect(engine.state).toBe('ready');
    expect(settled.filter((line) => line === '201 word201.')).toHaveLength(2);
  });

  it('blames the engine if it crashes on whatever it is given but silence', async () => {
    const { clock, engine, decode, settled } = setUp();
    for (let attempt = 0; attempt < 8; attempt++) void decode(CRASHES);
    await clock.advance(A_MINUTE_MS);
    expect(settled).toEqual([
      ...Array(MAX_BLAMED_IN_A_ROW).fill('900 request_rejected'),
      ...Array(8 - MAX_BLAMED_IN_A_ROW).fill('900 engine_unavailable'),
    ]);
    expect(engine.state).toBe('failed');
  });

  it('blames the engine if it crashes over silence too', async () => {
    const { clock, engine, decode, process, settled } = setUp();
    void decode(CRASHES);
    await clock.advance(50); // crash
    await clock.advance(100 + 50); // second crash
    await clock.advance(1_050); // third start, and half of the silence
    expect(settled).toEqual([]);
    process().crash();
    await clock.advance(A_MINUTE_MS);
    expect(settled).toEqual(['900 engine_unavailable']);
    expect(engine.state).toBe('failed');
  });
});

describe('when the engine hangs', () => {
  it('ends it and decodes the others', async () => {
    const { clock, engine, decode, processes, settled } = setUp({ maxConcurrent: 2 });
    void decode(HANGS);
    await clock.advance(MIN_HANG_MS - 10);
    void decode(201);
    await clock.advance(20);
    expect(processes[0]?.alive).toBe(false);
    await clock.advance(10 * A_MINUTE_MS);
    expect(settled).toEqual(['201 word201.', '901 request_rejected']);
    expect(engine.state).toBe('ready');
  });

  it('grants long audio twenty times its duration', async () => {
    const { clock, engine, processes } = setUp({ decodeMs: 19 * 20_000 });
    const decode = engine.decode({ audio: new Float32Array(20 * 16_000), language: 'en' });
    await clock.advance(20 * 20_000);
    await decode;
    expect(processes).toHaveLength(1);
  });

  it('ends a load that does not come to an end', async () => {
    const { clock, decode, settled } = setUp({
      load: (index) => (index === 0 ? new Promise<Engine>(() => {}) : null),
    });
    void decode(201);
    await clock.advance(MAX_LOAD_MS + A_MINUTE_MS);
    expect(settled).toEqual(['201 word201.']);
  });
});

describe('when the model does not load', () => {
  const invalid = () => Promise.reject(new EngineError('model_invalid', 'The file is cut short.'));

  it('says why to everyone and does not try again', async () => {
    const { clock, engine, decode, processes, settled } = setUp({ load: invalid });
    void decode(201);
    await clock.advance(A_MINUTE_MS);
    await decode(202);
    expect(settled).toEqual(['201 model_invalid', '202 model_invalid']);
    await expect(engine.ready()).rejects.toMatchObject({
      code: 'model_invalid',
      message: 'The file is cut short.',
    });
    expect(processes.map((process) => process.alive)).toEqual([false]);
  });

  it('tries again when told to', async () => {
    const { clock, engine, decode, settled } = setUp({ load: (index) => (index === 0 ? invalid() : null) });
    await clock.advance(A_MINUTE_MS);
    void engine.restart();
    void decode(201);
    await clock.advance(A_MINUTE_MS);
    expect(settled).toEqual(['201 word201.']);
  });
});

describe('aborting a supervised decode', () => {
  const abortAfter = async (ms: number, capabilities: Partial<EngineCapabilities> = {}) => {
    const context = setUp({ capabilities });
    const abort = new AbortController();
    void context.decode(201);
    void context.decode(202, abort.signal);
    void context.decode(203);
    await context.clock.advance(ms);
    abort.abort();
    await context.clock.advance(0);
    return context;
  };

  it('drops it at once while it waits', async () => {
    const { clock, settled, process } = await abortAfter(50);
    expect(settled).toEqual(['202 aborted']);
    await clock.advance(1_000);
    expect(settled).toEqual(['202 aborted', '201 word201.', '203 word203.']);
    expect(process().received).toHaveLength(2);
  });

  it('stops it where the engine can', async () => {
    const { engines, settled } = await abortAfter(150);
    expect(settled).toEqual(['201 word201.', '202 aborted']);
    expect(engines[0]?.decodes[1]?.outcome).toBe('aborted');
  });

  it('drops its result where the engine cannot, once the engine is free', async () => {
    const { clock, settled } = await abortAfter(150, { abort: false });
    expect(settled).toEqual(['201 word201.']);
    await clock.advance(1_000);
    expect(settled).toEqual(['201 word201.', '202 aborted', '203 word203.']);
  });

  it('does not decode it again after a crash', async () => {
    const { clock, settled, process } = await abortAfter(150, { abort: false });
    process().crash();
    await clock.advance(A_MINUTE_MS);
    expect(settled).toEqual(['201 word201.', '202 aborted', '203 word203.']);
    expect(process().received).toHaveLength(1);
  });

  it('refuses a decode that was aborted before', async () => {
    const { decode, settled } = setUp();
    await decode(201, AbortSignal.abort());
    expect(settled).toEqual(['201 aborted']);
  });
});

describe('closing a supervised engine', () => {
  it('decodes what was asked for, then ends the process', async () => {
    const { clock, engine, decode, process, settled, states } = setUp();
    void decode(201);
    void decode(202);
    void engine.close().then(() => settled.push('closed'));
    void decode(203);
    await clock.advance(1_000);
    expect(settled).toEqual(['203 engine_unavailable', '201 word201.', '202 word202.', 'closed']);
    expect(process().alive).toBe(false);
    expect(states).toEqual(['ready', 'closed']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('decodes what was asked for even if the process dies meanwhile', async () => {
    const { clock, engine, decode, process, settled } = setUp();
    void decode(201);
    void decode(202);
    await clock.advance(50);
    void engine.close().then(() => settled.push('closed'));
    process().crash();
    await clock.advance(A_MINUTE_MS);
    expect(settled).toEqual(['202 word202.', '201 word201.', 'closed']);
  });

  it('may be asked for twice', async () => {
    const { clock, engine } = setUp();
    const both = Promise.all([engine.close(), engine.close()]);
    await clock.advance(1_000);
    await both;
    expect(engine.state).toBe('closed');
  });

  it('ends a process that does not end by itself', async () => {
    const { clock, engine, process } = setUp({
      load: async () => ({
        capabilities: { abort: false } as EngineCapabilities,
        model: { name: 'stuck', multilingual: false },
        maxConcurrent: 1,
        decode: () => new Promise(() => {}),
        close: () => new Promise(() => {}),
      }),
    });
    await clock.advance(0);
    const closed = engine.close();
    await clock.advance(4_000);
    expect(process().alive).toBe(true);
    await clock.advance(2_000);
    await closed;
    expect(process().alive).toBe(false);
  });

  it('closes an engine that has failed', async () => {
    const { clock, engine } = setUp({
      load: () => Promise.reject(new EngineError('model_invalid', 'No model.')),
    });
    await clock.advance(0);
    await engine.close();
    expect(engine.state).toBe('closed');
  });
});

const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('decode' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('decode guilty' as const) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(400) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('kill' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('abort' as const), nth: fc.nat(10) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
);

describe('the supervised engine, whatever befalls it', () => {
  it('answers every decode once, rejects none but the guilty and the aborted, and ends its processes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 40 }),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        async (events, maxConcurrent, abort) => {
          const { clock, engine, decode, process, processes, settled } = setUp({
            maxConcurrent,
            capabilities: { abort },
          });
          const innocent: { word: number; abort: AbortController }[] = [];
          let guilty = 0;
          for (const step of events) {
            if (step.do === 'wait') await clock.advance(step.ms);
            else if (step.do === 'kill') process().kill();
            else if (step.do === 'abort') innocent.at(-1 - step.nth)?.abort.abort();
            else if (step.do === 'restart') void Promise.allSettled([engine.restart()]);
            else if (step.do === 'decode guilty') {
              guilty++;
              void decode(CRASHES);
            } else {
              const job = { word: 201 + innocent.length, abort: new AbortController() };
              innocent.push(job);
              void decode(job.word, job.abort.signal);
            }
          }
          await clock.advance(60 * A_MINUTE_MS);
          const closed = engine.close();
          await clock.advance(A_MINUTE_MS);
          await closed;

          expect(settled).toHaveLength(innocent.length + guilty);
          expect(settled.filter((line) => line.startsWith('900') && line.includes('word'))).toEqual([]);
          // Enough kills and faults in a row bring it down for good; then, and only then, it may say so.
          const down = settled.some((line) => line.endsWith('engine_unavailable'));
          for (const { word, abort: aborting } of innocent) {
            const outcomes = settled.filter((line) => line.startsWith(`${word} `));
            const allowed = [`${word} word${word}.`];
            if (aborting.signal.aborted) allowed.push(`${word} aborted`);
            if (down) allowed.push(`${word} engine_unavailable`);
            expect(allowed).toContain(outcomes[0]);
            expect(outcomes).toHaveLength(1);
          }
          expect(processes.filter(({ alive }) => alive)).toEqual([]);
          expect(clock.pendingTimers).toBe(0);
        },
      ),
      { numRuns: 150 },
    );
  });
});
