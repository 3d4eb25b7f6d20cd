import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/core/engine/engine.ts';
import { silence, spoken, TestServer } from './harness.ts';

const MORNING = spoken('morning river garden', { durationMs: 3_000 });

describe('the handshake', () => {
  it('answers the smallest config with what it stands for', async () => {
    const server = new TestServer();
    const client = await server.open({}, 'session-1');
    expect(client.sent).toEqual([
      {
        type: 'ready',
        version: 1,
        session_id: 'session-1',
        resume_token: expect.stringMatching(/^[\w-]{43}$/u),
        resumed: false,
        next_sample: 0,
        last_seq: 0,
        model: { name: 'scripted', multilingual: false },
        language: 'en',
        sample_rate: 16_000,
        channels: 1,
        encoding: 'pcm_s16le',
        limits: {
          max_message_bytes: 1_048_576,
          idle_timeout_ms: 30_000,
          resume_window_ms: 60_000,
          max_session_ms: null,
        },
      },
    ]);
  });

  it('makes up a session id of 128 bits or more where the client gave none', async () => {
    const client = await new TestServer().open();
    expect(client.one('ready').session_id).toMatch(/^[\w-]{22,}$/u);
  });

  it('begins where start_sample says', async () => {
    const client = await new TestServer().open({ start_sample: 48_000 });
    client.audio(silence(100));
    client.say({ type: 'keepalive' });
    expect(client.one('ready').next_sample).toBe(48_000);
    expect(client.one('ack')).toEqual({ type: 'ack', received_samples: 49_600, committed_samples: 48_000 });
  });

  const first: readonly [string, object | string, string, string | undefined][] = [
    ['another message than config', { type: 'keepalive' }, 'config_required', undefined],
    ['a message of no known type', { type: 'hello' }, 'config_required', undefined],
    ['text that is not JSON', 'hello', 'bad_json', undefined],
    ['JSON that is no object', '[1,2]', 'bad_json', undefined],
    ['JSON without a type', '{"version":1}', 'bad_json', undefined],
    ['deep nesting', `{"type":"config","x":${'['.repeat(50_000)}`, 'bad_json', undefined],
    ['another version', { type: 'config', version: 2 }, 'unsupported_version', 'version'],
    ['an unknown encoding', { type: 'config', encoding: 'opus' }, 'unsupported_encoding', 'encoding'],
    ['a language that is no tag', { type: 'config', language: '../x' }, 'unsupported_language', 'language'],
    ['a language the model lacks', { type: 'config', language: 'de' }, 'unsupported_language', 'language'],
    ['a model that is not loaded', { type: 'config', model: 'large-v3' }, 'model_not_found', 'model'],
    ['a path for a model', { type: 'config', model: '../../etc/passwd' }, 'bad_config', 'model'],
    ['a sample rate of 1 Hz', { type: 'config', sample_rate: 1 }, 'bad_config', 'sample_rate'],
    ['a sample rate in words', { type: 'config', sample_rate: '16000' }, 'bad_config', 'sample_rate'],
    ['nine channels', { type: 'config', channels: 9 }, 'bad_config', 'channels'],
    ['a prompt of 30,000 letters', { type: 'config', prompt: 'a'.repeat(30_000) }, 'bad_config', 'prompt'],
    [
      'one word of 61 letters',
      { type: 'config', vocabulary: ['a'.repeat(61)] },
      'bad_config',
      'vocabulary.0',
    ],
    ['translation by an English model', { type: 'config', translate: true }, 'bad_config', 'translate'],
    ['a negative start', { type: 'config', start_sample: -1 }, 'bad_config', 'start_sample'],
  ];
  it.each(first)('refuses %s with %s and closes with 4400', async (_what, message, code, param) => {
    const server = new TestServer();
    const client = server.connect();
    client.say(message);
    await server.settle();
    expect(client.sent).toEqual([
      {
        type: 'error',
        code,
        message: expect.any(String),
        fatal: true,
        retryable: false,
        ...(param === undefined ? {} : { param }),
      },
    ]);
    expect(client.closing?.code).toBe(4400);
    expect([server.service.connections, server.service.registry.active]).toEqual([0, 0]);
  });

  it('takes audio before config for a missing config', () => {
    const client = new TestServer().connect();
    client.audio(new TextEncoder().encode('{"type":"config"}'));
    expect(client.one('error').code).toBe('config_required');
    expect(client.closing?.code).toBe(4400);
  });

  it('waits ten seconds for config', async () => {
    const server = new TestServer();
    const client = server.connect();
    await server.clock.advance(9_999);
    expect(client.sent).toEqual([]);
    await server.clock.advance(1);
    expect(client.one('error').code).toBe('config_timeout');
    expect(client.closing?.code).toBe(4400);
  });

  it('takes a regional tag for its language', async () => {
    expect((await new TestServer().open({ language: 'en-US' })).one('ready').language).toBe('en');
  });

  it('leaves detection to a multilingual model', async () => {
    const server = new TestServer({ scripted: { model: { name: 'base', multilingual: true } } });
    expect((await server.open({ language: 'auto' })).one('ready').language).toBe('auto');
    expect((await server.open({ language: 'nb-NO' })).one('ready').language).toBe('no');
    const unknown = await server.open({ language: 'tlh' });
    expect(unknown.one('error').code).toBe('unsupported_language');
  });

  it('lets a multilingual model translate', async () => {
    const server = new TestServer({
      scripted: { model: { name: 'base', multilingual: true }, capabilities: { translate: true } },
    });
    expect((await server.open({ translate: true })).types).toEqual(['ready']);
  });

  it('ignores a second config with an error that is not fatal', async () => {
    const client = await new TestServer().open();
    client.say({ type: 'config' });
    expect(client.sent.slice(1)).toMatchObject([{ type: 'error', code: 'already_configured', fatal: false }]);
    expect(client.closing).toBeNull();
  });
});

