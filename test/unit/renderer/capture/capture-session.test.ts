import { beforeEach, describe, expect, it } from 'vitest';
import type { AudioLevel, CaptureStatus } from '../../../../src/core/captions/capture-types.ts';
import { VirtualClock } from '../../../../src/core/foundation/virtual-clock.ts';
import { captureError } from '../../../../src/renderer/capture/capture-errors.ts';
import type {
  AudioGraph,
  OpenAudioGraph,
  SourceFrames,
} from '../../../../src/renderer/capture/capture-ports.ts';
import { CaptureSession, FRAME_SAMPLES } from '../../../../src/renderer/capture/capture-session.ts';
import { MicrophoneSource } from '../../../../src/renderer/capture/microphone-source.ts';
import { SystemSource } from '../../../../src/renderer/capture/system-source.ts';
import { FakeMicrophones, FakeWay } from './fake-devices.ts';

const PROCESSING = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
const silence = (): Float32Array => new Float32Array(FRAME_SAMPLES);
const sound = (value = 0.25): Float32Array => new Float32Array(FRAME_SAMPLES).fill(value);

/** A page's audio, whose frames the test gives. */
class FakeGraphs {
  readonly graphs: { readonly connected: (object | null)[]; isClosed: boolean; resumed: number }[] = [];
  /** A system that holds audio back gives none. */
  isRunning = true;
  #onFrames: ((frames: SourceFrames) => void) | null = null;

  readonly open: OpenAudioGraph = (sources, onFrames) => {
    const graph = {
      connected: Array.from({ length: sources }, () => null as object | null),
      isClosed: false,
      resumed: 0,
    };
    this.graphs.push(graph);
    this.#onFrames = onFrames;
    const opened: AudioGraph = {
      connect: (source, stream) => {
        graph.connected[source] = stream;
      },
      resume: () => {
        graph.resumed++;
      },
      close: async () => {
        graph.isClosed = true;
      },
    };
    return Promise.resolve(opened);
  };

  frame(...sources: readonly Float32Array[][]): void {
    if (this.isRunning) this.#onFrames?.(sources);
  }
}

let clock: VirtualClock;
let graphs: FakeGraphs;
let microphones: FakeMicrophones;
let loopback: FakeWay;
let statuses: CaptureStatus[];
let levels: AudioLevel[];
let frames: Uint8Array[];

beforeEach(() => {
  clock = new VirtualClock();
  graphs = new FakeGraphs();
  microphones = new FakeMicrophones('Desk');
  loopback = new FakeWay('loopback');
  statuses = [];
  levels = [];
  frames = [];
});

function sessionOf(...kinds: readonly ('system' | 'microphone')[]): CaptureSession {
  return new CaptureSession({
    sources: kinds.map(
      (kind) => (listener) =>
        kind === 'system'
          ? new SystemSource({ ways: [loopback], clock, listener })
          : new MicrophoneSource({
              devices: microphones,
              wanted: null,
              processing: PROCESSING,
              clock,
              listener,
            }),
    ),
    openGraph: graphs.open,
    clock,
    listener: {
      frame: (pcm) => frames.push(pcm),
      level: (level) => levels.push(level),
      status: (status) => statuses.push(status),
    },
  });
}

/** Frames in real time. */
async function run(seconds: number, ...sources: readonly Float32Array[][]): Promise<void> {
  for (let i = 0; i < seconds * 25; i++) {
    graphs.frame(...sources);
    await clock.advance(40);
  }
}

async function started(...kinds: readonly ('system' | 'microphone')[]): Promise<CaptureSession> {
  const session = sessionOf(...kinds);
  const starting = session.start();
  await run(0.2, ...kinds.map(() => [sound()]));
  await starting;
  return session;
}

function lastSample(): number {
  const frame = frames.at(-1) ?? new Uint8Array(2);
  return new DataView(frame.buffer, frame.byteOffset).getInt16(frame.length - 2, true) / 32_768;
}

