import { describe, expect, it } from 'vitest';
import { dictatedServer, silence, TestServer } from './harness.ts';

function partial(segmentId: number, revision: number, text: string) {
  return {
    type: 'partial',
    segment_id: segmentId,
    revision,
    text,
    stable_text: '',
    start_ms: 0,
    end_ms: 0,
  } as const;
}

function final(segmentId: number, text: string) {
  return {
    type: 'final',
    segment_id: segmentId,
    text,
    language: 'en',
    start_ms: 0,
    end_ms: 0,
    confidence: 1,
    position: 0,
  } as const;
}

describe('towards a client that reads slowly', () => {
  it('keeps only the newest partial of each segment back, and no final', async () => {
    const { server, say } = dictatedServer();
    const client = await server.open();
    client.bufferedBytes = 256 * 1024 + 1;
    say(partial(1, 1, 'one'));
    say(partial(1, 2, 'one two'));
    say(final(1, 'one two'));
    say(partial(2, 1, 'three'));
    say(partial(2, 2, 'three four'));
    expect(client.types).toEqual(['ready', 'final']);
    client.drain();
    expect(client.sent.slice(2)).toEqual([partial(2, 2, 'three four')]);
  });

  it('sends partials at once up to 256 KiB', async () => {
    const { server, say } = dictatedServer();
    const client = await server.open();
    client.bufferedBytes = 256 * 1024;
    say(partial(1, 1, 'one'));
    expect(client.types).toEqual(['ready', 'partial']);
  });

  it('never sends an older partial after a newer one', async () => {
    const { server, say } = dictatedServer();
    const client = await server.open();
    client.bufferedBytes = 256 * 1024 + 1;
    say(partial(1, 1, 'one'));
    client.bufferedBytes = 0;
    say(partial(1, 2, 'one two'));
    client.drain();
    expect(client.of('partial').map(({ revision }) => revision)).toEqual([2]);
  });

  it('gives up over 4 MiB, and keeps the session with its finals', async () => {
    const { server, say } = dictatedServer();
    const client = await server.open({}, 'slow');
    client.audio(silence(1_000));
    client.clogged = true;
    const text = 'word '.repeat(20_000).trim();
    for (let id = 1; id <= 60; id++) say(final(id, text));
    expect(client.of('error')).toMatchObject([{ code: 'overloaded', fatal: true, retryable: true }]);
    expect(client.closing?.code).toBe(1013);
    const token = client.one('ready').resume_token as string;
    const again = await server.open({ resume: { resume_token: token, last_seq: 0 } }, 'slow');
    expect(again.of('final')).toHaveLength(60);
  });

  it('replays more than 4 MiB without taking the client for a slow one', async () => {
    const { server, say } = dictatedServer();
    const lost = await server.open({}, 'slow');
    lost.audio(silence(1_000));
    lost.lose();
    const text = 'word '.repeat(20_000).trim();
    for (let id = 1; id <= 60; id++) say(final(id, text));
    const client = server.connect('slow');
    client.clogged = true;
    client.say({
      type: 'config',
      resume: { resume_token: lost.one('ready').resume_token as string, last_seq: 0 },
    });
    await server.settle();
    say(final(61, 'more'));
    expect(client.of('final')).toHaveLength(61);
    expect(client.closing).toBeNull();
    for (let id = 62; id <= 120; id++) say(final(id, text));
    expect(client.closing?.code).toBe(1013);
  });

  it('is as strict as ever once the client has caught up with a replay', async () => {
    const { server, say } = dictatedServer();
    const lost = await server.open({}, 'slow');
    lost.audio(silence(1_000));
    lost.lose();
    const text = 'word '.repeat(20_000).trim();
    for (let id = 1; id <= 60; id++) say(final(id, text));
    const client = server.connect('slow');
    client.clogged = true;
    const token = lost.one('ready').resume_token as string;
    client.say({ type: 'config', resume: { resume_token: token, last_seq: 0 } });
    client.drain();
    client.clogged = true;
    for (let id = 61; id <= 101; id++) say(final(id, text));
    expect(client.closing).toBeNull();
    say(final(102, text));
    expect(client.closing?.code).toBe(1013);
  });

  it('ends with session_ended, however much is unsent', async () => {
    const { server, recognizer } = dictatedServer();
    const client = await server.open();
    client.say({ type: 'end_of_stream' });
    // Room for the last ack, but not for what follows it.
    client.clogged = true;
    client.bufferedBytes = 4 * 1024 * 1024 - 80;
    recognizer().finishEnd();
    await server.settle();
    expect(client.types.slice(-2)).toEqual(['ack', 'session_ended']);
    expect(client.closing?.code).toBe(1000);
  });
});

describe('towards a client that sends too fast', () => {
  it('stops reading while the recogniser takes nothing in', async () => {
    const { server, say } = dictatedServer();
    const client = await server.open();
    say({ type: 'flow', state: 'paused', lag_ms: 21_000 });
    say({ type: 'intake', open: false });
    expect(client.reading).toBe(false);
    say({ type: 'intake', open: true });
    expect(client.reading).toBe(true);
    expect(client.sent.slice(1)).toEqual([{ type: 'flow', state: 'paused', lag_ms: 21_000 }]);
  });

  it('lets the idle timer rest meanwhile and answers the keepalives it cannot read', async () => {
    const { server, say } = dictatedServer();
    const client = await server.open();
    say({ type: 'intake', open: false });
    await server.clock.advance(60_000);
    expect(client.closing).toBeNull();
    expect(client.of('ack')).toHaveLength(12);
    say({ type: 'intake', open: true });
    await server.clock.advance(29_999);
    expect(client.closing).toBeNull();
    await server.clock.advance(1);
    expect(client.closing?.code).toBe(4408);
  });

  it('tells a client that resumes how things stand', async () => {
    const { server, say } = dictatedServer();
    const lost = await server.open({}, 'x');
    lost.audio(silence(1_000));
    say({ type: 'flow', state: 'paused', lag_ms: 21_000 });
    say({ type: 'intake', open: false });
    lost.lose();
    const token = lost.one('ready').resume_token as string;
    const client = await server.open({ resume: { resume_token: token, last_seq: 0 } }, 'x');
    expect(client.types).toEqual(['ready', 'flow', 'ack']);
    expect(client.reading).toBe(false);
  });

  it('pauses an hour of audio that is poured in at once, and hears all of it', async () => {
    const server = new TestServer({ scripted: { realTimeFactor: 0.1 } });
    const client = await server.open({ interim_results: false });
    const minute = silence(60_000);
    let poured = 0;
    let pauses = 0;
    while (poured < 60) {
      if (client.reading) {
        client.audio(minute);
        poured++;
        if (!client.reading) pauses++;
      }
      await server.clock.advance(100);
    }
    client.say({ type: 'end_of_stream' });
    await server.clock.advance(60_000);
    expect(client.one('session_ended').audio_ms).toBe(3_600_000);
    expect(pauses).toBe(60);
  });

  it('reads again once the stream has ended', async () => {
    const { server, say } = dictatedServer();
    const client = await server.open();
    say({ type: 'intake', open: false });
    client.say({ type: 'end_of_stream' });
    expect(client.reading).toBe(true);
  });
});
