import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/core/engine/engine.ts';
import { dictatedServer, silence, TestServer } from './harness.ts';

describe('a session', () => {
  it('accounts for everything at the end, whatever the recogniser said of it', async () => {
    const { server, recognizer } = dictatedServer();
    const client = await server.open();
    client.audio(silence(1_000));
    client.say({ type: 'flush', id: 1 });
    client.say({ type: 'end_of_stream' });
    recognizer().finishEnd();
    await server.settle();
    expect(client.sent.slice(1)).toMatchObject([
      { type: 'flushed', id: 1 },
      { type: 'ack', received_samples: 16_000, committed_samples: 16_000 },
      { type: 'session_ended' },
    ]);
  });

  it('hands the recogniser all of the audio, what the resampler held back included', async () => {
    const { server, recognizer } = dictatedServer();
    const client = await server.open({ sample_rate: 44_100 });
    client.audio(new Uint8Array(2 * 44_100));
    expect(recognizer().pushedSamples).toBeLessThan(16_000);
    client.say({ type: 'end_of_stream' });
    expect(recognizer().pushedSamples).toBe(16_000);
  });

  it('ends its recogniser once', async () => {
    const { server, recognizer } = dictatedServer();
    const client = await server.open();
    client.say({ type: 'end_of_stream' });
    client.say({ type: 'end_of_stream' });
    expect(recognizer().calls).toEqual(['unhold', 'end']);
  });

  it('counts committed audio in the client’s samples, never past what arrived and never back', async () => {
    const { server, say } = dictatedServer();
    const client = await server.open({ sample_rate: 48_000, start_sample: 1_000 });
    client.audio(new Uint8Array(2 * 48_000));
    const committed = (position: number) => {
      say({ type: 'committed', position });
      client.say({ type: 'keepalive' });
      return client.of('ack').at(-1)?.committed_samples;
    };
    expect([committed(8_000), committed(7_000), committed(16_100)]).toEqual([25_000, 25_000, 49_000]);
  });

  it.each([
    ['ended', (close: () => void) => close()],
    ['dropped', (_close: () => void, lose: (code: number) => void) => lose(1000)],
  ])('gives up its recogniser and its place in the engine when it is %s', async (_how, finish) => {
    const { server, recognizer } = dictatedServer();
    let lanes = 0;
    const service = server.service.engine.service;
    if (!service) throw new Error('The engine is ready.');
    const lane = service.lane.bind(service);
    service.lane = (id) => {
      lanes++;
      const opened = lane(id);
      return { ...opened, close: () => lanes-- };
    };
    const client = await server.open();
    client.audio(silence(100));
    expect(lanes).toBe(1);
    finish(
      () => {
        client.say({ type: 'end_of_stream' });
        recognizer().finishEnd();
      },
      (code) => client.lose(code),
    );
    await server.settle();
    expect([lanes, recognizer().calls.at(-1)]).toEqual([0, 'close']);
  });

  it('says nothing more once it has ended', async () => {
    const { server, recognizer, say } = dictatedServer();
    const client = await server.open();
    client.say({ type: 'end_of_stream' });
    recognizer().finishEnd();
    await server.settle();
    const count = client.sent.length;
    say({ type: 'speech_started', time_ms: 5 });
    recognizer().fail(new Error('late'));
    await server.clock.advance(10_000);
    expect(client.sent.length).toBe(count);
  });

  it('says nothing more of a failure once it has failed', async () => {
    const { server, recognizer } = dictatedServer();
    const client = await server.open();
    recognizer().fail(new EngineError('engine_unavailable', 'gone'));
    recognizer().fail(new EngineError('engine_unavailable', 'gone'));
    expect(client.of('error')).toHaveLength(1);
    expect(server.service.registry.active).toBe(0);
  });

  it('stops taking silence for a pause while its client is away', async () => {
    const { server, recognizer } = dictatedServer();
    const lost = await server.open({}, 'x');
    lost.audio(silence(100));
    lost.lose();
    expect(recognizer().calls).toEqual(['unhold', 'hold']);
    const token = lost.one('ready').resume_token as string;
    await server.open({ resume: { resume_token: token, last_seq: 0 } }, 'x');
    expect(recognizer().calls).toEqual(['unhold', 'hold', 'unhold']);
  });

  it('stays with its new client when the old connection is noticed to be gone', async () => {
    const { server, say } = dictatedServer();
    const old = await server.open({}, 'x');
    old.audio(silence(100));
    const token = old.one('ready').resume_token as string;
    const client = await server.open({ resume: { resume_token: token, last_seq: 0 } }, 'x');
    old.lose();
    say({ type: 'speech_started', time_ms: 5 });
    expect(client.types.at(-1)).toBe('speech_started');
    expect(server.service.registry.detached).toBe(0);
  });

  it('takes a confirmation of events that were never sent for one of all there are', async () => {
    const { server, say } = dictatedServer();
    const client = await server.open();
    client.say({ type: 'keepalive', last_seq: 1_000_000 });
    say({ type: 'speech_started', time_ms: 5 });
    client.lose();
    expect(client.of('speech_started')).toMatchObject([{ seq: 1 }]);
  });

  it('keeps the number of an event apart from what was confirmed too early', async () => {
    const { server, say } = dictatedServer();
    const lost = await server.open({}, 'x');
    lost.audio(silence(100));
    lost.say({ type: 'keepalive', last_seq: 5 });
    lost.lose();
    say({ type: 'speech_started', time_ms: 5 });
    const token = lost.one('ready').resume_token as string;
    const client = await server.open({ resume: { resume_token: token, last_seq: 0 } }, 'x');
    expect(client.of('speech_started')).toMatchObject([{ seq: 1 }]);
  });
});

describe('acks', () => {
  it('come a second after the last one at the earliest', async () => {
    const { server } = dictatedServer();
    const client = await server.open();
    client.audio(silence(100));
    await server.clock.advance(999);
    expect(client.of('ack')).toHaveLength(0);
    await server.clock.advance(1);
    expect(client.of('ack')).toHaveLength(1);
  });

  it('do not come unasked where nothing changed since the last', async () => {
    const { server, say } = dictatedServer();
    const client = await server.open();
    client.audio(silence(100));
    client.say({ type: 'keepalive' });
    say({ type: 'committed', position: 0 });
    await server.clock.advance(5_000);
    expect(client.of('ack')).toHaveLength(1);
  });

  it('are not repeated by the timer when a keepalive was answered in between', async () => {
    const { server } = dictatedServer();
    const client = await server.open();
    client.audio(silence(100));
    await server.clock.advance(500);
    client.say({ type: 'keepalive' });
    await server.clock.advance(5_000);
    expect(client.of('ack')).toHaveLength(1);
  });
});

it('serves a session of its own to every connection without an id', async () => {
  const server = new TestServer();
  const clients = [await server.open(), await server.open()];
  expect(new Set(clients.map((client) => client.one('ready').session_id)).size).toBe(2);
});
