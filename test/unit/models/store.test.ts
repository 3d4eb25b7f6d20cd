import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inspectModelFile } from '../../../src/core/engine/model-file.ts';
import { systemClock } from '../../../src/core/foundation/clock.ts';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import type { CatalogueModel } from '../../../src/core/models/catalogue.ts';
import { ModelLock } from '../../../src/core/models/model-lock.ts';
import { ModelStore } from '../../../src/core/models/store.ts';

const STARTER = path.resolve('resources/models/ggml-starter.en.bin');
const CONTENT = Buffer.from('the weights of a model');

let home: string;
let folder: string;

beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'surtitle-store-'));
  folder = path.join(home, 'models');
});

afterEach(() => rmSync(home, { recursive: true }));

function catalogueModel(name: string, content: Buffer): CatalogueModel {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return {
    name,
    bytes: content.length,
    sha256,
    family: 'base',
    languages: 'en',
    quantization: 'f16',
  };
}

function open(): ModelStore {
  return new ModelStore({
    folder,
    bundled: STARTER,
    clock: systemClock,
    logger: silentLogger,
    catalogue: [catalogueModel('base.en', CONTENT)],
    inspect: inspectModelFile,
    patience: { firstRetryMs: 1 },
  });
}

/** A file outside the store. */
function file(name: string, content: Buffer): string {
  const place = path.join(home, name);
  writeFileSync(place, content);
  return place;
}

function inFolder(): string[] {
  return readdirSync(folder)
    .filter((name) => name !== '.locks')
    .sort();
}

describe('a store', () => {
  test('that nothing was put into has the bundled model alone, and makes no folder', async () => {
    expect(await open().list()).toMatchObject([{ name: 'starter.en', state: 'bundled', path: STARTER }]);
    expect(readdirSync(home)).toEqual([]);
  });

  test('shows what was put there by hand as not checked, and passes over other files', async () => {
    mkdirSync(folder);
    for (const name of ['ggml-mine.bin', 'ggml-base.en.bin', 'notes.txt', 'ggml-x y.bin', 'old.bin']) {
      writeFileSync(path.join(folder, name), 'x');
    }
    expect((await open().list()).slice(1)).toMatchObject([
      { name: 'base.en', state: 'unchecked', catalogue: { name: 'base.en' } },
      { name: 'mine', state: 'unchecked', catalogue: null },
    ]);
  });

  test('checks on a pull what was put there by hand, without asking a server', async () => {
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'ggml-base.en.bin'), CONTENT);
    expect(await open().pull('base.en', { mirror: 'http://127.0.0.1:1' })).toMatchObject({
      alreadyThere: true,
    });
    expect((await open().list())[1]).toMatchObject({ name: 'base.en', state: 'verified' });
  });

  test('does not pull over a file of the same name and another content', async () => {
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'ggml-base.en.bin'), 'my own');
    await expect(open().pull('base.en')).rejects.toMatchObject({ code: 'model_exists' });
    expect(readFileSync(path.join(folder, 'ggml-base.en.bin'), 'utf8')).toBe('my own');
  });

  test('no longer vouches for a file that has changed', async () => {
    await open().importFile(file('download.bin', CONTENT));
    const model = path.join(folder, 'ggml-base.en.bin');
    utimesSync(model, 1, 1);
    expect((await open().list())[1]).toMatchObject({ state: 'unchecked' });
  });

  test('goes on with a part that is whole without asking a server', async () => {
    mkdirSync(folder);
    const model = catalogueModel('base.en', CONTENT);
    writeFileSync(path.join(folder, 'ggml-base.en.bin.part'), CONTENT);
    writeFileSync(
      path.join(folder, 'ggml-base.en.bin.part.json'),
      JSON.stringify({ address: 'https://hub', etag: null, sha256: model.sha256 }),
    );
    await open().pull('base.en', { mirror: 'http://127.0.0.1:1' });
    expect(inFolder()).toEqual(['ggml-base.en.bin', 'ggml-base.en.bin.json']);
  });

  test.each([
    ['of another file', JSON.stringify({ address: 'https://hub', etag: null, sha256: '0'.repeat(64) })],
    ['of nobody knows what', '{"address":'],
  ])(
    'throws away a part %s',
    async (_, source) => {
      mkdirSync(folder);
      writeFileSync(path.join(folder, 'ggml-base.en.bin.part'), 'the weights');
      writeFileSync(path.join(folder, 'ggml-base.en.bin.part.json'), source);
      const pulling = open().pull('base.en', { mirror: 'http://127.0.0.1:1' });
      await expect(pulling).rejects.toMatchObject({ code: 'download_offline' });
      expect(inFolder()).toEqual([]);
    },
    20_000,
  );
});

