import { describe, expect, it } from 'vitest';
import { silence, spoken, type TestConnection, TestServer } from './harness.ts';

const MORNING = spoken('morning river garden', { durationMs: 3_000 });
const ID = 'session-1';

function tokenOf(client: TestConnection): string {
  return client.one('ready').resume_token as string;
}

function resume(client: TestConnection, lastSeq: number) {
  return { resume: { resume_token: tokenOf(client), last_seq: lastSeq } };
}

/** A session that has spoken three words, and lost its client. */
async function lostSession(server: TestServer): Promise<TestConnection> {
  const client = await server.open({ interim_results: false }, ID);
  client.audio(MORNING);
  await server.settle();
  client.lose();
  return client;
}

describe('resuming', () => {
  it('goes on where audio stopped, with every event the client has not seen', async () => {
    const server = new TestServer();
    const lost = await lostSession(server);
    const events = lost.sent.filter((message) => 'seq' in message);
    const client = await server.open(resume(lost, 1), ID);
    expect(client.one('ready')).toEqual({
      ...lost.one('ready'),
      resumed: true,
      next_sample: 48_000,
      last_seq: 3,
    });
    expect(client.sent.slice(1)).toEqual([
      ...events.slice(1),
      { type: 'ack', received_samples: 48_000, committed_samples: expect.any(Number) },
    ]);
    expect([server.service.registry.active, server.service.registry.detached]).toEqual([1, 0]);
  });

  it('hears a word that was cut in two by the loss', async () => {
    const server = new TestServer();
    const lost = await server.open({}, ID);
    lost.audio(MORNING.subarray(0, 20_000));
    await server.settle();
    lost.lose();
    await server.clock.advance(20_000);
    const client = await server.open(resume(lost, 1), ID);
    const next = client.one('ready').next_sample as number;
    client.audio(MORNING.subarray(next * 2));
    client.say({ type: 'end_of_stream' });
    await server.settle();
    expect(client.one('final').text).toBe('morning river garden.');
  });

  it('finalises what a client leaves unfinished after it came back', async () => {
    const server = new TestServer();
    const lost = await server.open({}, ID);
    lost.audio(silence(100));
    lost.lose();
    const client = await server.open(resume(lost, 0), ID);
    client.audio(MORNING.subarray(0, 42_000));
    await server.clock.advance(2_000);
    expect(client.of('final')).toHaveLength(1);
  });

  it('shows the partial of the segment being spoken', async () => {
    const server = new TestServer();
    const lost = await server.open({}, ID);
    lost.audio(MORNING.subarray(0, 32_000));
    await server.settle();
    lost.lose();
    const client = await server.open(resume(lost, 1), ID);
    expect(client.sent.at(-1)).toEqual(lost.of('partial').at(-1));
  });

  it('shows no partial of a segment that is final', async () => {
    const server = new TestServer();
    const lost = await server.open({}, ID);
    lost.audio(MORNING);
    await server.settle();
    expect([lost.of('partial').length > 0, lost.of('final').length]).toEqual([true, 1]);
    lost.lose();
    const client = await server.open(resume(lost, 3), ID);
    expect(client.types).toEqual(['ready', 'ack']);
  });

  it('sends the old connection away first, if it still looks alive', async () => {
    const server = new TestServer();
    const old = await server.open({}, ID);
    old.audio(silence(1_000));
    const client = await server.open(resume(old, 0), ID);
    expect(old.sent.at(-1)).toMatchObject({ type: 'error', code: 'replaced', fatal: true, retryable: false });
    expect(old.closing?.code).toBe(4409);
    old.audio(silence(1_000));
    old.lose();
    client.say({ type: 'keepalive' });
    expect(client.of('ack').at(-1)?.received_samples).toBe(16_000);
    expect(server.service.registry.active).toBe(1);
  });

  it('still fetches the end of a session that ended without its client', async () => {
    const server = new TestServer({ scripted: { decodeMs: 3_000 } });
    const lost = await server.open({ interim_results: false }, ID);
    lost.audio(MORNING);
    lost.say({ type: 'end_of_stream' });
    lost.lose();
    await server.clock.advance(30_000);
    expect(server.service.registry.ended).toBe(1);
    const client = await server.open(resume(lost, 0), ID);
    expect(client.types).toEqual(['ready', 'speech_started', 'final', 'speech_ended', 'session_ended']);
    expect(client.closing?.code).toBe(1000);
  });

  it('goes on draining', async () => {
    const server = new TestServer({ scripted: { decodeMs: 5_000 } });
    const lost = await server.open({ interim_results: false }, ID);
    lost.audio(MORNING);
    lost.say({ type: 'end_of_stream' });
    lost.lose();
    const client = await server.open(resume(lost, 0), ID);
    client.say({ type: 'end_of_stream' });
    await server.clock.advance(60_000);
    expect(client.of('draining').length).toBeGreaterThan(0);
    expect(client.types.at(-1)).toBe('session_ended');
  });

  it('does not answer a flush again that was answered before', async () => {
    const server = new TestServer();
    const lost = await server.open({}, ID);
    lost.audio(silence(1_000));
    lost.say({ type: 'flush', id: 'one' });
    await server.settle();
    lost.lose();
    const client = await server.open(resume(lost, 0), ID);
    client.say({ type: 'flush', id: 'one' });
    client.say({ type: 'flush', id: 'two' });
    await server.settle();
    expect(client.of('flushed').map(({ id }) => id)).toEqual(['one', 'two']);
  });

  it('forgets what the client has confirmed', async () => {
    const server = new TestServer();
    const lost = await server.open({ interim_results: false }, ID);
    lost.audio(MORNING);
    await server.settle();
    lost.say({ type: 'keepalive', last_seq: 2 });
    lost.lose();
    const client = await server.open(resume(lost, 2), ID);
    expect(client.types).toEqual(['ready', 'speech_ended', 'ack']);
  });

  it('starts afresh for a client that lost events it had confirmed', async () => {
    const server = new TestServer();
    const lost = await server.open({ interim_results: false }, ID);
    lost.audio(MORNING);
    await server.settle();
    lost.say({ type: 'keepalive', last_seq: 3 });
    lost.lose();
    const client = await server.open({ ...resume(lost, 1), start_sample: 4_000 }, ID);
    expect(client.one('ready')).toMatchObject({ resumed: false, next_sample: 4_000, last_seq: 0 });
  });

  it('takes a last_seq from the future for a mistake', async () => {
    const server = new TestServer();
    const lost = await lostSession(server);
    const client = await server.open(resume(lost, 99), ID);
    expect(client.one('error')).toMatchObject({ code: 'bad_config', param: 'resume.last_seq' });
    expect(server.service.registry.detached).toBe(1);
  });

  it.each([
    ['sample_rate', { sample_rate: 8_000 }],
    ['channels', { channels: 2 as const }],
    ['encoding', { encoding: 'mulaw' as const }],
  ])('refuses another %s and leaves the session to be resumed', async (param, format) => {
    const server = new TestServer();
    const lost = await lostSession(server);
    const client = await server.open({ ...resume(lost, 0), ...format }, ID);
    expect(client.one('error')).toMatchObject({ code: 'bad_config', fatal: true, param });
    expect(client.closing?.code).toBe(4400);
    expect((await server.open(resume(lost, 0), ID)).one('ready').resumed).toBe(true);
  });

  it('ignores start_sample', async () => {
    const server = new TestServer();
    const lost = await lostSession(server);
    const client = await server.open({ ...resume(lost, 0), start_sample: 7 }, ID);
    expect(client.one('ready').next_sample).toBe(48_000);
  });
});