describe('while the model loads', () => {
  function loading() {
    let loaded: (() => void) | undefined;
    let failed: ((error: Error) => void) | undefined;
    const ready = new TestServer();
    const engine = new Promise<NonNullable<typeof ready.service.engine.service>>((resolve, reject) => {
      loaded = () => resolve(ready.service.engine.service as never);
      failed = reject;
    });
    const server = new TestServer({ engine });
    return { server, loaded: () => loaded?.(), failed: (error: Error) => failed?.(error) };
  }

  it('says so after two seconds and again every five, then is ready', async () => {
    const { server, loaded } = loading();
    const client = await server.open();
    await server.clock.advance(1_999);
    expect(client.sent).toEqual([]);
    await server.clock.advance(1);
    expect(client.sent).toMatchObject([{ type: 'error', code: 'model_loading', fatal: false }]);
    await server.clock.advance(10_000);
    loaded();
    await server.settle();
    expect(client.types).toEqual(['error', 'error', 'error', 'ready']);
  });

  it('says nothing of it where it is quick', async () => {
    const { server, loaded } = loading();
    const client = await server.open();
    await server.clock.advance(1_000);
    loaded();
    await server.clock.advance(20_000);
    expect(client.types).toEqual(['ready']);
  });

  it('refuses audio', async () => {
    const { server } = loading();
    const client = await server.open();
    client.audio(silence(100));
    expect(client.one('error')).toMatchObject({ code: 'bad_audio', fatal: true });
    expect(client.closing?.code).toBe(4400);
  });

  it('refuses end_of_stream', async () => {
    const { server } = loading();
    const client = await server.open();
    client.say({ type: 'end_of_stream' });
    expect(client.one('error')).toMatchObject({ code: 'config_required', fatal: true });
  });

  it('opens no session for a client that is gone', async () => {
    const { server, loaded } = loading();
    const client = await server.open();
    client.lose();
    loaded();
    await server.settle();
    expect(server.service.registry.active).toBe(0);
    expect(client.sent).toEqual([]);
  });

  it('leaves nothing of a session whose client went while it was set up', async () => {
    let created: (() => void) | undefined;
    let closed = 0;
    const server = new TestServer({
      createVoiceActivity: () =>
        new Promise((resolve) => {
          created = () => resolve({ probability: () => 0, reset() {}, close: () => void closed++ });
        }),
    });
    const client = await server.open();
    client.lose();
    created?.();
    await server.settle();
    expect([closed, server.service.registry.active, server.clock.pendingTimers]).toEqual([1, 0, 0]);
  });

  it('lets a newer connection of the same session take the place', async () => {
    const { server, loaded } = loading();
    const lost = await server.open({}, 'same');
    const newer = await server.open({}, 'same');
    expect(lost.closing?.code).toBe(4409);
    loaded();
    await server.settle();
    expect(newer.types).toEqual(['ready']);
    expect(server.service.registry.active).toBe(1);
  });

  it('answers with engine_error where it cannot be loaded', async () => {
    const { server, failed } = loading();
    const client = await server.open();
    failed(new EngineError('model_invalid', 'broken'));
    await server.settle();
    expect(client.one('error')).toMatchObject({ code: 'engine_error', fatal: true });
    expect(client.closing?.code).toBe(1011);
    expect(server.service.registry.active).toBe(0);
  });
});

