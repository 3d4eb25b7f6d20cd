import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { describeBytes } from '../../../src/core/models/byte-words.ts';
import { CATALOGUE, findModel, STARTER_MODEL, SUGGESTED_MODEL } from '../../../src/core/models/catalogue.ts';
import { modelAddress, publicAddress } from '../../../src/core/models/hub.ts';
import { modelFiles, nameOfModelFile } from '../../../src/core/models/model-files.ts';
import { didYouMean, nearNames } from '../../../src/core/models/near-names.ts';

const NAMES = CATALOGUE.map(({ name }) => name);
const base = findModel('base.en');
if (!base) throw new Error('The catalogue has base.en.');

const table = fileURLToPath(new URL('../../../../shared/design/models.tsv', import.meta.url));
const noTable = existsSync(table) ? '' : ' (skipped: ../shared/design/models.tsv is absent)';
if (noTable !== '') console.warn(`The catalogue is not compared with its source${noTable}.`);

describe('the catalogue', () => {
  test.skipIf(noTable !== '')(`holds the hub’s sizes and checksums${noTable}`, () => {
    const [, ...rows] = readFileSync(table, 'utf8').trim().split('\n');
    expect(CATALOGUE.map(({ name, bytes, sha256 }) => `${name}\t${bytes}\t${sha256}`)).toEqual(rows);
  });

  test('knows family, language and quantisation of every model', () => {
    expect(findModel('tiny.en-q5_1')).toMatchObject({
      family: 'tiny',
      languages: 'en',
      quantization: 'q5_1',
    });
    expect(findModel('large-v3-turbo-q8_0')).toMatchObject({
      family: 'large-v3-turbo',
      languages: 'multilingual',
      quantization: 'q8_0',
    });
    expect(findModel('small')).toMatchObject({ languages: 'multilingual', quantization: 'f16' });
  });

  test('has one entry a name and a checksum', () => {
    expect(new Set(NAMES).size).toBe(CATALOGUE.length);
    expect(new Set(CATALOGUE.map(({ sha256 }) => sha256)).size).toBe(CATALOGUE.length);
    expect(CATALOGUE.every(({ sha256 }) => /^[0-9a-f]{64}$/u.test(sha256))).toBe(true);
  });

  test('suggests a model that is in it, and leaves the bundled one out', () => {
    expect(NAMES).toContain(SUGGESTED_MODEL);
    expect(NAMES).not.toContain(STARTER_MODEL);
  });
});

describe('the address of a model', () => {
  test('is the hub’s, at a revision that does not move, over HTTPS', () => {
    expect(modelAddress(base, null).href).toMatch(
      /^https:\/\/huggingface\.co\/ggerganov\/whisper\.cpp\/resolve\/[0-9a-f]{40}\/ggml-base\.en\.bin$/u,
    );
  });

  test.each([
    ['https://models.example/whisper', 'https://models.example/whisper/ggml-base.en.bin'],
    ['https://models.example/whisper/', 'https://models.example/whisper/ggml-base.en.bin'],
    ['http://10.0.0.7:8080', 'http://10.0.0.7:8080/ggml-base.en.bin'],
    ['https://store.example/x?sig=a%2Fb', 'https://store.example/x/ggml-base.en.bin?sig=a%2Fb'],
  ])('at the mirror %s is %s', (mirror, expected) => {
    expect(modelAddress(base, mirror).href).toBe(expected);
  });

  test.each(['models.example/whisper', 'ftp://models.example', 'file:///models', ''])(
    'cannot be had from %j',
    (mirror) => {
      expect(() => modelAddress(base, mirror)).toThrowError(
        expect.objectContaining({ code: 'mirror_invalid' }),
      );
    },
  );

  test('is shown without what may be secret', () => {
    const address = modelAddress(base, 'https://ann:secret@models.example/x?sig=secret');
    expect(publicAddress(address)).toBe('https://models.example/x/ggml-base.en.bin');
  });
});

describe('names', () => {
  test('near to what was typed are suggested, the plainest first', () => {
    expect(nearNames('bse.en', NAMES)).toContain('base.en');
    expect(nearNames('turbo', NAMES)[0]).toBe('large-v3-turbo');
    expect(nearNames('large', NAMES)).toEqual(['large-v2', 'large-v3', 'large-v3-turbo']);
    expect(didYouMean('tiny.em', NAMES)).toMatch(/^Did you mean tiny\.en/u);
    expect(didYouMean('completely-else', NAMES)).toBe('');
  });

  test.each(['', '.', '..', '../evil', 'a/b', 'a\\b', '-x', 'x'.repeat(65), 'a b', 'ä'])(
    'like %j are no model’s',
    (name) => {
      expect(() => modelFiles('/models', name)).toThrowError(
        expect.objectContaining({ code: 'model_name_invalid' }),
      );
    },
  );

  test('are read from file names', () => {
    expect(nameOfModelFile('ggml-base.en-q5_1.bin')).toBe('base.en-q5_1');
    expect(nameOfModelFile('base.en.bin')).toBeNull();
    expect(nameOfModelFile('ggml-base.en.bin.json')).toBeNull();
  });
});

test('bytes are told in three digits', () => {
  expect(
    [999, 1000, 32_152_673, 99_960_000, 147_964_211, 999_600_000, 3_095_033_483].map(describeBytes),
  ).toEqual(['999 bytes', '1.00 kB', '32.2 MB', '100 MB', '148 MB', '1.00 GB', '3.10 GB']);
});
