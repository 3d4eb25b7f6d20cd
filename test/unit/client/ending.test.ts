import { describe, expect, it } from 'vitest';
import { EventQueue } from '../../../src/core/client/event-queue.ts';
import { ack, audio, audioMs, Bench, final, partial, ready, sessionEnded } from './support/bench.ts';

describe('close', () => {
  it('ends the input, waits for the end of the session, and closes with 1000', async () => {
    const bench = new Bench();
    bench.ready();
    bench.client.pushFrame(audio(4));
    const closing = bench.client.close();
    expect(bench.socket.frames.at(-1)).toEqual({ type: 'end_of_stream' });
    await bench.advance(1_000);
    bench.socket.say(final(1), sessionEnded(2));
    await expect(closing).resolves.toEqual({ complete: true });
    expect(bench.socket.closed).toBe(1000);
    await bench.settle();
    expect(bench.events.at(-1)).toEqual({ type: 'connection', state: 'closed', complete: true });
    expect([bench.done, bench.error, bench.warnings]).toEqual([true, null, []]);
    await expect(bench.client.close()).resolves.toEqual({ complete: true });
  });

  it('gives up after 10 seconds without a message, and says that words may be missing', async () => {
    const bench = new Bench();
    bench.ready();
    const closing = bench.client.close();
    await bench.advance(9_000);
    bench.socket.say({ type: 'draining', queued_ms: 100 });
    await bench.advance(9_999);
    expect(bench.done).toBe(false);
    await bench.advance(1);
    await expect(closing).resolves.toEqual({ complete: false });
    expect(bench.socket.closed).toBe(1000);
    expect(bench.warnings).toEqual([expect.stringMatching(/may be incomplete.*10 seconds/u)]);
    expect(bench.error).toBeNull();
    expect(bench.clock.pendingTimers).toBe(0);
  });

  it('gives up after 60 seconds even while messages arrive', async () => {
    const bench = new Bench();
    bench.ready();
    const closing = bench.client.close();
    for (let second = 0; second < 60; second++) {
      expect(bench.done).toBe(false);
      bench.socket.say({ type: 'draining', queued_ms: 100 });
      await bench.advance(1_000);
    }
    await expect(closing).resolves.toEqual({ complete: false });
    expect(bench.warnings).toEqual([expect.stringMatching(/may be incomplete.*60 seconds/u)]);
  });

  it('still connects again when the connection is lost meanwhile', async () => {
    const bench = new Bench();
    bench.ready();
    bench.client.pushFrame(audio(4));
    const closing = bench.client.close();
    await bench.reconnect();
    bench.ready({ resumed: true, next_sample: 4 }).say(sessionEnded(1));
    await expect(closing).resolves.toEqual({ complete: true });
  });

  it('is answered as well where the stream fails', async () => {
    const bench = new Bench();
    const closing = bench.client.close();
    bench.socket.refuse(403);
    await expect(closing).resolves.toEqual({ complete: false });
    expect(bench.clock.pendingTimers).toBe(0);
  });

  it('is not complete where there is a gap, or where the server ended the session by itself', async () => {
    const gap = new Bench({ checkInvariants: false });
    gap.ready();
    for (let second = 1; second <= 65; second++) {
      gap.client.pushFrame(audioMs(1_000));
      gap.socket.say(ack(second * 16_000, 0));
    }
    await gap.reconnect();
    gap.ready({ next_sample: 5 * 16_000 });
    gap.client.endInput();
    gap.socket.say(sessionEnded(1));
    await expect(gap.client.close()).resolves.toEqual({ complete: false });

    const early = new Bench();
    early.ready().say(sessionEnded(1));
    await expect(early.client.close()).resolves.toEqual({ complete: false });
  });
});

