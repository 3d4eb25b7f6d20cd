import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodePcm } from '../../../src/core/audio/pcm.ts';
import { readWav } from '../../../src/core/audio/wav.ts';
import { type StarterServer, startStarterServer, streamThrough } from '../../fixtures/starter-server.ts';

const KILLS = 10;

let target: StarterServer;

beforeAll(async () => {
  target = await startStarterServer();
});

afterAll(() => target.close());

async function sample(name: string): Promise<Float32Array> {
  const path = fileURLToPath(new URL(`../../../resources/samples/${name}`, import.meta.url));
  const { data, encoding } = readWav(await readFile(path));
  return decodePcm(data, encoding, 1);
}

describe('an engine that is killed ten times under two sessions', () => {
  it('costs neither of them a word or any stable text', async () => {
    const talks = await Promise.all(['clip09-seen.wav', 'clip06-seen.wav'].map(sample));
    const unharmed = await Promise.all(talks.map((talk) => streamThrough(target, talk)));
    let kills = 0;
    // Each partial ends one decode, and the next is on its way: killed at once, or a little into it.
    const kill = () => {
      if (kills >= KILLS || target.engine.restarts < kills || target.engine.state !== 'ready') return;
      const pid = target.enginePid();
      const delayTurns = kills++ * 5;
      let turns = 0;
      const turn = () => {
        if (turns++ < delayTurns) setImmediate(turn);
        else process.kill(pid, 'SIGKILL');
      };
      turn();
    };
    // The clients' invariant checkers watch that stable text stays.
    const harmed = await Promise.all(
      talks.map((talk) =>
        streamThrough(target, talk, {
          onEvent: ({ type }) => {
            if (type === 'partial') kill();
          },
        }),
      ),
    );
    expect(kills).toBe(KILLS);
    expect(target.engine.restarts).toBe(KILLS);
    expect(harmed.map(({ text }) => text)).toEqual(unharmed.map(({ text }) => text));
  });
});
