import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import { openTokenStore } from '../../../src/core/server/token-store.ts';
import { mountSmallDisk, type SmallDisk, smallDisksMissing } from '../../fixtures/small-disk.ts';

/** What a store on a full disk fails with. */
const FULL = { code: 'token_file_unwritable', message: expect.stringMatching(/ENOSPC.*The disk is full/u) };

describe.skipIf(smallDisksMissing !== '')(`the token files on a full disk${smallDisksMissing}`, () => {
  let small: SmallDisk;
  let home: string;

  beforeEach(() => {
    small = mountSmallDisk(4);
    home = small.folder;
  });

  afterEach(() => {
    small.remove();
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

describe.skipIf(smallDisksMissing !== '')(`a token rotated on a full disk${smallDisksMissing}`, () => {
  let small: SmallDisk;
  let home: string;

  beforeEach(() => {
    // A token file takes a page of 4 kilobytes each, and the third is for whatever comes.
    small = mountSmallDisk(12);
    home = small.folder;
  });

  afterEach(() => {
    small.remove();
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
