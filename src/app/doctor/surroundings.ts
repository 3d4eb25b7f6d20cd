import { randomUUID } from 'node:crypto';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describeError } from '../../core/foundation/errors.ts';
import { loadSileroVoiceActivity } from '../../core/recognition/silero-voice-activity.ts';
import { VOICE_ACTIVITY_WINDOW } from '../../core/recognition/voice-activity.ts';
import type { Finding } from './finding.ts';

/** Whether a Node version is one that Surtitle supports: 20.19 or later of 20, or 22.12 and later. */
export function isSupportedNode(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
}

export function checkNode(version: string = process.versions.node): Finding {
  return {
    check: 'node',
    facts: { version, platform: process.platform, arch: process.arch },
    ...(isSupportedNode(version)
      ? { status: 'ok', summary: `Node ${version} on ${process.platform} ${process.arch}` }
      : {
          status: 'fail',
          summary: `Node ${version} is not supported.`,
          advice: 'Install Node 20.19 or later, 22.12 or later, or 24.',
        }),
  };
}

/** Whether the data folder can be written, by writing to it. */
export async function checkDataFolder(folder: string): Promise<Finding> {
  const probe = path.join(folder, `.doctor-${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(probe, '');
    await rm(probe);
    const { bavail, bsize } = await statfs(folder);
    const freeGigabytes = (bavail * bsize) / 1e9;
    const facts = { folder, freeBytes: bavail * bsize };
    if (freeGigabytes < 1) {
      return {
        check: 'data',
        status: 'warn',
        summary: `Only ${freeGigabytes.toFixed(1)} GB are free where ${folder} lies.`,
        advice: 'Models take 0.1 to 3 GB: make room, or set SURTITLE_HOME to a folder on another disk.',
        facts,
      };
    }
    return {
      check: 'data',
      status: 'ok',
      summary: `The data folder ${folder} can be written (${freeGigabytes.toFixed(0)} GB free)`,
      facts,
    };
  } catch (error) {
    return {
      check: 'data',
      status: 'fail',
      summary: `The data folder ${folder} cannot be written (${describeError(error)}).`,
      advice: 'Make it writable, or set SURTITLE_HOME to a folder that is.',
      facts: { folder },
    };
  }
}

/** Whether the server's port is free on the loopback address. */
export async function checkPort(port: number): Promise<Finding> {
  const problem = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
    const server = net.createServer();
    server.once('error', resolve);
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(null)));
  });
  if (!problem) {
    return { check: 'port', status: 'ok', summary: `Port ${port} is free`, facts: { port, free: true } };
  }
  return {
    check: 'port',
    status: 'warn',
    summary:
      problem.code === 'EADDRINUSE'
        ? `Port ${port} is in use, perhaps by a Surtitle that is running.`
        : `Port ${port} cannot be used (${problem.message}).`,
    advice: 'Use another with `surtitle serve --port 0`, which takes a free one.',
    facts: { port, free: false },
  };
}

/** Whether the voice activity network loads, by having it listen to silence. */
export async function checkVoiceActivity(): Promise<Finding> {
  try {
    const network = await loadSileroVoiceActivity();
    const model = network.create();
    const noise = Float32Array.from({ length: VOICE_ACTIVITY_WINDOW }, () => (Math.random() - 0.5) * 0.01);
    const probability = await model.probability(noise);
    model.close();
    await network.close();
    return {
      check: 'voice_activity',
      status: 'ok',
      summary: 'Voice activity detection (Silero) works',
      facts: { noiseProbability: probability },
    };
  } catch (error) {
    return {
      check: 'voice_activity',
      status: 'warn',
      summary:
        'Voice activity detection does not load; a simpler detector is used, which takes noise for speech.',
      advice: describeError(error),
    };
  }
}

/** Memory left for a model. */
export function checkMemory(freeBytes: number = os.freemem(), totalBytes: number = os.totalmem()): Finding {
  const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);
  const summary = `${gigabytes(totalBytes)} GB of memory, ${gigabytes(freeBytes)} GB free`;
  const facts = { totalBytes, freeBytes };
  if (totalBytes >= 2e9) return { check: 'memory', status: 'ok', summary, facts };
  return {
    check: 'memory',
    status: 'warn',
    summary,
    advice: 'Stay with models up to base; small needs about 1 GB of its own.',
    facts,
  };
}
