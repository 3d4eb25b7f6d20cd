import { describe, expect, it } from 'vitest';
import type { CaptureStatus } from '../../../src/core/captions/capture-types.ts';
import { NOTICE_MS } from '../../../src/core/captions/problem-board.ts';
import { CaptionBench } from './support/caption-bench.ts';
import { FLOWING } from './support/scripted-capture.ts';

const LOST = {
  state: 'lost',
  code: 'device_lost',
  message: 'The microphone was unplugged. Plug it in again.',
} as const;

const SUBSTITUTE = { ...FLOWING, label: 'Laptop', substitute: true } as CaptureStatus;

describe('a device', () => {
  it('that is away is told, and that it is back, for a while', async () => {
    const bench = await new CaptionBench().listening();
    bench.capture.status(LOST);
    expect(bench.state).toMatchObject({
      phase: 'listening',
      audio: 'lost',
      problem: { code: 'device_lost', severity: 'warning', message: LOST.message },
    });
    await bench.clock.advance(7_000);
    bench.capture.status(FLOWING);
    expect(bench.state).toMatchObject({
      audio: 'flowing',
      problem: {
        severity: 'notice',
        message: 'Sound comes again from “Desk microphone”. For 7 seconds nothing was heard.',
      },
    });
    await bench.clock.advance(NOTICE_MS);
    expect(bench.state.problem).toBeNull();
  });

  it('that is used instead of the one that was chosen is told until that is back', async () => {
    const bench = await new CaptionBench().listening();
    bench.capture.status(SUBSTITUTE);
    expect(bench.state).toMatchObject({
      audio: 'flowing',
      sourceLabel: 'Laptop',
      problem: {
        code: 'microphone_missing',
        severity: 'warning',
        message: '“Desk microphone” is not connected. Surtitle listens to “Laptop” until it is back.',
      },
    });
    bench.capture.status(FLOWING);
    expect(bench.state).toMatchObject({ sourceLabel: 'Desk microphone', problem: null });
  });

  it('that gives digital silence is told, without a warning that stays', async () => {
    const bench = await new CaptionBench().listening();
    bench.capture.status({ state: 'silent', label: 'Desk microphone', forMs: 5_000 });
    expect(bench.state).toMatchObject({ phase: 'listening', audio: 'silent' });
    bench.capture.status(FLOWING);
    expect(bench.state).toMatchObject({ audio: 'flowing', problem: null });
  });

  it('that is gone for good ends captions, with the reason', async () => {
    const bench = await new CaptionBench().listening();
    bench.capture.status({ state: 'ended', code: 'sharing_ended', message: 'You ended the sharing.' });
    await bench.clock.advance(1_000);
    expect(bench.state).toMatchObject({
      phase: 'idle',
      problem: { code: 'sharing_ended', severity: 'notice', message: 'You ended the sharing.' },
    });
    expect(bench.capture.holding).toBe(0);
  });

  it('that is away while the server is too leaves the other problem when it is back', async () => {
    const bench = await new CaptionBench().listening();
    bench.server.reachable = false;
    bench.server.cut();
    bench.capture.status(LOST);
    await bench.clock.advance(100);
    expect(bench.state.problem?.code).toBe('connection_lost');
    bench.server.reachable = true;
    await bench.clock.advance(10_000);
    expect(bench.state).toMatchObject({ connection: 'open', problem: { code: 'device_lost' } });
  });
});

