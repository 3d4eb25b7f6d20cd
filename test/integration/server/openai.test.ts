import { once } from 'node:events';
import type { Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScriptedEngine } from '../../../src/core/engine/scripted-engine.ts';
import { systemClock } from '../../../src/core/foundation/clock.ts';
import {
  FULL_TOKEN,
  openSocket,
  rawRequest,
  SocketClient,
  spoken,
  streamWords,
  VIEWER_TOKEN,
  within,
} from './harness.ts';
import { multipart, spokenFile, UploadServer, upload, uploadHead } from './uploads.ts';

const MAX_FILE_BYTES = 200_000;
/** So long that it is still at work whenever a test looks. */
const SLOW_MS = 60_000;

let running: UploadServer;

beforeEach(async () => {
  running = await UploadServer.start({}, { maxFileBytes: MAX_FILE_BYTES, maxDurationMs: 30_000 });
});

afterEach(() => running.close());

/** Replaces the server of this test. */
async function restart(...options: Parameters<typeof UploadServer.start>): Promise<UploadServer> {
  await running.close();
  running = await UploadServer.start(...options);
  return running;
}

/** The server's engine takes its time; `started` resolves when it is at work. */
async function restartSlow(uploads: Parameters<typeof UploadServer.start>[1] = {}) {
  const engine = new ScriptedEngine({ clock: systemClock, decodeMs: SLOW_MS });
  await restart({ engine }, uploads);
  const started = async () => {
    const poll = async () => {
      while (engine.running === 0) await new Promise((resolve) => setImmediate(resolve));
    };
    await within(poll(), 'the engine to start');
  };
  return { engine, started };
}

/** Sends a head and no body. */
async function headOnly(headers: Record<string, string | null>): Promise<string> {
  return rawRequest(running.server, uploadHead(running.server, headers));
}

function bodyOf(answer: string): { error: Record<string, unknown> } {
  return JSON.parse(/\{.*\}/su.exec(answer)?.[0] ?? '{}');
}

/** Writes a body in these pieces, each in a packet of its own if the system will have it so. */
async function writePieces(socket: Socket, bytes: Buffer, sizes: readonly number[]): Promise<void> {
  socket.setNoDelay(true);
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const size = sizes[index % sizes.length] as number;
    socket.write(bytes.subarray(at, at + size));
    at += size;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('an uploaded recording', () => {
  it('is answered with its text, and nothing of it stays', async () => {
    const { status, headers, json } = await upload(running.url, spokenFile('morning river garden'));
    expect(status).toBe(200);
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/u);
    expect(json).toEqual({ text: 'morning river garden.', usage: { type: 'duration', seconds: 3 } });
    expect(running.files()).toEqual([]);
  });

  it('comes with word times where they are asked for', async () => {
    const fields = { response_format: 'verbose_json', 'timestamp_granularities[]': ['word', 'segment'] };
    const { json } = await upload(running.url, spokenFile('morning river'), { fields });
    expect(json).toMatchObject({
      task: 'transcribe',
      language: 'english',
      duration: 3,
      segments: [{ id: 0, text: ' morning river.' }],
      words: [{ word: 'morning' }, { word: 'river.' }],
    });
  });

  it('is the same however its bytes are cut on the way', async () => {
    const body = multipart(spokenFile('morning river garden'), { response_format: 'text' });
    await fc.assert(
      fc.asyncProperty(
        // Small pieces where the boundaries are, large ones in the audio, so that it does not take long.
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 5_000, max: 40_000 }),
        async (small, large) => {
          const socket = openSocket(running.server);
          let answer = '';
          socket.on('data', (data) => {
            answer += data.toString('latin1');
          });
          socket.write(uploadHead(running.server, { 'Content-Length': String(body.length) }));
          await writePieces(socket, body.subarray(0, 400), small);
          await writePieces(socket, body.subarray(400, -200), [large]);
          await writePieces(socket, body.subarray(-200), small);
          await within(once(socket, 'close'), 'the answer');
          expect(answer).toContain(' 200 OK');
          expect(answer).toContain('morning river garden.');
        },
      ),
      { numRuns: 15 },
    );
    expect(running.files()).toEqual([]);
  });

  it('is read only after its sender was told to go on, where it asks', async () => {
    const body = multipart(spokenFile('morning river'));
    const socket = openSocket(running.server);
    let answer = '';
    socket.on('data', (data) => {
      if (answer === '') socket.write(body);
      answer += data.toString('latin1');
    });
    const headers = { 'Content-Length': String(body.length), Expect: '100-continue' };
    socket.write(uploadHead(running.server, headers));
    await within(once(socket, 'close'), 'the answer');
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/u);
    expect(answer).toContain('morning river.');
  });

  it('does not keep another from being transcribed', async () => {
    const texts = await Promise.all(
      ['morning river', 'garden window', 'silver mountain'].map(async (words) => {
        const { json } = await upload(running.url, spokenFile(words));
        return json.text;
      }),
    );
    expect(texts).toEqual(['morning river.', 'garden window.', 'silver mountain.']);
  });

  it('does not keep a live session from being captioned', async () => {
    const [answer, heard] = await Promise.all([
      upload(running.url, spokenFile('morning river garden')),
      streamWords(running.server, 'silver mountain'),
    ]);
    expect(answer.json.text).toBe('morning river garden.');
    expect(heard).toBe('silver mountain.');
  });
});

