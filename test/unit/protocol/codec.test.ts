import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseClientMessage } from '../../../src/core/protocol/client-messages.ts';
import {
  decodeJsonObject,
  encodeMessage,
  isNestedDeeperThan,
  parseServerMessage,
} from '../../../src/core/protocol/codec.ts';
import { ProtocolError } from '../../../src/core/protocol/errors.ts';
import { MAX_JSON_DEPTH, MAX_MESSAGE_BYTES } from '../../../src/core/protocol/limits.ts';

function nested(depth: number): string {
  return `{"type":"x"${',"a":{"b":0'.repeat(depth - 1)}${'}'.repeat(depth)}`;
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('decodeJsonObject', () => {
  it.each(['', ' ', 'null', '7', '"config"', '[]', '[{"type":"config"}]', '{', '{"type":"config"}{}', '{}'])(
    'refuses %j as bad_json, which ends the connection',
    (text) => {
      expect(() => decodeJsonObject(text)).toThrow(
        expect.objectContaining({ code: 'bad_json', fatal: true, close: 4400 }),
      );
    },
  );

  it('takes 16 levels and refuses 17', () => {
    expect(decodeJsonObject(nested(MAX_JSON_DEPTH)).type).toBe('x');
    expect(() => decodeJsonObject(nested(MAX_JSON_DEPTH + 1))).toThrow(/nested deeper than 16/u);
  });

  it('does not count brackets in strings', () => {
    const text = JSON.stringify({ type: 'x', note: `${'[{'.repeat(50)}\\"${'['.repeat(50)}` });
    expect(decodeJsonObject(text).note).toContain('[{');
  });

  it('refuses a megabyte of brackets without recursing into it', () => {
    for (const bracket of ['[', '{"a":']) {
      const text = bracket.repeat(MAX_MESSAGE_BYTES / bracket.length);
      expect(() => decodeJsonObject(text)).toThrow(/nested deeper/u);
    }
  });

  it('measures the depth of any JSON exactly', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 20 }), (text) => {
        const depth = depthOf(JSON.parse(text));
        expect(isNestedDeeperThan(text, depth)).toBe(false);
        if (depth > 0) expect(isNestedDeeperThan(text, depth - 1)).toBe(true);
      }),
    );
  });

  it('answers any text at all with an object or a ProtocolError', () => {
    const frames = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.json(),
      fc.json().chain((text) => fc.nat(text.length).map((end) => text.slice(0, end))),
    );
    fc.assert(
      fc.property(frames, (text) => {
        try {
          expect(typeof decodeJsonObject(text).type).toBe('string');
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
    );
  });
});

describe('message schemas', () => {
  const type = fc.constantFrom(
    ...['config', 'keepalive', 'flush', 'end_of_stream', 'ready', 'partial', 'final', 'ack', 'flow'],
    ...['speech_started', 'speech_ended', 'flushed', 'draining', 'error', 'session_ended', 'snapshot'],
  );
  const anyMessage = fc
    .tuple(type, fc.dictionary(fc.string(), fc.jsonValue()))
    .map(([name, fields]) => ({ ...fields, type: name }));

  it('answer any fields with a message or a ProtocolError', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        for (const parse of [parseClientMessage, parseServerMessage]) {
          try {
            parse(message);
          } catch (error) {
            expect(error).toBeInstanceOf(ProtocolError);
          }
        }
      }),
    );
  });

  it('a message of a known type without its shape is refused, never passed over', () => {
    expect(() => parseServerMessage({ type: 'ack', received_samples: '1', committed_samples: 0 })).toThrow(
      /"ack" message does not have its documented shape \(received_samples/u,
    );
    expect(() => parseServerMessage({ type: 'flushed', id: {}, seq: 1 })).toThrow(/"flushed" message/u);
  });

  it('finals survive the wire whatever their text holds', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(text, fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (words, at, confidence) => {
        const final = {
          type: 'final',
          segment_id: at,
          text: words,
          language: 'en',
          start_ms: at,
          end_ms: at,
          confidence: confidence + 0,
          committed_samples: at,
          seq: at + 1,
        };
        expect(parseServerMessage(decodeJsonObject(encodeMessage(final)))).toEqual(final);
      }),
    );
  });
});
