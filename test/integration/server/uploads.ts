import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeWav } from '../../../src/core/audio/wav.ts';
import { spellAudio, spellSentence } from '../../../src/core/engine/spelled-audio.ts';
import type { LogFields, Logger } from '../../../src/core/foundation/logger.ts';
import { energyStretches } from '../../../src/core/recognition/energy-voice-activity.ts';
import type {
  TranscriptionOptions,
  TranscriptionOutcome,
} from '../../../src/core/server/dialects/openai/transcriptions.ts';
import { ServerMetrics } from '../../../src/core/server/metrics.ts';
import type { ServerOptions, SurtitleServer } from '../../../src/core/server/server.ts';
import { FULL_TOKEN, startTestServer, within } from './harness.ts';

export const TRANSCRIPTIONS = '/v1/audio/transcriptions';
export const BOUNDARY = 'a-boundary';

/** Counts as always, and tells when a request is over. */
class WatchedMetrics extends ServerMetrics {
  readonly outcomes: TranscriptionOutcome[] = [];
  readonly #waiting = new Set<() => void>();

  override transcriptionEnded(outcome: TranscriptionOutcome): void {
    super.transcriptionEnded(outcome);
    this.outcomes.push(outcome);
    for (const check of [...this.#waiting]) check();
  }

  /** The first so many outcomes, now or later. */
  async ended(count: number): Promise<readonly TranscriptionOutcome[]> {
    const enough = new Promise<void>((resolve) => {
      const check = () => {
        if (this.outcomes.length >= count) resolve();
      };
      this.#waiting.add(check);
      check();
    });
    await within(enough, `${count} requests to end; there were ${this.outcomes.join(', ') || 'none'}`);
    return this.outcomes.slice(0, count);
  }
}

/** A server that takes uploads, with its folder for them. */
export class UploadServer {
  readonly metrics = new WatchedMetrics({ processMetrics: false });
  readonly logged: string[] = [];
  readonly folder: string;
  readonly #home = mkdtempSync(path.join(tmpdir(), 'surtitle-openai-'));
  server!: SurtitleServer;

  private constructor(folder: string | undefined) {
    this.folder = folder ?? path.join(this.#home, 'uploads');
  }

  static async start(
    options: Partial<ServerOptions> = {},
    uploads: Partial<TranscriptionOptions> = {},
  ): Promise<UploadServer> {
    const started = new UploadServer(uploads.folder);
    started.server = await startTestServer({
      metrics: started.metrics,
      logger: started.#logger(),
      transcriptions: { folder: started.folder, voiceActivity: energyStretches, ...uploads },
      ...options,
    });
    return started;
  }

  get url(): string {
    return `${this.server.url}${TRANSCRIPTIONS}`;
  }

  /** Recordings on the disk now. */
  files(): string[] {
    try {
      return readdirSync(this.folder, { recursive: true })
        .map(String)
        .filter((name) => name.includes(path.sep) && !name.endsWith('owner.json'));
    } catch {
      return [];
    }
  }

  async close(): Promise<void> {
    await this.server.close({ graceful: false });
    rmSync(this.#home, { recursive: true, force: true });
  }

  #logger(): Logger {
    const log = (message: string, fields?: LogFields) => {
      this.logged.push(`${message} ${JSON.stringify(fields ?? {})}`);
    };
    return { debug: log, info: log, warn: log, error: log };
  }
}

/** A WAV file that says the words. */
export function spokenFile(words: string, durationMs = 3_000): Uint8Array {
  const audio = spellAudio(spellSentence(words, { startMs: 300 }), { durationMs });
  return writeWav(audio, { encoding: 'pcm_s16le', sampleRate: 16_000, channels: 1 });
}

export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** The answer to an upload, its JSON parsed. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

/** Uploads as a browser or the OpenAI client would. */
export async function upload(
  url: string,
  file: Uint8Array | null,
  { fields = {}, init = {} }: { readonly fields?: Fields; readonly init?: RequestInit } = {},
): Promise<Answer> {
  const form = new FormData();
  if (file) form.append('file', new Blob([file]), 'private-talk.wav');
  for (const [name, values] of Object.entries({ model: 'whisper-1', ...fields })) {
    for (const value of [values].flat()) form.append(name, value);
  }
  const headers = { Authorization: `Bearer ${FULL_TOKEN}`, ...init.headers };
  const response = await fetch(url, { method: 'POST', body: form, ...init, headers });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : {} };
}

/** The body of an upload, byte by byte as curl sends it. */
export function multipart(file: Uint8Array, fields: Readonly<Record<string, string>> = {}): Buffer {
  const parts = Object.entries({ model: 'whisper-1', ...fields }).map(
    ([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return Buffer.concat([
    Buffer.from(
      `${parts.join('')}--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="private-talk.wav"\r\nContent-Type: audio/wav\r\n\r\n`,
    ),
    file,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ]);
}

/** The head of an upload, with the given lines replaced, added or (null) left out. */
export function uploadHead(server: SurtitleServer, headers: Record<string, string | null>): string {
  const all: Record<string, string | null> = {
    Host: `127.0.0.1:${server.address.port}`,
    Authorization: `Bearer ${FULL_TOKEN}`,
    'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`,
    Connection: 'close',
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  return `POST ${TRANSCRIPTIONS} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}