describe('a connection', () => {
  it('that breaks is told with its reason, and goes on with nothing lost', async () => {
    const bench = await new CaptionBench().listening();
    bench.server.reachable = false;
    bench.server.cut();
    await bench.clock.advance(3_000);
    expect(bench.state).toMatchObject({
      phase: 'listening',
      connection: 'lost',
      problem: {
        code: 'connection_lost',
        message:
          'The connection to the server was lost. The connection broke. Surtitle keeps trying, and keeps what is said meanwhile.',
      },
    });
    bench.server.reachable = true;
    await bench.clock.advance(5_000);
    expect(bench.state).toMatchObject({
      connection: 'open',
      problem: { code: 'connection_back', severity: 'notice' },
    });
    await Promise.all([bench.captions.stop(), bench.clock.advance(1_000)]);
    expect(bench.closed).toEqual([bench.capture.told.length * 20]);
    expect(bench.server.sessions).toHaveLength(1);
  });

  it('that is away for longer than sound can be held says what is lost, until it is back', async () => {
    const bench = new CaptionBench();
    bench.maxRetries = 100;
    await bench.listening();
    bench.server.reachable = false;
    bench.server.cut();
    await bench.clock.advance(65_000);
    expect(bench.state).toMatchObject({
      phase: 'listening',
      problem: { code: 'audio_lost', severity: 'error' },
    });
    bench.server.reachable = true;
    await bench.clock.advance(6_000);
    expect(bench.state).toMatchObject({
      connection: 'open',
      problem: { code: 'audio_was_lost', severity: 'notice' },
    });
  });

  it('that is lost for good ends captions, with advice', async () => {
    const bench = new CaptionBench();
    bench.maxRetries = 2;
    await bench.listening();
    bench.server.reachable = false;
    bench.server.cut();
    await bench.clock.advance(10_000);
    expect(bench.state).toMatchObject({
      phase: 'idle',
      problem: { code: 'retries_exhausted', severity: 'error' },
    });
    expect(bench.capture.holding).toBe(0);
  });

  it('whose server ends the session ends captions, and says so', async () => {
    const bench = await new CaptionBench().listening();
    const { session } = bench.server;
    bench.server.say({
      type: 'session_ended',
      message: 'Closing time.',
      reason: 'error',
      audio_ms: 0,
      last_seq: 1,
      seq: ++session.seq,
    });
    await bench.clock.advance(1_000);
    expect(bench.state).toMatchObject({
      phase: 'idle',
      problem: {
        code: 'session_ended',
        message: 'The server ended the captions. It said: Closing time. Start them again.',
      },
    });
  });

  it('whose server cannot keep up tells how far it is behind', async () => {
    const bench = await new CaptionBench().listening();
    bench.server.say({ type: 'flow', state: 'slow', lag_ms: 6_000 });
    await bench.clock.advance(10);
    expect(bench.state.lagMs).toBe(6_000);
    bench.server.say({ type: 'flow', state: 'ok', lag_ms: 0 });
    await bench.clock.advance(10);
    expect(bench.state.lagMs).toBe(0);
  });

  it('whose server says what is not as wanted passes it on until it is connected anew', async () => {
    const bench = new CaptionBench();
    bench.server.loaded = false;
    await bench.listening();
    bench.captions.tell(null);
    expect(bench.state.problem).toBeNull();
    bench.server.load();
    await bench.clock.advance(100);
    bench.server.say({
      type: 'error',
      code: 'model_loading',
      message: 'The model is being loaded.',
      fatal: false,
      retryable: false,
    });
    await bench.clock.advance(10);
    expect(bench.state.problem).toMatchObject({ code: 'model_loading', severity: 'warning' });
    bench.server.cut();
    await bench.clock.advance(1_000);
    expect(bench.state.problem).toMatchObject({ code: 'connection_back' });
  });
});

describe('a history', () => {
  it('that does not take a caption is told, and the caption is shown all the same', async () => {
    const bench = await new CaptionBench().listening();
    bench.keep = () => Promise.reject(new Error('no space left on device'));
    bench.server.final('Shown all the same.', 1);
    await bench.clock.advance(100);
    expect(bench.texts).toEqual(['—', 'Shown all the same.']);
    expect(bench.state).toMatchObject({ keeping: 'failing', problem: { code: 'journal_unwritable' } });
  });

  it('is written before a caption is shown', async () => {
    const bench = await new CaptionBench().listening();
    let write = (): void => undefined;
    bench.keep = () =>
      new Promise((resolve) => {
        write = resolve;
      });
    bench.server.final('Kept first.', 1);
    await bench.clock.advance(100);
    expect(bench.texts).toEqual(['—']);
    write();
    await bench.clock.advance(1);
    expect(bench.texts).toEqual(['—', 'Kept first.']);
  });
});

describe('a window that opens late', () => {
  it('is shown the last 200 finals and the partial', async () => {
    const bench = await new CaptionBench().listening();
    for (let segment = 1; segment <= 205; segment++) bench.server.final(`Sentence ${segment}.`, segment);
    bench.server.say({
      type: 'partial',
      segment_id: 206,
      revision: 1,
      text: 'and then',
      stable_text: '',
      start_ms: 0,
      end_ms: 0,
    });
    await bench.clock.advance(100);
    const { finals, partial } = bench.captions.snapshot;
    expect([finals.length, finals[0]?.text, partial?.text]).toEqual([200, 'Sentence 6.', 'and then']);
  });
});