describe('an upload that may not pass the gate', () => {
  it.each([
    ['without a token', { Authorization: null }, 401, 'invalid_api_key'],
    ['with a wrong token', { Authorization: 'Bearer wrong' }, 401, 'invalid_api_key'],
    ['with a viewer’s token', { Authorization: `Bearer ${VIEWER_TOKEN}` }, 403, 'scope'],
    ['of a foreign page', { Origin: 'https://evil.example' }, 403, 'origin'],
    ['for a foreign host', { Host: 'evil.example' }, 421, 'host'],
  ])(
    '%s is refused in OpenAI’s shape before any of its body is read',
    async (_who, headers, status, code) => {
      // None is sent, so an answer shows that none was waited for; and none is asked for.
      const answer = await headOnly({ 'Content-Length': '100000', Expect: '100-continue', ...headers });
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `, 'u'));
      expect(bodyOf(answer)).toEqual({
        error: { message: expect.any(String), type: 'invalid_request_error', param: null, code },
      });
      expect(running.files()).toEqual([]);
      expect(running.metrics.outcomes).toEqual([]);
    },
  );

  it('is told so, and not cut off, while it still sends', async () => {
    const body = multipart(new Uint8Array(300_000));
    for (let time = 0; time < 5; time++) {
      const socket = openSocket(running.server);
      let answer = '';
      socket.on('data', (data) => {
        answer += data.toString('latin1');
      });
      const failed = new Promise<string>((resolve) => socket.on('error', ({ message }) => resolve(message)));
      const headers = { Authorization: 'Bearer wrong', 'Content-Length': String(body.length) };
      socket.write(uploadHead(running.server, headers));
      await within(once(socket, 'data'), 'the answer');
      // As clients do that look at the answer only when all is sent.
      await writePieces(socket, body, [20_000]);
      await within(Promise.race([once(socket, 'close'), failed]), 'the end');
      expect(answer).toMatch(/^HTTP\/1\.1 401 /u);
      expect(socket.bytesWritten).toBeGreaterThan(body.length);
      expect(socket.errored).toBeNull();
    }
    expect(running.files()).toEqual([]);
  });

  it('is only ever a POST', async () => {
    const answer = await rawRequest(running.server, uploadHead(running.server, {}).replace('POST', 'GET'));
    expect(answer).toMatch(/^HTTP\/1\.1 405 .*\r\nAllow: POST\r\n/su);
  });
});

describe('an upload that is too large', () => {
  it('is refused by its length, before any of it is read', async () => {
    const answer = await headOnly({ 'Content-Length': '10000000', Expect: '100-continue' });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /u);
    expect(bodyOf(answer).error).toMatchObject({ code: 'file_too_large', param: 'file' });
  });

  it.each([
    ['that says nothing of its length', { 'Transfer-Encoding': 'chunked' }],
    ['that says it is a little smaller', { 'Content-Length': String(MAX_FILE_BYTES + 50_000) }],
  ])('%s is refused as soon as it is', async (_what, headers) => {
    const socket = openSocket(running.server);
    let answer = '';
    socket.on('data', (data) => {
      answer += data.toString('latin1');
    });
    socket.write(uploadHead(running.server, headers));
    const start = multipart(Buffer.alloc(MAX_FILE_BYTES + 10_000)).subarray(0, -100);
    if ('Transfer-Encoding' in headers) socket.write(`${start.length.toString(16)}\r\n`);
    // The end never comes: what was sent is enough for an answer.
    socket.write(start);
    await within(once(socket, 'data'), 'an answer');
    expect(answer).toMatch(/^HTTP\/1\.1 413 /u);
    socket.destroy();
    expect(await running.metrics.ended(1)).toEqual(['refused']);
    expect(running.files()).toEqual([]);
  });

  it('is told so, and not cut off, while it still sends', async () => {
    for (let time = 0; time < 5; time++) {
      const { status, json } = await upload(running.url, new Uint8Array(6_000_000));
      expect(status).toBe(413);
      expect(json.error).toMatchObject({ type: 'invalid_request_error', code: 'file_too_large' });
    }
  });

  it('hides nothing behind a length that is too small', async () => {
    const body = multipart(spokenFile('morning river'));
    const answer = await rawRequest(
      running.server,
      Buffer.concat([Buffer.from(uploadHead(running.server, { 'Content-Length': '1000' })), body]),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /u);
    expect(running.files()).toEqual([]);
  });
});

describe('a bad recording', () => {
  it.each([
    ['a text', Buffer.from('All the world is a stage, and all the men and women merely players.')],
    ['an empty file', Buffer.alloc(0)],
    ['a playlist', Buffer.from('#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/secret.ts\n')],
    ['a WAV file without audio', Buffer.from(spokenFile('morning').subarray(0, 30))],
  ])('(%s) is refused with what is wrong', async (_what, file) => {
    const { status, json } = await upload(running.url, file);
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ type: 'invalid_request_error', param: 'file' });
    expect(JSON.stringify(json)).not.toContain(running.folder);
    expect(running.files()).toEqual([]);
  });

  it('(one that was cut short) is transcribed as far as it goes, and says so', async () => {
    const whole = spokenFile('morning river', 6_000);
    const fields = { response_format: 'verbose_json' };
    const { status, json } = await upload(running.url, whole.subarray(0, 80_000), { fields });
    expect(status).toBe(200);
    expect(json).toMatchObject({ text: 'morning river.', warnings: [expect.stringContaining('cut')] });
  });

  it('(too long a one) is refused', async () => {
    await restart({}, { maxDurationMs: 2_000 });
    const { status, json } = await upload(running.url, spokenFile('morning', 5_000));
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ code: 'audio_file_too_long', param: 'file' });
  });

  it('leaves the server well', async () => {
    await upload(running.url, Buffer.from('no audio'));
    const { json } = await upload(running.url, spokenFile('morning river'));
    expect(json.text).toBe('morning river.');
  });
});

describe('a client that leaves', () => {
  it('while it uploads leaves no file', async () => {
    const socket = openSocket(running.server);
    socket.write(uploadHead(running.server, { 'Content-Length': '150000' }));
    socket.write(multipart(new Uint8Array(100_000)).subarray(0, 90_000));
    const poll = async () => {
      while (running.files().length === 0) await new Promise((resolve) => setImmediate(resolve));
    };
    await within(poll(), 'the file to be there');
    socket.destroy();
    expect(await running.metrics.ended(1)).toEqual(['cancelled']);
    expect(running.files()).toEqual([]);
  });

  it('while it is transcribed leaves neither file nor job', async () => {
    const { engine, started } = await restartSlow();
    const leave = new AbortController();
    const uploading = upload(running.url, spokenFile('morning river'), { init: { signal: leave.signal } });
    await started();
    expect(running.files()).toHaveLength(1);
    leave.abort();
    await expect(uploading).rejects.toThrow();
    expect(await running.metrics.ended(1)).toEqual(['cancelled']);
    expect(engine.running).toBe(0);
    expect(engine.decodes.map(({ outcome }) => outcome)).toEqual(['aborted']);
    expect(running.files()).toEqual([]);
  });
});

describe('a server', () => {
  it('with enough to do sends others away for a moment', async () => {
    const { started } = await restartSlow({ maxRequests: 1 });
    const leave = new AbortController();
    const first = upload(running.url, spokenFile('morning'), { init: { signal: leave.signal } });
    await started();
    const { status, headers, json } = await upload(running.url, spokenFile('river'));
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(json.error).toMatchObject({ type: 'requests', code: 'rate_limit_exceeded' });
    leave.abort();
    await expect(first).rejects.toThrow();
    expect(await running.metrics.ended(2)).toEqual(['unavailable', 'cancelled']);
  });

  it('that still loads its model says so, and takes recordings afterwards', async () => {
    let loaded: (engine: ScriptedEngine) => void = () => undefined;
    const engine = new Promise<ScriptedEngine>((resolve) => {
      loaded = resolve;
    });
    await restart({ engine });
    const refused = await upload(running.url, spokenFile('morning'));
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(refused.json.error).toMatchObject({ type: 'server_error', code: 'model_loading' });
    loaded(new ScriptedEngine({ clock: systemClock }));
    await engine;
    expect((await upload(running.url, spokenFile('morning'))).json.text).toBe('morning.');
  });

  it('whose engine is lost says that another try is useless', async () => {
    await restart({ isEngineUsable: () => false });
    const { status, headers, json } = await upload(running.url, spokenFile('morning'));
    expect(status).toBe(500);
    expect(headers.get('x-should-retry')).toBe('false');
    expect(json.error).toMatchObject({ type: 'server_error', code: 'engine_error' });
  });

  it('whose engine fails on a recording says so, and goes on', async () => {
    const engine = new ScriptedEngine({ clock: systemClock });
    await restart({ engine });
    // A decode is tried twice.
    engine.failNext();
    engine.failNext();
    const { status, json } = await upload(running.url, spokenFile('morning'));
    expect(status).toBe(500);
    expect(json.error).toMatchObject({ code: 'decode_failed' });
    expect((await upload(running.url, spokenFile('morning'))).status).toBe(200);
  });

  it('that goes down answers whom it works for, and leaves nothing on the disk', async () => {
    const { started } = await restartSlow();
    const uploading = upload(running.url, spokenFile('morning'));
    await started();
    const half = openSocket(running.server);
    half.on('error', () => undefined);
    half.write(uploadHead(running.server, { 'Content-Length': '150000' }));
    half.write(multipart(new Uint8Array(100_000)).subarray(0, 90_000));
    await within(running.server.close(), 'the server to close');
    const { status, headers, json } = await uploading;
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('5');
    expect(json.error).toMatchObject({ code: 'shutting_down' });
    expect(running.files()).toEqual([]);
  });

  it('counts, and writes neither words nor names into its log', async () => {
    await upload(running.url, spokenFile('morning river'), { fields: { prompt: 'cathedral' } });
    await upload(running.url, Buffer.from('no audio'));
    const metrics = await running.metrics.read();
    expect(metrics).toContain('surtitle_file_transcriptions_total{outcome="done"} 1');
    expect(metrics).toContain('surtitle_file_transcriptions_total{outcome="refused"} 1');
    expect(metrics).toContain('surtitle_file_transcriptions_in_flight 0');
    expect(metrics).toContain('surtitle_file_audio_seconds_total 3');
    const log = running.logged.join('\n');
    expect(log).toContain('A recording was transcribed.');
    expect(log).not.toMatch(/morning|cathedral|private-talk/u);
    expect(log).not.toContain(FULL_TOKEN);
  });

  it('captions a live session in full beside several files', async () => {
    const engine = new ScriptedEngine({ clock: systemClock, decodeMs: 20 });
    await restart({ engine });
    const client = new SocketClient(`${running.server.url}/ws`);
    await client.begin({ interim_results: false });
    const uploads = ['morning', 'river', 'garden'].map((word) => upload(running.url, spokenFile(word)));
    client.send(spoken('silver mountain'));
    client.send({ type: 'end_of_stream' });
    await client.message('session_ended');
    expect(client.messages.filter(({ type }) => type === 'final')).toMatchObject([
      { text: 'silver mountain.' },
    ]);
    const answers = await Promise.all(uploads);
    expect(answers.map(({ json }) => json.text)).toEqual(['morning.', 'river.', 'garden.']);
    client.socket.terminate();
  });

  it('has no such route where nobody said what to do with files', async () => {
    await restart({ transcriptions: undefined } as never);
    expect((await upload(running.url, spokenFile('morning'))).status).toBe(404);
  });
});
