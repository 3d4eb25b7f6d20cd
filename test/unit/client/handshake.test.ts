import { describe, expect, it } from 'vitest';
import { createStreamingClient } from '../../../src/core/client/streaming-client.ts';
import { ack, audio, Bench, ready, sessionEnded } from './support/bench.ts';

describe('the handshake', () => {
  it('names a session of 128 random bits in the URL, and /ws where the URL has no path', () => {
    const bench = new Bench({ url: 'ws://localhost:9000', sessionId: undefined as never });
    expect(bench.socket.request.url).toBe(`ws://localhost:9000/ws?session=${bench.client.sessionId}`);
    expect(bench.client.sessionId).toMatch(/^[A-Za-z0-9_-]{22}$/u);
    expect(new Bench({ url: 'wss://x.example/captions/ws?a=1' }).socket.request.url).toBe(
      'wss://x.example/captions/ws?a=1&session=session',
    );
  });

  it('hands the token to the socket and keeps it out of the URL', () => {
    const { request } = new Bench({ token: 'secret' }).socket;
    expect(request.token).toBe('secret');
    expect(request.url).not.toContain('secret');
    expect(new Bench().socket.request.token).toBeNull();
  });

  it('sends config first, and audio only after ready, in the order in which it was pushed', () => {
    const bench = new Bench({ config: { language: 'en', sample_rate: 8000, interim_results: false } });
    bench.client.pushFrame(audio(2));
    bench.socket.open();
    bench.client.pushFrame(audio(2, 2));
    expect(bench.socket.frames).toEqual([
      {
        type: 'config',
        version: 1,
        language: 'en',
        sample_rate: 8000,
        channels: 1,
        encoding: 'pcm_s16le',
        interim_results: false,
        word_timestamps: false,
        endpointing_ms: 500,
        translate: false,
        publish: false,
        start_sample: 0,
      },
    ]);
    bench.socket.say(ready({ sample_rate: 8000 }));
    bench.client.pushFrame(audio(2, 4));
    expect(bench.socket.audio).toEqual([...audio(6)]);
  });

  it('keeps the connection alive while the model loads, and takes the answers as signs of life', async () => {
    const bench = new Bench();
    bench.socket.open();
    for (let round = 0; round < 8; round++) {
      await bench.advance(5_000);
      bench.socket.say(ack(0, 0));
    }
    expect(bench.socket.texts('keepalive')).toHaveLength(8);
    expect(bench.sockets).toHaveLength(1);
    bench.socket.say(ready());
    await expect(bench.client.ready()).resolves.toMatchObject({ type: 'ready' });
  });

  it('refuses a wrong config where it is written, before anything is sent', () => {
    const connect = () => {
      throw new Error('It connected.');
    };
    const create = (config: object) => () => createStreamingClient({ url: 'ws://x', connect, config });
    expect(create({ sample_rate: 4000 })).toThrow(
      expect.objectContaining({ code: 'bad_config', param: 'sample_rate' }),
    );
    expect(create({ encoding: 'opus' })).toThrow(expect.objectContaining({ code: 'unsupported_encoding' }));
  });

  it.each(['http://127.0.0.1:8000', '127.0.0.1:8000', 'nonsense'])('refuses the URL %s', (url) => {
    expect(() => new Bench({ url })).toThrow(expect.objectContaining({ code: 'connection_failed' }));
  });

  it('tells ready() why it never came', async () => {
    const bench = new Bench();
    const waiting = bench.client.ready();
    bench.socket.refuse(401);
    await expect(waiting).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(bench.client.ready()).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('reports messages that may not come before ready', async () => {
    const bench = new Bench({ checkInvariants: false });
    bench.socket.open().say(sessionEnded(1));
    await bench.settle();
    expect(bench.of('violation')).toEqual([
      { type: 'violation', message: 'The server sent "session_ended" before "ready".' },
    ]);
  });
});

describe('keepalives', () => {
  it('go out every 5 seconds with the newest event seen, draining included', async () => {
    const bench = new Bench();
    bench.ready();
    await bench.advance(5_000);
    bench.socket.say({ type: 'speech_started', time_ms: 0, seq: 1 }, ack(0, 0));
    await bench.advance(5_000);
    bench.client.endInput();
    bench.socket.say(ack(0, 0));
    await bench.advance(5_000);
    expect(bench.socket.texts('keepalive')).toEqual([
      { type: 'keepalive', last_seq: 0 },
      { type: 'keepalive', last_seq: 1 },
      { type: 'keepalive', last_seq: 1 },
    ]);
    expect(bench.socket.texts('end_of_stream')).toHaveLength(1);
  });

  it('stop with the stream, and no timer is left behind', async () => {
    const bench = new Bench();
    bench.ready();
    bench.client.endInput();
    bench.socket.say(sessionEnded(1));
    await bench.settle();
    expect(bench.clock.pendingTimers).toBe(0);
  });
});
