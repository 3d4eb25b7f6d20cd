import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ack, audio, audioMs, Bench, ready, sessionEnded } from './support/bench.ts';

describe('pushFrame', () => {
  it('takes audio before there is a connection, and copies it', () => {
    const bench = new Bench();
    const frame = audio(4);
    expect(bench.client.pushFrame(frame)).toBe(true);
    frame.fill(0);
    bench.ready();
    expect(bench.socket.audio).toEqual([...audio(4)]);
  });

  it.each(['endInput', 'close', 'abort'] as const)('is refused after %s, with one warning', (end) => {
    const bench = new Bench();
    bench.ready();
    void bench.client[end]();
    expect([1, 2, 3].map(() => bench.client.pushFrame(audio(4)))).toEqual([false, false, false]);
    expect(bench.warnings).toEqual([expect.stringContaining('Audio was refused because')]);
    expect(bench.socket.audio).toEqual([]);
  });

  it('is refused while the queue is full, with a warning for each stretch of refusals', async () => {
    const bench = new Bench({ maxQueuedMs: 1_000 });
    expect(bench.client.pushFrame(audioMs(600))).toBe(true);
    expect(bench.client.pushFrame(audioMs(600))).toBe(false);
    expect(bench.client.pushFrame(audioMs(400))).toBe(true);
    expect(bench.client.pushFrame(audioMs(1))).toBe(false);
    expect(bench.client.bufferedMs).toBe(1_000);
    expect(bench.warnings).toHaveLength(2);
    bench.ready();
    expect(bench.client.bufferedMs).toBe(0);
    expect(bench.client.pushFrame(audioMs(1_000))).toBe(true);
  });

  it('cuts what is not a whole sample off, and says so', () => {
    const bench = new Bench({ config: { channels: 2 } });
    bench.ready({ channels: 2 });
    expect(bench.client.pushFrame(Uint8Array.of(1, 2, 3, 4, 5, 6))).toBe(true);
    expect(bench.client.pushFrame(Uint8Array.of(7))).toBe(false);
    expect(bench.client.pushFrame(new Uint8Array())).toBe(true);
    expect(bench.socket.audio).toEqual([1, 2, 3, 4]);
    expect(bench.warnings).toHaveLength(2);
  });

  it('splits large frames into whole samples far below what the server takes', () => {
    const bench = new Bench({ config: { encoding: 'pcm_f32le', channels: 2, sample_rate: 48_000 } });
    bench.ready({ encoding: 'pcm_f32le', channels: 2, sample_rate: 48_000 });
    const frame = Uint8Array.from({ length: 8 * 48_000 }, (_, index) => index % 251);
    bench.client.pushFrame(frame);
    const frames = bench.socket.frames.filter((sent) => sent instanceof Uint8Array);
    expect(Math.max(...frames.map((sent) => sent.length))).toBeLessThanOrEqual(64 * 1024);
    expect(frames.every((sent) => sent.length % 8 === 0)).toBe(true);
    expect(Buffer.from(bench.socket.audio).equals(frame)).toBe(true);
  });
});

