import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProtocolErrorCode } from '../../../src/core/protocol/errors.ts';
import { createRecognizer } from '../../../src/core/recognition/recognizer.ts';
import { ServerMetrics } from '../../../src/core/server/metrics.ts';
import type { SurtitleServer } from '../../../src/core/server/server.ts';
import {
  FULL_TOKEN,
  openSocket,
  SocketClient,
  spoken,
  startTestServer,
  streamWords,
  upgradeRequest,
  within,
} from './harness.ts';

/** Metrics that also tell a test when an error was sent. */
class WatchedMetrics extends ServerMetrics {
  readonly #waiting = new Map<ProtocolErrorCode, () => void>();

  override errorSent(code: ProtocolErrorCode): void {
    super.errorSent(code);
    this.#waiting.get(code)?.();
  }

  error(code: ProtocolErrorCode): Promise<void> {
    return within(new Promise((resolve) => this.#waiting.set(code, resolve)), code);
  }
}

let server: SurtitleServer;
let metrics: WatchedMetrics;

beforeEach(async () => {
  metrics = new WatchedMetrics({ processMetrics: false });
  server = await startTestServer({ metrics, maxSessions: 8 });
});

afterEach(() => server.close({ graceful: false }));

/** A session that was there before the bad input, and is heard to the end after it. */
async function beside(misbehave: () => Promise<void>): Promise<void> {
  const neighbour = new SocketClient(`${server.url}/ws`);
  await neighbour.begin();
  neighbour.send(spoken('morning river garden'));
  await misbehave();
  neighbour.send(spoken('window music'));
  neighbour.send({ type: 'end_of_stream' });
  await neighbour.message('session_ended');
  expect(neighbour.messages.filter(({ type }) => type === 'final').map(({ text }) => text)).toEqual([
    'morning river garden.',
    'window music.',
  ]);
  expect(await streamWords(server, 'winter kitchen')).toBe('winter kitchen.');
}

/** A client frame as it stands on the wire: final or not, masked with zeros. */
function frame(opcode: number, payload: Uint8Array, { fin = true } = {}): Buffer {
  const length = payload.length;
  const head = Buffer.alloc(length < 126 ? 6 : length < 65_536 ? 8 : 14);
  head[0] = (fin ? 0x80 : 0) | opcode;
  if (length < 126) head[1] = 0x80 | length;
  else if (length < 65_536) {
    head[1] = 0x80 | 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 0x80 | 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
}

/** Bytes that look random and are the same every time. */
function noise(seed: string, length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let index = 0; index * 32 < length; index++) {
    blocks.push(createHash('sha256').update(`${seed}:${index}`).digest());
  }
  return Buffer.concat(blocks).subarray(0, length);
}

describe('a message that is too big', () => {
  it('closes its own connection with 1009, and the session can be resumed', async () => {
    await beside(async () => {
      const client = new SocketClient(`${server.url}/ws?session=big`);
      const { resume_token } = await client.begin();
      client.send(spoken('morning'));
      await client.message('final');
      client.send(new Uint8Array(2 * 1024 * 1024));
      expect((await within(client.closed, 'the close')).code).toBe(1009);
      const again = new SocketClient(`${server.url}/ws?session=big`);
      expect(await again.begin({ resume: { resume_token, last_seq: 0 } })).toMatchObject({ resumed: true });
      again.socket.close(1000);
      await again.closed;
    });
  });

  it('is refused in pieces, too', async () => {
    await beside(async () => {
      const client = new SocketClient(`${server.url}/ws`);
      await client.begin();
      const piece = Buffer.alloc(300_000);
      for (let index = 0; index < 6; index++) client.socket.send(piece, { fin: false });
      expect((await within(client.closed, 'the close')).code).toBe(1009);
    });
  });

  it('may hold exactly one MiB', async () => {
    const client = new SocketClient(`${server.url}/ws`);
    await client.begin();
    client.send(new Uint8Array(1024 * 1024));
    client.send({ type: 'end_of_stream' });
    expect(await client.message('session_ended')).toMatchObject({ audio_ms: 32_768 });
  });
});

describe('bytes cut at any place', () => {
  it('are heard like whole ones: split across packets and frames', async () => {
    const audio = spoken('morning river garden');
    const half = Math.floor(audio.length / 2) | 1;
    const bytes = Buffer.concat([
      Buffer.from(upgradeRequest(server)),
      frame(1, Buffer.from('{"type":"con'), { fin: false }),
      frame(9, Buffer.from('ping')),
      frame(0, Buffer.from('fig"}')),
    ]);
    const socket = openSocket(server);
    let answer = '';
    socket.on('data', (data) => {
      answer += data.toString('latin1');
    });
    const until = (pattern: RegExp) =>
      within(
        new Promise<void>((resolve) => {
          const check = () => {
            if (!pattern.test(answer)) return;
            socket.off('data', check);
            resolve();
          };
          socket.on('data', check);
          check();
        }),
        String(pattern),
      );
    for (const byte of bytes) socket.write(Buffer.of(byte));
    await until(/"ready"/u);
    const rest = Buffer.concat([
      frame(2, audio.subarray(0, half), { fin: false }),
      frame(0, audio.subarray(half)),
      frame(1, Buffer.from('{"type":"end_of_stream"}')),
    ]);
    for (let at = 0; at < rest.length; at += 1_013) socket.write(rest.subarray(at, at + 1_013));
    await until(/"session_ended"/u);
    expect(answer).toContain('"text":"morning river garden."');
    socket.destroy();
  });
});

describe('nonsense', () => {
  it('in place of HTTP harms nobody', async () => {
    await beside(async () => {
      for (let seed = 0; seed < 20; seed++) {
        const socket = openSocket(server);
        const gone = new Promise((resolve) => socket.on('close', resolve));
        socket.on('error', () => socket.destroy());
        socket.resume();
        socket.end(noise(`http ${seed}`, 5_000));
        await within(gone, 'the server to hang up');
      }
    });
  });

  it('in place of frames harms nobody and leaves no session', async () => {
    await beside(async () => {
      for (let seed = 0; seed < 40; seed++) {
        const socket = openSocket(server);
        const gone = new Promise((resolve) => socket.on('close', resolve));
        socket.on('error', () => socket.destroy());
        socket.write(upgradeRequest(server));
        await within(new Promise((resolve) => socket.once('data', resolve)), 'the handshake');
        socket.resume();
        socket.end(noise(`frames ${seed}`, 20_000));
        await within(gone, 'the server to hang up');
      }
    });
    expect(server.service.registry.active).toBe(0);
  });

  it('in well-formed frames harms nobody', async () => {
    await beside(async () => {
      const texts = [
        '',
        '{',
        '{"type":"config"',
        '{"type":"config","sample_rate":1e308}',
        '{"type":"config","start_sample":-0}',
        '{"type":"config","start_sample":9007199254740993}',
        '{"__proto__":{"type":"config"}}',
        '{"type":"constructor"}',
        '{"type":"__proto__"}',
        `{"type":"config","x":"${'\\u0000'.repeat(10_000)}"}`,
        '\ud83d{"type":"config"}',
        `[${'['.repeat(100_000)}`,
        `{"type":"config","prompt":"${'a'.repeat(30_000)}"}`,
      ];
      for (const text of texts) {
        const client = new SocketClient(`${server.url}/ws`);
        await client.opened;
        client.send(text);
        await Promise.race([client.message('error'), client.message('ready')]);
        client.socket.terminate();
        await client.closed;
      }
    });
  });

  it('after a good beginning ends that session’s connection only', async () => {
    await beside(async () => {
      for (let seed = 0; seed < 20; seed++) {
        const client = new SocketClient(`${server.url}/ws`);
        await client.begin();
        const bytes = noise(`audio ${seed}`, 1_000 + seed);
        client.send(bytes);
        client.send(bytes.toString('latin1'));
        await within(client.closed, 'the close');
        expect(client.messages.at(-1)).toMatchObject({ type: 'error', fatal: true });
      }
    });
  });
});

describe('a client that does not keep pace', () => {
  it('and never reads is cut off, without harm to others', async () => {
    await beside(async () => {
      const client = new SocketClient(`${server.url}/ws`);
      await client.begin();
      client.socket.pause();
      const overloaded = metrics.error('overloaded');
      let cutOff = false;
      void overloaded.then(() => {
        cutOff = true;
      });
      // Each is answered; the answers fill the system's buffers, and then ours.
      const flood = '{"type":"keepalive"}';
      while (!cutOff) {
        for (let count = 0; count < 5_000; count++) client.socket.send(flood);
        await within(new Promise((resolve) => client.socket.send(flood, resolve)), 'the flood to be taken');
      }
      client.socket.terminate();
    });
  });

  it('and pours in an hour at once is read only as fast as it is heard', async () => {
    let pushed = 0;
    let open: (() => void) | undefined;
    const slow = await startTestServer({
      createRecognizer: (options, dependencies) => {
        const recognizer = createRecognizer(options, dependencies);
        if (options.endpointingMs !== 700) return recognizer;
        const push = recognizer.push.bind(recognizer);
        return Object.assign(recognizer, {
          push(audio: Float32Array) {
            if (pushed === 0) dependencies.onEvent({ type: 'intake', open: false });
            pushed += audio.length;
            open = () => dependencies.onEvent({ type: 'intake', open: true });
            push(audio);
          },
        });
      },
    });
    const client = new SocketClient(`${slow.url}/ws`);
    await client.begin({ endpointing_ms: 700 });
    const second = new Uint8Array(32_000);
    for (let count = 0; count < 3_600; count++) client.send(second);
    client.send({ type: 'end_of_stream' });
    expect(await streamWords(slow)).toBe('morning river garden.');
    expect(pushed).toBeGreaterThan(0);
    expect(pushed).toBeLessThan(60 * 16_000);
    open?.();
    expect(await client.message('session_ended')).toMatchObject({ audio_ms: 3_600_000 });
    await slow.close({ graceful: false });
  });
});

describe('a request', () => {
  it('that never ends its head holds up nobody', async () => {
    const socket = openSocket(server);
    socket.on('error', () => socket.destroy());
    socket.write('GET /health HTTP/1.1\r\nHost: ');
    expect(await streamWords(server)).toBe('morning river garden.');
    socket.destroy();
  });

  it('with a body is refused before the body was read', async () => {
    const socket = openSocket(server);
    socket.on('error', () => socket.destroy());
    const answer = within(
      new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data)))),
      'it',
    );
    socket.write(
      `POST /v1/models HTTP/1.1\r\nHost: 127.0.0.1:${server.address.port}\r\nAuthorization: Bearer ${FULL_TOKEN}x\r\nContent-Length: 1000000000\r\n\r\n`,
    );
    expect(await answer).toMatch(/^HTTP\/1\.1 401 [\s\S]*Connection: close/iu);
    socket.destroy();
  });
});
