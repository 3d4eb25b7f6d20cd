import { EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodePcm } from '../../../src/core/audio/pcm.ts';
import { createResampler } from '../../../src/core/audio/resampler.ts';
import { readWav } from '../../../src/core/audio/wav.ts';
import { systemClock } from '../../../src/core/foundation/clock.ts';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import { OutputMonitor } from '../../../src/main/system-audio/monitor.ts';
import { findRecorder, type Recorder } from '../../../src/main/system-audio/recorders.ts';
import { findSound } from '../../fixtures/find-sound.ts';
import { PulseAudio, pulseAudioMissing } from '../../fixtures/pulse-audio.ts';

const SAMPLE = fileURLToPath(new URL('../../../resources/samples/clip01-seen.wav', import.meta.url));
const RATE = 48_000;

/** Keeps what a monitor gives, and lets a test wait for it. */
class Heard extends EventEmitter {
  samples: number[] = [];
  readonly endings: string[] = [];
  readonly listener = {
    samples: (samples: Float32Array): void => {
      this.samples.push(...samples);
      this.emit('more');
    },
    ended: ({ code, message }: { code: string; message: string }): void => {
      this.endings.push(`${code}: ${message}`);
      this.emit('more');
    },
  };

  async until(fits: () => boolean): Promise<void> {
    const signal = AbortSignal.timeout(20_000);
    while (!fits()) await once(this, 'more', { signal });
  }

  /** Waits for sound that is newer than this call. */
  async sound(): Promise<void> {
    this.samples = [];
    await this.until(() => this.samples.some((sample) => Math.abs(sample) > 0.1));
  }
}

describe('the monitor of the output without a recorder', () => {
  it('says which package to install', () => {
    const heard = new Heard();
    new OutputMonitor({
      clock: systemClock,
      logger: silentLogger,
      listener: heard.listener,
      recorder: null,
    }).start();
    expect(heard.endings).toEqual([
      'system_audio_unavailable: System audio cannot be captured: no recording program is installed. Install the package pulseaudio-utils (parec) or pipewire-bin (pw-record), and start again.',
    ]);
  });

  it('gives up on a recorder that ends at once, three times', async () => {
    const heard = new Heard();
    const recorder: Recorder = { name: 'parec', program: '/bin/false', arguments: [] };
    const monitor = new OutputMonitor({
      clock: systemClock,
      logger: silentLogger,
      listener: heard.listener,
      recorder,
    });
    monitor.start();
    await heard.until(() => heard.endings.length > 0);
    expect(heard.endings[0]).toContain('parec does not run');
  });
});

const skipped = pulseAudioMissing ? ` (${pulseAudioMissing})` : '';
describe.skipIf(pulseAudioMissing)(`the monitor of the output${skipped}`, () => {
  let pulse: PulseAudio;
  let monitor: OutputMonitor;
  let heard: Heard;

  beforeEach(async () => {
    pulse = await PulseAudio.start();
    await pulse.plugOutput('speakers', 'Speakers');
    heard = new Heard();
    monitor = new OutputMonitor({
      clock: systemClock,
      logger: silentLogger,
      listener: heard.listener,
      recorder: findRecorder(),
      environment: { ...process.env, ...pulse.environment },
    });
    monitor.start();
    await heard.until(() => heard.samples.length > 0);
  });

  afterEach(async () => {
    monitor.stop();
    await pulse.close();
  });

  it('hears what is played, as loud and as long', async () => {
    const { data, encoding, channels } = readWav(await readFile(SAMPLE));
    const resampler = await createResampler(16_000, RATE);
    const played = decodePcm(data, encoding, channels as 1 | 2);
    const sample = Float32Array.from([...resampler.push(played), ...resampler.flush()]);
    await pulse.play(SAMPLE, 'speakers');
    const length = heard.samples.length + RATE / 2;
    await heard.until(() => heard.samples.length >= length);
    const found = findSound(Float32Array.from(heard.samples), sample);
    expect(found.correlation).toBeGreaterThan(0.9);
    expect(Math.abs(found.gainDb)).toBeLessThan(1);
    expect(Math.abs(found.stretch)).toBeLessThanOrEqual(RATE / 200);
  });

  it('goes on when the recorder dies', async () => {
    pulse.playTone('speakers');
    await heard.sound();
    await pulse.killClient('Surtitle');
    await heard.sound();
    expect(heard.endings).toEqual([]);
  });

  it('follows when another output becomes the default', async () => {
    await pulse.plugOutput('headphones', 'Headphones');
    pulse.playTone('headphones');
    await pulse.control('set-default-sink', 'headphones');
    await heard.sound();
  });

  it('leaves no recorder behind', async () => {
    monitor.stop();
    await pulse.until(async () => (await pulse.control('list', 'short', 'source-outputs')) === '');
  });
});
