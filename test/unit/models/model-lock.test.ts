import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/core/foundation/clock.ts';
import { VirtualClock } from '../../../src/core/foundation/virtual-clock.ts';
import { ABANDONED_AFTER_MS, type LockOptions, ModelLock } from '../../../src/core/models/model-lock.ts';

let folder: string;
let clock: VirtualClock;

beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'surtitle-lock-')), '.locks');
  mkdirSync(folder);
  clock = new VirtualClock(letFilesBeWritten);
});

afterEach(() => rmSync(path.dirname(folder), { recursive: true }));

/** File operations take real time. So many more of them, one after the other, and those under way are over. */
async function letFilesBeWritten(): Promise<void> {
  for (let times = 0; times < 12; times++) await stat(folder);
}

/** Lets time pass until something has happened. */
async function passTimeUntil<T>(happened: Promise<T>): Promise<T> {
  let over = false;
  const end = (): void => {
    over = true;
  };
  void happened.then(end, end);
  while (!over) await clock.advance(250);
  return happened;
}

function options(extra: Partial<LockOptions> = {}): LockOptions {
  return { folder, name: 'tiny', clock, ...extra };
}

/** A process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

/** The lock file of another holder, as its process would have written it. */
async function leaveLock(pid: number, machine?: string): Promise<void> {
  const own = await ModelLock.acquire(options());
  const [file = ''] = readdirSync(folder);
  const { machine: here } = JSON.parse(await readText(file)) as { machine: string };
  await own.release();
  writeFileSync(path.join(folder, file), JSON.stringify({ pid, machine: machine ?? here, nonce: 'x' }));
}

async function readText(file: string): Promise<string> {
  return (await import('node:fs/promises')).readFile(path.join(folder, file), 'utf8');
}

describe('a lock', () => {
  test('is had by one at a time, in the order of release', async () => {
    const first = await ModelLock.acquire(options());
    const order: string[] = [];
    const second = ModelLock.acquire(options()).then((lock) => {
      order.push('second');
      return lock;
    });
    await clock.advance(2000);
    order.push('released');
    await first.release();
    await (await passTimeUntil(second)).release();
    expect(order).toEqual(['released', 'second']);
  });

  test('tells who has it to those that wait', async () => {
    const first = await ModelLock.acquire(options());
    const seen: unknown[] = [];
    const stop = new AbortController();
    const waiting = ModelLock.acquire(
      options({
        signal: stop.signal,
        onWaiting: (holder) => {
          seen.push(holder?.pid);
          if (seen.length === 2) stop.abort(new Error('enough'));
        },
      }),
    );
    await expect(passTimeUntil(waiting)).rejects.toThrow('enough');
    expect(seen).toEqual([process.pid, process.pid]);
    expect(await ModelLock.tryAcquire(options())).toMatchObject({ pid: process.pid });
    await first.release();
  });

  test('is not disturbed by one of a name that only begins alike', async () => {
    const longer = await ModelLock.acquire(options({ name: 'tiny.1' }));
    const shorter = await ModelLock.acquire(options({ name: 'tiny' }));
    await shorter.release();
    expect(longer.lost.aborted).toBe(false);
    await longer.release();
  });

  test('leaves one small file, however often it was taken', async () => {
    for (let times = 0; times < 5; times++) await (await ModelLock.acquire(options())).release();
    expect(readdirSync(folder)).toEqual(['tiny.5']);
  });
});

