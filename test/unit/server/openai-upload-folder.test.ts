import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import { UploadFolder } from '../../../src/core/server/dialects/openai/upload-folder.ts';

let home: string;
let shared: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'surtitle-uploads-'));
  shared = join(home, 'uploads');
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

const uploads = () => new UploadFolder(shared, silentLogger);

/** A process id that is nobody's any more. */
function deadPid(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

/** What another server left, or works with. */
function leave(owner: object | null, name = '0f8fad5b-d9cb-469f-a165-70867728950e', ageHours = 0): string {
  const folder = join(shared, name);
  mkdirSync(folder, { recursive: true });
  if (owner) writeFileSync(join(folder, 'owner.json'), JSON.stringify(owner));
  writeFileSync(join(folder, 'recording'), 'speech');
  const then = Date.now() / 1_000 - ageHours * 3_600;
  utimesSync(folder, then, then);
  return folder;
}

describe('the folder of uploads', () => {
  it('is not there before the first upload, and gone with the last', async () => {
    const folder = uploads();
    await folder.sweep();
    expect(existsSync(shared)).toBe(false);
    const file = await folder.newFile();
    writeFileSync(file, 'speech');
    await folder.remove(file);
    expect(existsSync(file)).toBe(false);
    writeFileSync(await folder.newFile(), 'speech');
    await folder.close();
    expect(readdirSync(shared)).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('is the user’s alone', async () => {
    const folder = uploads();
    await folder.newFile();
    expect(statSync(shared).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(shared)) expect(statSync(join(shared, name)).mode & 0o777).toBe(0o700);
    await folder.close();
  });

  it('loses what a killed server left', async () => {
    leave({ pid: deadPid(), host: hostname() });
    await uploads().sweep();
    expect(readdirSync(shared)).toEqual([]);
  });

  it('keeps what a server that runs is working with, in this process too', async () => {
    const other = uploads();
    const file = await other.newFile();
    writeFileSync(file, 'speech');
    leave({ pid: process.ppid, host: hostname() });
    await uploads().sweep();
    expect(existsSync(file)).toBe(true);
    expect(readdirSync(shared)).toHaveLength(2);
    await other.close();
  });

  it('keeps what is not a server’s, and what another machine may be working with', async () => {
    const folders = [
      leave({ pid: deadPid(), host: hostname() }, 'holiday-recordings', 48),
      leave({ pid: 1, host: 'elsewhere' }, '11111111-d9cb-469f-a165-70867728950e', 1),
      leave(null, '22222222-d9cb-469f-a165-70867728950e'),
    ];
    await uploads().sweep();
    for (const folder of folders) expect(existsSync(join(folder, 'recording'))).toBe(true);
  });

  it('loses what is nobody’s after an hour, and another machine’s after a day', async () => {
    leave({ pid: 1, host: 'elsewhere' }, '11111111-d9cb-469f-a165-70867728950e', 25);
    leave(null, '22222222-d9cb-469f-a165-70867728950e', 2);
    await uploads().sweep();
    expect(readdirSync(shared)).toEqual([]);
  });

  it('that was removed by hand is made again', async () => {
    const folder = uploads();
    await folder.newFile();
    rmSync(shared, { recursive: true });
    writeFileSync(await folder.newFile(), 'speech');
    await folder.close();
    expect(readdirSync(shared)).toEqual([]);
  });

  it('that cannot be made is tried again with the next upload', async () => {
    writeFileSync(shared, 'a file in its place');
    const folder = uploads();
    await expect(folder.newFile()).rejects.toThrow();
    rmSync(shared);
    expect(await folder.newFile()).toContain(shared);
    await folder.close();
  });

  it('that cannot be read keeps no server from starting', async () => {
    writeFileSync(shared, 'a file in its place');
    await expect(uploads().sweep()).resolves.toBeUndefined();
  });
});
