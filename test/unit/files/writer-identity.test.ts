import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdFile, isWriterAlive, thisWriter } from '../../../src/core/files/writer-identity.ts';

const NOW = Date.now();
const JOURNAL = '/history/x.jsonl';
const HOUR = 60 * 60 * 1000;

let child: ChildProcess;
let pid: number;

beforeAll(() => {
  child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  pid = child.pid ?? 0;
});

afterAll(() => child.kill('SIGKILL'));

describe('the writer of a journal', () => {
  it('is alive while this process holds it, and no longer', () => {
    const release = holdFile(JOURNAL);
    expect(isWriterAlive(JOURNAL, thisWriter(), NOW, NOW)).toBe(true);
    release();
    expect(isWriterAlive(JOURNAL, thisWriter(), NOW, NOW)).toBe(false);
  });

  it('is gone where an earlier process had the number of this one, as in every start of a container', () => {
    const writer = { ...thisWriter(), process_start: '1' };
    expect(isWriterAlive(JOURNAL, writer, NOW, NOW)).toBe(false);
  });

  it.runIf(process.platform === 'linux')('is gone where its number was given to another process', () => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    const writer = { pid, host: os.hostname(), process_start: start };
    expect(isWriterAlive(JOURNAL, writer, NOW, NOW)).toBe(true);
    expect(isWriterAlive(JOURNAL, { ...writer, process_start: `${Number(start) - 1}` }, NOW, NOW)).toBe(
      false,
    );
  });

  it('is gone where all that is known is that the machine has been started since', () => {
    const writer = { pid, host: os.hostname() };
    expect(isWriterAlive(JOURNAL, writer, NOW, NOW)).toBe(true);
    const beforeBoot = NOW - os.uptime() * 1000 - HOUR;
    expect(isWriterAlive(JOURNAL, writer, beforeBoot, NOW)).toBe(false);
  });

  it('on another machine is alive unless nothing came for a day', () => {
    const writer = { pid: 1, host: `not-${os.hostname()}` };
    expect(isWriterAlive(JOURNAL, writer, NOW - HOUR, NOW)).toBe(true);
    expect(isWriterAlive(JOURNAL, writer, NOW - 25 * HOUR, NOW)).toBe(false);
  });

  it('is gone once its process is', async () => {
    const writer = { pid, host: os.hostname() };
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isWriterAlive(JOURNAL, writer, NOW, NOW)).toBe(false);
  });
});
