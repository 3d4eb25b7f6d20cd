import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { DecodeResult } from '../../../src/core/engine/engine.ts';
import { type EngineChildProcess, forkEngineProcess } from '../../../src/core/engine/host/child-process.ts';
import { engineProcessEntry } from '../../../src/core/engine/host/entry.ts';
import type { ScriptedSpec } from '../../../src/core/engine/host/messages.ts';
import { spellAudio, spellSentence } from '../../../src/core/engine/spelled-audio.ts';
import { SupervisedEngine } from '../../../src/core/engine/supervisor.ts';
import { systemClock } from '../../../src/core/foundation/clock.ts';
import { silentLogger } from '../../../src/core/foundation/logger.ts';

const engines: SupervisedEngine[] = [];
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
});

async function startScripted(spec: Omit<ScriptedSpec, 'kind'> = {}) {
  const processes: EngineChildProcess[] = [];
  const engine = new SupervisedEngine({
    startProcess: () => {
      const process = forkEngineProcess({ logger: silentLogger, maxConcurrent: spec.maxConcurrent ?? 1 });
      processes.push(process);
      return process;
    },
    spec: { kind: 'scripted', ...spec },
    clock: systemClock,
  });
  engines.push(engine);
  await engine.ready();
  const pid = () => processes.at(-1)?.pid as number;
  return { engine, processes, pid };
}

function spell(...words: number[]): { audio: Float32Array; language: string } {
  return { audio: spellAudio(spellSentence(words)), language: 'en' };
}

function textOf(result: DecodeResult): string {
  return result.segments.map((segment) => segment.text).join('');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  // No event tells of the end of a process that is not our child; the test's own time limit is the deadline.
  while (isAlive(pid)) await new Promise((resolve) => setImmediate(resolve));
}

describe('the engine in a child process', () => {
  it('hears every sample it is sent', async () => {
    const { engine } = await startScripted();
    const words = Array.from({ length: 80 }, (_, index) => 300 + index);
    expect(textOf(await engine.decode(spell(...words)))).toBe(
      `${words.map((word) => ` word${word}`).join('')}.`,
    );
  });

  it('completes every decode when it is killed at ten points of one', async () => {
    const decodeMs = 50;
    const { engine, pid } = await startScripted({ decodeMs, maxConcurrent: 2 });
    for (let point = 0; point < 10; point++) {
      const words = [300, 301, 302, 303].map((word) => word + 10 * point);
      const decodes = words.map((word) => engine.decode(spell(word)));
      await new Promise<void>((resolve) => systemClock.setTimer((decodeMs / 10) * point, resolve));
      process.kill(pid(), 'SIGKILL');
      expect((await Promise.all(decodes)).map(textOf)).toEqual(words.map((word) => ` word${word}.`));
    }
    expect(engine.restarts).toBe(10);
    expect(engine.state).toBe('ready');
  });

  it('rejects a request that crashes it natively, and decodes the rest', async () => {
    const { engine, processes } = await startScripted({ crashOnWord: 666, maxConcurrent: 2 });
    const [first, guilty, last] = await Promise.allSettled([
      engine.decode(spell(301)),
      engine.decode(spell(666)),
      engine.decode(spell(302)),
    ]);
    expect(guilty).toMatchObject({ status: 'rejected', reason: { code: 'request_rejected' } });
    expect(first).toMatchObject({ status: 'fulfilled' });
    expect(last).toMatchObject({ status: 'fulfilled' });
    expect(processes.length).toBe(3);
  });

  it('stops a decode that is aborted', async () => {
    const { engine } = await startScripted({ decodeMs: 3_600_000 });
    const abort = new AbortController();
    const decode = engine.decode(spell(301), { signal: abort.signal });
    abort.abort();
    await expect(decode).rejects.toMatchObject({ code: 'aborted' });
  });

  it('reports a model that does not load', async () => {
    await expect(startScripted({ failToLoad: true })).rejects.toMatchObject({ code: 'model_invalid' });
  });

  it('is not ended by the signals that a terminal and a service manager send to all of a group', async () => {
    const { engine, pid } = await startScripted({ decodeMs: 20 });
    const decode = engine.decode(spell(301));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid(), signal);
    expect(textOf(await decode)).toBe(' word301.');
    expect(textOf(await engine.decode(spell(302)))).toBe(' word302.');
    expect(engine.restarts).toBe(0);
  });

  it('ends when it is closed', async () => {
    const { engine, pid } = await startScripted();
    const engineId = pid();
    await engine.close();
    expect(isAlive(engineId)).toBe(false);
  });

  it('ends by itself when its parent is killed, even in the middle of a decode', async () => {
    const module = (name: string) => pathToFileURL(path.resolve(engineProcessEntry(), name)).href;
    const parent = spawn(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { forkEngineProcess } from '${module('../child-process.js')}';
         import { silentLogger } from '${module('../../../foundation/logger.js')}';
         const engine = forkEngineProcess({ logger: silentLogger, maxConcurrent: 1 });
         engine.onReport(() => {
           engine.post({ type: 'decode', id: 1, request: { audio: new Float32Array(16000), language: 'en' } });
           console.log(engine.pid);
         });
         engine.post({ type: 'load', spec: { kind: 'scripted', decodeMs: 3600000 } });`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const engineId = Number(line.toString());
    expect(isAlive(engineId)).toBe(true);
    parent.kill('SIGKILL');
    await untilGone(engineId);
  });

  it('keeps what native code prints out of the terminal and in the log', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'surtitle-host-'));
    try {
      const entry = path.join(folder, 'noisy.mjs');
      writeFileSync(entry, `process.stderr.write('ggml: noise\\n'); process.stdout.write('and more\\n');`);
      const lines: unknown[] = [];
      const logger = {
        ...silentLogger,
        debug: (_message: string, fields?: { line?: unknown }) => lines.push(fields?.line),
      };
      const noisy = forkEngineProcess({ logger, maxConcurrent: 1, entry });
      const exit = await new Promise((resolve) => noisy.onExit(resolve));
      expect(exit).toEqual({ reason: 'code 0', external: false });
      while (lines.length < 2) await new Promise((resolve) => setImmediate(resolve));
      expect([...lines].sort()).toEqual(['and more', 'ggml: noise']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.skipIf(process.platform === 'win32')('tells a fault of its own from a signal from outside', async () => {
    const exits = [];
    for (const signal of ['SIGKILL', 'SIGSEGV'] as const) {
      const child = forkEngineProcess({ logger: silentLogger, maxConcurrent: 1 });
      const exited = new Promise((resolve) => child.onExit(resolve));
      const loaded = new Promise((resolve) => child.onReport(resolve));
      child.post({ type: 'load', spec: { kind: 'scripted' } });
      await loaded;
      process.kill(child.pid as number, signal);
      exits.push(await exited);
      // Nobody is there to hear it, and nothing is thrown.
      child.post({ type: 'close' });
      child.kill();
    }
    expect(exits).toEqual([
      { reason: 'signal SIGKILL', external: true },
      { reason: 'signal SIGSEGV', external: false },
    ]);
  });
});
