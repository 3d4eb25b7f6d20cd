import { describe, expect, it } from 'vitest';
import { SurtitleError } from '../../../src/core/foundation/errors.ts';
import { CaptionBench } from './support/caption-bench.ts';
import { numbersIn } from './support/scripted-capture.ts';

const never = new Promise<void>(() => undefined);

describe('starting captions', () => {
  it('listens once sound comes', async () => {
    const bench = await new CaptionBench().listening();
    expect(bench.phases).toEqual(['starting', 'listening']);
    expect(bench.state).toEqual({
      phase: 'listening',
      source: 'microphone',
      sourceLabel: 'Desk microphone',
      path: 'microphone',
      startedAt: '2026-03-01T10:00:00.000Z',
      model: 'scripted',
      language: 'en',
      connection: 'open',
      audio: 'flowing',
      speaking: false,
      lagMs: 0,
      keeping: 'on',
      problem: null,
    });
  });

  it('starts nothing twice', async () => {
    const bench = new CaptionBench();
    void bench.captions.start();
    await bench.listening();
    expect([bench.opened, bench.capture.requests.length]).toEqual([1, 1]);
  });

  it('says why it could not, and can be tried again', async () => {
    const bench = new CaptionBench();
    bench.capture.failure = new SurtitleError('no_microphone', 'There is no microphone. Connect one.');
    await bench.listening();
    expect(bench.state).toMatchObject({
      phase: 'idle',
      problem: { code: 'no_microphone', severity: 'error' },
    });
    bench.capture.failure = null;
    await bench.listening();
    expect(bench.state).toMatchObject({ phase: 'listening', problem: null });
  });

  it('says why no session could be opened', async () => {
    const bench = new CaptionBench();
    bench.opening = Promise.reject(new SurtitleError('model_missing', 'The model is gone. Choose another.'));
    await bench.listening();
    expect(bench.state).toMatchObject({ phase: 'idle', problem: { code: 'model_missing' } });
    expect(bench.capture.holding).toBe(0);
  });

  it('loses no word said while the session is opened', async () => {
    const bench = new CaptionBench();
    let open = (): void => undefined;
    bench.opening = new Promise((resolve) => {
      open = resolve;
    });
    await bench.listening();
    open();
    await bench.clock.advance(1_000);
    expect(numbersIn(bench.server.session.audio).slice(0, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('tells that the model is being loaded until it is', async () => {
    const bench = new CaptionBench();
    bench.server.loaded = false;
    await bench.listening();
    // Before `ready` there is no session yet to say it to.
    expect(bench.state).toMatchObject({ phase: 'listening', connection: 'connecting', model: null });
    bench.server.load();
    await bench.clock.advance(1_000);
    expect(bench.state).toMatchObject({ connection: 'open', model: 'scripted' });
  });

  it('tells that the server cannot be reached, and goes on trying', async () => {
    const bench = new CaptionBench();
    bench.server.reachable = false;
    await bench.listening();
    expect(bench.state).toMatchObject({
      phase: 'listening',
      connection: 'connecting',
      problem: {
        code: 'connection_lost',
        message: expect.stringContaining('no connection to the server yet'),
      },
    });
    bench.server.reachable = true;
    await bench.clock.advance(10_000);
    expect(bench.state).toMatchObject({ connection: 'open', problem: null });
  });

  it('ends with advice when the server was never reached', async () => {
    const bench = new CaptionBench();
    bench.server.reachable = false;
    bench.maxRetries = 3;
    await bench.listening();
    await bench.clock.advance(30_000);
    expect(bench.state).toMatchObject({
      phase: 'idle',
      problem: {
        code: 'connection_failed',
        severity: 'error',
        message: expect.stringContaining('Is the server running'),
      },
    });
    expect(bench.capture.holding).toBe(0);
  });
});

describe('stopping captions', () => {
  it('waits for the last words, keeps them and says nothing more', async () => {
    const bench = await new CaptionBench().listening();
    void bench.captions.stop();
    bench.server.final('Goodbye.', 1);
    await bench.clock.advance(1_000);
    expect(bench.phases).toEqual(['starting', 'listening', 'stopping', 'idle']);
    expect([bench.texts, bench.kept]).toEqual([['—', 'Goodbye.'], ['Goodbye.']]);
    expect(bench.closed).toEqual([bench.capture.told.length * 20]);
  });

  it('sends every frame that the capture told before it ended', async () => {
    const bench = await new CaptionBench().listening();
    await Promise.all([bench.captions.stop(), bench.clock.advance(1_000)]);
    expect(numbersIn(bench.server.session.audio)).toEqual(bench.capture.told);
  });

  it('does not wait for a permission nobody gives', async () => {
    const bench = new CaptionBench();
    bench.capture.startMs = 1_000_000;
    await bench.listening();
    await Promise.all([bench.captions.stop(), bench.clock.advance(10)]);
    expect(bench.phases).toEqual(['starting', 'stopping', 'idle']);
  });

  it('ends a capture that starts late', async () => {
    const bench = new CaptionBench();
    bench.capture.startMs = 5_000;
    await bench.listening();
    await Promise.all([bench.captions.stop(), bench.clock.advance(10_000)]);
    expect([bench.capture.holding, bench.state.phase, bench.state.audio]).toEqual([0, 'idle', 'none']);
  });

  it('does not wait for a session that is never opened, where nothing was heard', async () => {
    const bench = new CaptionBench();
    bench.opening = never;
    bench.capture.startMs = 5_000;
    await bench.listening();
    await Promise.all([bench.captions.stop(), bench.clock.advance(10)]);
    expect(bench.state.phase).toBe('idle');
  });

  it('says so when the last words cannot be had', async () => {
    const bench = await new CaptionBench().listening();
    bench.server.reachable = false;
    bench.server.cut();
    await bench.clock.advance(500);
    await Promise.all([bench.captions.stop(), bench.clock.advance(12_000)]);
    expect(bench.state).toMatchObject({
      phase: 'idle',
      problem: { code: 'transcript_incomplete', severity: 'notice' },
    });
  });

  it('can be started again at once, and shows the last words of before first', async () => {
    const bench = await new CaptionBench().listening();
    const first = bench.server.session;
    void bench.captions.stop();
    void bench.captions.start();
    bench.server.final('Goodbye.', 1, first);
    await bench.clock.advance(1_000);
    bench.server.final('Hello again.', 1);
    await bench.clock.advance(1_000);
    expect(bench.texts).toEqual(['—', 'Goodbye.', '—', 'Hello again.']);
    expect([bench.state.phase, bench.capture.mostHeld]).toEqual(['listening', 1]);
  });

  it('withdraws what was never made final', async () => {
    const bench = await new CaptionBench().listening();
    bench.maxRetries = 0;
    bench.server.say({
      type: 'partial',
      segment_id: 1,
      revision: 1,
      text: 'half a',
      stable_text: '',
      start_ms: 0,
      end_ms: 0,
    });
    await bench.clock.advance(100);
    expect(bench.captions.snapshot.partial).toMatchObject({ text: 'half a' });
    await Promise.all([bench.captions.stop(), bench.clock.advance(1_000)]);
    expect(bench.captions.snapshot.partial).toBeNull();
    expect(bench.messages.at(-1)).toMatchObject({ type: 'partial', revision: 2, text: '' });
  });
});

describe('pausing captions', () => {
  it('captures nothing and makes final what was said', async () => {
    const bench = await new CaptionBench().listening();
    await Promise.all([bench.captions.pause(), bench.clock.advance(100)]);
    const told = bench.capture.told.length;
    await bench.clock.advance(60_000);
    expect(bench.state).toMatchObject({ phase: 'paused', audio: 'none', connection: 'open' });
    expect([bench.capture.holding, bench.capture.told.length]).toEqual([0, told]);
    expect(bench.server.session.flushes).toHaveLength(1);
    expect(numbersIn(bench.server.session.audio)).toEqual(bench.capture.told);
  });

  it('goes on in the same session', async () => {
    const bench = await new CaptionBench().listening();
    await Promise.all([bench.captions.pause(), bench.clock.advance(100)]);
    await Promise.all([bench.captions.resume(), bench.clock.advance(1_000)]);
    expect(bench.state).toMatchObject({ phase: 'listening', audio: 'flowing' });
    await Promise.all([bench.captions.stop(), bench.clock.advance(1_000)]);
    expect(bench.server.sessions).toHaveLength(1);
    expect(numbersIn(bench.server.session.audio)).toEqual(bench.capture.told);
  });

  it('can be done before sound comes', async () => {
    const bench = new CaptionBench();
    void bench.captions.start();
    await bench.clock.advance(10);
    void bench.captions.pause();
    await bench.clock.advance(1_000);
    expect([bench.state.phase, bench.capture.holding]).toEqual(['paused', 0]);
  });

  it('stays paused, and says why, where sound cannot be had again', async () => {
    const bench = await new CaptionBench().listening();
    await Promise.all([bench.captions.pause(), bench.clock.advance(100)]);
    bench.capture.failure = new SurtitleError('device_busy', 'Another program has the microphone. Close it.');
    await Promise.all([bench.captions.resume(), bench.clock.advance(1_000)]);
    expect(bench.state).toMatchObject({ phase: 'paused', problem: { code: 'device_busy' } });
    bench.capture.failure = null;
    await Promise.all([bench.captions.resume(), bench.clock.advance(1_000)]);
    expect(bench.state).toMatchObject({ phase: 'listening', problem: null });
  });

  it('ends in what was wanted last, however fast it is wanted', async () => {
    const bench = await new CaptionBench().listening();
    for (let round = 0; round < 5; round++) {
      void bench.captions.pause();
      void bench.captions.resume();
    }
    await bench.clock.advance(1_000);
    expect([bench.state.phase, bench.capture.holding, bench.capture.mostHeld]).toEqual(['listening', 1, 1]);
  });
});

describe('another source', () => {
  it('is taken in the same session, without two captures at once', async () => {
    const bench = await new CaptionBench().listening();
    bench.wanted = { ...bench.wanted, source: 'system' };
    await Promise.all([bench.captions.changeSource(), bench.clock.advance(1_000)]);
    expect(bench.state).toMatchObject({ phase: 'listening', source: 'system', audio: 'flowing' });
    expect([bench.capture.mostHeld, bench.server.sessions.length]).toEqual([1, 1]);
  });

  it('is taken at the next resume while paused', async () => {
    const bench = await new CaptionBench().listening();
    await Promise.all([bench.captions.pause(), bench.clock.advance(100)]);
    bench.wanted = { ...bench.wanted, source: 'both' };
    await Promise.all([bench.captions.changeSource(), bench.clock.advance(100)]);
    expect([bench.state.phase, bench.capture.requests.length]).toEqual(['paused', 1]);
    await Promise.all([bench.captions.resume(), bench.clock.advance(1_000)]);
    expect(bench.capture.requests.at(-1)).toMatchObject({ source: 'both' });
  });

  it('pauses, with the reason, where it cannot be had', async () => {
    const bench = await new CaptionBench().listening();
    bench.capture.failure = new SurtitleError('system_audio_unavailable', 'Install pulseaudio-utils.');
    await Promise.all([bench.captions.changeSource(), bench.clock.advance(1_000)]);
    expect(bench.state).toMatchObject({
      phase: 'paused',
      audio: 'none',
      problem: { code: 'system_audio_unavailable', severity: 'error' },
    });
  });
});

describe('a new session while captions run', () => {
  it('misses nothing, hears nothing twice, and shows the last words of the old one first', async () => {
    const bench = await new CaptionBench().listening();
    const first = bench.server.session;
    bench.captions.renewSession();
    bench.server.final('The old one.', 1, first);
    await bench.clock.advance(1_000);
    bench.server.final('The new one.', 1);
    await Promise.all([bench.captions.stop(), bench.clock.advance(1_000)]);
    expect(bench.phases).toEqual(['starting', 'listening', 'stopping', 'idle']);
    expect(bench.texts).toEqual(['—', 'The old one.', '—', 'The new one.']);
    expect(numbersIn(bench.server.sessions.flatMap(({ audio }) => audio))).toEqual(bench.capture.told);
    expect(bench.capture.requests).toHaveLength(1);
  });

  it('takes over what nobody heard yet', async () => {
    const bench = new CaptionBench();
    bench.opening = never;
    await bench.listening();
    bench.opening = Promise.resolve();
    bench.captions.renewSession();
    await Promise.all([bench.clock.advance(1_000)]);
    await Promise.all([bench.captions.stop(), bench.clock.advance(1_000)]);
    expect(numbersIn(bench.server.session.audio)).toEqual(bench.capture.told);
  });

  it('does not wait for ever for the old one', async () => {
    const bench = await new CaptionBench().listening();
    bench.server.reachable = false;
    bench.server.cut();
    await bench.clock.advance(100);
    bench.captions.renewSession();
    bench.server.reachable = true;
    bench.server.loaded = false;
    await bench.clock.advance(10_500);
    bench.server.load();
    await bench.clock.advance(1_000);
    expect(bench.server.sessions).toHaveLength(2);
    expect(bench.state).toMatchObject({ phase: 'listening', connection: 'open' });
  });
});
