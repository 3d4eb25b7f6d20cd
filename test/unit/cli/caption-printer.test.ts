import pc from 'picocolors';
import { beforeEach, describe, expect, test } from 'vitest';
import { CaptionPrinter } from '../../../src/cli/streaming/caption-printer.ts';
import { JsonEventWriter } from '../../../src/cli/streaming/event-writers.ts';
import type { ReadyMessage } from '../../../src/core/protocol/server-messages.ts';

const READY: ReadyMessage = {
  type: 'ready',
  version: 1,
  session_id: 's',
  resume_token: 'secret',
  resumed: false,
  next_sample: 0,
  last_seq: 0,
  model: { name: 'm', multilingual: false },
  language: 'en',
  sample_rate: 16_000,
  channels: 1,
  encoding: 'pcm_s16le',
  limits: { max_message_bytes: 1, idle_timeout_ms: 1, resume_window_ms: 1, max_session_ms: null },
};

describe('what a person who streams is told', () => {
  let notes: string[];
  let printer: CaptionPrinter;
  beforeEach(() => {
    notes = [];
    printer = new CaptionPrinter({ write: () => true }, pc.createColors(false), (line) => notes.push(line));
  });

  test('is that captions are behind, once, and when they have caught up', () => {
    printer.event(0, { type: 'flow', state: 'ok', lag_ms: 0 });
    printer.event(1, { type: 'flow', state: 'slow', lag_ms: 6000 });
    printer.event(2, { type: 'flow', state: 'paused', lag_ms: 21_000 });
    printer.event(3, { type: 'flow', state: 'ok', lag_ms: 0 });
    expect(notes).toEqual(['Captions are behind by 6 s.', 'Captions have caught up.']);
  });

  test('is that the connection was lost and found, and what that cost', () => {
    printer.event(0, { type: 'connection', state: 'open', ready: READY });
    printer.event(1, { type: 'connection', state: 'lost', reason: 'Gone.', retry_in_ms: 0 });
    printer.event(2, { type: 'connection', state: 'lost', reason: 'Refused.', retry_in_ms: 1200 });
    printer.event(2, { type: 'connection', state: 'restarted', ready: READY });
    printer.event(3, { type: 'gap', start_ms: 1000, end_ms: 2500, reason: 'not_buffered' });
    expect(notes).toEqual([
      'Connection lost (Gone); trying again.',
      'Still not connected; trying again in 1.2 s.',
      'Connected again.',
      'Lost 1.5 s of audio with the connection.',
    ]);
  });

  test('is what the server warns of, without its escape sequences', () => {
    const message = 'Careful\u001b[2J.';
    printer.event(0, { type: 'error', code: 'model_loading', message, fatal: false, retryable: true });
    expect(notes).toEqual(['Careful [2J. (model_loading)']);
  });
});

test('JSON output never holds the token that takes a session over', () => {
  let written = '';
  const writer = new JsonEventWriter((line) => (written += line));
  writer.event(12.345, { type: 'connection', state: 'open', ready: READY });
  expect(JSON.parse(written)).toMatchObject({ at_ms: 12.3, type: 'connection', ready: { session_id: 's' } });
  expect(written).not.toContain('secret');
});
