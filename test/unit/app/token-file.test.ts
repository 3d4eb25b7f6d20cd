import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tokenForServer } from '../../../src/app/token-file.ts';

const NOTHING_GIVEN = { token: undefined, tokenFile: undefined };

describe('the token for a server', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'surtitle-token-'));
    writeFileSync(path.join(folder, 'token'), 'local-token\n');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test.each(['ws://127.0.0.1:8000/ws', 'ws://localhost:1/ws', 'ws://[::1]:8000/ws'])(
    'on this machine (%s) is the one of its own server',
    async (url) => {
      expect(await tokenForServer(url, NOTHING_GIVEN, folder)).toBe('local-token');
    },
  );

  test.each(['ws://192.168.0.7:8000/ws', 'ws://127.0.0.1.example.org/ws', 'wss://localhost.example.org/ws'])(
    'is never sent to another machine (%s)',
    async (url) => {
      expect(await tokenForServer(url, NOTHING_GIVEN, folder)).toBeUndefined();
    },
  );

  test('is the one that was given, and a named file goes first', async () => {
    const file = path.join(folder, 'other');
    writeFileSync(file, '  other-token  \n');
    const url = 'wss://captions.example.org/ws';
    expect(await tokenForServer(url, { token: 'given', tokenFile: undefined }, folder)).toBe('given');
    expect(await tokenForServer(url, { token: 'given', tokenFile: file }, folder)).toBe('other-token');
  });

  test('that should be in a file but is not is an error with the name of the file', async () => {
    const choice = { token: undefined, tokenFile: path.join(folder, 'none') };
    await expect(tokenForServer('ws://127.0.0.1:1/ws', choice, folder)).rejects.toMatchObject({
      code: 'token_file_unreadable',
      message: expect.stringContaining('none'),
    });
  });

  test('may be missing: the server says whether it needs one', async () => {
    rmSync(path.join(folder, 'token'));
    expect(await tokenForServer('ws://127.0.0.1:8000/ws', NOTHING_GIVEN, folder)).toBeUndefined();
  });
});
