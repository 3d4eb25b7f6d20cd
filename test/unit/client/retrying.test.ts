import { describe, expect, it } from 'vitest';
import { ack, Bench, ready, sessionEnded } from './support/bench.ts';

/** Lets every attempt fail until the client gives up; returns the waits between them, in seconds. */
async function waits(bench: Bench, fail: (bench: Bench) => void): Promise<number[]> {
  const startedAt: number[] = [];
  while (!bench.done) {
    startedAt.push(bench.clock.now());
    const before = bench.sockets.length;
    fail(bench);
    await bench.settle();
    while (bench.sockets.length === before && (await bench.clock.step()));
  }
  return startedAt.slice(1).map((at, index) => (at - (startedAt[index] as number)) / 1000);
}

describe('connecting again', () => {
  it('happens at once, then after doubling times of which half is jitter, ten times', async () => {
    const bench = new Bench({ random: () => 0 });
    expect(await waits(bench, ({ socket }) => socket.lose())).toEqual([0, 0.5, 1, 2, 4, 8, 16, 30, 30, 30]);
    expect(bench.error).toMatchObject({ code: 'connection_failed' });
    const late = new Bench({ random: () => 0.999_999 });
    expect((await waits(late, ({ socket }) => socket.lose())).map(Math.round)).toEqual([
      0, 1, 2, 4, 8, 16, 32, 60, 60, 60,
    ]);
  });

  it('is tried at least every 5 seconds while the server may still hold the session', async () => {
    const bench = new Bench({ random: () => 0.999_999, maxRetries: 20 });
    bench.ready();
    const seconds = (await waits(bench, ({ socket }) => socket.lose())).map(Math.round);
    const inWindow = seconds.slice(0, 14);
    expect(inWindow).toEqual([0, 1, 2, 4, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5]);
    expect(seconds.slice(14)).toEqual([5, 60, 60, 60, 60, 60]);
    expect(bench.error).toMatchObject({ code: 'retries_exhausted' });
  });

  it('waits no longer than it is told to', async () => {
    const bench = new Bench({ random: () => 0.999_999, maxBackoffMs: 3_000 });
    expect((await waits(bench, ({ socket }) => socket.lose())).map(Math.round)).toEqual([
      0, 1, 2, 3, 3, 3, 3, 3, 3, 3,
    ]);
  });

  it('does not wait where it is told to try now', async () => {
    const bench = new Bench();
    bench.ready();
    await bench.reconnect();
    bench.socket.lose();
    bench.client.retryNow();
    await bench.settle();
    expect(bench.sockets).toHaveLength(3);
    bench.client.retryNow();
    await bench.settle();
    expect(bench.sockets).toHaveLength(3);
  });

  it('starts counting again after 10 good seconds, and not before', async () => {
    const bench = new Bench({ maxRetries: 2 });
    bench.ready();
    const attempts = () =>
      bench.of('connection').flatMap((event) => (event.state === 'connecting' ? [event.attempt] : []));
    for (let round = 0; round < 4; round++) {
      await bench.advance(9_000);
      bench.socket.say(ack(0, 0));
      await bench.advance(1_000);
      await bench.reconnect();
      bench.ready({ resumed: true });
    }
    expect(attempts()).toEqual([0, 1, 1, 1, 1]);
    await bench.advance(9_999);
    await bench.reconnect();
    expect(attempts().at(-1)).toBe(2);
    bench.socket.lose();
    await bench.settle();
    expect(bench.error).toMatchObject({ code: 'retries_exhausted' });
  });

  it('can be turned off', async () => {
    const bench = new Bench({ maxRetries: 0 });
    bench.socket.lose(1006, '');
    await bench.settle();
    expect(bench.error).toMatchObject({
      code: 'connection_failed',
      message: expect.stringContaining('Is the server running'),
    });
    expect(bench.sockets).toHaveLength(1);
  });

  it.each([1001, 1005, 1006, 1011, 1013, 4408, 4429, 4999])('is tried after close %i', async (code) => {
    const bench = new Bench();
    bench.ready();
    await bench.reconnect();
    bench.ready({ resumed: true }).lose(code);
    await bench.advance(60_000);
    expect(bench.sockets.length).toBeGreaterThan(2);
  });

  it.each([1000, 1002, 1003, 1007, 1008, 1009, 4400, 4401, 4409])(
    'is not tried after close %i',
    async (code) => {
      const bench = new Bench();
      bench.ready().lose(code, 'For a reason.');
      await bench.advance(120_000);
      expect(bench.sockets).toHaveLength(1);
      expect(bench.error).toMatchObject({
        code: 'closed_unexpectedly',
        message: expect.stringContaining(`${code}: For a reason.`),
      });
      expect(bench.clock.pendingTimers).toBe(0);
    },
  );

  it.each([
    [400, 'upgrade_refused', 'Surtitle server'],
    [401, 'unauthorized', 'token'],
    [403, 'upgrade_refused', '--allow-origin'],
    [404, 'upgrade_refused', '/ws'],
    [421, 'upgrade_refused', '--allow-host'],
  ])('is not tried after HTTP %i, which is explained', async (status, code, hint) => {
    const bench = new Bench();
    bench.socket.refuse(status);
    await bench.advance(120_000);
    expect(bench.sockets).toHaveLength(1);
    expect(bench.error).toMatchObject({ code, message: expect.stringContaining(hint) });
  });

  it('is made with the token of that moment: a replaced one ends no captions', async () => {
    let token = 'first';
    const bench = new Bench({ token: () => token });
    token = 'second';
    bench.ready().lose(1001, 'Another model is loaded.');
    await bench.advance(0);
    expect(bench.sockets.map(({ request }) => request.token)).toEqual(['first', 'second']);
  });

  it.each([429, 500, 502, 503])('is tried after HTTP %i', async (status) => {
    const bench = new Bench();
    bench.socket.refuse(status);
    await bench.advance(0);
    expect(bench.sockets).toHaveLength(2);
  });
});