describe('the path of a model', () => {
  test('is its file', async () => {
    const { path: imported } = await open().importFile(file('download.bin', CONTENT));
    expect(open().locate('base.en')).toBe(imported);
    expect(open().locate('starter.en')).toBe(STARTER);
  });

  test('that is not there comes with the command that gets it, or names that are near', () => {
    expect(() => open().locate('base.en')).toThrowError(
      expect.objectContaining({
        code: 'model_not_found',
        message: expect.stringContaining('surtitle models pull base.en'),
      }),
    );
    expect(() => open().locate('base.e')).toThrowError(/Did you mean base\.en\?/u);
    expect(() => open().locate('../../etc/passwd')).toThrowError(
      expect.objectContaining({ code: 'model_name_invalid' }),
    );
  });
});

describe('an import', () => {
  test('knows a file of the catalogue by its checksum, whatever it is called', async () => {
    const source = file('download (1).bin', CONTENT);
    expect(await open().importFile(source)).toMatchObject({
      name: 'base.en',
      trust: 'verified',
      alreadyThere: false,
    });
    expect(readFileSync(path.join(folder, 'ggml-base.en.bin'))).toEqual(CONTENT);
    expect(readFileSync(source)).toEqual(CONTENT);
    expect(inFolder()).toEqual(['ggml-base.en.bin', 'ggml-base.en.bin.json']);
    expect(await open().importFile(source)).toMatchObject({ alreadyThere: true });
  });

  test('of a file that nobody knows needs the user’s word and a name', async () => {
    const source = path.resolve(STARTER);
    await expect(open().importFile(source)).rejects.toMatchObject({
      code: 'model_untrusted',
      message: expect.stringContaining('--trust --name NAME'),
    });
    await expect(open().importFile(source, { trust: true })).rejects.toMatchObject({
      code: 'model_name_invalid',
    });
    expect(await open().importFile(source, { trust: true, name: 'mine' })).toMatchObject({
      name: 'mine',
      trust: 'trusted',
    });
    expect((await open().list())[1]).toMatchObject({ name: 'mine', state: 'trusted', catalogue: null });
  });

  test.each([
    ['base.en', 'model_name_invalid'],
    ['starter.en', 'model_bundled'],
    ['../x', 'model_name_invalid'],
  ])('of such a file cannot call it %s', async (name, code) => {
    await expect(open().importFile(STARTER, { trust: true, name })).rejects.toMatchObject({ code });
  });

  test('refuses what the engine cannot load, names the file and leaves nothing behind', async () => {
    const damaged = readFileSync(STARTER).subarray(0, 1_000_000);
    const source = file('damaged.bin', damaged);
    await expect(open().importFile(source, { trust: true, name: 'mine' })).rejects.toMatchObject({
      code: 'model_invalid',
      message: expect.stringMatching(/^damaged\.bin is not a usable Whisper model/u),
    });
    expect(inFolder()).toEqual([]);
  });

  test('of a file with a catalogue model’s size, and another content, is not taken for it', async () => {
    const source = file('download.bin', Buffer.from(CONTENT.map((byte) => byte ^ 1)));
    await expect(open().importFile(source)).rejects.toMatchObject({ code: 'model_untrusted' });
    expect(inFolder()).toEqual([]);
  });

  test('does not replace another model of that name', async () => {
    await open().importFile(STARTER, { trust: true, name: 'mine' });
    const other = file('other.bin', Buffer.concat([readFileSync(STARTER)]));
    const bytes = readFileSync(other);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    writeFileSync(other, bytes);
    await expect(open().importFile(other, { trust: true, name: 'mine' })).rejects.toMatchObject({
      code: 'model_exists',
    });
    expect(readFileSync(path.join(folder, 'ggml-mine.bin')).equals(readFileSync(STARTER))).toBe(true);
  });

  test('removes the copies that killed imports have left', async () => {
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'import-999999999-x.tmp'), 'half');
    await open().importFile(file('download.bin', CONTENT));
    expect(inFolder()).not.toContain('import-999999999-x.tmp');
  });

  test('can be stopped, and leaves nothing behind', async () => {
    const stop = new AbortController();
    const importing = open().importFile(STARTER, {
      trust: true,
      name: 'mine',
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(importing).rejects.toMatchObject({ code: 'cancelled' });
    expect(inFolder()).toEqual([]);
  });

  test.each([
    ['missing.bin', 'input_not_found'],
    ['.', 'input_unreadable'],
  ])('of %s says what is wrong', async (name, code) => {
    await expect(open().importFile(path.join(home, name))).rejects.toMatchObject({ code });
  });
});

