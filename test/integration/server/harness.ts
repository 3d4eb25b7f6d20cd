import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { encodePcm } from '../../../src/core/audio/pcm.ts';
import { ScriptedEngine } from '../../../src/core/engine/scripted-engine.ts';
import { spellAudio, spellSentence } from '../../../src/core/engine/spelled-audio.ts';
import { systemClock } from '../../../src/core/foundation/clock.ts';
import { EnergyVoiceActivity } from '../../../src/core/recognition/energy-voice-activity.ts';
import { ServerMetrics } from '../../../src/core/server/metrics.ts';
import { type ServerOptions, type SurtitleServer, startServer } from '../../../src/core/server/server.ts';
import { TokenStore } from '../../../src/core/server/token-store.ts';

export const FULL_TOKEN = 'full-token';
export const VIEWER_TOKEN = 'viewer-token';
/** Nothing here is meant to take this long. */
const DEADLINE_MS = 20_000;

export type Message = Record<string, unknown> & { readonly type: string };

/** A server on a free port, over a scripted engine. */
export function startTestServer(options: Partial<ServerOptions> = {}): Promise<SurtitleServer> {
  return startServer({
    port: 0,
    tokens: new TokenStore({ full: FULL_TOKEN, viewer: VIEWER_TOKEN }),
    engine: new ScriptedEngine({ clock: systemClock }),
    createVoiceActivity: () => new EnergyVoiceActivity(),
    metrics: new ServerMetrics({ processMetrics: false }),
    version: '1.2.3',
    ...options,
  });
}

/** 16-bit audio at 16 kHz that says the words. */
export function spoken(words: string, durationMs = 3_000): Uint8Array {
  return encodePcm(spellAudio(spellSentence(words, { startMs: 300 }), { durationMs }), 'pcm_s16le');
}

/** A WebSocket client that remembers what it was told. */
export class SocketClient {
  readonly socket: WebSocket;
  readonly messages: Message[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #waiting = new Set<() => void>();

  constructor(
    url: string,
    options: { token?: string | null; headers?: Record<string, string>; protocols?: string[] } = {},
  ) {
    const { token = FULL_TOKEN, headers = {}, protocols = [] } = options;
    this.socket = new WebSocket(url.replace('http', 'ws'), protocols, {
      headers: { ...(token === null ? {} : { Authorization: `Bearer ${token}` }), ...headers },
    });
    this.socket.on('message', (data) => {
      this.messages.push(JSON.parse(String(data)) as Message);
      for (const check of [...this.#waiting]) check();
    });
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
    // A refused upgrade; tests look at `closed` or `opened`.
    this.socket.on('error', () => this.socket.terminate());
  }

  get opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.once('open', () => resolve());
      this.socket.once('error', reject);
    });
  }

  send(message: object | string | Uint8Array): void {
    if (message instanceof Uint8Array || typeof message === 'string') this.socket.send(message);
    else this.socket.send(JSON.stringify(message));
  }

  /** The first message of the type, now or later. */
  async message(type: string): Promise<Message> {
    const found = () => this.messages.find((message) => message.type === type);
    return within(
      new Promise<Message>((resolve) => {
        const check = () => {
          const message = found();
          if (!message) return;
          this.#waiting.delete(check);
          resolve(message);
        };
        this.#waiting.add(check);
        check();
      }),
      `a ${type} message; there were ${this.messages.map((message) => message.type).join(', ')}`,
    );
  }

  /** Sends the config and waits until it is taken. */
  async begin(config: object = {}): Promise<Message> {
    await this.opened;
    this.send({ type: 'config', ...config });
    return this.message('ready');
  }
}

/** Streams three words, and returns what was heard: a session that is well. */
export async function streamWords(server: SurtitleServer, words = 'morning river garden'): Promise<string> {
  const client = new SocketClient(`${server.url}/ws`);
  await client.begin();
  client.send(spoken(words));
  client.send({ type: 'end_of_stream' });
  await client.message('session_ended');
  const { code } = await within(client.closed, 'the close');
  if (code !== 1000) throw new Error(`The session closed with ${code}.`);
  return client.messages
    .filter(({ type }) => type === 'final')
    .map(({ text }) => text)
    .join(' ');
}

/** What a raw request is answered with; the connection is closed by the server, or after `until`. */
export function rawRequest(server: SurtitleServer, bytes: string | Uint8Array): Promise<string> {
  return within(
    new Promise((resolve, reject) => {
      const socket = openSocket(server);
      let answer = '';
      socket.on('data', (data) => {
        answer += data.toString('latin1');
      });
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
      socket.write(bytes);
    }),
    'an answer',
  );
}

export function openSocket(server: SurtitleServer): Socket {
  return connect(server.address.port, server.address.host);
}

/** An upgrade request in full, with the given head lines replaced or added. */
export function upgradeRequest(
  server: SurtitleServer,
  headers: Record<string, string | null> = {},
  path = '/ws',
): string {
  const all: Record<string, string | null> = {
    Host: `127.0.0.1:${server.address.port}`,
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    Authorization: `Bearer ${FULL_TOKEN}`,
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  return `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

/** The promise's value, or an error that says what did not come. */
export function within<T>(promise: Promise<T>, what: string, deadlineMs = DEADLINE_MS): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = systemClock.setTimer(deadlineMs, () => reject(new Error(`Waited in vain for ${what}.`)));
    promise.then(
      (value) => {
        timer.cancel();
        resolve(value);
      },
      (error: unknown) => {
        timer.cancel();
        reject(error);
      },
    );
  });
}
