import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineIsBuilt, ensureBuilt, SurtitleProcess } from '../cli/surtitle-process.ts';
import { within } from './harness.ts';
import { BOUNDARY, multipart, TRANSCRIPTIONS } from './uploads.ts';

const skipped = engineIsBuilt() ? '' : ' (skipped: the engine is not built; run npm run build:engine)';
if (skipped !== '') console.warn(`The test of a killed server's uploads is skipped${skipped}.`);

let home: string;

beforeEach(() => {
  ensureBuilt();
  home = mkdtempSync(path.join(tmpdir(), 'surtitle-killed-'));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

async function serve(): Promise<{ process: SurtitleProcess; port: number }> {
  const process = new SurtitleProcess(['serve', '--port', '0'], { SURTITLE_HOME: home });
  const ready = await process.line(/^Surtitle is ready/u);
  return { process, port: Number(/:(\d+)\//u.exec(ready)?.[1]) };
}

const uploads = (): string[] => {
  try {
    return readdirSync(path.join(home, 'uploads'), { recursive: true }).map(String);
  } catch {
    return [];
  }
};

describe.skipIf(skipped !== '')(`a server that is killed during an upload${skipped}`, () => {
  it('leaves a file that the next one removes', async () => {
    const killed = await serve();
    const token = readFileSync(path.join(home, 'token'), 'utf8').trim();
    const socket = connect(killed.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      `POST ${TRANSCRIPTIONS} HTTP/1.1\r\nHost: 127.0.0.1:${killed.port}\r\nAuthorization: Bearer ${token}\r\n` +
        `Content-Type: multipart/form-data; boundary=${BOUNDARY}\r\nContent-Length: 150000\r\n\r\n`,
    );
    socket.write(multipart(new Uint8Array(100_000)).subarray(0, 90_000));
    const poll = async () => {
      // The server's folder, whose it is, and the recording.
      while (uploads().length < 3) await new Promise((resolve) => setImmediate(resolve));
    };
    await within(poll(), 'the upload to begin');
    killed.process.signal('SIGKILL');
    await killed.process.end();
    expect(uploads()).toHaveLength(3);

    const next = await serve();
    expect(uploads()).toEqual([]);
    next.process.signal('SIGTERM');
    expect((await next.process.end()).exitCode).toBe(0);
  });
});
