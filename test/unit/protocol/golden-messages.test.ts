import { describe, expect, it } from 'vitest';
import { parseClientMessage } from '../../../src/core/protocol/client-messages.ts';
import { decodeJsonObject, encodeMessage, parseServerMessage } from '../../../src/core/protocol/codec.ts';

/** Text frames as they stand on the wire. These are promises to clients in other languages: do not edit, add. */
const SERVER_FRAMES = [
  '{"type":"ready","version":1,"session_id":"c2Vzc2lvbg","resume_token":"dG9rZW4","resumed":false,"next_sample":0,"last_seq":0,"model":{"name":"base.en","multilingual":false},"language":"en","sample_rate":16000,"channels":1,"encoding":"pcm_s16le","limits":{"max_message_bytes":1048576,"idle_timeout_ms":30000,"resume_window_ms":60000,"max_session_ms":null}}',
  '{"type":"speech_started","time_ms":480,"seq":1}',
  '{"type":"partial","segment_id":1,"revision":3,"text":"Good morning every","stable_text":"Good morning","start_ms":480,"end_ms":1800}',
  '{"type":"partial","segment_id":1,"revision":4,"text":"","stable_text":"","start_ms":480,"end_ms":480}',
  '{"type":"final","segment_id":1,"text":"Good morning everyone.","language":"en","start_ms":480,"end_ms":2100,"confidence":0.93,"committed_samples":33600,"seq":2}',
  '{"type":"final","segment_id":2,"text":"Yes.","language":"en","start_ms":2600,"end_ms":2900,"confidence":1,"words":[{"text":"Yes.","start_ms":2600,"end_ms":2900,"confidence":0.5}],"committed_samples":46400,"from_flush":true,"seq":3}',
  '{"type":"speech_ended","time_ms":2100,"seq":4}',
  '{"type":"flushed","id":"chapter-1","seq":5}',
  '{"type":"flushed","id":7,"seq":6}',
  '{"type":"ack","received_samples":48000,"committed_samples":46400}',
  '{"type":"flow","state":"paused","lag_ms":20480}',
  '{"type":"draining","queued_ms":1500}',
  '{"type":"error","code":"audio_after_end","message":"Audio after end_of_stream was dropped.","fatal":false,"retryable":false}',
  '{"type":"error","code":"bad_config","message":"config.channels is not acceptable. Send 1 or 2.","fatal":true,"retryable":false,"param":"channels"}',
  '{"type":"session_ended","message":"All audio was transcribed.","reason":"end_of_stream","audio_ms":3000,"last_seq":7,"seq":7}',
  '{"type":"snapshot","finals":[{"type":"final","segment_id":1,"text":"Hello.","language":"en","start_ms":0,"end_ms":400,"confidence":0.9,"committed_samples":6400,"seq":2}],"partial":{"type":"partial","segment_id":2,"revision":0,"text":"How","stable_text":"","start_ms":800,"end_ms":1000}}',
] as const;

const CLIENT_FRAMES = [
  '{"type":"config","version":1,"language":"en-US","sample_rate":48000,"channels":2,"encoding":"pcm_f32le","model":"base.en","interim_results":false,"word_timestamps":true,"endpointing_ms":300,"prompt":"A talk on bridges.","vocabulary":["Öresund","Tacoma Narrows"],"translate":false,"publish":true,"start_sample":96000,"resume":{"resume_token":"dG9rZW4","last_seq":12}}',
  '{"type":"keepalive"}',
  '{"type":"keepalive","last_seq":12}',
  '{"type":"flush","id":"chapter-1"}',
  '{"type":"flush","id":7}',
  '{"type":"end_of_stream"}',
] as const;

describe('frames on the wire', () => {
  it.each(SERVER_FRAMES)('a server frame is read and written back byte for byte: %s', (frame) => {
    const message = parseServerMessage(decodeJsonObject(frame));
    expect(message && encodeMessage(message)).toBe(frame);
  });

  it.each(CLIENT_FRAMES)('a client frame is read and written back byte for byte: %s', (frame) => {
    expect(encodeMessage(parseClientMessage(decodeJsonObject(frame)))).toBe(frame);
  });

  it('a config that says nothing gets every default', () => {
    expect(parseClientMessage(decodeJsonObject('{"type":"config"}'))).toEqual({
      type: 'config',
      version: 1,
      language: 'auto',
      sample_rate: 16_000,
      channels: 1,
      encoding: 'pcm_s16le',
      interim_results: true,
      word_timestamps: false,
      endpointing_ms: 500,
      translate: false,
      publish: false,
      start_sample: 0,
    });
  });

  it('fields this version does not know are ignored, at every depth', () => {
    expect(
      parseClientMessage(
        decodeJsonObject('{"type":"keepalive","last_seq":1,"mood":"good","nested":{"deep":[1]}}'),
      ),
    ).toEqual({ type: 'keepalive', last_seq: 1 });
    expect(
      parseServerMessage(
        decodeJsonObject('{"type":"ack","received_samples":1,"committed_samples":0,"newer":true}'),
      ),
    ).toEqual({ type: 'ack', received_samples: 1, committed_samples: 0 });
  });

  it('a server message of a type this version does not know is passed over', () => {
    expect(parseServerMessage({ type: 'speaker_changed', speaker: 2 })).toBeNull();
  });
});
