import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../src/core/foundation/virtual-clock.ts';
import { captureError } from '../../../../src/renderer/capture/capture-errors.ts';
import { SampleRing } from '../../../../src/renderer/capture/sample-ring.ts';
import { SystemSource } from '../../../../src/renderer/capture/system-source.ts';
import { FakeWay, Told } from './fake-devices.ts';

const FRAME = 640;
const SILENCE = new Float32Array(FRAME);
const SOUND = new Float32Array(FRAME).fill(0.1);

let clock: VirtualClock;
let told: Told;
let loopback: FakeWay;
let monitorRing: SampleRing;
let monitor: FakeWay;
let source: SystemSource;

beforeEach(() => {
  clock = new VirtualClock();
  told = new Told();
  loopback = new FakeWay('loopback');
  monitorRing = new SampleRing();
  monitor = new FakeWay('monitor', { ring: monitorRing });
  source = new SystemSource({ ways: [loopback, monitor], clock, listener: told });
});

/** Frames of 40 ms, while the monitor hears something of its own. */
async function hear(seconds: number, samples: Float32Array, onMonitor = SILENCE): Promise<void> {
  for (let i = 0; i < seconds * 25; i++) {
    monitorRing.write(onMonitor);
    source.heard(samples);
    await clock.advance(40);
  }
}

describe('system audio', () => {
  it('comes by the first way that works', async () => {
    await source.start();
    expect(told.states).toMatchObject([{ state: 'flowing', path: 'loopback' }]);
    expect(monitor.opened).toEqual([]);
  });

  it('comes by the next way where the first fails', async () => {
    loopback.failure = captureError('system_audio_unavailable');
    await source.start();
    expect(told.states).toMatchObject([{ state: 'flowing', path: 'monitor' }]);
  });

  it('cannot be had where every way fails, for the reason of the last', async () => {
    loopback.failure = captureError('system_audio_unavailable');
    monitor.failure = captureError('system_audio_unavailable', { message: 'Install the package.' });
    await expect(source.start()).rejects.toThrow('Install the package.');
  });

  it('moves on when the first way is deaf to what plays', async () => {
    await source.start();
    await hear(6, SILENCE, SOUND);
    expect(told.states).toMatchObject([{ path: 'loopback' }, { path: 'monitor' }]);
    expect(loopback.isOpen).toBe(false);
  });

  it('stays where it is while nothing plays at all', async () => {
    await source.start();
    await hear(30, SILENCE);
    expect(told.states).toHaveLength(1);
  });

  it('listens to no second way once the first gives sound', async () => {
    await source.start();
    await hear(4, SILENCE);
    expect(monitor.isOpen).toBe(true);
    await hear(1, SOUND, SOUND);
    expect(monitor.isOpen).toBe(false);
    expect(told.states).toHaveLength(1);
  });

  it('stays where it is although the second way fails', async () => {
    monitor.failure = captureError('system_audio_unavailable');
    await source.start();
    await hear(10, SILENCE);
    expect(told.states).toMatchObject([{ state: 'flowing', path: 'loopback' }]);
  });

  it('is lost with the output, and comes again with the next one', async () => {
    await source.start();
    loopback.failure = captureError('system_audio_unavailable');
    monitor.failure = captureError('system_audio_unavailable');
    loopback.opened[0]?.end();
    await clock.advance(5_000);
    loopback.failure = null;
    await clock.advance(5_000);
    expect(told.states.at(1)).toMatchObject({ state: 'lost', problem: { code: 'device_lost' } });
    expect(told.states.at(-1)).toMatchObject({ state: 'flowing', path: 'loopback' });
  });

  it('ends when the user ends sharing, since they would have to be asked again', async () => {
    const tab = new FakeWay('tab', { reopens: false });
    const shared = new SystemSource({ ways: [tab], clock, listener: told });
    await shared.start();
    tab.opened[0]?.end(captureError('sharing_ended'));
    await clock.advance(60_000);
    expect(told.story).toEqual(['sound by tab', 'ended sharing_ended']);
    expect(tab.opened).toHaveLength(1);
  });

  it('is closed by a stop, with what was listened to beside it', async () => {
    await source.start();
    await hear(4, SILENCE);
    source.stop();
    expect([loopback.isOpen, monitor.isOpen]).toEqual([false, false]);
  });
});
