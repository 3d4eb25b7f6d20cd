import { describe, expect, it } from 'vitest';
import {
  ERROR_RULES,
  isRetryableClose,
  isRetryableUpgradeStatus,
  ProtocolError,
  type ProtocolErrorCode,
} from '../../../src/core/protocol/errors.ts';

describe('error codes', () => {
  it('follow the table of the protocol', () => {
    const table = Object.fromEntries(
      Object.entries(ERROR_RULES).map(([code, rule]) => [code, [rule.close, rule.retryable]]),
    );
    expect(table).toEqual({
      config_required: [4400, false],
      config_timeout: [4400, false],
      bad_config: [4400, false],
      unsupported_version: [4400, false],
      unsupported_encoding: [4400, false],
      unsupported_language: [4400, false],
      model_not_found: [4400, false],
      bad_json: [4400, false],
      bad_audio: [4400, false],
      unknown_message: [null, false],
      audio_after_end: [null, false],
      already_configured: [null, false],
      model_loading: [null, false],
      resume_denied: [4401, false],
      replaced: [4409, false],
      idle_timeout: [4408, true],
      too_many_sessions: [4429, true],
      overloaded: [1013, true],
      server_shutdown: [1001, true],
      engine_error: [1011, true],
    });
  });

  it('that are fatal and not retryable close with a code that is not retried, and the other way round', () => {
    for (const [code, rule] of Object.entries(ERROR_RULES)) {
      if (rule.close === null) continue;
      expect([code, isRetryableClose(rule.close)]).toEqual([code, rule.retryable]);
    }
  });

  it('let a single error be milder than its rule: an empty frame closes nothing', () => {
    const error = new ProtocolError('bad_audio', 'The frame is empty.', { fatal: false });
    expect([error.fatal, error.close, error.code]).toEqual([false, null, 'bad_audio']);
  });
});

describe('retries', () => {
  it('are given up after exactly the closes the protocol names', () => {
    const codes = Array.from({ length: 5000 }, (_, code) => code);
    expect(codes.filter((code) => !isRetryableClose(code))).toEqual([
      1000, 1002, 1003, 1007, 1008, 1009, 4400, 4401, 4409,
    ]);
  });

  it('are given up after exactly the upgrade statuses the protocol names', () => {
    const statuses = Array.from({ length: 600 }, (_, status) => status);
    expect(statuses.filter((status) => !isRetryableUpgradeStatus(status))).toEqual([400, 401, 403, 404, 421]);
  });
});

describe('ProtocolError.fromMessage', () => {
  it('takes the server at its word on what is fatal and worth retrying', () => {
    const error = ProtocolError.fromMessage({
      type: 'error',
      code: 'engine_error',
      message: 'The prompt crashed the engine; change it.',
      fatal: true,
      retryable: false,
      param: 'prompt',
    });
    expect({ ...error, message: error.message }).toMatchObject({
      code: 'engine_error',
      message: 'The prompt crashed the engine; change it.',
      fatal: true,
      retryable: false,
      param: 'prompt',
      close: 1011,
    });
  });

  it('understands a code only a newer server knows', () => {
    const error = ProtocolError.fromMessage({
      type: 'error',
      code: 'quota_used_up' as ProtocolErrorCode,
      message: 'Come back tomorrow.',
      fatal: true,
      retryable: false,
    });
    expect([error.code, error.fatal, error.retryable]).toEqual(['quota_used_up', true, false]);
  });
});
