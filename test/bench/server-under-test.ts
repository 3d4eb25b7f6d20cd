import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { childrenOf, cpuMsOf, residentMegabytesOf } from './process-usage.ts';

/** CPU time so far, in milliseconds. */
export interface CpuTime {
  readonly server: number;
  readonly engine: number;
}

/** A `surtitle serve` of its own, as a user would start it. */
export class ServerUnderTest {
  readonly url: string;
  readonly token: string;
  /** From starting the process until it said that it is ready. */
  readonly startMs: number;
  readonly #child: ChildProcess;
  readonly #home: string;

  private constructor(child: ChildProcess, home: string, url: string, startMs: number) {
    this.#child = child;
    this.#home = home;
    this.url = url;
    this.token = readFileSync(path.join(home, 'token'), 'utf8').trim();
    this.startMs = startMs;
  }

  static async start(repository: string, model: string): Promise<ServerUnderTest> {
    const home = mkdtempSync(path.join(os.tmpdir(), 'surtitle-bench-'));
    const startedAt = performance.now();
    const child = spawn(
      process.execPath,
      [
        path.join(repository, 'bin', 'surtitle.js'),
        'serve',
        '--port',
        '0',
        '--max-sessions',
        '64',
        '--model',
        model,
        '--log-level',
        'error',
      ],
      { env: { ...process.env, SURTITLE_HOME: home }, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      const url = /ws:\/\/\S+$/u.exec(line)?.[0];
      if (url === undefined) continue;
      return new ServerUnderTest(child, home, url, performance.now() - startedAt);
    }
    throw new Error('The server ended before it was ready; its complaint is above.');
  }

  get #pid(): number {
    return this.#child.pid as number;
  }

  cpuTime(): CpuTime {
    const engine = childrenOf(this.#pid).reduce((sum, pid) => sum + cpuMsOf(pid), 0);
    return { server: cpuMsOf(this.#pid), engine };
  }

  residentMegabytes(): { server: number; engine: number } {
    const engine = childrenOf(this.#pid).reduce((sum, pid) => sum + residentMegabytesOf(pid), 0);
    return { server: residentMegabytesOf(this.#pid), engine };
  }

  /** Seconds the engine spent decoding so far, by the server's own count. */
  async decodeSeconds(): Promise<number> {
    const address = this.url.replace(/^ws/u, 'http').replace(/\/ws$/u, '/metrics');
    const response = await fetch(address, { headers: { authorization: `Bearer ${this.token}` } });
    const lines = (await response.text()).split('\n');
    return lines
      .filter((line) => line.startsWith('surtitle_decode_seconds_total{'))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await ended;
    rmSync(this.#home, { recursive: true, force: true });
  }
}
