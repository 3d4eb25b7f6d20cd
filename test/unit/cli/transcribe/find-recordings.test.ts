import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRecordings } from '../../../../src/cli/transcribe/find-recordings.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'surtitle-find-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Makes files, with the folders they lie in. */
function make(...files: string[]): void {
  for (const file of files) {
    mkdirSync(path.dirname(at(file)), { recursive: true });
    writeFileSync(at(file), 'content');
  }
}

function at(file: string): string {
  return path.join(folder, file);
}

/** What names stand for, as paths below the test's folder. */
async function find(...names: string[]) {
  const { recordings, problems } = await findRecordings(names.map(at));
  return {
    files: recordings.map(({ file }) => path.relative(folder, file)),
    folders: recordings.map((recording) => recording.folder),
    problems: problems.map(({ input, error }) => `${path.relative(folder, input)} ${error.code}`),
  };
}

describe('the recordings that a command names', () => {
  it('are files whatever they are called, in the order they were named', async () => {
    make('talk.mp3', 'notes.dat');
    expect(await find('talk.mp3', 'notes.dat')).toEqual({
      files: ['talk.mp3', 'notes.dat'],
      folders: ['', ''],
      problems: [],
    });
  });

  it('are all below a folder that are called like media, in the order people count', async () => {
    make('a/talk 10.MP3', 'a/talk 9.mp3', 'a/b/c.webm', 'a/readme.txt', 'a/cover.jpg', 'a/list.m3u');
    expect(await find('a')).toEqual({
      files: ['a/b/c.webm', 'a/talk 9.mp3', 'a/talk 10.MP3'],
      folders: ['b', '', ''],
      problems: [],
    });
  });

  it('are not the hidden ones of a folder', async () => {
    make('a/.hidden.mp3', 'a/.trash/talk.mp3', 'a/seen.mp3');
    expect((await find('a')).files).toEqual(['a/seen.mp3']);
  });

  it('are not transcripts that lie beside them', async () => {
    make('talk.mp3', 'talk.srt', 'talk.mp3.txt', 'talk.json', 'alone.txt');
    const names = ['talk.mp3', 'talk.srt', 'talk.mp3.txt', 'talk.json', 'alone.txt'];
    expect((await find(...names)).files).toEqual(['talk.mp3', 'alone.txt']);
  });

  it('are taken once, however often and by whatever path they are named', async () => {
    make('a/talk.mp3');
    symlinkSync(at('a/talk.mp3'), at('link.mp3'));
    const { files } = await find('a/talk.mp3', 'a/../a/talk.mp3', 'a', 'a/*.mp3', 'link.mp3');
    expect(files).toEqual(['a/talk.mp3']);
  });

  it('are two where two names lead to copies', async () => {
    make('talk.mp3');
    linkSync(at('talk.mp3'), at('copy.mp3'));
    expect((await find('talk.mp3', 'copy.mp3')).files).toHaveLength(2);
  });

  it('are found through links to files, and not through links to folders, which may go in circles', async () => {
    make('a/talk.mp3', 'elsewhere/other.mp3');
    symlinkSync(at('a'), at('a/circle'));
    symlinkSync(at('elsewhere/other.mp3'), at('a/other.mp3'));
    symlinkSync(at('nowhere.mp3'), at('a/dangling.mp3'));
    expect(await find('a')).toEqual({
      files: ['a/other.mp3', 'a/talk.mp3'],
      folders: ['', ''],
      problems: [],
    });
  });

  it('are what a pattern matches, with the folders below its fixed part', async () => {
    make('talks/2024/one.mp3', 'talks/2024/one.srt', 'talks/2025/two.ogg', 'talks/top.mp3');
    expect(await find('talks/*/*')).toEqual({
      files: ['talks/2024/one.mp3', 'talks/2025/two.ogg'],
      folders: ['2024', '2025'],
      problems: [],
    });
    expect((await find('talks/**/*.mp3')).folders).toEqual(['2024', '']);
    expect((await find('talks/{top,none}.mp3')).files).toEqual(['talks/top.mp3']);
  });

  it('are files of any name where a pattern asks for their extension', async () => {
    make('a.dat', 'b.dat', 'c.mp3');
    expect((await find('*.dat')).files).toEqual(['a.dat', 'b.dat']);
  });

  it('may be called like a pattern', async () => {
    make('talk [1].mp3', 'talk 1.mp3');
    expect((await find('talk [1].mp3')).files).toEqual(['talk [1].mp3']);
  });

  it('are told from what is not there, which keeps nothing else from being found', async () => {
    make('talk.mp3', 'texts/readme.md');
    mkdirSync(at('empty'));
    expect(await find('missing.mp3', 'talk.mp3', 'empty', 'texts', '*.wav', 'talk.mp3/below')).toEqual({
      files: ['talk.mp3'],
      folders: [''],
      problems: [
        'missing.mp3 input_not_found',
        'empty no_audio_found',
        'texts no_audio_found',
        '*.wav no_audio_found',
        'talk.mp3/below input_not_found',
      ],
    });
  });

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'are told from folders that may not be read (skipped for the superuser, who may)',
    async () => {
      make('a/locked/talk.mp3', 'a/talk.mp3');
      chmodSync(at('a/locked'), 0o000);
      expect(await find('a')).toMatchObject({
        files: ['a/talk.mp3'],
        problems: ['a/locked input_unreadable'],
      });
      chmodSync(at('a/locked'), 0o700);
    },
  );

  it('do not come from standard input', async () => {
    await expect(findRecordings(['-'])).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('surtitle stream -'),
    });
  });
});
