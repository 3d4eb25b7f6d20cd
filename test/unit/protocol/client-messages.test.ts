import { describe, expect, it } from 'vitest';
import { parseClientMessage } from '../../../src/core/protocol/client-messages.ts';
import { ProtocolError } from '../../../src/core/protocol/errors.ts';

function refusal(
  message: Record<string, unknown>,
): Pick<ProtocolError, 'code' | 'param' | 'fatal' | 'close'> {
  try {
    parseClientMessage(message);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const { code, param, fatal, close } = error;
    return { code, param, fatal, close };
  }
  throw new Error('The message was accepted.');
}

const fatal = { fatal: true, close: 4400 };

describe('parseClientMessage', () => {
  it.each([
    [{ version: 2 }, 'unsupported_version', 'version'],
    [{ encoding: 'opus' }, 'unsupported_encoding', 'encoding'],
    [{ language: 'english please' }, 'unsupported_language', 'language'],
    [{ sample_rate: 7999 }, 'bad_config', 'sample_rate'],
    [{ sample_rate: 48_001 }, 'bad_config', 'sample_rate'],
    [{ sample_rate: 16_000.5 }, 'bad_config', 'sample_rate'],
    [{ channels: 3 }, 'bad_config', 'channels'],
    [{ endpointing_ms: 99 }, 'bad_config', 'endpointing_ms'],
    [{ endpointing_ms: 5001 }, 'bad_config', 'endpointing_ms'],
    [{ model: '../../etc/passwd' }, 'bad_config', 'model'],
    [{ model: '/models/base.bin' }, 'bad_config', 'model'],
    [{ model: '' }, 'bad_config', 'model'],
    [{ interim_results: 'yes' }, 'bad_config', 'interim_results'],
    [{ start_sample: -1 }, 'bad_config', 'start_sample'],
    [{ start_sample: 1e300 }, 'bad_config', 'start_sample'],
    [{ resume: { resume_token: 'x' } }, 'bad_config', 'resume.last_seq'],
    [{ resume: { resume_token: 'x'.repeat(257), last_seq: 0 } }, 'bad_config', 'resume.resume_token'],
    [{ prompt: 'word '.repeat(201) }, 'bad_config', 'prompt'],
    [{ prompt: 'x'.repeat(61) }, 'bad_config', 'prompt'],
    [{ vocabulary: ['fine', 'x'.repeat(61)] }, 'bad_config', 'vocabulary.1'],
    [{ vocabulary: 'fine' }, 'bad_config', 'vocabulary'],
    [{ prompt: 'word '.repeat(150), vocabulary: ['word '.repeat(51)] }, 'bad_config', 'prompt'],
    [{ vocabulary: ['word '.repeat(150), 'word '.repeat(51)] }, 'bad_config', 'vocabulary'],
  ])('refuses config %j as %s', (fields, code, param) => {
    expect(refusal({ type: 'config', ...fields })).toEqual({ code, param, ...fatal });
  });

  it.each([
    { sample_rate: 8000 },
    { sample_rate: 48_000 },
    { endpointing_ms: 100 },
    { endpointing_ms: 5000 },
    { language: 'zh-Hans-CN' },
    { prompt: `${'x'.repeat(60)} ${'y'.repeat(60)}` },
    { prompt: 'abcd '.repeat(150), vocabulary: ['abcd '.repeat(50)] },
    { model: 'large-v3-turbo.q5_0' },
  ])('accepts config %j at its limit', (fields) => {
    expect(parseClientMessage({ type: 'config', ...fields })).toMatchObject(fields);
  });

  it.each([
    [{ type: 'flush' }, 'id'],
    [{ type: 'flush', id: true }, 'id'],
    [{ type: 'flush', id: 'x'.repeat(257) }, 'id'],
    [{ type: 'keepalive', last_seq: -1 }, 'last_seq'],
    [{ type: 'ready' }, 'type'],
    [{ type: 'toString' }, 'type'],
    [{ type: '__proto__' }, 'type'],
  ])('ignores %j with a notice that leaves the connection open', (message, param) => {
    expect(refusal(message)).toEqual({ code: 'unknown_message', param, fatal: false, close: null });
  });

  it('never repeats what a prompt says in the refusal', () => {
    const secret = `${'confidential'.repeat(6)}`;
    expect(() => parseClientMessage({ type: 'config', prompt: secret })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('confidential') }),
    );
  });
});
