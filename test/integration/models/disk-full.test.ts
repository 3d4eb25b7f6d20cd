import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/core/foundation/clock.ts';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import type { DownloadEvent } from '../../../src/core/models/download-events.ts';
import { ModelStore } from '../../../src/core/models/store.ts';
import { mountSmallDisk, type SmallDisk, smallDisksMissing } from '../../fixtures/small-disk.ts';
import { HostileServer } from './hostile-server.ts';
import { catalogueModel, contentOf, IMPATIENT } from './model-bench.ts';

const DISK_KB = 600;

describe.skipIf(smallDisksMissing !== '')(`models on a full disk${smallDisksMissing}`, () => {
  const content = contentOf(400_000);
  let small: SmallDisk;
  let disk: string;
  let server: HostileServer;

  beforeEach(async () => {
    small = mountSmallDisk(DISK_KB);
    disk = small.folder;
    server = await HostileServer.start(new Map([['/ggml-tiny.bin', content]]));
  });

  afterEach(async () => {
    await server.stop();
    small.remove();
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