describe('a lock whose holder', () => {
  test('died is taken over at once', async () => {
    await leaveLock(deadPid());
    const lock = await ModelLock.acquire(options());
    expect(clock.now()).toBe(0);
    await lock.release();
  });

  test('has a number that another process was given meanwhile is taken over when it shows no life', async () => {
    await leaveLock(process.ppid);
    const taking = ModelLock.acquire(options());
    let taken = false;
    void taking.then(() => {
      taken = true;
    });
    await clock.advance(ABANDONED_AFTER_MS - 1000);
    expect(taken).toBe(false);
    await (await passTimeUntil(taking)).release();
    expect(clock.now()).toBeGreaterThanOrEqual(ABANDONED_AFTER_MS);
  });

  test('lives on another machine is taken over only when it shows no life', async () => {
    await leaveLock(deadPid(), 'another machine');
    const taking = ModelLock.acquire(options());
    expect(await ModelLock.tryAcquire(options())).toMatchObject({ machine: 'another machine' });
    await (await passTimeUntil(taking)).release();
    expect(clock.now()).toBeGreaterThanOrEqual(ABANDONED_AFTER_MS);
  });

  test('died while writing it is taken over when nothing more comes', async () => {
    writeFileSync(path.join(folder, 'tiny.1'), '{"pid":');
    expect(await ModelLock.tryAcquire(options())).toBeNull();
    const taking = ModelLock.acquire(options());
    await (await passTimeUntil(taking)).release();
    expect(clock.now()).toBeGreaterThanOrEqual(ABANDONED_AFTER_MS);
  });

  test('shows life is waited for as long as it takes', async () => {
    const first = await ModelLock.acquire(options());
    let taken = false;
    const second = ModelLock.acquire(options()).then((lock) => {
      taken = true;
      return lock;
    });
    await clock.advance(4 * ABANDONED_AFTER_MS);
    expect(taken).toBe(false);
    await first.release();
    await (await passTimeUntil(second)).release();
  });

  test('was asleep and lost it is told so before it writes again', async () => {
    const sleeping = new VirtualClock();
    const sleeper = await ModelLock.acquire(options({ clock: sleeping }));
    const taking = ModelLock.acquire(options());
    const taker = await passTimeUntil(taking);
    // Its timers did not run while it slept: only the time has passed.
    sleeping.now = () => 60_000;
    expect(sleeper.lost.aborted).toBe(false);
    await sleeper.confirm();
    expect(sleeper.lost.aborted).toBe(true);
    await sleeper.release();
    expect(await ModelLock.tryAcquire(options())).toMatchObject({ pid: process.pid });
    await taker.release();
  });
});

test('many that find a dead holder’s lock at the same moment have it one at a time', async () => {
  await leaveLock(deadPid());
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    for (let times = 0; times < 3; times++) {
      const lock = await ModelLock.acquire(options({ clock: hastyClock }));
      inside++;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
      await lock.release();
    }
  };
  await Promise.all(Array.from({ length: 12 }, work));
  expect(most).toBe(1);
});

test('one that was slow to take what others have had meanwhile sees that, and waits', async () => {
  await (await ModelLock.acquire(options())).release();
  // Between its look and its grip, two others: the first has come and gone, the second is there.
  let looks = 0;
  const now = (): number => {
    if (++looks === 2) {
      rmSync(path.join(folder, 'tiny.1'));
      writeFileSync(path.join(folder, 'tiny.3'), JSON.stringify({ pid: process.ppid, machine: 'elsewhere' }));
    }
    return clock.now();
  };
  const setTimer: VirtualClock['setTimer'] = (delayMs, callback) => clock.setTimer(delayMs, callback);
  let taking: Promise<ModelLock> | null = null;
  const waitsFor = await new Promise((resolve) => {
    taking = ModelLock.acquire(options({ clock: { now, setTimer }, onWaiting: resolve }));
  });
  expect(waitsFor).toMatchObject({ machine: 'elsewhere' });
  expect(readdirSync(folder)).toEqual(['tiny.3']);
  writeFileSync(path.join(folder, 'tiny.3'), 'released');
  const lock = await passTimeUntil(taking as unknown as Promise<ModelLock>);
  await lock.release();
  expect(readdirSync(folder)).toEqual(['tiny.4']);
});

/** Looks again at once, so that many are at it together. */
const hastyClock = {
  now: systemClock.now,
  setTimer: (delayMs: number, callback: () => void) => systemClock.setTimer(delayMs / 500, callback),
};
