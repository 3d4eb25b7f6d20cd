import { chmod, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LogFields, silentLogger } from '../../../src/core/foundation/logger.ts';
import { openTokenStore } from '../../../src/core/server/token-store.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'surtitle-tokens-'));
});

afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

describe('the token files', () => {
  it('are made at first start, with 256 random bits each, for the user only', async () => {
    const folder = join(home, 'new', 'folder');
    const { tokens } = await openTokenStore(folder, silentLogger);
    expect([tokens.full, tokens.viewer]).toEqual([
      expect.stringMatching(/^[\w-]{43}$/u),
      expect.stringMatching(/^[\w-]{43}$/u),
    ]);
    expect(tokens.full).not.toBe(tokens.viewer);
    expect((await readFile(join(folder, 'token'), 'utf8')).trim()).toBe(tokens.full);
    if (process.platform === 'win32') return;
    expect((await stat(join(folder, 'token'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'viewer-token'))).mode & 0o777).toBe(0o600);
  });

  it('are the same at the next start', async () => {
    const first = await openTokenStore(home, silentLogger);
    const second = await openTokenStore(home, silentLogger);
    expect(second.tokens).toEqual(first.tokens);
  });

  it.skipIf(process.platform === 'win32')('are closed to others who could read them', async () => {
    await openTokenStore(home, silentLogger);
    await chmod(join(home, 'token'), 0o644);
    const warnings: [string, LogFields | undefined][] = [];
    const logger = {
      ...silentLogger,
      warn: (message: string, fields?: LogFields) => warnings.push([message, fields]),
    };
    await openTokenStore(home, logger);
    expect((await stat(join(home, 'token'))).mode & 0o777).toBe(0o600);
    expect(warnings).toHaveLength(1);
  });

  it('are replaced when they hold no token', async () => {
    await writeFile(join(home, 'token'), 'half a tok');
    const { tokens } = await openTokenStore(home, silentLogger);
    expect(tokens.full).toMatch(/^[\w-]{43}$/u);
    expect((await readFile(join(home, 'token'), 'utf8')).trim()).toBe(tokens.full);
  });

  it.skipIf(process.platform === 'win32')(
    'are never written through a link that leads elsewhere',
    async () => {
      await symlink(join(home, 'elsewhere'), join(home, 'token'));
      await openTokenStore(home, silentLogger);
      expect((await lstat(join(home, 'token'))).isFile()).toBe(true);
      expect((await readdir(home)).sort()).toEqual(['token', 'viewer-token']);
    },
  );

  it('agree between servers that start at once', async () => {
    const stores = await Promise.all(Array.from({ length: 8 }, () => openTokenStore(home, silentLogger)));
    const { tokens } = await openTokenStore(home, silentLogger);
    for (const store of stores) expect(store.tokens).toEqual(tokens);
    expect((await readdir(home)).sort()).toEqual(['token', 'viewer-token']);
  });

  it('can be rotated: the old token is refused, the other one stays', async () => {
    const store = await openTokenStore(home, silentLogger);
    const { full, viewer } = store.tokens;
    const next = await store.rotate('full');
    expect([store.scopeOf(full), store.scopeOf(next), store.scopeOf(viewer)]).toEqual([
      null,
      'full',
      'viewer',
    ]);
    expect((await openTokenStore(home, silentLogger)).tokens).toEqual({ full: next, viewer });
    expect((await readdir(home)).sort()).toEqual(['token', 'viewer-token']);
  });
});

describe('a folder that cannot be written', () => {
  it('is an error that says what to do', async () => {
    await writeFile(join(home, 'file'), '');
    await expect(openTokenStore(join(home, 'file', 'inside'), silentLogger)).rejects.toMatchObject({
      code: 'token_file_unwritable',
      message: expect.stringContaining('SURTITLE_HOME'),
    });
  });

  it('that is a file is called one', async () => {
    await writeFile(join(home, 'file'), '');
    await expect(openTokenStore(join(home, 'file'), silentLogger)).rejects.toMatchObject({
      code: 'token_file_unwritable',
      message: expect.stringContaining('There is a file where a folder is needed'),
    });
  });

  it('leaves the old token valid when it cannot be rotated', async () => {
    const store = await openTokenStore(home, silentLogger);
    const { full } = store.tokens;
    await rm(home, { recursive: true });
    await expect(store.rotate('full')).rejects.toMatchObject({ code: 'token_file_unwritable' });
    expect(store.scopeOf(full)).toBe('full');
  });
});