describe('a program that reads faster than speech', () => {
  it('gets no further than 10 s ahead of what the server received, and asks how much that is', async () => {
    const bench = new Bench();
    bench.ready();
    bench.client.pushFrame(audioMs(30_000));
    expect(bench.socket.audioBytes).toBe(10_000 * 32);
    expect(bench.socket.texts('keepalive')).toHaveLength(1);
    bench.socket.say(ack(8_000 * 16, 0));
    expect(bench.socket.audioBytes).toBe(18_000 * 32);
    expect(bench.socket.texts('keepalive')).toHaveLength(2);
    expect(bench.client.bufferedMs).toBe(12_000);
  });

  it('waits in drained() until little is left, so that nothing is refused', async () => {
    const bench = new Bench({ maxQueuedMs: 10_000 });
    const streamed = (async () => {
      for (let second = 0; second < 600; second++) {
        if (!bench.client.pushFrame(audioMs(1_000))) return 'refused';
        await bench.client.drained();
      }
      bench.client.endInput();
      return 'streamed';
    })();
    bench.ready();
    let seen = 0;
    while (bench.socket.texts('end_of_stream').length === 0) {
      const received = bench.socket.audioBytes / 2;
      expect(received).toBeGreaterThan(seen);
      seen = received;
      bench.socket.say(ack(received, received));
      await bench.settle();
    }
    await expect(streamed).resolves.toBe('streamed');
    expect(bench.socket.audioBytes).toBe(600_000 * 32);
    expect(bench.warnings).toEqual([]);
  });

  it('is not left waiting by a stream that is over', async () => {
    const bench = new Bench();
    bench.client.pushFrame(audioMs(20_000));
    const waiting = bench.client.drained();
    bench.client.abort();
    await expect(waiting).resolves.toBeUndefined();
    await expect(bench.client.drained()).resolves.toBeUndefined();
  });
});

describe('the end of input', () => {
  it('is sent once a connection, after all audio, however often and in whatever order it is asked for', async () => {
    const call = fc.constantFrom('endInput', 'close', 'flush', 'push', 'ready', 'lose', 'ack');
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 25 }), async (calls) => {
        const bench = new Bench({ maxRetries: 100 });
        let ended = false;
        let acked = 0;
        for (const name of calls) {
          if (name === 'push') expect(bench.client.pushFrame(audio(8))).toBe(!ended);
          else if (name === 'ready') {
            if (bench.client.state === 'connecting') {
              const first = bench.states.every((state) => state !== 'open');
              bench.ready({ resumed: !first, next_sample: acked });
            }
          } else if (name === 'lose') await bench.reconnect();
          else if (name === 'ack') {
            if (bench.client.state === 'streaming') {
              acked += bench.socket.audio.length / 2 - (acked - startOf(bench));
              bench.socket.say(ack(acked, 0));
            }
          } else void bench.client[name]();
          if (name === 'endInput' || name === 'close') ended = true;
          await bench.settle();
        }
        for (const socket of bench.sockets) {
          const ends = socket.frames.flatMap((frame, index) =>
            !(frame instanceof Uint8Array) && frame.type === 'end_of_stream' ? [index] : [],
          );
          expect(ends.length).toBeLessThanOrEqual(1);
          const after = socket.frames.slice((ends[0] ?? socket.frames.length) + 1);
          expect(after.filter((frame) => frame instanceof Uint8Array)).toEqual([]);
        }
        expect(bench.socket.texts('end_of_stream')).toHaveLength(
          ended && bench.client.state === 'streaming' ? 1 : 0,
        );
        bench.client.abort();
        await bench.settle();
        expect(bench.clock.pendingTimers).toBe(0);
      }),
      { numRuns: 300, endOnFailure: true },
    );
  });

  it('is sent again after a resume only', async () => {
    const bench = new Bench();
    bench.ready();
    bench.client.pushFrame(audio(10));
    bench.client.endInput();
    bench.client.endInput();
    expect(bench.socket.frames.slice(1)).toEqual([audio(10), { type: 'end_of_stream' }]);
    const second = await bench.reconnect();
    bench.ready({ resumed: true, next_sample: 6 });
    expect(second.frames.slice(1)).toEqual([audio(10).subarray(12), { type: 'end_of_stream' }]);
  });

  it('waits for ready where it came before', () => {
    const bench = new Bench();
    bench.client.endInput();
    bench.socket.open();
    expect(bench.socket.texts('end_of_stream')).toEqual([]);
    bench.socket.say(ready(), sessionEnded(1));
    expect(bench.socket.texts('end_of_stream')).toHaveLength(1);
  });
});

/** Position of the newest connection's first sample. */
function startOf(bench: Bench): number {
  const event = bench.of('connection').findLast((found) => 'ready' in found);
  return event && 'ready' in event ? event.ready.next_sample : 0;
}
