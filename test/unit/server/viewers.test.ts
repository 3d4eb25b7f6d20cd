import { describe, expect, it } from 'vitest';
import { silence, spoken, TestConnection, TestServer } from './harness.ts';

const MORNING = spoken('morning river garden', { durationMs: 3_000 });

function watch(server: TestServer): TestConnection {
  const connection = new TestConnection();
  connection.handler = server.service.viewers.accept(connection);
  return connection;
}

describe('viewers', () => {
  it('get an empty snapshot where nothing is published', () => {
    expect(watch(new TestServer()).sent).toEqual([{ type: 'snapshot', finals: [] }]);
  });

  it('see what is said in a published stream, and nothing else of it', async () => {
    const server = new TestServer();
    const client = await server.open({ publish: true });
    const viewer = watch(server);
    client.audio(MORNING);
    await server.settle();
    client.say({ type: 'keepalive' });
    client.say({ type: 'flush', id: 1 });
    await server.settle();
    const shown = client.sent.filter(({ type }) => /^(partial|final|speech_)/u.test(type));
    expect(shown.map(({ type }) => type)).toContain('final');
    expect(viewer.sent.slice(1)).toEqual(shown);
  });

  it('see nothing of other streams', async () => {
    const server = new TestServer();
    const viewer = watch(server);
    const client = await server.open();
    client.audio(MORNING);
    await server.settle();
    expect(viewer.types).toEqual(['snapshot']);
  });

  it('get the last 20 finals and the present partial when they come late', async () => {
    const server = new TestServer();
    const client = await server.open({ publish: true });
    for (let sentence = 0; sentence < 22; sentence++) {
      client.audio(MORNING);
      await server.settle();
    }
    client.audio(MORNING.subarray(0, 32_000));
    await server.settle();
    const finals = client.of('final');
    expect(finals).toHaveLength(22);
    expect(watch(server).sent).toEqual([
      { type: 'snapshot', finals: finals.slice(2), partial: client.of('partial').at(-1) },
    ]);
  });

  it('move to the stream that was published last, and back when it is over', async () => {
    const server = new TestServer();
    const first = await server.open({ publish: true });
    const viewer = watch(server);
    const second = await server.open({ publish: true });
    first.audio(MORNING);
    await server.settle();
    expect(viewer.types).toEqual(['snapshot', 'snapshot']);
    second.lose(1000);
    first.audio(MORNING);
    await server.settle();
    expect(viewer.of('final')).toHaveLength(1);
  });

  it('stay with the stream they see when another one ends', async () => {
    const server = new TestServer();
    const first = await server.open({ publish: true });
    const second = await server.open({ publish: true });
    const viewer = watch(server);
    first.lose(1000);
    second.audio(MORNING);
    await server.settle();
    expect(viewer.of('snapshot')).toHaveLength(1);
    expect(viewer.of('final')).toHaveLength(1);
  });

  it('keep the last finals but no partial when the stream is dropped', async () => {
    const server = new TestServer();
    const client = await server.open({ publish: true });
    const viewer = watch(server);
    client.audio(MORNING);
    client.audio(MORNING.subarray(0, 32_000));
    await server.settle();
    client.lose(1000);
    expect(viewer.sent.at(-1)).toEqual({ type: 'snapshot', finals: client.of('final') });
  });

  it('go on seeing a stream whose client was lost and came back', async () => {
    const server = new TestServer();
    const lost = await server.open({ publish: true }, 'x');
    const viewer = watch(server);
    lost.audio(silence(100));
    lost.lose();
    const token = lost.one('ready').resume_token as string;
    const client = await server.open({ resume: { resume_token: token, last_seq: 0 } }, 'x');
    client.audio(MORNING);
    await server.settle();
    expect(viewer.of('final')).toHaveLength(1);
    expect(viewer.of('snapshot')).toHaveLength(1);
  });

  it('are dropped when they read too slowly, and nobody else is', async () => {
    const server = new TestServer();
    const client = await server.open({ publish: true });
    const slow = watch(server);
    const quick = watch(server);
    slow.bufferedBytes = 256 * 1024 + 1;
    client.audio(MORNING);
    await server.settle();
    expect(slow.closing?.code).toBe(1013);
    expect(quick.of('final')).toHaveLength(1);
    expect(client.of('final')).toHaveLength(1);
    expect(server.service.viewers.size).toBe(1);
  });

  it('cannot say anything', () => {
    const server = new TestServer();
    const viewer = watch(server);
    viewer.say({ type: 'config' });
    viewer.say('nonsense');
    viewer.audio(silence(100));
    expect(viewer.types).toEqual(['snapshot']);
    expect(server.service.registry.active).toBe(0);
    viewer.lose();
    expect(server.service.viewers.size).toBe(0);
  });

  it('are a hundred at most', () => {
    const server = new TestServer();
    const viewers = Array.from({ length: 101 }, () => watch(server));
    expect(viewers.filter(({ closing }) => closing !== null).map(({ closing }) => closing?.code)).toEqual([
      4429,
    ]);
  });
});

describe('shutting down', () => {
  it('sends clients and viewers away, with what was committed', async () => {
    const server = new TestServer();
    const viewer = watch(server);
    const client = await server.open();
    const waiting = server.connect();
    client.audio(silence(2_000));
    await server.settle();
    server.service.shutdown();
    expect(client.sent.slice(-2)).toMatchObject([
      { type: 'ack', received_samples: 32_000 },
      { type: 'error', code: 'server_shutdown', fatal: true, retryable: true },
    ]);
    expect([client.closing?.code, waiting.closing?.code, viewer.closing?.code]).toEqual([1001, 1001, 1001]);
    expect(server.service.registry.active + server.service.registry.detached).toBe(0);
    expect(server.connect().closing?.code).toBe(1001);
    expect(server.clock.pendingTimers).toBe(0);
  });
});
