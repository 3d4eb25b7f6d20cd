import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askOf, readSpeechContext } from '../../../../src/cli/transcribe/speech-options.ts';

const english = { name: 'base.en', multilingual: false };
const multilingual = { name: 'base', multilingual: true };
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'surtitle-vocabulary-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string): string {
  const name = path.join(folder, 'terms.txt');
  writeFileSync(name, content);
  return name;
}

describe('prompt and vocabulary', () => {
  it('are nothing unless given', async () => {
    expect(await readSpeechContext({ prompt: undefined, vocabulary: undefined })).toEqual({});
    expect(await readSpeechContext({ prompt: '  ', vocabulary: ' , ' })).toEqual({});
  });

  it('are a text, and terms with commas between them', async () => {
    expect(
      await readSpeechContext({ prompt: ' Talk on networks. ', vocabulary: 'Kubernetes, New York ,etcd' }),
    ).toEqual({ prompt: 'Talk on networks.', vocabulary: ['Kubernetes', 'New York', 'etcd'] });
  });

  it('may have the terms in a file, a line each', async () => {
    const vocabulary = `@${file('\uFEFFKubernetes\r\nNew York\n\netcd, Jupiter\n')}`;
    expect(await readSpeechContext({ prompt: undefined, vocabulary })).toEqual({
      vocabulary: ['Kubernetes', 'New York', 'etcd', 'Jupiter'],
    });
  });

  it.each([
    ['too much', { prompt: 'word '.repeat(150), vocabulary: 'term,'.repeat(100) }, '1000 are possible'],
    [
      'a word too long for the engine',
      { prompt: `a ${'x'.repeat(61)}`, vocabulary: undefined },
      '60 characters',
    ],
    ['a term too long for the engine', { prompt: undefined, vocabulary: 'y'.repeat(61) }, '60 characters'],
  ])('are refused where they are %s', async (_case, given, message) => {
    await expect(readSpeechContext(given)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message),
    });
  });

  it('are refused where the file is not there', async () => {
    await expect(
      readSpeechContext({ prompt: undefined, vocabulary: `@${path.join(folder, 'none')}` }),
    ).rejects.toMatchObject({ code: 'input_not_found' });
  });
});

describe('what is asked of a model', () => {
  it('is to detect the language, or to hear English where it knows nothing else', () => {
    expect(askOf(multilingual, { language: 'auto', translate: false }, {})).toEqual({
      language: 'auto',
      translate: false,
    });
    expect(askOf(english, { language: 'auto', translate: false }, {})).toMatchObject({ language: 'en' });
    expect(askOf(english, { language: 'en-GB', translate: false }, {})).toMatchObject({ language: 'en' });
    expect(askOf(multilingual, { language: 'pt-BR', translate: true }, { prompt: 'x' })).toEqual({
      language: 'pt',
      translate: true,
      prompt: 'x',
    });
  });

  it.each([
    ['another language', english, { language: 'de', translate: false }, 'surtitle models pull base'],
    ['a translation', english, { language: 'auto', translate: true }, 'surtitle models pull base'],
    ['a language there is none of', multilingual, { language: 'xx', translate: false }, 'does not know'],
  ])('is not %s of a model that cannot do it', (_case, model, asked, message) => {
    expect(() => askOf(model, asked, {})).toThrow(
      expect.objectContaining({ code: 'unsupported_language', message: expect.stringContaining(message) }),
    );
  });
});
