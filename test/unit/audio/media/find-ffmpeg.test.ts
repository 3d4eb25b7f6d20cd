import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ffmpegAdvice, findFfmpeg } from '../../../../src/core/audio/media/ffmpeg/find-ffmpeg.ts';

const NAME = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'surtitle-path-'));
  for (const name of ['first', 'second', 'plain', 'folder']) mkdirSync(join(folder, name));
  for (const name of ['first', 'second', 'plain']) writeFileSync(join(folder, name, NAME), '');
  for (const name of ['first', 'second']) chmodSync(join(folder, name, NAME), 0o755);
  mkdirSync(join(folder, 'folder', NAME));
});

afterAll(() => rmSync(folder, { recursive: true }));

function search(...folders: readonly string[]): string | null {
  return findFfmpeg({ PATH: folders.map((name) => join(folder, name)).join(delimiter) });
}

describe('findFfmpeg', () => {
  it('takes the first on the search path', () => {
    expect(search('empty', 'second', 'first')).toBe(join(folder, 'second', NAME));
  });

  it.skipIf(process.platform === 'win32')('passes over what cannot be executed (not on Windows)', () => {
    expect(search('plain', 'folder', 'first')).toBe(join(folder, 'first', NAME));
  });

  it('does not look into the working directory', () => {
    const before = process.cwd();
    process.chdir(join(folder, 'first'));
    try {
      expect(findFfmpeg({ PATH: ['', '.'].join(delimiter) })).toBeNull();
    } finally {
      process.chdir(before);
    }
  });

  it('finds none where there is none', () => {
    expect(findFfmpeg({})).toBeNull();
  });
});

describe('ffmpegAdvice', () => {
  it('names the way of each system', () => {
    expect(ffmpegAdvice('darwin')).toContain('brew install ffmpeg');
    expect(ffmpegAdvice('win32')).toContain('winget install ffmpeg');
    expect(ffmpegAdvice('linux')).toContain('apt install ffmpeg');
  });
});