describe('a stream', () => {
  it('goes from audio to finals, session_ended and close 1000', async () => {
    const server = new TestServer();
    const client = await server.open({ interim_results: false });
    client.audio(MORNING);
    await server.settle();
    client.say({ type: 'end_of_stream' });
    await server.settle();
    expect(client.sent.slice(1)).toEqual([
      { type: 'speech_started', time_ms: expect.any(Number), seq: 1 },
      {
        type: 'final',
        segment_id: 1,
        text: 'morning river garden.',
        language: 'en',
        start_ms: expect.any(Number),
        end_ms: expect.any(Number),
        confidence: expect.any(Number),
        committed_samples: expect.any(Number),
        seq: 2,
      },
      { type: 'speech_ended', time_ms: expect.any(Number), seq: 3 },
      { type: 'ack', received_samples: 48_000, committed_samples: 48_000 },
      {
        type: 'session_ended',
        message: 'The stream has ended; 3 s of audio were transcribed.',
        reason: 'end_of_stream',
        audio_ms: 3_000,
        last_seq: 4,
        seq: 4,
      },
    ]);
    expect(client.closing?.code).toBe(1000);
    expect(server.service.registry.active).toBe(0);
  });

  it('gives words their times where they were asked for', async () => {
    const server = new TestServer();
    const client = await server.open({ word_timestamps: true });
    client.audio(MORNING);
    client.say({ type: 'end_of_stream' });
    await server.settle();
    expect(client.one('final').words).toMatchObject([
      { text: 'morning' },
      { text: 'river' },
      { text: 'garden.' },
    ]);
  });

  it('hears every encoding, rate and channel count alike', async () => {
    const { spellAudio, spellSentence } = await import('../../../src/core/engine/spelled-audio.ts');
    const { encodePcm } = await import('../../../src/core/audio/pcm.ts');
    const audio = spellAudio(spellSentence('morning river', { startMs: 300 }), { durationMs: 2_000 });
    const stereo = new Float32Array(audio.length * 2);
    for (const [index, sample] of audio.entries()) stereo.fill(sample, 2 * index, 2 * index + 2);
    const server = new TestServer();
    for (const [config, bytes] of [
      [{ encoding: 'pcm_s16le' }, encodePcm(audio, 'pcm_s16le')],
      [{ encoding: 'pcm_f32le' }, encodePcm(audio, 'pcm_f32le')],
      [{ encoding: 'pcm_s16le', channels: 2 }, encodePcm(stereo, 'pcm_s16le')],
    ] as const) {
      const client = await server.open(config);
      client.audio(bytes);
      client.say({ type: 'end_of_stream' });
      await server.settle();
      expect(client.one('final').text, JSON.stringify(config)).toBe('morning river.');
      expect(client.one('session_ended').audio_ms).toBe(2_000);
    }
  });

  it('accounts for all of a stream that had to be resampled', async () => {
    const server = new TestServer();
    const client = await server.open({ sample_rate: 44_100, encoding: 'mulaw' });
    client.audio(new Uint8Array(44_107).fill(0xff));
    await server.settle();
    client.say({ type: 'end_of_stream' });
    await server.settle();
    expect(client.of('ack').at(-1)).toEqual({
      type: 'ack',
      received_samples: 44_107,
      committed_samples: 44_107,
    });
  });

  it('refuses part of a sample and ends, but keeps the session for a resume', async () => {
    const server = new TestServer();
    const client = await server.open();
    client.audio(silence(100));
    client.audio(new Uint8Array(3));
    expect(client.one('error')).toMatchObject({ code: 'bad_audio', fatal: true });
    expect(client.closing?.code).toBe(4400);
    expect(server.service.registry.detached).toBe(1);
  });

  it('ignores an empty frame with an error that is not fatal', async () => {
    const client = await new TestServer().open();
    client.audio(new Uint8Array(0));
    expect(client.one('error')).toMatchObject({ code: 'bad_audio', fatal: false, retryable: false });
    expect(client.closing).toBeNull();
  });

  it('takes JSON in a binary frame for audio', async () => {
    const client = await new TestServer().open();
    client.audio(new TextEncoder().encode('{"type":"keepalive"} '.slice(0, 20)));
    client.say({ type: 'keepalive' });
    expect(client.sent.slice(1)).toMatchObject([{ type: 'ack', received_samples: 10 }]);
  });

  it('tells once that audio after the end is dropped', async () => {
    const server = new TestServer({ scripted: { decodeMs: 5_000 } });
    const client = await server.open();
    client.audio(MORNING);
    await server.settle();
    client.say({ type: 'end_of_stream' });
    client.audio(MORNING);
    client.audio(MORNING);
    await server.clock.advance(60_000);
    expect(client.of('error')).toMatchObject([{ code: 'audio_after_end', fatal: false }]);
    expect(client.one('session_ended').audio_ms).toBe(3_000);
  });

  it('ends once, however often it is told to', async () => {
    const server = new TestServer();
    const client = await server.open();
    for (let repeat = 0; repeat < 3; repeat++) client.say({ type: 'end_of_stream' });
    await server.settle();
    client.say({ type: 'end_of_stream' });
    await server.settle();
    expect(client.of('session_ended')).toHaveLength(1);
    expect(client.sent.at(-1)?.type).toBe('session_ended');
  });

  it('goes on after a message it does not know', async () => {
    const server = new TestServer();
    const client = await server.open();
    client.say({ type: 'subscribe' });
    client.say({ type: 'flush', id: { not: 'an id' } });
    client.say({ type: 'keepalive' });
    expect(client.sent.slice(1)).toMatchObject([
      { type: 'error', code: 'unknown_message', fatal: false },
      { type: 'error', code: 'unknown_message', fatal: false, param: 'id' },
      { type: 'ack' },
    ]);
  });

  it('answers a flush once an id, even with nothing to finalise', async () => {
    const server = new TestServer();
    const client = await server.open();
    for (const id of ['a', 1, '1', 'a', 1]) client.say({ type: 'flush', id });
    await server.settle();
    expect(client.of('flushed')).toEqual([
      { type: 'flushed', id: 'a', seq: 1 },
      { type: 'flushed', id: 1, seq: 2 },
      { type: 'flushed', id: '1', seq: 3 },
    ]);
  });

  it('does not finalise again for a flush that was answered', async () => {
    const server = new TestServer();
    const client = await server.open();
    client.say({ type: 'flush', id: 1 });
    await server.settle();
    client.audio(MORNING.subarray(0, 32_000));
    client.say({ type: 'flush', id: 1 });
    await server.settle();
    expect(client.of('final')).toEqual([]);
  });

  it('finalises what was received when flushed, before it answers', async () => {
    const server = new TestServer();
    const client = await server.open({ interim_results: false });
    client.audio(spoken('morning river', { startMs: 0, durationMs: 700 }));
    client.say({ type: 'flush', id: 7 });
    await server.settle();
    const types = client.types.filter((type) => type === 'final' || type === 'flushed');
    expect(types).toEqual(['final', 'flushed']);
    expect(client.one('final')).toMatchObject({ text: 'morning river.', from_flush: true });
  });

  it('answers flushes that came after the end before session_ended', async () => {
    const server = new TestServer({ scripted: { decodeMs: 1_000 } });
    const client = await server.open();
    client.audio(MORNING);
    await server.settle();
    client.say({ type: 'end_of_stream' });
    client.say({ type: 'flush', id: 'late' });
    await server.clock.advance(30_000);
    expect(client.types.slice(-3)).toEqual(['flushed', 'ack', 'session_ended']);
  });

  it('sends draining every two seconds while it decodes the rest', async () => {
    const server = new TestServer({ scripted: { decodeMs: 4_500 } });
    const client = await server.open({ interim_results: false });
    client.audio(MORNING);
    client.say({ type: 'end_of_stream' });
    await server.clock.advance(4_400);
    expect(client.of('draining')).toHaveLength(2);
    expect(client.of('session_ended')).toHaveLength(0);
    await server.clock.advance(60_000);
    expect(client.of('session_ended')).toHaveLength(1);
    expect(client.sent.at(-1)?.type).toBe('session_ended');
  });

  it('acknowledges at most once a second unasked, and only what changed', async () => {
    const server = new TestServer();
    const client = await server.open();
    for (let frame = 0; frame < 30; frame++) {
      client.audio(silence(100));
      await server.clock.advance(100);
    }
    expect(client.of('ack')).toHaveLength(3);
    await server.clock.advance(10_000);
    expect(client.of('ack').length).toBeLessThanOrEqual(4);
  });

  it('answers every keepalive with an ack', async () => {
    const client = await new TestServer().open();
    for (let beat = 0; beat < 3; beat++) client.say({ type: 'keepalive' });
    expect(client.of('ack')).toHaveLength(3);
  });

  it('ends the session when its own request breaks the engine, and does not offer a retry', async () => {
    const server = new TestServer();
    const client = await server.open();
    server.engine.failNext(new EngineError('request_rejected', 'The audio is not decodable.'));
    client.audio(MORNING);
    await server.settle();
    expect(client.sent.slice(-2)).toMatchObject([
      { type: 'error', code: 'engine_error', fatal: true, retryable: false },
      { type: 'session_ended', reason: 'error' },
    ]);
    expect(client.closing?.code).toBe(1011);
  });

  it('lets the client start again where it was committed when the engine is gone', async () => {
    const server = new TestServer();
    const client = await server.open({}, 'crash');
    server.engine.failNext(new EngineError('engine_unavailable', 'Three strikes.'));
    client.audio(MORNING);
    await server.settle();
    expect(client.sent.at(-1)).toMatchObject({ code: 'engine_error', fatal: true, retryable: true });
    expect(client.closing?.code).toBe(1011);
    const again = await server.open(
      { resume: { resume_token: client.one('ready').resume_token as string, last_seq: 1 } },
      'crash',
    );
    expect(again.one('ready')).toMatchObject({ resumed: false, last_seq: 0 });
  });
});

describe('an idle client', () => {
  it('is sent away after 30 s without a frame, to resume', async () => {
    const server = new TestServer();
    const client = await server.open();
    client.audio(silence(100));
    await server.clock.advance(29_000);
    client.say({ type: 'keepalive' });
    await server.clock.advance(29_999);
    expect(client.closing).toBeNull();
    await server.clock.advance(1);
    expect(client.one('error')).toMatchObject({ code: 'idle_timeout', fatal: true, retryable: true });
    expect(client.closing?.code).toBe(4408);
    expect(server.service.registry.detached).toBe(1);
  });

  it('is not idle while it sends audio', async () => {
    const server = new TestServer();
    const client = await server.open();
    for (let minute = 0; minute < 4; minute++) {
      await server.clock.advance(20_000);
      client.audio(silence(20));
    }
    expect(client.closing).toBeNull();
  });

  it('is left alone while the rest is decoded', async () => {
    const server = new TestServer({ scripted: { decodeMs: 40_000 } });
    const client = await server.open({ interim_results: false });
    client.audio(MORNING);
    client.say({ type: 'end_of_stream' });
    await server.clock.advance(200_000);
    expect(client.of('error')).toEqual([]);
    expect(client.closing?.code).toBe(1000);
  });
});
