import { describe, expect, it } from 'vitest';
import { ack, audio, audioMs, Bench, final, partial, ready, sessionEnded } from './support/bench.ts';

describe('a lost connection', () => {
  it('is resumed at once, with token, newest event and the whole config', async () => {
    const bench = new Bench({ config: { language: 'en' } });
    bench.ready().say(final(1));
    const configOf = (index: number) => bench.sockets[index]?.texts('config')[0];
    bench.socket.lose();
    await bench.advance(0);
    expect(bench.sockets).toHaveLength(2);
    bench.socket.open();
    expect(configOf(1)).toEqual({
      ...configOf(0),
      resume: { resume_token: 'resume-token', last_seq: 1 },
    });
    expect(bench.socket.request).toEqual(bench.sockets[0]?.request);
  });

  it('is noticed after 15 seconds without a message, and dropped without the 1000 that would end the session', async () => {
    const bench = new Bench();
    const first = bench.ready();
    await bench.advance(10_000);
    first.say(ack(0, 0));
    await bench.advance(14_999);
    expect(bench.sockets).toHaveLength(1);
    await bench.advance(1);
    expect(first.closed).toBe('dropped');
    expect(bench.sockets).toHaveLength(2);
    expect(bench.of('connection').at(-2)).toMatchObject({
      state: 'lost',
      reason: 'The server said nothing for 15 seconds.',
    });
  });

  it('is noticed as well while it is still being made', async () => {
    const bench = new Bench();
    await bench.advance(15_000);
    expect(bench.sockets.map(({ closed }) => closed)).toEqual(['dropped', null]);
  });

  it('says nothing more: the socket it was on is ignored from then on', async () => {
    const bench = new Bench();
    const first = bench.ready();
    await bench.advance(15_000);
    const second = bench.ready({ resumed: true });
    first.say(final(1, { text: 'From the dead.' }));
    first.lose(4409);
    second.say(final(1, { text: 'Alive.' }));
    await bench.settle();
    expect(bench.of('final').map(({ text }) => text)).toEqual(['Alive.']);
    expect(bench.error).toBeNull();
  });

  it('goes on from exactly the sample the server wants', async () => {
    const bench = new Bench();
    bench.ready();
    bench.client.pushFrame(audio(100));
    bench.client.pushFrame(audio(100, 100));
    const second = await bench.reconnect();
    bench.client.pushFrame(audio(50, 200));
    bench.ready({ resumed: true, next_sample: 137 });
    bench.client.pushFrame(audio(10, 250));
    expect(second.audio).toEqual([...audio(260).subarray(137 * 2)]);
  });

  it('shows every event once, whatever the server repeats', async () => {
    const bench = new Bench({ checkInvariants: false });
    bench.ready().say(final(1), final(2, { segment_id: 2 }));
    await bench.reconnect();
    bench.ready({ resumed: true, last_seq: 3 }).say(final(2, { segment_id: 2 }), final(3, { segment_id: 3 }));
    await bench.settle();
    expect(bench.of('final').map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(bench.states).toEqual(['connecting', 'open', 'lost', 'connecting', 'resumed']);
    expect(bench.of('gap')).toEqual([]);
  });

  it('keeps up to 10 s of committed audio, and of uncommitted audio a minute', async () => {
    const bench = new Bench();
    bench.ready();
    for (let second = 1; second <= 90; second++) {
      bench.client.pushFrame(audioMs(1_000));
      bench.socket.say(ack(second * 16_000, 0));
    }
    await bench.reconnect();
    const resumed = bench.ready({ resumed: true, next_sample: 90 * 16_000 });
    resumed.say(ack(90 * 16_000, 85 * 16_000));
    bench.client.pushFrame(audioMs(1_000));
    const again = await bench.reconnect();
    again.open();
    // Committed counts, the minute does not reach further back.
    expect(again.texts('config')[0]).toMatchObject({ start_sample: 85 * 16_000 });
    again.say(ready({ resumed: true, next_sample: 90 * 16_000 }));
    expect(again.audio).toHaveLength(16_000 * 2);
  });

  it('sends silence for audio it no longer holds, and reports the gap', async () => {
    const bench = new Bench({ config: { encoding: 'mulaw', sample_rate: 8000 }, checkInvariants: false });
    bench.ready();
    for (let second = 1; second <= 70; second++) {
      bench.client.pushFrame(new Uint8Array(8000).fill(1));
      bench.socket.say(ack(second * 8000, 0));
    }
    const second = await bench.reconnect();
    // A server that lost 12 s of what it had acknowledged.
    bench.ready({ resumed: true, next_sample: 8 * 8000 });
    await bench.settle();
    expect(bench.of('gap')).toEqual([
      { type: 'gap', start_ms: 8_000, end_ms: 10_000, reason: 'not_buffered' },
    ]);
    const sent = second.audio;
    expect(new Set(sent.slice(0, 16_000))).toEqual(new Set([0xff]));
    expect(new Set(sent.slice(16_000))).toEqual(new Set([1]));
  });

  it('gives up on a server that claims audio which was never sent', async () => {
    const bench = new Bench({ checkInvariants: false });
    bench.client.pushFrame(audio(10));
    bench.ready({ next_sample: 11 });
    await bench.settle();
    expect(bench.error).toMatchObject({ code: 'protocol_violation' });
  });
});

describe('acknowledgements before ready', () => {
  it('say nothing about the session that is being resumed', async () => {
    const bench = new Bench();
    bench.ready();
    bench.client.pushFrame(audio(100));
    bench.socket.say(ack(100, 50));
    const second = await bench.reconnect();
    second.open().say(ack(0, 0), ready({ resumed: true, next_sample: 100 }));
    await bench.settle();
    expect([bench.error, bench.client.state]).toEqual([null, 'streaming']);
  });
});

describe('flushes', () => {
  it('go out between the samples where they were asked for, even before ready', async () => {
    const bench = new Bench();
    bench.client.pushFrame(audio(3));
    void bench.client.flush('a');
    bench.client.pushFrame(audio(2, 3));
    void bench.client.flush(7);
    bench.ready();
    expect(bench.socket.frames.slice(1)).toEqual([
      audio(3),
      { type: 'flush', id: 'a' },
      audio(2, 3),
      { type: 'flush', id: 7 },
    ]);
  });

  it('are sent again at their positions after a resume, but for those answered', async () => {
    const bench = new Bench();
    bench.ready();
    for (const id of ['a', 'b', 'c']) {
      bench.client.pushFrame(audio(10));
      void bench.client.flush(id);
    }
    bench.socket.say({ type: 'flushed', id: 'a', seq: 1 });
    const second = await bench.reconnect();
    bench.ready({ resumed: true, next_sample: 25, last_seq: 1 });
    expect(second.frames.slice(1)).toEqual([
      { type: 'flush', id: 'b' },
      audio(10).subarray(10),
      { type: 'flush', id: 'c' },
    ]);
  });

  it('settle with their answer, with the end of the stream, or in vain', async () => {
    const bench = new Bench();
    bench.ready();
    const answered = bench.client.flush('a');
    bench.socket.say({ type: 'flushed', id: 'a', seq: 1 });
    await expect(answered).resolves.toBe(true);
    const covered = bench.client.flush();
    bench.client.endInput();
    const late = bench.client.flush('late');
    expect(bench.socket.texts('flush')).toHaveLength(2);
    bench.socket.say(sessionEnded(2));
    await expect(Promise.all([covered, late])).resolves.toEqual([true, true]);

    const broken = new Bench();
    broken.ready();
    const vain = broken.client.flush();
    broken.client.abort();
    await expect(vain).resolves.toBe(false);
  });

  it('are answered once an id: a waiting one is shared, an answered one refused', async () => {
    const bench = new Bench();
    bench.ready();
    expect(bench.client.flush(1)).toBe(bench.client.flush(1));
    const other = bench.client.flush('1');
    bench.socket.say({ type: 'flushed', id: 1, seq: 1 });
    await expect(bench.client.flush(1)).resolves.toBe(false);
    expect(bench.socket.texts('flush')).toHaveLength(2);
    bench.socket.say({ type: 'flushed', id: '1', seq: 2 });
    await expect(other).resolves.toBe(true);
  });
});

describe('a session that is gone', () => {
  async function restart() {
    const bench = new Bench();
    bench
      .ready()
      .say({ type: 'speech_started', time_ms: 0, seq: 1 }, final(2, { committed_samples: 0, end_ms: 100 }));
    bench.client.pushFrame(audio(32_000));
    bench.socket.say(ack(32_000, 1_600), partial(2, 1, 'Good morning', 'Good'));
    await bench.reconnect();
    return bench;
  }

  it('is begun again behind the last committed sample, and audio goes on from there', async () => {
    const bench = await restart();
    bench.socket.open();
    expect(bench.socket.texts('config')[0]).toMatchObject({ start_sample: 1_600 });
    bench.socket.say(ready({ next_sample: 1_600, resume_token: 'new' }));
    expect(bench.socket.audio).toEqual([...audio(32_000).subarray(3_200)]);
    const third = await bench.reconnect();
    third.open();
    expect(third.texts('config')[0]).toMatchObject({ resume: { resume_token: 'new', last_seq: 0 } });
  });

  it('leaves nothing open towards the user, and segment ids go on rising', async () => {
    const bench = await restart();
    bench.events.length = 0;
    bench
      .ready({ next_sample: 1_600 })
      .say(
        { type: 'speech_started', time_ms: 150, seq: 1 },
        partial(1, 1, 'Good evening'),
        final(2, { segment_id: 1, text: 'Good evening.', committed_samples: 1_600, end_ms: 200 }),
        final(3, { segment_id: 2, text: 'Again.', committed_samples: 1_600, start_ms: 200, end_ms: 210 }),
      );
    await bench.settle();
    expect(
      bench.events.map((event) =>
        'segment_id' in event ? [event.type, event.segment_id, event.text] : [event.type],
      ),
    ).toEqual([
      ['partial', 2, ''],
      ['speech_ended'],
      ['connection'],
      ['speech_started'],
      ['partial', 3, 'Good evening'],
      ['final', 3, 'Good evening.'],
      ['final', 4, 'Again.'],
    ]);
    expect(bench.of('connection').map(({ state }) => state)).toEqual(['restarted']);
    expect(bench.of('speech_ended')[0]).toMatchObject({ time_ms: 100 });
    expect(bench.of('gap')).toEqual([]);
  });

  it('loses what was neither committed nor held, and says so', async () => {
    const bench = new Bench();
    bench.ready();
    for (let second = 1; second <= 75; second++) {
      bench.client.pushFrame(audioMs(1_000));
      bench.socket.say(ack(second * 16_000, Math.min(second, 3) * 16_000));
    }
    await bench.reconnect();
    bench.ready({ next_sample: 15 * 16_000 });
    await bench.settle();
    expect(bench.of('gap')).toEqual([
      { type: 'gap', start_ms: 3_000, end_ms: 15_000, reason: 'not_buffered' },
    ]);
    expect(bench.socket.texts('config')[0]).toMatchObject({ start_sample: 15 * 16_000 });
  });

  it('counts what its finals committed, acknowledged or not', async () => {
    const bench = new Bench();
    bench.ready();
    bench.client.pushFrame(audio(100));
    bench.socket.say(final(1, { committed_samples: 60 }));
    const second = await bench.reconnect();
    bench.ready({ next_sample: 60 });
    expect(second.audio).toEqual([...audio(100).subarray(120)]);
  });

  it('hears nothing twice from a server that begins further back than it was asked to', async () => {
    const bench = new Bench();
    bench.ready();
    bench.client.pushFrame(audio(100));
    bench.socket.say(ack(100, 60));
    const second = await bench.reconnect();
    bench.ready({ next_sample: 0 });
    await bench.settle();
    expect(second.audio).toEqual([...new Uint8Array(120), ...audio(100).subarray(120)]);
    expect(bench.of('gap')).toEqual([]);
  });

  it('sends flushes again that were never answered, though their audio is committed', async () => {
    const bench = new Bench();
    bench.ready();
    bench.client.pushFrame(audio(100));
    void bench.client.flush('a');
    bench.socket.say(ack(100, 100));
    const second = await bench.reconnect();
    bench.ready({ next_sample: 100 });
    expect(second.frames.slice(1)).toEqual([{ type: 'flush', id: 'a' }]);
  });

  it('starts afresh where not even its ready had arrived', async () => {
    const bench = new Bench();
    bench.client.pushFrame(audio(5));
    bench.socket.open();
    const second = await bench.reconnect();
    bench.ready();
    await bench.settle();
    expect(second.texts('config')[0]).not.toHaveProperty('resume');
    expect(second.audio).toEqual([...audio(5)]);
    expect(bench.states).toEqual(['connecting', 'lost', 'connecting', 'open']);
  });
});
