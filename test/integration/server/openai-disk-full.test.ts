import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { spokenFile, UploadServer, upload } from './uploads.ts';

/** Room for a second of audio, not for ten. */
const DISK_SIZE = '256k';

/** Mounts a small file system on `folder`. @returns why that is not possible, or `null`. */
function mountSmall(folder: string): string | null {
  if (process.platform !== 'linux') return 'a tmpfs is needed';
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_SIZE},mode=0700`, 'tmpfs', folder], {
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
if (skipped !== '') console.warn(`The tests of uploads on a full disk are skipped${skipped}.`);

describe.skipIf(skipped !== '')(`an upload to a full disk${skipped}`, () => {
  let disk: string;
  let running: UploadServer;

  beforeEach(async () => {
    disk = mkdtempSync(path.join(tmpdir(), 'surtitle-disk-'));
    mountSmall(disk);
    running = await UploadServer.start({}, { folder: path.join(disk, 'uploads') });
  });

  afterEach(async () => {
    await running.close();
    unmount(disk);
    rmSync(disk, { recursive: true, force: true });
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
