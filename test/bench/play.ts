import type { AudioInput } from '../../src/cli/audio/audio-input.ts';
import { EventLogRecorder } from '../../src/cli/measures/event-log.ts';
import { type CaptionStreamResult, streamCaptions } from '../../src/cli/streaming/caption-stream.ts';
import { connectFromNode } from '../../src/core/client/node-socket.ts';
import { createStreamingClient } from '../../src/core/client/streaming-client.ts';
import { systemClock } from '../../src/core/foundation/clock.ts';
import type { ServerUnderTest } from './server-under-test.ts';

/** What came of streaming one input. */
export interface Played extends CaptionStreamResult {
  readonly log: EventLogRecorder;
  /** All finals. */
  readonly transcript: string;
}

/** Streams an input to the server and keeps what the measures need. */
export async function play(
  server: ServerUnderTest,
  input: AudioInput,
  pace: 'real-time' | 'fast',
): Promise<Played> {
  const log = new EventLogRecorder();
  // Nothing else may be open between two frames, and the clock's timers do not keep the process alive.
  const alive = setInterval(() => undefined, 1000);
  try {
    const { encoding, sampleRate, channels } = input.format;
    const result = await streamCaptions({
      client: createStreamingClient({
        url: server.url,
        token: server.token,
        connect: connectFromNode,
        clock: systemClock,
        config: { language: 'en', encoding, sample_rate: sampleRate, channels },
      }),
      input,
      realTime: pace === 'real-time',
      clock: systemClock,
      stop: new AbortController().signal,
      listener: {
        event(atMs, event) {
          if (event.type === 'partial' || event.type === 'final') log.caption(atMs, event);
        },
        sent: (atMs, endMs) => log.audio(atMs, endMs),
      },
    });
    const transcript = log.captions
      .filter(({ kind }) => kind === 'final')
      .map(({ text }) => text)
      .join(' ');
    return { ...result, log, transcript };
  } finally {
    clearInterval(alive);
  }
}
