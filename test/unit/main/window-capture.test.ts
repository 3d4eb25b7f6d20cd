import { describe, expect, it } from 'vitest';
import type { CaptureRequest, CaptureStatus } from '../../../src/core/captions/capture-types.ts';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import { VirtualClock } from '../../../src/core/foundation/virtual-clock.ts';
import type { CaptureCommand } from '../../../src/ipc/capture-window.ts';
import type { CaptureWindowListener } from '../../../src/main/captions/capture-link.ts';
import { WindowCapture } from '../../../src/main/captions/window-capture.ts';

const MICROPHONE: CaptureRequest = {
  source: 'microphone',
  microphone: null,
  echoCancellation: false,
  noiseSuppression: false,
  autoGainControl: false,
};

/** Windows as a test plays them: they answer unless they are told not to. */
class Bench {
  readonly clock = new VirtualClock();
  readonly windows: { readonly listener: CaptureWindowListener; readonly told: CaptureCommand[] }[] = [];
  readonly statuses: CaptureStatus[] = [];
  readonly frames: number[] = [];
  answers = true;
  refuses = false;
  readonly capture = new WindowCapture({
    openWindow: async (listener) => {
      const told: CaptureCommand[] = [];
      this.windows.push({ listener, told });
      return {
        post: (command) => {
          told.push(command);
          if (!this.answers || !('id' in command)) return;
          const { id } = command;
          if (command.type === 'start') {
            listener.report(
              this.refuses
                ? { type: 'failed', id, code: 'permission_denied', message: 'No.' }
                : { type: 'started', id },
            );
          }
          if (command.type === 'stop') listener.report({ type: 'stopped', id });
          if (command.type === 'microphones') listener.report({ type: 'microphones', id, microphones: [] });
        },
        close: () => undefined,
      };
    },
    systemAudio: 'loopback',
    onExternalWanted: () => undefined,
    onMicrophonesChanged: () => undefined,
    clock: this.clock,
    logger: silentLogger,
  });

  get window() {
    const window = this.windows.at(-1);
    if (!window) throw new Error('No window was opened.');
    return window;
  }

  /** Id of the capture that was started last. */
  get id(): number {
    const start = this.window.told.findLast(({ type }) => type === 'start');
    return start && 'id' in start ? start.id : 0;
  }

  start() {
    return this.capture.start(MICROPHONE, {
      frame: (pcm) => this.frames.push(pcm.length),
      level: () => undefined,
      status: (status) => this.statuses.push(status),
    });
  }

  frame(pcm: unknown = new Uint8Array(640), id = this.id): void {
    this.window.listener.report({ type: 'frame', id, pcm });
  }
}

describe('capturing in a window', () => {
  it('passes frames on until it has stopped, and none after', async () => {
    const bench = new Bench();
    const running = await bench.start();
    bench.frame();
    await running.stop();
    bench.frame();
    expect(bench.frames).toEqual([640]);
  });

  it('takes nothing that is no frame, or of another capture', async () => {
    const bench = new Bench();
    await bench.start();
    bench.frame('text');
    bench.frame(new Uint8Array(641));
    bench.frame(new Uint8Array(1_000_000));
    bench.frame(new Uint8Array(640), bench.id + 7);
    bench.window.listener.report({ type: 'something else' });
    expect(bench.frames).toEqual([]);
  });

  it('goes on in a new window when the old one is gone, and says so', async () => {
    const bench = new Bench();
    await bench.start();
    bench.window.listener.gone('crashed');
    await bench.clock.advance(1);
    expect(bench.statuses).toMatchObject([{ state: 'lost', code: 'capture_failed' }]);
    bench.frame();
    expect([bench.windows.length, bench.frames]).toEqual([2, [640]]);
  });

  it('replaces a window that hangs', async () => {
    const bench = new Bench();
    await bench.start();
    bench.answers = false;
    const advanced = bench.clock.advance(8_500);
    await advanced;
    bench.answers = true;
    await bench.clock.advance(10_000);
    expect(bench.windows.length).toBeGreaterThan(1);
    expect(bench.statuses).toMatchObject([{ state: 'lost', code: 'capture_failed' }]);
  });

  it('leaves a window alone that is quiet but answers', async () => {
    const bench = new Bench();
    await bench.start();
    await bench.clock.advance(60_000);
    expect([bench.windows.length, bench.statuses]).toEqual([1, []]);
  });

  it('is over, with advice, when windows fail again and again', async () => {
    const bench = new Bench();
    await bench.start();
    for (let failure = 0; failure < 4; failure++) {
      bench.window.listener.gone('crashed');
      await bench.clock.advance(6_000);
    }
    expect(bench.statuses.at(-1)).toMatchObject({ state: 'ended', code: 'capture_failed' });
    expect(bench.windows).toHaveLength(4);
  });

  it('leaves a window in peace in which nothing could be captured', async () => {
    const bench = new Bench();
    bench.refuses = true;
    await expect(bench.start()).rejects.toMatchObject({ code: 'permission_denied' });
    await bench.clock.advance(60_000);
    expect(bench.window.told.map(({ type }) => type)).toEqual(['start']);
    expect(bench.clock.pendingTimers).toBe(0);
  });

  it('does not wait for ever for a window to stop', async () => {
    const bench = new Bench();
    const running = await bench.start();
    bench.answers = false;
    await Promise.all([running.stop(), bench.clock.advance(3_000)]);
    bench.answers = true;
    await bench.start();
    expect(bench.windows).toHaveLength(2);
  });
});
