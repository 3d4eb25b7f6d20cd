import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dataFolder } from '../../../src/app/data-folder.ts';
import { requestedModel, resolveModel } from '../../../src/app/model-resolution.ts';
import { exitCodeOf } from '../../../src/cli/exit-codes.ts';

describe('the data folder', () => {
  test.each([
    ['linux', {}, '/home/ann', '/home/ann/.local/share/surtitle'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/home/ann', '/data/surtitle'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/ann', '/home/ann/.local/share/surtitle'],
    ['darwin', {}, '/Users/ann', '/Users/ann/Library/Application Support/Surtitle'],
    ['win32', { LOCALAPPDATA: 'C:\\Local' }, 'C:\\Users\\ann', 'C:\\Local\\Surtitle'],
    ['linux', { SURTITLE_HOME: '/elsewhere' }, '/home/ann', path.resolve('/elsewhere')],
  ] as const)('on %s with %o is the usual place', (platform, environment, homeFolder, expected) => {
    expect(dataFolder({ platform, environment, homeFolder })).toBe(expected);
  });
});

describe('the model', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'surtitle-models-'));
    mkdirSync(path.join(folder, 'models'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('is the bundled starter model unless something else is asked for', () => {
    const name = requestedModel(undefined, {});
    expect(resolveModel(name, { dataFolder: folder })).toMatchObject({ name: 'starter.en', starter: true });
  });

  test('may come from the variable that the older server read, but the option wins', () => {
    expect(requestedModel(undefined, { WHISPER_MODEL_SIZE: 'small' })).toBe('small');
    expect(requestedModel('base.en', { WHISPER_MODEL_SIZE: 'small' })).toBe('base.en');
  });

  test('given by name is looked up among the models of the user', () => {
    const file = path.join(folder, 'models', 'ggml-base.en.bin');
    writeFileSync(file, '');
    expect(resolveModel('base.en', { dataFolder: folder })).toEqual({
      name: 'base.en',
      path: file,
      starter: false,
    });
  });

  test('given as a path gets a name that can go over the wire', () => {
    const file = path.join(folder, 'ggml-my model.bin');
    writeFileSync(file, '');
    expect(resolveModel(file, { dataFolder: folder })).toEqual({
      name: 'my-model',
      path: file,
      starter: false,
    });
  });

  test('that does not exist says where it was looked for and what to do', () => {
    expect(() => resolveModel('large', { dataFolder: folder })).toThrowError(
      expect.objectContaining({
        code: 'model_not_found',
        message: expect.stringContaining('ggml-large.bin'),
      }),
    );
    expect(exitCodeOf('model_not_found')).toBe(7);
  });
});