describe('who may resume', () => {
  it('is denied to a wrong token, and the session stays', async () => {
    const server = new TestServer();
    const owner = await server.open({}, ID);
    owner.audio(silence(100));
    const thief = await server.open({ resume: { resume_token: 'x'.repeat(43), last_seq: 0 } }, ID);
    expect(thief.one('error')).toMatchObject({ code: 'resume_denied', fatal: true, retryable: false });
    expect(thief.closing?.code).toBe(4401);
    expect(owner.closing).toBeNull();
  });

  it('is denied to no token at all, once there is audio', async () => {
    const server = new TestServer();
    const owner = await server.open({}, ID);
    owner.audio(silence(100));
    const thief = await server.open({}, ID);
    expect(thief.one('error').code).toBe('resume_denied');
    expect(owner.closing).toBeNull();
  });

  it('matters not before there is audio: the ready was lost, so the client starts afresh', async () => {
    const server = new TestServer();
    const lost = await server.open({}, ID);
    const client = await server.open({}, ID);
    expect(lost.closing?.code).toBe(4409);
    expect(client.one('ready')).toMatchObject({ resumed: false });
    expect(client.one('ready').resume_token).not.toBe(tokenOf(lost));
    expect(server.service.registry.active).toBe(1);
  });

  it('matters not before there is audio, even with the token of an earlier server', async () => {
    const server = new TestServer();
    await server.open({}, ID);
    const client = await server.open({ resume: { resume_token: 'old', last_seq: 4 } }, ID);
    expect(client.one('ready')).toMatchObject({ resumed: false, last_seq: 0 });
  });
});

