import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../src/core/foundation/virtual-clock.ts';
import {
  announcesTooMuch,
  type ReceivedForm,
  receiveForm,
} from '../../../src/core/server/dialects/openai/multipart-form.ts';

const BOUNDARY = '----form1234';
const CONTENT_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

let folder: string;
let target: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'surtitle-form-'));
  target = join(folder, 'upload');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Part {
  readonly name: string;
  readonly value: string | Uint8Array;
  /** Null: without one, though it is a file. */
  readonly fileName?: string | null;
}

function form(parts: readonly Part[], end = `--${BOUNDARY}--\r\n`): Buffer {
  return Buffer.concat([
    ...parts.flatMap(({ name, value, fileName }) => [
      Buffer.from(
        `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${fileName ? `; filename="${fileName}"` : ''}\r\n${fileName === undefined ? '' : 'Content-Type: application/octet-stream\r\n'}\r\n`,
      ),
      Buffer.from(value),
      Buffer.from('\r\n'),
    ]),
    Buffer.from(end),
  ]);
}

/** A request whose body comes in these pieces. */
function request(body: Readable, headers: Record<string, string> = { 'content-type': CONTENT_TYPE }) {
  return Object.assign(body, { headers }) as unknown as IncomingMessage;
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (let index = 0; at < bytes.length; index++) {
    const size = sizes[index % sizes.length] ?? bytes.length;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

interface Options {
  readonly maxFileBytes?: number;
  readonly clock?: VirtualClock;
  readonly signal?: AbortSignal;
}

function receive(of: IncomingMessage, options: Options = {}): Promise<ReceivedForm> {
  return receiveForm(of, {
    target,
    maxFileBytes: 10_000,
    clock: new VirtualClock(),
    signal: new AbortController().signal,
    ...options,
  });
}

const receiveBytes = (bytes: Buffer, options: Options = {}) =>
  receive(request(Readable.from([bytes], { objectMode: false })), options);

const FILE: Part = { name: 'file', value: 'RIFF', fileName: 'talk.wav' };

describe('a form', () => {
  it('gives its fields, all values of those that come again, and its file', async () => {
    const { fields, fileBytes } = await receiveBytes(
      form([
        { name: 'timestamp_granularities[]', value: 'word' },
        FILE,
        { name: 'timestamp_granularities[]', value: 'segment' },
        { name: 'prompt', value: 'Ångström' },
      ]),
    );
    expect(Object.fromEntries(fields)).toEqual({
      'timestamp_granularities[]': ['word', 'segment'],
      prompt: ['Ångström'],
    });
    expect(fileBytes).toBe(4);
    expect(readFileSync(target, 'utf8')).toBe('RIFF');
  });

  it.skipIf(process.platform === 'win32')('goes into a file that only the user can read', async () => {
    await receiveBytes(form([FILE]));
    expect(statSync(target).mode & 0o777).toBe(0o600);
  });

  it('is the same however its bytes are cut', async () => {
    const tricky = fc.array(
      fc.oneof(
        fc.constantFrom(
          '\r\n',
          '--',
          '\r\n--',
          `\r\n--${BOUNDARY.slice(0, -1)}`,
          `--${BOUNDARY}`,
          '\r',
          '\n-',
        ),
        fc.string({ unit: 'binary', maxLength: 40 }),
      ),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(
        tricky.map((texts) => Buffer.from(texts.join(''))),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 }),
        fc.boolean(),
        async (content, sizes, fileFirst) => {
          const fields: Part[] = [
            { name: 'model', value: 'whisper-1' },
            { name: 'language', value: 'en' },
          ];
          const file: Part = { name: 'file', value: content, fileName: 'a"b.wav'.replace('"', '%22') };
          // A boundary within the content would end it, as it should.
          fc.pre(!`\r\n${content.toString('latin1')}`.includes(`\r\n--${BOUNDARY}`));
          const bytes = form(fileFirst ? [file, ...fields] : [...fields, file]);
          const body = Readable.from(cut(bytes, sizes), { objectMode: false, highWaterMark: 64 });
          const received = await receive(request(body));
          expect(Object.fromEntries(received.fields)).toEqual({ model: ['whisper-1'], language: ['en'] });
          expect(received.fileBytes).toBe(content.length);
          expect(readFileSync(target).equals(content)).toBe(true);
          rmSync(target);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('cut short anywhere is refused, and never waited for', async () => {
    const bytes = form(
      [{ name: 'model', value: 'x' }, FILE, { name: 'language', value: 'en' }],
      `--${BOUNDARY}--`,
    );
    for (let length = 0; length < bytes.length; length++) {
      await expect(receiveBytes(bytes.subarray(0, length)), `${length} bytes`).rejects.toMatchObject({
        status: 400,
      });
      rmSync(target, { force: true });
    }
  });

  it('may have a file without a name of its own', async () => {
    const { fileBytes } = await receiveBytes(form([{ name: 'file', value: 'RIFF', fileName: null }]));
    expect(fileBytes).toBe(4);
  });

  it('may have text before and behind its parts', async () => {
    const { fileBytes } = await receiveBytes(
      Buffer.concat([Buffer.from('preamble\r\n'), form([FILE]), Buffer.from('epilogue')]),
    );
    expect(fileBytes).toBe(4);
  });

  it.each([
    ['no file', form([{ name: 'model', value: 'x' }]), 'missing_required_parameter'],
    ['a file under another name', form([{ ...FILE, name: 'audio' }]), 'missing_required_parameter'],
    ['two files', form([FILE, FILE]), 'invalid_form'],
    ['nothing', Buffer.alloc(0), 'invalid_form'],
    ['no form at all', Buffer.from('{"model":"x"}'), 'invalid_form'],
    ['a field that is too long', form([FILE, { name: 'prompt', value: 'x'.repeat(20_000) }]), 'invalid_form'],
    [
      'too many fields',
      form([FILE, ...Array.from({ length: 65 }, (_, n) => ({ name: `f${n}`, value: 'x' }))]),
      'invalid_form',
    ],
  ])('with %s is refused', async (_what, bytes, code) => {
    await expect(receiveBytes(bytes)).rejects.toMatchObject({ status: 400, code });
  });

  it.each([
    'application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'multipart/form-data; charset=utf-8',
    '',
  ])('of the type "%s" is refused', async (type) => {
    const body = Readable.from([form([FILE])], { objectMode: false });
    await expect(receive(request(body, { 'content-type': type }))).rejects.toMatchObject({ status: 400 });
    expect(existsSync(target)).toBe(false);
  });

  it('is taken up to the largest size, and refused a byte above it', async () => {
    const sized = (bytes: number) => form([{ ...FILE, value: Buffer.alloc(bytes) }]);
    expect((await receiveBytes(sized(10_000))).fileBytes).toBe(10_000);
    rmSync(target);
    await expect(receiveBytes(sized(10_001))).rejects.toMatchObject({ status: 413, param: 'file' });
  });

  it('is refused as soon as it is too large, though there is no end of it', async () => {
    const body = new PassThrough();
    const refused = expect(receive(request(body))).rejects.toMatchObject({ status: 413 });
    body.write(form([{ ...FILE, value: Buffer.alloc(20_000) }], ''));
    await refused;
  });

  it('is refused as soon as what is beside the file is too much', async () => {
    const endless = Readable.from(
      (async function* () {
        yield Buffer.from('preamble');
        for (;;) {
          // As a socket would; a generator that never waits lets nobody else have a turn.
          await new Promise((resolve) => setImmediate(resolve));
          yield Buffer.alloc(65_536, 'x');
        }
      })(),
      { objectMode: false },
    );
    await expect(receive(request(endless))).rejects.toMatchObject({ status: 413 });
  });

  it('announces that it is too large by its length', () => {
    const announced = (length?: string) => {
      const headers = { 'content-type': CONTENT_TYPE, ...(length ? { 'content-length': length } : {}) };
      return announcesTooMuch(request(Readable.from([]), headers), 10_000_000);
    };
    expect([announced(), announced('10000500'), announced('20000000')]).toEqual([false, false, true]);
  });

  it('that stalls is given up after 30 s without a byte, not before', async () => {
    const clock = new VirtualClock();
    const body = new PassThrough();
    let outcome = 'waiting';
    const receiving = receive(request(body), { clock }).catch((error: { status: number }) => {
      outcome = `refused with ${error.status}`;
    });
    body.write(form([FILE], '').subarray(0, 60));
    await clock.advance(29_000);
    body.write(form([FILE], '').subarray(60));
    await clock.advance(29_000);
    expect(outcome).toBe('waiting');
    await clock.advance(2_000);
    await receiving;
    expect(outcome).toBe('refused with 408');
    expect(clock.pendingTimers).toBe(0);
  });

  it('stops being received when it is told to', async () => {
    const stop = new AbortController();
    const body = new PassThrough();
    const receiving = receive(request(body), { signal: stop.signal });
    body.write(form([FILE], ''));
    const reason = new Error('stopped');
    stop.abort(reason);
    await expect(receiving).rejects.toBe(reason);
  });

  it('is not waited for where the file cannot be written', async () => {
    target = join(folder, 'missing', 'upload');
    await expect(receiveBytes(form([FILE]))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