describe('giving up', () => {
  it('by abort() closes with 1000 at once and ends the iteration', async () => {
    const bench = new Bench();
    bench.ready();
    bench.client.abort();
    bench.client.abort();
    await bench.settle();
    expect(bench.socket.closed).toBe(1000);
    expect([bench.done, bench.error]).toEqual([true, null]);
    expect(bench.clock.pendingTimers).toBe(0);
  });

  it('while waiting for the next attempt leaves no timer', async () => {
    const bench = new Bench();
    bench.socket.lose();
    bench.client.abort();
    expect(bench.clock.pendingTimers).toBe(0);
    await bench.advance(120_000);
    expect(bench.sockets).toHaveLength(1);
  });

  it('by an AbortSignal throws from the iteration, with the reason as its cause', async () => {
    const controller = new AbortController();
    const bench = new Bench({ signal: controller.signal });
    bench.ready();
    controller.abort('enough');
    await bench.settle();
    expect(bench.error).toMatchObject({ code: 'aborted', cause: 'enough' });
    expect(bench.socket.closed).toBe(1000);
  });

  it('by an AbortSignal that fired before connects to nothing', async () => {
    const bench = new Bench({ signal: AbortSignal.abort() });
    await bench.settle();
    expect(bench.sockets).toEqual([]);
    expect(bench.error).toMatchObject({ code: 'aborted' });
  });
});

describe('iteration', () => {
  it('ends after session_ended, and the client never connects again, whatever the close code', async () => {
    const bench = new Bench();
    const socket = bench.ready();
    bench.client.endInput();
    socket.say(sessionEnded(1));
    socket.lose(1011);
    await bench.advance(120_000);
    expect(bench.events.slice(-2).map(({ type }) => type)).toEqual(['session_ended', 'connection']);
    expect([bench.done, bench.error, bench.sockets.length]).toEqual([true, null, 1]);
  });

  it('leaves acknowledgements out', async () => {
    const bench = new Bench();
    bench.ready().say(ack(0, 0), { type: 'flow', state: 'slow', lag_ms: 6_000 });
    await bench.settle();
    expect(bench.events.map(({ type }) => type)).toEqual(['connection', 'connection', 'flow']);
  });

  it('reports what breaks the schema, and goes on', async () => {
    const bench = new Bench();
    bench
      .ready()
      .sayRaw('{"type":"ack","received_samples":"many"}')
      .sayRaw('nonsense')
      .sayRaw(Uint8Array.of(1, 2))
      .sayRaw('{"type":"snapshot","finals":[]}')
      .sayRaw('{"type":"speaker_changed"}')
      .say(ready(), final(1));
    await bench.settle();
    expect(bench.of('violation').map(({ message }) => message)).toEqual([
      expect.stringContaining('"ack" message'),
      expect.stringContaining('not JSON'),
      expect.stringContaining('binary frame'),
      expect.stringContaining('/captions'),
      expect.stringContaining('"ready" twice'),
    ]);
    expect(bench.of('final')).toHaveLength(1);
    expect(bench.warnings).toHaveLength(5);
  });

  it('reports events that were left out', async () => {
    const bench = new Bench({ checkInvariants: false });
    bench.ready().say(final(3));
    await bench.settle();
    expect(bench.of('violation')).toEqual([
      { type: 'violation', message: 'The server left out 2 events before event 3.' },
    ]);
  });

  it('throws where the server breaks a promise and the client was asked to watch', async () => {
    const bench = new Bench();
    bench.ready().say(partial(1, 1, 'Good', 'Good'), partial(1, 2, 'Food', 'Food'));
    await bench.settle();
    expect(bench.error).toMatchObject({
      code: 'protocol_violation',
      message: expect.stringContaining('stable text'),
    });
  });
});

describe('EventQueue', () => {
  const numbers = () => new EventQueue<number>((newer, waiting) => newer === waiting);

  it('keeps events in order for a loop that was left and entered again', async () => {
    const queue = numbers();
    for (const event of [1, 2, 3]) queue.push(event);
    for await (const event of queue) if (event === 2) break;
    queue.end();
    const rest: number[] = [];
    for await (const event of queue) rest.push(event);
    expect(rest).toEqual([3]);
  });

  it('drops a waiting event that the next one makes pointless', async () => {
    const queue = numbers();
    for (const event of [1, 1, 2, 1]) queue.push(event);
    queue.end();
    const events: number[] = [];
    for await (const event of queue) events.push(event);
    expect(events).toEqual([1, 2, 1]);
  });

  it('throws its error once, after the events before it', async () => {
    const queue = numbers();
    queue.push(1);
    queue.end(new Error('over'));
    const iterator = queue[Symbol.asyncIterator]();
    await expect(iterator.next()).resolves.toEqual({ done: false, value: 1 });
    await expect(iterator.next()).rejects.toThrow('over');
    await expect(iterator.next()).resolves.toEqual({ done: true, value: undefined });
  });
});