describe('a capture', () => {
  it('has started once audio flows, and its status was told', async () => {
    const session = sessionOf('microphone');
    let isStarted = false;
    const starting = session.start().then(() => {
      isStarted = true;
    });
    await clock.advance(1_000);
    expect([isStarted, statuses.length]).toEqual([false, 1]);
    graphs.frame([sound()]);
    await starting;
    expect(statuses).toEqual([
      { state: 'flowing', label: 'Desk', path: 'microphone', substitute: false, warning: null },
    ]);
  });

  it('fails where the system gives no sound at all', async () => {
    const starting = sessionOf('microphone').start();
    const failure = expect(starting).rejects.toMatchObject({ code: 'capture_failed' });
    await clock.advance(20_000);
    await failure;
    expect(microphones.open).toEqual([]);
  });

  it('fails with what its only source failed with, and closes everything', async () => {
    microphones.plugged = [];
    await expect(sessionOf('microphone').start()).rejects.toMatchObject({ code: 'no_microphone' });
    await clock.advance(0);
    expect(graphs.graphs.map(({ isClosed }) => isClosed)).toEqual([true]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('gives frames of 40 ms as signed 16 bit, and levels', async () => {
    await started('microphone');
    await run(1, [sound()]);
    expect(new Set(frames.map(({ length }) => length))).toEqual(new Set([1_280]));
    expect(lastSample()).toBe(0.25);
    expect(levels.at(-1)).toMatchObject({ peakDb: 20 * Math.log10(0.25) });
  });

  it('tells digital silence once, and sound when it comes', async () => {
    await started('microphone');
    await run(6, [silence()]);
    await run(1, [sound()]);
    expect(statuses.map(({ state }) => state)).toEqual(['flowing', 'silent', 'flowing']);
    expect(statuses[1]).toMatchObject({ label: 'Desk', forMs: 3_000 });
  });

  it('gives silence while its microphone is away', async () => {
    await started('microphone');
    microphones.unplug('Desk');
    const before = frames.length;
    await run(1, []);
    expect(statuses.at(-1)).toMatchObject({ state: 'lost', code: 'no_microphone' });
    expect([frames.length, lastSample()]).toEqual([before + 25, 0]);
  });

  it('tells that the system holds sound back, asks for it, and goes on when it comes', async () => {
    await started('microphone');
    graphs.isRunning = false;
    await run(4.4, [sound()]);
    expect(statuses.at(-1)).toMatchObject({ state: 'lost', code: 'capture_failed' });
    expect(graphs.graphs[0]?.resumed).toBeGreaterThan(0);
    graphs.isRunning = true;
    await run(3, [sound()]);
    expect(statuses.at(-1)).toMatchObject({ state: 'flowing' });
  });

  it('builds its audio anew where asking did not help, with the same microphone', async () => {
    await started('microphone');
    const input = graphs.graphs[0]?.connected[0];
    graphs.isRunning = false;
    await run(8, [sound()]);
    expect(graphs.graphs.length).toBeGreaterThan(1);
    expect(graphs.graphs.at(-1)?.connected).toEqual([input]);
    expect(graphs.graphs.slice(0, -1).every(({ isClosed }) => isClosed)).toBe(true);
  });

  it('says nothing more after a stop', async () => {
    const session = await started('microphone');
    await session.stop();
    const told = [frames.length, statuses.length];
    await run(5, [sound()]);
    expect([frames.length, statuses.length]).toEqual(told);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('a capture of both', () => {
  it('adds the two up, and names both', async () => {
    await started('system', 'microphone');
    await run(1, [sound(0.25)], [sound(0.125)]);
    expect(lastSample()).toBeCloseTo(0.375, 3);
    expect(statuses.at(-1)).toMatchObject({
      state: 'flowing',
      label: 'sound by loopback + Desk',
      path: 'loopback',
      warning: null,
    });
  });

  it('goes on with one of them, and says which is missing', async () => {
    microphones.plugged = [];
    await started('system', 'microphone');
    expect(statuses.at(-1)).toMatchObject({
      state: 'flowing',
      label: 'sound by loopback',
      warning: { code: 'no_microphone' },
    });
  });

  it('takes the other in as soon as it is there', async () => {
    microphones.plugged = [];
    await started('system', 'microphone');
    microphones.plugged = ['Desk'];
    await run(3, [sound()], []);
    expect(statuses.at(-1)).toMatchObject({ label: 'sound by loopback + Desk', warning: null });
    expect(graphs.graphs[0]?.connected.every((stream) => stream !== null)).toBe(true);
  });

  it('is not silent while one of them gives sound', async () => {
    await started('system', 'microphone');
    await run(6, [silence()], [sound()]);
    expect(statuses.some(({ state }) => state === 'silent')).toBe(false);
  });

  it('fails where neither can be had', async () => {
    microphones.plugged = [];
    loopback.failure = captureError('system_audio_unavailable');
    await expect(sessionOf('system', 'microphone').start()).rejects.toMatchObject({
      code: 'system_audio_unavailable',
    });
  });
});
