import { randomUUID } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { errnoOf } from '../files/errno.ts';
import { isProcessAlive } from '../files/writer-identity.ts';
import type { Clock, Timer } from '../foundation/clock.ts';
import { wait } from './waiting.ts';

/** How often the holder shows that it is alive. */
const HEARTBEAT_MS = 5000;
/**
 * A lock that shows nothing for this long belongs to nobody, even where a process with its holder's number
 * lives: the number may have been given again, or the holder be on a machine that is gone.
 */
export const ABANDONED_AFTER_MS = 30_000;
const POLL_MS = 500;
const RELEASED = 'released';

/** Who has a lock. */
export interface LockHolder {
  readonly pid: number;
  /** Host and, on Linux, process namespace: elsewhere the pid means nothing. */
  readonly machine: string;
}

export interface LockOptions {
  /** Folder of the lock files; made where it does not exist. */
  readonly folder: string;
  /** What is locked: letters, digits, dots, hyphens and underscores. */
  readonly name: string;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Called again and again while another process holds the lock; `null` where it is not known which. */
  readonly onWaiting?: (holder: LockHolder | null) => void | Promise<void>;
}

/**
 * A lock between processes, which outlives none of them. The files `NAME.1`, `NAME.2`, … are numbered; only
 * the one with the highest number counts, it is never deleted, and a successor is made by creating the next
 * number exclusively. So of many that find a lock abandoned only one can take it over, and a slow one that
 * made a number long passed sees that and tries again.
 */
export class ModelLock {
  readonly #folder: string;
  readonly #name: string;
  readonly #number: number;
  readonly #clock: Clock;
  readonly #lost = new AbortController();
  #timer: Timer | null = null;
  #released = false;
  #seenAtMs: number;

  private constructor({ folder, name, clock }: LockOptions, number: number) {
    this.#folder = folder;
    this.#name = name;
    this.#number = number;
    this.#clock = clock;
    this.#seenAtMs = clock.now();
    this.#scheduleHeartbeat();
  }

  /** Waits until nobody else has the lock, and takes it. @throws the signal's reason; file system errors. */
  static async acquire(options: LockOptions): Promise<ModelLock> {
    const { clock, signal, onWaiting } = options;
    await mkdir(options.folder, { recursive: true, mode: 0o700 });
    let watchedKey = '';
    let watchedSinceMs = clock.now();
    for (;;) {
      signal?.throwIfAborted();
      const state = await readState(options);
      if (watchedKey !== state.key) {
        watchedKey = state.key;
        watchedSinceMs = clock.now();
      }
      const abandoned = clock.now() - watchedSinceMs >= ABANDONED_AFTER_MS;
      if (state.holder === 'none' || isDead(state.holder) || abandoned) {
        const lock = await ModelLock.#take(options, state.number + 1);
        if (lock) return lock;
        continue;
      }
      await onWaiting?.(state.holder === 'unknown' ? null : state.holder);
      await wait(clock, POLL_MS, signal);
    }
  }

  /** Takes the lock where nobody has it. @returns the holder where somebody has. */
  static async tryAcquire(options: LockOptions): Promise<ModelLock | LockHolder | null> {
    await mkdir(options.folder, { recursive: true, mode: 0o700 });
    for (;;) {
      const state = await readState(options);
      if (state.holder === 'unknown') return null;
      if (state.holder !== 'none' && !isDead(state.holder)) return state.holder;
      const lock = await ModelLock.#take(options, state.number + 1);
      if (lock) return lock;
    }
  }

