import { expect, it } from 'vitest';
import { streamCaptions } from '../../../src/cli/streaming/caption-stream.ts';
import { createStreamingClient } from '../../../src/core/client/streaming-client.ts';
import { VirtualClock } from '../../../src/core/foundation/virtual-clock.ts';
import { FakeSocket, ready } from '../client/support/bench.ts';

const FORMAT = { encoding: 'pcm_s16le', sampleRate: 16_000, channels: 1 } as const;
const BYTES_PER_SECOND = 32_000;

it('loses no audio where the connection is away for longer than the client holds audio', async () => {
  const clock = new VirtualClock();
  const sockets: FakeSocket[] = [];
  const client = createStreamingClient({
    url: 'ws://127.0.0.1:8000',
    clock,
    maxQueuedMs: 2_000,
    connect: (request, handler) => {
      const socket = new FakeSocket(request, handler, clock.now());
      sockets.push(socket);
      return socket;
    },
  });
  const audio = Uint8Array.from({ length: 8 * BYTES_PER_SECOND }, (_, index) => (index * 7) % 251);
  async function* chunks() {
    yield audio;
  }
  const stream = streamCaptions({
    client,
    input: { format: FORMAT, chunks: chunks() },
    realTime: true,
    clock,
    listener: { event() {} },
    stop: new AbortController().signal,
  });
  sockets[0]?.open().say(ready());
  await clock.advance(1_000);
  const first = sockets[0]?.audio ?? [];
  sockets[0]?.lose();
  await clock.advance(6_000);
  const next = first.length / 2;
  sockets[1]?.open().say(ready({ resumed: true, next_sample: next }));
  await clock.advance(10_000);
  expect([...first, ...(sockets[1]?.audio ?? [])]).toEqual([...audio]);
  sockets[1]?.say({
    type: 'session_ended',
    message: '',
    reason: 'end_of_stream',
    audio_ms: 8_000,
    last_seq: 1,
    seq: 1,
  });
  expect(await stream).toMatchObject({ complete: true, audioMs: 8_000 });
});