describe('a fatal error', () => {
  it('is what iteration throws, rather than the close that follows', async () => {
    const bench = new Bench();
    bench.socket.open().say({
      type: 'error',
      code: 'bad_config',
      message: 'config.channels is not acceptable. Send 1 or 2.',
      fatal: true,
      retryable: false,
      param: 'channels',
    });
    bench.socket.lose(4400, 'cut off');
    await bench.settle();
    expect(bench.error).toMatchObject({
      name: 'ProtocolError',
      code: 'bad_config',
      param: 'channels',
      message: 'config.channels is not acceptable. Send 1 or 2.',
    });
    expect(bench.events.at(-1)).toEqual({ type: 'connection', state: 'closed', complete: false });
  });

  it('that is not to be tried again is not, whatever the close code', async () => {
    const bench = new Bench();
    bench
      .ready()
      .say({
        type: 'error',
        code: 'engine_error',
        message: 'The prompt crashes the engine.',
        fatal: true,
        retryable: false,
      })
      .lose(1011);
    await bench.advance(120_000);
    expect(bench.sockets).toHaveLength(1);
    expect(bench.error).toMatchObject({ code: 'engine_error', message: 'The prompt crashes the engine.' });
  });

  it('that may be tried again is the reason the user is told', async () => {
    const bench = new Bench();
    bench.ready().say({
      type: 'error',
      code: 'server_shutdown',
      message: 'The server is shutting down.',
      fatal: true,
      retryable: true,
    });
    bench.socket.lose(1001, 'x');
    await bench.advance(0);
    expect(bench.of('connection')).toContainEqual({
      type: 'connection',
      state: 'lost',
      reason: 'The server is shutting down.',
      retry_in_ms: 0,
    });
    expect(bench.of('error')).toEqual([]);
  });

  it('before a session_ended is thrown after it', async () => {
    const bench = new Bench();
    bench
      .ready()
      .say(
        { type: 'error', code: 'engine_error', message: 'Broken.', fatal: true, retryable: false },
        sessionEnded(1, 'error'),
      );
    await bench.settle();
    expect(bench.of('session_ended')).toHaveLength(1);
    expect(bench.error).toMatchObject({ code: 'engine_error', message: 'Broken.' });
  });

  it('with a code of a newer server is understood by what it says of itself', async () => {
    const bench = new Bench();
    bench.ready().say({
      type: 'error',
      code: 'quota_used_up',
      message: 'Come back tomorrow.',
      fatal: true,
      retryable: false,
    });
    bench.socket.lose(4999);
    await bench.settle();
    expect(bench.error).toMatchObject({ code: 'quota_used_up', message: 'Come back tomorrow.' });
  });

  it('that is not fatal is an event', async () => {
    const bench = new Bench();
    const notice = {
      type: 'error',
      code: 'model_loading',
      message: 'Loading.',
      fatal: false,
      retryable: false,
    } as const;
    bench.socket.open().say(notice, ready());
    await bench.settle();
    expect(bench.of('error')).toEqual([notice]);
    expect(bench.client.state).toBe('streaming');
  });
});