  static async #take(options: LockOptions, number: number): Promise<ModelLock | null> {
    const own = lockFile(options, number);
    try {
      const file = await open(own, 'wx', 0o644);
      try {
        const holder: LockHolder & { nonce: string } = {
          pid: process.pid,
          machine: thisMachine(),
          nonce: randomUUID(),
        };
        await file.writeFile(JSON.stringify(holder));
      } finally {
        await file.close();
      }
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return null;
      await rm(own, { force: true });
      throw error;
    }
    const numbers = await lockNumbers(options);
    if (Math.max(...numbers) !== number) {
      // Others have come and gone between the look and the grip.
      await rm(own, { force: true });
      return null;
    }
    for (const old of numbers) if (old < number) await rm(lockFile(options, old), { force: true });
    return new ModelLock(options, number);
  }

  /** Fires when another process has taken the lock, believing this one dead. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /**
   * To be called before anything is written that the lock protects: a process that has been stopped for long
   * may have lost its lock without noticing. Fires {@link lost} where that is so.
   */
  async confirm(): Promise<void> {
    if (this.#clock.now() - this.#seenAtMs > 2 * HEARTBEAT_MS) await this.#beat();
  }

  async release(): Promise<void> {
    this.#released = true;
    this.#timer?.cancel();
    if (this.#lost.signal.aborted) return;
    try {
      await writeFile(lockFile({ folder: this.#folder, name: this.#name }, this.#number), RELEASED);
    } catch {
      // A full disk or a folder that is gone: without heartbeats the lock counts as abandoned before long.
    }
  }

  #scheduleHeartbeat(): void {
    this.#timer = this.#clock.setTimer(HEARTBEAT_MS, () => {
      void this.#beat().then(() => {
        if (!this.#lost.signal.aborted && !this.#released) this.#scheduleHeartbeat();
      });
    });
  }

  async #beat(): Promise<void> {
    const place = { folder: this.#folder, name: this.#name };
    try {
      if (Math.max(...(await lockNumbers(place))) > this.#number) {
        this.#lost.abort(new Error('Another process has taken over.'));
        return;
      }
      const now = new Date();
      await utimes(lockFile(place, this.#number), now, now);
      this.#seenAtMs = this.#clock.now();
    } catch {
      // A folder that is out of reach for a moment; the next beat tries again, and what is written fails by itself.
    }
  }
}

interface LockState {
  /** 0 where there has been none. */
  readonly number: number;
  readonly holder: LockHolder | 'none' | 'unknown';
  /** Changes with every heartbeat and every holder. */
  readonly key: string;
}

type LockPlace = Pick<LockOptions, 'folder' | 'name'>;

async function readState(place: LockPlace): Promise<LockState> {
  const number = Math.max(0, ...(await lockNumbers(place)));
  if (number === 0) return { number, holder: 'none', key: '' };
  const file = lockFile(place, number);
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    const key = `${number} ${mtimeMs} ${text}`;
    return { number, holder: text === RELEASED ? 'none' : parseHolder(text), key };
  } catch (error) {
    // Removed by a successor just now; the next look sees that one.
    if (errnoOf(error) === 'ENOENT') return { number, holder: 'unknown', key: `${number} gone` };
    throw error;
  }
}

function parseHolder(text: string): LockHolder | 'unknown' {
  try {
    const { pid, machine } = JSON.parse(text) as Partial<LockHolder>;
    if (typeof pid === 'number' && Number.isInteger(pid) && pid > 0 && typeof machine === 'string') {
      return { pid, machine };
    }
  } catch {
    // Half written: its writer is at it, or died there.
  }
  return 'unknown';
}

function isDead(holder: LockHolder | 'unknown'): boolean {
  return holder !== 'unknown' && holder.machine === thisMachine() && !isProcessAlive(holder.pid);
}

async function lockNumbers({ folder, name }: LockPlace): Promise<number[]> {
  const prefix = `${name}.`;
  return (await readdir(folder))
    .filter((file) => file.startsWith(prefix) && /^\d{1,15}$/u.test(file.slice(prefix.length)))
    .map((file) => Number(file.slice(prefix.length)));
}

function lockFile({ folder, name }: LockPlace, number: number): string {
  return path.join(folder, `${name}.${number}`);
}

let machine: string | null = null;

function thisMachine(): string {
  machine ??= [os.hostname(), processNamespace()].join(' ');
  return machine;
}

/** Containers may share a folder and a host name, but not their process numbers. */
function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