describe('how long a session is kept', () => {
  it('is a minute after its client was lost', async () => {
    const server = new TestServer();
    const lost = await lostSession(server);
    await server.clock.advance(59_999);
    expect(server.service.registry.detached).toBe(1);
    await server.clock.advance(1);
    expect(server.service.registry.detached).toBe(0);
    const client = await server.open({ ...resume(lost, 3), start_sample: 40_000 }, ID);
    expect(client.one('ready')).toMatchObject({ resumed: false, next_sample: 40_000, last_seq: 0 });
  });

  it('starts anew with every loss', async () => {
    const server = new TestServer();
    const lost = await lostSession(server);
    await server.clock.advance(50_000);
    const again = await server.open(resume(lost, 3), ID);
    again.lose();
    await server.clock.advance(50_000);
    expect(server.service.registry.detached).toBe(1);
  });

  it('is a minute after it ended', async () => {
    const server = new TestServer();
    const client = await server.open({}, ID);
    client.audio(MORNING);
    client.say({ type: 'end_of_stream' });
    await server.settle();
    client.lose(1000);
    expect(server.service.registry.ended).toBe(1);
    await server.clock.advance(60_000);
    expect(server.service.registry.ended).toBe(0);
  });

  it('is not at all when its client said 1000', async () => {
    const server = new TestServer();
    const client = await server.open({}, ID);
    client.audio(MORNING);
    client.lose(1000);
    expect([server.service.registry.active, server.service.registry.detached]).toEqual([0, 0]);
  });

  it('is not at all when it never got audio', async () => {
    const server = new TestServer();
    (await server.open({}, ID)).lose();
    expect([server.service.registry.active, server.service.registry.detached]).toEqual([0, 0]);
  });

  it('leaves nothing behind', async () => {
    const server = new TestServer();
    await lostSession(server);
    await server.clock.advance(60_000);
    expect(server.clock.pendingTimers).toBe(0);
    expect(server.service.connections).toBe(0);
  });
});

describe('the number of sessions', () => {
  it('is capped, with an error that may be retried', async () => {
    const server = new TestServer({ maxSessions: 2 });
    const clients = [await server.open(), await server.open(), await server.open()];
    expect(clients.map(({ types }) => types)).toEqual([['ready'], ['ready'], ['error']]);
    expect(clients[2]?.one('error')).toMatchObject({
      code: 'too_many_sessions',
      fatal: true,
      retryable: true,
    });
    expect(clients[2]?.closing?.code).toBe(4429);
  });

  it('does not count those that are lost or over', async () => {
    const server = new TestServer({ maxSessions: 1 });
    await lostSession(server);
    const ended = await server.open({}, 'two');
    ended.audio(MORNING);
    ended.say({ type: 'end_of_stream' });
    await server.settle();
    expect((await server.open({}, 'three')).types).toEqual(['ready']);
  });

  it('lets a lost session come back although its place was taken', async () => {
    const server = new TestServer({ maxSessions: 1 });
    const lost = await lostSession(server);
    await server.open({}, 'two');
    expect((await server.open(resume(lost, 3), ID)).one('ready').resumed).toBe(true);
  });

  it('has a bound for lost ones, too: the oldest goes', async () => {
    const server = new TestServer({ maxSessions: 1 });
    for (let index = 0; index < 20; index++) {
      const client = await server.open({}, `lost-${index}`);
      client.audio(silence(100));
      client.lose();
    }
    expect(server.service.registry.detached).toBe(16);
  });
});
