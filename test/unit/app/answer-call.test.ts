import { expect, it } from 'vitest';
import { z } from 'zod';
import { answerCall, tableOf } from '../../../src/app/handlers/answer-call.ts';
import { SurtitleError } from '../../../src/core/foundation/errors.ts';
import { type Logger, silentLogger } from '../../../src/core/foundation/logger.ts';
import { answering, type CallContext } from '../../../src/ipc/call.ts';

const CALLS = {
  'sum.of': answering<number>()(z.object({ a: z.number(), b: z.number() })),
  'fails.onPurpose': answering<void>()(z.undefined()),
  'fails.byMistake': answering<void>()(z.undefined()),
} as const;

const table = tableOf(CALLS, {
  'sum.of': ({ a, b }) => a + b,
  'fails.onPurpose': () => {
    throw new SurtitleError('disk_full', 'The disk is full. Make room.');
  },
  'fails.byMistake': async () => {
    throw new TypeError('/home/anna/secret is not a function');
  },
});
const context: CallContext = { signal: new AbortController().signal, resolveFile: (name) => name };
const answer = (name: string, request?: unknown, logger: Logger = silentLogger) =>
  answerCall(table, { name, request }, context, logger);

it('answers a call', async () => {
  expect(await answer('sum.of', { a: 1, b: 2 })).toEqual({ ok: true, value: 3 });
});

it('tells an error that was thrown on purpose', async () => {
  expect(await answer('fails.onPurpose')).toEqual({
    ok: false,
    error: { code: 'disk_full', message: 'The disk is full. Make room.' },
  });
});

it('logs an error that nobody meant, and tells nothing of it', async () => {
  const logged: unknown[] = [];
  const logger: Logger = { ...silentLogger, error: (...line) => logged.push(line) };
  const result = await answer('fails.byMistake', undefined, logger);
  expect(result).toMatchObject({ ok: false, error: { code: 'internal_error' } });
  expect(JSON.stringify(result)).not.toContain('secret');
  expect(logged).toEqual([
    ['A call failed.', { name: 'fails.byMistake', reason: '/home/anna/secret is not a function' }],
  ]);
});

it.each(['sum', '__proto__', 'toString', 'constructor', ''])('does not know %j', async (name) => {
  expect(await answer(name)).toMatchObject({ ok: false, error: { code: 'unknown_call' } });
});

it.each([[undefined], [null], ['text'], [{ a: 1 }], [{ a: 1, b: '2' }]])(
  'does not take %j for a sum',
  async (request) => {
    expect(await answer('sum.of', request)).toMatchObject({ ok: false, error: { code: 'bad_request' } });
  },
);
