import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/core/foundation/clock.ts';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import type { DownloadEvent } from '../../../src/core/models/download-events.ts';
import { ModelStore } from '../../../src/core/models/store.ts';
import { HostileServer } from './hostile-server.ts';
import { catalogueModel, contentOf, IMPATIENT } from './model-bench.ts';

const DISK_KB = 600;

/** Mounts a small file system on `folder`. @returns why that is not possible, or `null`. */
function mountSmall(folder: string): string | null {
  if (process.platform !== 'linux') return 'a tmpfs is needed';
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_KB}k,mode=0700`, 'tmpfs', folder], {
      stdio: 'pipe',
    });
    return null;
  } catch {
    return 'mounting a tmpfs is not permitted';
  }
}

function unmount(folder: string): void {
  execFileSync('umount', [folder], { stdio: 'pipe' });
}

function whyNot(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'surtitle-disk-'));
  const reason = mountSmall(folder);
  if (reason === null) unmount(folder);
  rmSync(folder, { recursive: true, force: true });
  return reason === null ? '' : ` (skipped: ${reason})`;
}

const skipped = whyNot();
if (skipped !== '') console.warn(`The tests of downloads to a full disk are skipped${skipped}.`);

describe.skipIf(skipped !== '')(`models on a full disk${skipped}`, () => {
  const content = contentOf(400_000);
  let disk: string;
  let server: HostileServer;

  beforeEach(async () => {
    disk = mkdtempSync(path.join(tmpdir(), 'surtitle-disk-'));
    mountSmall(disk);
    server = await HostileServer.start(new Map([['/ggml-tiny.bin', content]]));
  });

  afterEach(async () => {
    await server.stop();
    unmount(disk);
    rmSync(disk, { recursive: true, force: true });
  });

  function fill(kilobytes: number): void {
    writeFileSync(path.join(disk, 'filler'), Buffer.alloc(kilobytes * 1024));
  }

  function store(): ModelStore {
    return new ModelStore({
      folder: path.join(disk, 'models'),
      bundled: null,
      clock: systemClock,
      logger: silentLogger,
      catalogue: [catalogueModel('tiny', content)],
      inspect: () => Promise.resolve(),
      patience: IMPATIENT,
    });
  }

  function pull(onEvent?: (event: DownloadEvent) => void): Promise<unknown> {
    return store().pull('tiny', { mirror: server.url, onEvent });
  }

  function models(): string[] {
    return readdirSync(path.join(disk, 'models'))
      .filter((name) => name !== '.locks')
      .sort();
  }

  test('are not downloaded where they will not fit, and no server is asked', async () => {
    fill(300);
    await expect(pull()).rejects.toMatchObject({
      code: 'disk_full',
      message: expect.stringMatching(/400 kB are needed, and \d+ kB are free/u),
    });
    expect(server.requests).toEqual([]);
    expect(models()).toEqual([]);
  });

  test('count what has come already', async () => {
    server.behave = (exchange) =>
      exchange.index === 0 ? exchange.serveBytes(300_000, {}, 'cut') : exchange.response.writeHead(404).end();
    await expect(pull()).rejects.toMatchObject({ code: 'download_not_found' });
    fill(150);
    server.behave = (exchange) => exchange.serve();
    await pull();
    expect(models()).toEqual(['ggml-tiny.bin', 'ggml-tiny.bin.json']);
  });

  test('keep what has come when the disk fills on the way, and go on when there is room', async () => {
    server.behave = (exchange) => {
      if (exchange.index === 0) exchange.serveBytes(100_000, {}, 'cut');
      else {
        fill(400);
        exchange.serve();
      }
    };
    await expect(pull()).rejects.toMatchObject({
      code: 'disk_full',
      message: expect.stringMatching(/The disk is full.*are kept/u),
    });
    const kept = statSync(path.join(disk, 'models', 'ggml-tiny.bin.part')).size;
    expect(kept).toBeGreaterThanOrEqual(100_000);

    rmSync(path.join(disk, 'filler'));
    server.behave = (exchange) => exchange.serve();
    await pull();
    expect(server.requests.at(-1)?.range).toBe(`bytes=${kept}-`);
    expect(models()).toEqual(['ggml-tiny.bin', 'ggml-tiny.bin.json']);
  });

  test('say so where not even the folder can be made', async () => {
    fill(DISK_KB - 4);
    await expect(pull()).rejects.toMatchObject({ code: 'disk_full' });
  });

  test('are not imported where they will not fit, and leave nothing behind', async () => {
    const source = path.join(tmpdir(), `surtitle-import-${process.pid}.bin`);
    writeFileSync(source, content);
    fill(300);
    try {
      await expect(store().importFile(source)).rejects.toMatchObject({ code: 'disk_full' });
      expect(models()).toEqual([]);
    } finally {
      rmSync(source);
    }
  });
});