describe('removing', () => {
  test('takes a model away with all that belongs to it', async () => {
    await open().importFile(file('download.bin', CONTENT));
    expect(await open().remove('base.en')).toEqual({ model: true, part: false, bytes: CONTENT.length });
    expect(inFolder()).toEqual([]);
  });

  test('takes the beginning of a download away', async () => {
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'ggml-base.en.bin.part'), 'the w');
    writeFileSync(path.join(folder, 'ggml-base.en.bin.part.json'), '{}');
    expect(await open().remove('base.en')).toEqual({ model: false, part: true, bytes: 5 });
    expect(inFolder()).toEqual([]);
  });

  test('refuses the bundled model, and what is not there', async () => {
    await expect(open().remove('starter.en')).rejects.toMatchObject({ code: 'model_bundled' });
    await expect(open().remove('base.en')).rejects.toMatchObject({ code: 'model_not_found' });
    await open().importFile(file('download.bin', CONTENT));
    await expect(open().remove('base')).rejects.toMatchObject({
      message: expect.stringContaining('Did you mean base.en?'),
    });
  });

  test('waits for nobody: what is being downloaded is not removed', async () => {
    await open().importFile(file('download.bin', CONTENT));
    const lock = await ModelLock.acquire({
      folder: path.join(folder, '.locks'),
      name: 'base.en',
      clock: systemClock,
    });
    await expect(open().remove('base.en')).rejects.toMatchObject({
      code: 'model_busy',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await lock.release();
    await open().remove('base.en');
  });
});

const noPermissions = process.platform === 'win32' || process.getuid?.() === 0;
if (noPermissions)
  console.warn('The test of a folder without permission is skipped: it needs another user than root.');

test.skipIf(noPermissions)('a folder that cannot be written is told as that', async () => {
  mkdirSync(folder);
  copyFileSync(STARTER, path.join(folder, 'ggml-mine.bin'));
  chmodSync(folder, 0o500);
  try {
    await expect(open().pull('base.en')).rejects.toMatchObject({ code: 'models_folder_unwritable' });
    expect(await open().list()).toHaveLength(2);
  } finally {
    chmodSync(folder, 0o700);
  }
});

test('a models folder that is a file is told as that', async () => {
  writeFileSync(folder, '');
  await expect(open().pull('base.en')).rejects.toMatchObject({ code: 'models_folder_unwritable' });
});
