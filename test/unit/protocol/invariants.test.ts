import { describe, expect, it } from 'vitest';
import { InvariantChecker } from '../../../src/core/protocol/invariants.ts';
import type { ServerMessage } from '../../../src/core/protocol/server-messages.ts';

function ready(fields: { resumed?: boolean; next_sample?: number; last_seq?: number } = {}): ServerMessage {
  return {
    type: 'ready',
    version: 1,
    session_id: 's',
    resume_token: 't',
    resumed: false,
    next_sample: 0,
    last_seq: 0,
    model: { name: 'm', multilingual: false },
    language: 'en',
    sample_rate: 16_000,
    channels: 1,
    encoding: 'pcm_s16le',
    limits: {
      max_message_bytes: 1,
      idle_timeout_ms: 1,
      resume_window_ms: 1,
      max_session_ms: null,
    },
    ...fields,
  };
}

function partial(segment: number, revision: number, stable: string, rest = ''): ServerMessage {
  const times = { start_ms: 0, end_ms: 0 };
  return {
    type: 'partial',
    segment_id: segment,
    revision,
    text: stable + rest,
    stable_text: stable,
    ...times,
  };
}

function final(segment: number, seq: number, text: string, fields: Partial<ServerMessage> = {}) {
  return {
    type: 'final',
    segment_id: segment,
    text,
    language: 'en',
    start_ms: segment * 100,
    end_ms: segment * 100 + 100,
    confidence: 1,
    committed_samples: segment * 100,
    seq,
    ...fields,
  } as ServerMessage;
}

function ended(seq: number, reason: 'end_of_stream' | 'error' = 'end_of_stream'): ServerMessage {
  return { type: 'session_ended', message: 'Done.', reason, audio_ms: 0, last_seq: seq, seq };
}

function ack(received: number, committed: number): ServerMessage {
  return { type: 'ack', received_samples: received, committed_samples: committed };
}

function broken(messages: ServerMessage[], sentSamples?: number): string[] {
  const checker = new InvariantChecker();
  return messages.flatMap((message) => checker.check(message, sentSamples));
}

const started = (seq: number): ServerMessage => ({ type: 'speech_started', time_ms: 0, seq });
const stopped = (seq: number): ServerMessage => ({ type: 'speech_ended', time_ms: 9, seq });

describe('InvariantChecker', () => {
  it('has nothing to say about a session that keeps its promises', () => {
    expect(
      broken([
        ready(),
        started(1),
        partial(1, 1, '', 'Good'),
        partial(1, 2, 'Good', ' morning'),
        ack(500, 0),
        partial(1, 5, 'Good morning'),
        final(1, 2, 'Good morning.'),
        stopped(3),
        partial(2, 1, '', 'Um'),
        partial(2, 2, ''),
        partial(2, 1, '', 'Yes'),
        ready({ resumed: true, next_sample: 700, last_seq: 5 }),
        { type: 'flushed', id: 'x', seq: 4 },
        ack(700, 100),
        partial(2, 1, '', 'Yes'),
        final(2, 5, 'Yes.', { committed_samples: 700 }),
        ack(900, 900),
        ended(6),
      ]),
    ).toEqual([]);
  });

  it('lets a new session start again from nothing', () => {
    expect(
      broken([ready(), final(1, 1, 'One.'), partial(2, 7, 'Two'), ready(), final(1, 1, 'Two.')]),
    ).toEqual([]);
  });

  it.each<[string, ServerMessage[], RegExp]>([
    [
      'stable text that shrinks',
      [partial(1, 1, 'Good morning'), partial(1, 2, 'Good', ' morning')],
      /changed or shrank/u,
    ],
    ['stable text that changes', [partial(1, 1, 'Good'), partial(1, 2, 'Food')], /changed or shrank/u],
    ['a withdrawal of stable text', [partial(1, 1, 'Good'), partial(1, 2, '')], /changed or shrank/u],
    ['a final that goes back on stable text', [partial(1, 1, 'Good'), final(1, 1, 'Food')], /begin with/u],
    [
      'stable text that is not in the text',
      [{ ...partial(1, 1, 'Good'), text: 'Food' } as ServerMessage],
      /no prefix/u,
    ],
    [
      'a revision that does not rise',
      [partial(1, 2, ''), partial(1, 2, 'a'), partial(1, 2, 'a')],
      /revision/u,
    ],
    [
      'two finals of a segment',
      [final(1, 1, 'a'), final(1, 2, 'a', { start_ms: 500, end_ms: 600 })],
      /Final 1/u,
    ],
    ['a skipped segment', [final(1, 1, 'a'), final(3, 2, 'c')], /Final 3 followed final 1/u],
    ['finals that overlap', [final(1, 1, 'a'), final(2, 2, 'b', { start_ms: 199 })], /before final 1 ends/u],
    ['a final that ends before it starts', [final(1, 1, 'a', { end_ms: 99 })], /ends before/u],
    ['a final with space around it', [final(1, 1, ' a')], /trimmed/u],
    ['a partial after its final', [final(1, 1, 'a'), partial(1, 1, '', 'a')], /after its final/u],
    ['stable text left behind', [partial(1, 1, 'a'), ended(1)], /got no final/u],
    ['a gap in seq', [started(1), stopped(3)], /seq went from 1 to 3/u],
    ['a seq seen before', [started(1), stopped(1)], /seq went from 1 to 1/u],
    ['committed audio that falls', [ack(9, 5), ack(9, 4)], /committed_samples fell/u],
    ['a final that uncommits', [ack(900, 500), final(1, 1, 'a')], /committed_samples fell/u],
    ['committed audio that was never received', [ack(4, 5)], /passes received_samples/u],
    ['received audio that falls', [ack(9, 0), ack(8, 0)], /received_samples fell/u],
    ['received audio that was never sent', [ack(1001, 0)], /only 1000 were sent/u],
    [
      'a resume that forgot audio',
      [ack(9, 0), ready({ resumed: true, next_sample: 8 })],
      /resumed at sample 8/u,
    ],
    ['a resume that forgot events', [started(1), ready({ resumed: true })], /resumed at seq 0/u],
    ['speech that starts twice', [started(1), started(2)], /speech_started came twice/u],
    ['speech that ends before it starts', [stopped(1)], /speech_ended came twice/u],
    ['anything after the end', [ended(1), ack(1, 1)], /after session_ended/u],
  ])('notices %s', (_name, messages, complaint) => {
    expect(broken([ready(), ...messages], 1000)).toEqual([expect.stringMatching(complaint)]);
  });

  it('accepts unfinished stable text where the session ended with an error', () => {
    expect(broken([ready(), partial(1, 1, 'a'), ended(1, 'error')])).toEqual([]);
  });

  it('never repeats transcript text in a complaint', () => {
    const complaints = broken([
      ready(),
      partial(1, 1, 'confidential'),
      partial(1, 1, 'secret'),
      final(1, 5, ' hidden'),
      final(1, 9, 'private'),
    ]);
    expect(complaints.length).toBeGreaterThan(4);
    expect(complaints.join(' ')).not.toMatch(/confidential|secret|hidden|private/u);
  });
});
