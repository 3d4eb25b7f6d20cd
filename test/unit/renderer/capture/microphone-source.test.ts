import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../src/core/foundation/virtual-clock.ts';
import { MicrophoneSource } from '../../../../src/renderer/capture/microphone-source.ts';
import { FakeMicrophones, Told } from './fake-devices.ts';

const PROCESSING = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

let clock: VirtualClock;
let told: Told;

beforeEach(() => {
  clock = new VirtualClock();
  told = new Told();
});

function sourceOf(devices: FakeMicrophones, wanted: string | null): MicrophoneSource {
  return new MicrophoneSource({ devices, wanted, processing: PROCESSING, clock, listener: told });
}

/** Long enough for every look at devices that changes start. */
const settle = (): Promise<void> => clock.advance(2_500);

describe('a microphone', () => {
  it('is the one of the wanted name', async () => {
    await sourceOf(new FakeMicrophones('Laptop', 'Headset'), 'Headset').start();
    expect(told.story).toEqual(['Headset']);
  });

  it('is the system’s choice where none is wanted, by its own name', async () => {
    await sourceOf(new FakeMicrophones('Laptop', 'Headset'), null).start();
    expect(told.story).toEqual(['Laptop']);
  });

  it('is the system’s choice until the wanted one is plugged in', async () => {
    const devices = new FakeMicrophones('Laptop');
    await sourceOf(devices, 'Headset').start();
    devices.plugged.push('Headset');
    await settle();
    expect(told.story).toEqual(['Laptop (microphone_missing)', 'Headset']);
    expect(devices.open).toEqual(['Headset']);
  });

  it('is found by name although names are told only once the user has allowed one', async () => {
    const devices = new FakeMicrophones('Laptop', 'Headset');
    devices.hasNames = false;
    await sourceOf(devices, 'Headset').start();
    expect(told.story).toEqual(['Headset']);
    expect(devices.open).toEqual(['Headset']);
  });

  it('is replaced when it is unplugged, and taken again when it returns', async () => {
    const devices = new FakeMicrophones('Laptop', 'Headset');
    await sourceOf(devices, 'Headset').start();
    devices.unplug('Headset');
    await settle();
    devices.plugged.push('Headset');
    await settle();
    expect(told.story).toEqual(['Headset', 'lost device_lost', 'Laptop (microphone_missing)', 'Headset']);
  });

  it('is waited for where it was the only one', async () => {
    const devices = new FakeMicrophones('Laptop');
    await sourceOf(devices, null).start();
    devices.unplug('Laptop');
    await settle();
    expect(told.present).toBeNull();
    devices.plugged.push('Other');
    await settle();
    expect(told.story).toEqual(['Laptop', 'lost device_lost', 'lost no_microphone', 'Other']);
  });

  it('follows the system’s choice when that changes', async () => {
    const devices = new FakeMicrophones('Laptop', 'Headset');
    await sourceOf(devices, null).start();
    devices.plugged = ['Headset', 'Laptop'];
    await settle();
    expect(told.story).toEqual(['Laptop', 'Headset']);
    expect(devices.open).toEqual(['Headset']);
  });

  it('is not opened anew for devices that are none of its business', async () => {
    const devices = new FakeMicrophones('Laptop', 'Headset');
    await sourceOf(devices, 'Headset').start();
    devices.plugged.push('Camera');
    devices.tell('devices');
    await settle();
    expect(devices.opened).toHaveLength(1);
  });

  it('is replaced while another program holds it, and taken when it is free', async () => {
    const devices = new FakeMicrophones('Laptop', 'Headset');
    devices.busy.add('Headset');
    await sourceOf(devices, 'Headset').start();
    devices.busy.clear();
    await clock.advance(10_000);
    expect(told.story).toEqual(['Laptop (device_busy)', 'Headset']);
  });

  it('is not asked for again where the user said no, until they think better of it', async () => {
    const devices = new FakeMicrophones('Laptop');
    devices.isAllowed = false;
    await expect(sourceOf(devices, null).start()).rejects.toMatchObject({ code: 'permission_denied' });
    await clock.advance(60_000);
    expect(told.story).toEqual(['lost permission_denied']);
    devices.isAllowed = true;
    devices.tell('permission');
    await settle();
    expect(told.story).toEqual(['lost permission_denied', 'Laptop']);
  });

  it('is lost where the permission is taken away while it runs', async () => {
    const devices = new FakeMicrophones('Laptop');
    await sourceOf(devices, null).start();
    devices.isAllowed = false;
    devices.opened[0]?.end();
    await settle();
    expect(told.story).toEqual(['Laptop', 'lost device_lost', 'lost permission_denied']);
  });

  it('fails where there is none, and comes when one is plugged in', async () => {
    const devices = new FakeMicrophones();
    await expect(sourceOf(devices, null).start()).rejects.toMatchObject({ code: 'no_microphone' });
    devices.plugged = ['Late'];
    await settle();
    expect(told.story).toEqual(['lost no_microphone', 'Late']);
  });

  it('is closed by a stop, and nothing is looked at any more', async () => {
    const devices = new FakeMicrophones('Laptop');
    const source = sourceOf(devices, null);
    await source.start();
    source.stop();
    await settle();
    expect(devices.open).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('is closed where it was stopped while it was being opened', async () => {
    const devices = new FakeMicrophones('Laptop');
    const source = sourceOf(devices, null);
    const starting = source.start();
    source.stop();
    await starting;
    expect(devices.open).toEqual([]);
    expect(told.story).toEqual([]);
  });
});
