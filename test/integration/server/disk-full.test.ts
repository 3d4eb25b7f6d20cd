import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import { openTokenStore } from '../../../src/core/server/token-store.ts';

/** Mounts a file system of one page on `folder`. @returns why that is not possible, or `null`. */
function mountTiny(folder: string): string | null {
  if (process.platform !== 'linux') return 'a tmpfs is needed';
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k,mode=0700', 'tmpfs', folder], { stdio: 'pipe' });
    return null;
  } catch {
    return 'mounting a tmpfs is not permitted';
  }
}

function unmount(folder: string): void {
  execFileSync('umount', [folder], { stdio: 'pipe' });
}

function whyNot(): string {
  const folder = mkdtempSync(join(tmpdir(), 'surtitle-disk-'));
  const reason = mountTiny(folder);
  if (reason === null) unmount(folder);
  rmSync(folder, { recursive: true, force: true });
  return reason === null ? '' : ` (skipped: ${reason})`;
}

const skipped = whyNot();
if (skipped !== '') console.warn(`The tests of the token files on a full disk are skipped${skipped}.`);

/** What a store on a full disk fails with. */
const FULL = { code: 'token_file_unwritable', message: expect.stringMatching(/ENOSPC.*The disk is full/u) };

describe.skipIf(skipped !== '')(`the token files on a full disk${skipped}`, () => {
  let home: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'surtitle-disk-'));
    mountTiny(home);
  });

  afterEach(() => {
    unmount(home);
    rmSync(home, { recursive: true, force: true });
  });

  function fillDisk(): void {
    writeFileSync(join(home, 'filler'), Buffer.alloc(4096));
  }

  it('are an error that says so and leave nothing half written', async () => {
    fillDisk();
    await expect(openTokenStore(home, silentLogger)).rejects.toMatchObject(FULL);
    expect(readdirSync(home)).toEqual(['filler']);
  });

  it('are made once there is room again', async () => {
    fillDisk();
    await expect(openTokenStore(home, silentLogger)).rejects.toMatchObject(FULL);
    rmSync(join(home, 'filler'));
    // One page holds the first token, and the second finds the disk full again.
    await expect(openTokenStore(home, silentLogger)).rejects.toMatchObject(FULL);
    expect(readFileSync(join(home, 'token'), 'utf8')).toMatch(/^[\w-]{43}\n$/u);
    expect(readdirSync(home)).toEqual(['token']);
  });

  it('are left alone where a damaged one cannot be replaced', async () => {
    writeFileSync(join(home, 'token'), 'damaged', { mode: 0o600 });
    await expect(openTokenStore(home, silentLogger)).rejects.toMatchObject(FULL);
    expect(readdirSync(home)).toEqual(['token']);
    expect(readFileSync(join(home, 'token'), 'utf8')).toBe('damaged');
  });
});

describe.skipIf(skipped !== '')(`a token rotated on a full disk${skipped}`, () => {
  let home: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'surtitle-disk-'));
    // Three pages: a token file takes one each, and the third is for whatever comes.
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12k,mode=0700', 'tmpfs', home], { stdio: 'pipe' });
  });

  afterEach(() => {
    unmount(home);
    rmSync(home, { recursive: true, force: true });
  });

  it('stays what it was, in the file and for clients', async () => {
    const store = await openTokenStore(home, silentLogger);
    const { full } = store.tokens;
    writeFileSync(join(home, 'filler'), Buffer.alloc(4096));
    await expect(store.rotate('full')).rejects.toMatchObject(FULL);
    expect(store.scopeOf(full)).toBe('full');
    expect(readFileSync(join(home, 'token'), 'utf8').trim()).toBe(full);
    expect(readdirSync(home).sort()).toEqual(['filler', 'token', 'viewer-token']);

    rmSync(join(home, 'filler'));
    const rotated = await store.rotate('full');
    expect(store.scopeOf(rotated)).toBe('full');
    expect(store.scopeOf(full)).toBeNull();
  });
});
