import { beforeEach, describe, expect, it } from 'vitest';
import type { CaptureListener } from '../../../../src/core/captions/capture-types.ts';
import type { CaptureReport } from '../../../../src/ipc/capture-window.ts';
import { captureError } from '../../../../src/renderer/capture/capture-errors.ts';
import { type CapturePort, serveCapture } from '../../../../src/renderer/capture/capture-service.ts';
import type { BrowserCapture } from '../../../../src/renderer/capture/page-capture.ts';
import { FakeWay } from './fake-devices.ts';

const START = {
  type: 'start',
  id: 1,
  systemAudio: 'loopback',
  request: {
    source: 'microphone',
    microphone: null,
    echoCancellation: false,
    noiseSuppression: false,
    autoGainControl: false,
  },
};

/** The main process's end, and a capture that starts and fails as the test says. */
class World {
  readonly reports: CaptureReport[] = [];
  readonly listeners: CaptureListener[] = [];
  stopped = 0;
  checked = 0;
  /** Starts wait for it. */
  allowed: Promise<void> = Promise.resolve();
  readonly port: CapturePort = {
    postMessage: (report) => {
      this.reports.push(report);
    },
    onmessage: null,
  };
  readonly capture: BrowserCapture = {
    start: async (_request, listener) => {
      this.listeners.push(listener);
      await this.allowed;
      return {
        check: () => {
          this.checked++;
        },
        stop: async () => {
          this.stopped++;
        },
      };
    },
    microphones: () => Promise.resolve([{ label: 'Desk', isDefault: true }]),
    onMicrophonesChanged: () => {},
  };

  async tell(command: unknown): Promise<void> {
    this.port.onmessage?.({ data: command } as never);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

let world: World;

beforeEach(() => {
  world = new World();
  serveCapture(world.port, { createCapture: () => world.capture, loopback: new FakeWay('loopback') });
});

describe('the capture window', () => {
  it('starts, sends what it hears under the start’s id, and stops', async () => {
    await world.tell(START);
    const pcm = new Uint8Array(2);
    world.listeners[0]?.frame(pcm);
    await world.tell({ type: 'stop', id: 2 });
    expect(world.reports).toEqual([
      { type: 'started', id: 1 },
      { type: 'frame', id: 1, pcm },
      { type: 'stopped', id: 2 },
    ]);
  });

  it('says why it could not start', async () => {
    world.allowed = Promise.reject(captureError('device_busy'));
    await world.tell(START);
    expect(world.reports).toMatchObject([{ type: 'failed', id: 1, code: 'device_busy' }]);
  });

  it('closes a start that was overtaken by a stop, and sends nothing of it', async () => {
    let allow: () => void = () => {};
    world.allowed = new Promise((resolve) => {
      allow = resolve;
    });
    await world.tell(START);
    await world.tell({ type: 'stop', id: 2 });
    allow();
    world.listeners[0]?.frame(new Uint8Array(2));
    await world.tell({ type: 'check' });
    expect(world.reports).toMatchObject([
      { type: 'stopped', id: 2 },
      { type: 'failed', id: 1 },
    ]);
    expect([world.stopped, world.checked]).toEqual([1, 0]);
  });

  it('ends what runs before it starts anew', async () => {
    await world.tell(START);
    await world.tell({ ...START, id: 3 });
    world.listeners[0]?.level({ rmsDb: -20, peakDb: -10 });
    expect(world.stopped).toBe(1);
    expect(world.reports).toEqual([
      { type: 'started', id: 1 },
      { type: 'started', id: 3 },
    ]);
  });

  it('looks after its devices when the machine woke up', async () => {
    await world.tell(START);
    await world.tell({ type: 'check' });
    expect(world.checked).toBe(1);
  });

  it('lists microphones', async () => {
    await world.tell({ type: 'microphones', id: 4 });
    expect(world.reports).toEqual([
      { type: 'microphones', id: 4, microphones: [{ label: 'Desk', isDefault: true }] },
    ]);
  });

  it('refuses what it does not know, under its id', async () => {
    await world.tell({ type: 'explode', id: 5 });
    expect(world.reports).toMatchObject([{ type: 'failed', id: 5, code: 'capture_failed' }]);
  });
});
