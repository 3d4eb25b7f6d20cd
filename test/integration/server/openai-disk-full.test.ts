import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mountSmallDisk, type SmallDisk, smallDisksMissing } from '../../fixtures/small-disk.ts';
import { spokenFile, UploadServer, upload } from './uploads.ts';

/** Room for a second of audio, not for ten. */
const DISK_KB = 256;

describe.skipIf(smallDisksMissing !== '')(`an upload to a full disk${smallDisksMissing}`, () => {
  let small: SmallDisk;
  let disk: string;
  let running: UploadServer;

  beforeEach(async () => {
    small = mountSmallDisk(DISK_KB);
    disk = small.folder;
    running = await UploadServer.start({}, { folder: path.join(disk, 'uploads') });
  });

  afterEach(async () => {
    await running.close();
    small.remove();
  });

  it('is refused with 507, leaves its room to others, and is not sent again', async () => {
    const { status, headers, json } = await upload(running.url, spokenFile('morning', 10_000));
    expect(status).toBe(507);
    expect(headers.get('x-should-retry')).toBe('false');
    expect(json.error).toMatchObject({ type: 'server_error', code: 'disk_full' });
    expect(running.files()).toEqual([]);
    expect((await upload(running.url, spokenFile('morning', 2_000))).json.text).toBe('morning.');
  });

  it('is refused also where not even its folder can be made, and taken once there is room', async () => {
    const filler = path.join(disk, 'filler');
    writeFileSync(filler, Buffer.alloc(256 * 1024));
    expect((await upload(running.url, spokenFile('morning', 2_000))).status).toBe(507);
    rmSync(filler);
    expect((await upload(running.url, spokenFile('morning', 2_000))).status).toBe(200);
  });
});
