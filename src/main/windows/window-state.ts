import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../core/files/durable-file.ts';
import { errnoOf } from '../../core/files/errno.ts';
import type { Clock, Timer } from '../../core/foundation/clock.ts';
import { describeError } from '../../core/foundation/errors.ts';
import type { Logger } from '../../core/foundation/logger.ts';

const FILE_NAME = 'window-state.json';
/** A window that is dragged tells of every step; this long after the last one it is written. */
const SETTLE_MS = 500;

const rectangleSchema = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int().positive(),
  height: z.int().positive(),
});

/** Where the captions stand on one display. */
const overlaySpotSchema = z.object({
  position: z.enum(['bottom', 'top', 'free']),
  /** Where they were dragged to, in shares of the room that is left: 0 is left or top, 1 right or bottom. */
  free: z.object({ x: z.number().min(0).max(1), y: z.number().min(0).max(1) }).nullable(),
  /** In pixels; `null` follows the size of the captions. */
  width: z.int().positive().nullable(),
});

const windowStateSchema = z.object({
  version: z.literal(1),
  control: z.object({ bounds: rectangleSchema, maximized: z.boolean() }).nullable(),
  /** The display the captions were last moved to, as the system numbers it. */
  overlayDisplay: z.string().max(100).nullable(),
  overlaySpots: z.record(z.string().max(100), overlaySpotSchema),
});

export type OverlaySpot = z.output<typeof overlaySpotSchema>;
export type WindowState = z.output<typeof windowStateSchema>;

const EMPTY: WindowState = { version: 1, control: null, overlayDisplay: null, overlaySpots: {} };

/** Where windows were when they were last moved, in a small file. What cannot be read is as if nothing was moved. */
export class WindowStateFile {
  readonly #file: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #state: WindowState;
  #timer: Timer | null = null;
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: string, state: WindowState, clock: Clock, logger: Logger) {
    this.#file = file;
    this.#state = state;
    this.#clock = clock;
    this.#logger = logger;
  }

  static async open(folder: string, clock: Clock, logger: Logger): Promise<WindowStateFile> {
    const file = path.join(folder, FILE_NAME);
    return new WindowStateFile(file, await readState(file, logger), clock, logger);
  }

  get state(): WindowState {
    return this.#state;
  }

  change(change: Partial<Omit<WindowState, 'version'>>): void {
    this.#state = { ...this.#state, ...change };
    this.#timer?.cancel();
    this.#timer = this.#clock.setTimer(SETTLE_MS, () => void this.flush());
  }

  /** Writes what is not written yet. Never throws: where a window stood is not worth an error. */
  flush(): Promise<void> {
    if (this.#timer) {
      this.#timer.cancel();
      this.#timer = null;
      this.#writing = this.#writing.then(() => this.#write());
    }
    return this.#writing;
  }

  async #write(): Promise<void> {
    try {
      await mkdir(path.dirname(this.#file), { recursive: true });
      await replaceFile(this.#file, `${JSON.stringify(this.#state, null, 2)}\n`, 0o600);
    } catch (error) {
      this.#logger.warn('Where the windows stand could not be kept.', { reason: describeError(error) });
    }
  }
}

async function readState(file: string, logger: Logger): Promise<WindowState> {
  try {
    return windowStateSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') {
      logger.warn('Where the windows stood could not be read.', {
        reason: describeError(error).slice(0, 200),
      });
    }
    return EMPTY;
  }
}
