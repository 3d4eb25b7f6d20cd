import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engineIsBuilt, ensureBuilt, type Finished, SurtitleProcess, samples } from './surtitle-process.ts';
import { chunksIn, joinRecordings, transcriptIn, untilFiles } from './transcribe-fixtures.ts';

const CLIP = path.join(samples, 'clip03-seen.wav');
const CLIP_TEXT = 'David said that the bottle was open. What do you think about the city?';
const TALK = path.join(samples, 'talk.wav');

const noEngine = engineIsBuilt() ? '' : ' (skipped: the engine is not built, see npm run build:engine)';
if (noEngine !== '') console.warn(`The tests of transcribe are skipped${noEngine}.`);

let folder: string;

beforeAll(() => ensureBuilt());

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'surtitle-transcribe-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function at(...names: string[]): string {
  return path.join(folder, ...names);
}

/** Starts `surtitle transcribe`; arguments that name something in the test's folder are given by `at`. */
function start(...args: string[]): SurtitleProcess {
  return new SurtitleProcess(['transcribe', ...args], { SURTITLE_HOME: folder, HOME: folder });
}

function run(...args: string[]): Promise<Finished> {
  return start(...args).end();
}

function copy(recording: string, ...names: string[]): string {
  mkdirSync(path.dirname(at(...names)), { recursive: true });
  copyFileSync(recording, at(...names));
  return at(...names);
}

function textOf(...names: string[]): string {
  return readFileSync(at(...names), 'utf8')
    .replace(/\s+/gu, ' ')
    .trim();
}

function jsonLines({ stdout }: Finished): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

describe.skipIf(noEngine !== '')(`surtitle transcribe${noEngine}`, () => {
  test('writes subtitles and text beside a recording, and says what it did', async () => {
    const clip = copy(CLIP, 'clip.wav');
    const { exitCode, stdout, stderr } = await run(clip);
    expect(exitCode).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['clip.srt', 'clip.txt', 'clip.wav']);
    expect(textOf('clip.txt')).toBe(CLIP_TEXT);
    expect(stdout).toMatch(/^1 transcribed: 0:05 of audio in [\d:]+ \(.+× real time\)\n {2}\S+clip\.srt\n/u);
    expect(stderr).toContain('starter.en is a demo');
    expect(stderr).toContain('surtitle models pull');
  });

  test('keeps the folders below the one it is given, skips what is done, and does it again with --force', async () => {
    copy(CLIP, 'in', 'one.wav');
    copy(CLIP, 'in', 'deep', 'two.wav');
    const args = [at('in'), '--output-dir', at('out'), '--format', 'txt,json', '--words'];
    const first = await run(...args);
    expect(first).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('2 transcribed') });
    expect(readdirSync(folder, { recursive: true }).map(String).sort()).toEqual(
      [
        ...['in', 'in/deep', 'in/deep/two.wav', 'in/one.wav'],
        ...['out', 'out/deep', 'out/deep/two.json', 'out/deep/two.txt', 'out/one.json', 'out/one.txt'],
      ].map((name) => path.normalize(name)),
    );
    const { segments } = JSON.parse(readFileSync(at('out', 'one.json'), 'utf8'));
    expect(segments[0].words[0]).toMatchObject({ text: 'David', start_ms: expect.any(Number) });

    // Someone has corrected one, and deleted a file of the other.
    writeFileSync(at('out', 'one.txt'), 'corrected');
    rmSync(at('out', 'deep', 'two.txt'));
    const second = await run(...args, '--json');
    expect(second.exitCode).toBe(0);
    expect(jsonLines(second).map(({ status, type }) => status ?? type)).toEqual(
      expect.arrayContaining(['skipped', 'done', 'summary']),
    );
    expect(textOf('out', 'deep', 'two.txt')).toBe(CLIP_TEXT);
    expect(textOf('out', 'one.txt')).toBe('corrected');

    const third = await run(...args);
    expect(third).toMatchObject({
      exitCode: 0,
      stdout: '2 skipped (transcribed before; --force does them again)\n',
      stderr: '',
    });
    expect((await run(...args, '--force')).exitCode).toBe(0);
    expect(textOf('out', 'one.txt')).toBe(CLIP_TEXT);
  });

  test('prints one transcript and writes nothing with --stdout', async () => {
    const clip = copy(CLIP, 'clip.wav');
    const { exitCode, stdout } = await run(clip, '--stdout');
    expect(exitCode).toBe(0);
    expect(stdout.replace(/\s+/gu, ' ').trim()).toBe(CLIP_TEXT);
    expect(readdirSync(folder)).toEqual(['clip.wav']);
    const both = await run(clip, '--stdout', '--format', 'srt,txt');
    expect(both).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('one format') });
  });

  test('refuses what the model cannot do, before anything is written', async () => {
    const clip = copy(CLIP, 'clip.wav');
    const { exitCode, stderr } = await run(clip, '--language', 'de');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/only knows English, not de\..*surtitle models pull base/u);
    expect(readdirSync(folder)).toEqual(['clip.wav']);
  });

  test('goes on after SIGKILL where it was, and comes to what an uninterrupted run comes to', async () => {
    writeFileSync(at('talk.wav'), joinRecordings([TALK, CLIP, TALK, CLIP, TALK]));
    const json = ['--format', 'json', '--words'];
    expect((await run(at('talk.wav'), ...json, '--output-dir', at('whole'), '--jobs', '1')).exitCode).toBe(0);

    const progressFile = at('talk.surtitle-progress');
    const killed = start(at('talk.wav'), ...json, '--jobs', '2');
    await untilFiles(folder, () => chunksIn(progressFile) > 0);
    killed.signal('SIGKILL');
    expect((await killed.end()).exitCode).toBeNull();
    expect(existsSync(at('talk.json'))).toBe(false);
    const last = await run(at('talk.wav'), ...json, '--json');
    expect(last).toMatchObject({ exitCode: 0 });
    expect(jsonLines(last)[0]?.resumed_at_ms).toBeGreaterThan(0);
    expect(transcriptIn(at('talk.json'))).toEqual(transcriptIn(at('whole', 'talk.json')));
    expect(existsSync(progressFile)).toBe(false);
  }, 120_000);

  test.skipIf(process.platform === 'win32')(
    'stops politely at Ctrl-C, and is refused to a second process meanwhile (skipped on Windows: no signals)',
    async () => {
      writeFileSync(at('talk.wav'), joinRecordings([TALK, CLIP]));
      copy(CLIP, 'later.wav');
      const args = [at('talk.wav'), at('later.wav'), '--format', 'txt', '--jobs', '1'];
      const first = start(...args);
      await untilFiles(folder, () => existsSync(at('talk.surtitle-progress')));
      first.signal('SIGSTOP');
      const second = await run(at('talk.wav'), '--format', 'txt');
      first.signal('SIGCONT');
      first.signal('SIGINT');
      expect(second).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('(in_progress)') });
      const stopped = await first.end();
      expect(stopped).toMatchObject({
        exitCode: 130,
        stdout: '2 not finished\n',
        stderr: expect.stringContaining('Run the same command again to go on.'),
      });
      expect(await run(...args)).toMatchObject({ exitCode: 0 });
      expect(readdirSync(folder).sort()).toEqual(['later.txt', 'later.wav', 'talk.txt', 'talk.wav']);
    },
  );

  test('does everything it can beside what it cannot, and says what that was', async () => {
    const good = [copy(TALK, 'talk.wav'), copy(CLIP, 'good.wav')];
    writeFileSync(at('text.mp3'), 'Dear diary, this is no recording at all.');
    writeFileSync(at('nothing.wav'), '');
    writeFileSync(at('list.m3u'), '#EXTM3U\n/etc/passwd\n');
    writeFileSync(at('list.mp3'), "ffconcat version 1.0\nfile '/etc/passwd'\n");
    mkdirSync(at('empty'));
    const vanishing = copy(CLIP, 'vanishing.wav');
    const bad = ['text.mp3', 'nothing.wav', 'list.m3u', 'list.mp3', 'empty', 'missing.wav'].map((name) =>
      at(name),
    );
    const [long = '', ...others] = good;
    const batch = start(long, ...bad, vanishing, ...others, '--jobs', '1', '--json');
    await untilFiles(folder, () => existsSync(at('talk.surtitle-progress')));
    rmSync(vanishing);
    const finished = await batch.end();

    expect(finished.exitCode).toBe(13);
    const codes = jsonLines(finished).map(({ input, status, error }) => [
      path.basename(String(input ?? 'all')),
      status === 'failed' ? (error as { code: string }).code : status,
    ]);
    expect(Object.fromEntries(codes)).toEqual({
      'talk.wav': 'done',
      'text.mp3': 'audio_file_unsupported',
      'nothing.wav': 'audio_file_invalid',
      'list.m3u': 'audio_file_unsupported',
      'list.mp3': 'audio_file_unsupported',
      empty: 'no_audio_found',
      'missing.wav': 'input_not_found',
      'vanishing.wav': 'input_not_found',
      'good.wav': 'done',
      all: undefined,
    });
    expect(finished.stderr).toMatch(/text\.mp3: .*text file/u);
    expect(finished.stderr).toMatch(/nothing\.wav: .*empty/u);
    expect(finished.stderr).toMatch(/list\.m3u: .*playlist/u);
    expect(finished.stderr).toMatch(/list\.mp3: .*playlist/u);
    expect(textOf('good.txt')).toBe(CLIP_TEXT);
    expect(
      readdirSync(folder)
        .filter((name) => name.endsWith('.txt'))
        .sort(),
    ).toEqual(['good.txt', 'talk.txt']);
    expect(readdirSync(folder).filter((name) => name.includes('surtitle'))).toEqual([]);

    // Alone, each has the code of its kind.
    expect(await run(at('empty'), at('missing.wav'))).toMatchObject({ exitCode: 3, stdout: '2 failed\n' });
  });
});

/** Mounts a small file system on `place`. @returns why that is not possible, or `null`. */
function mountSmall(place: string): string | null {
  if (process.platform !== 'linux') return 'a tmpfs is needed';
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0700', 'tmpfs', place], { stdio: 'pipe' });
    return null;
  } catch {
    return 'mounting a tmpfs is not permitted';
  }
}

function whyNot(): string {
  if (noEngine !== '') return noEngine;
  const place = mkdtempSync(path.join(os.tmpdir(), 'surtitle-disk-'));
  const reason = mountSmall(place);
  if (reason === null) execFileSync('umount', [place]);
  rmSync(place, { recursive: true });
  return reason === null ? '' : ` (skipped: ${reason})`;
}

const noDisk = whyNot();
if (noDisk !== '') console.warn(`The test of transcribe on a full disk is skipped${noDisk}.`);

describe.skipIf(noDisk !== '')(`surtitle transcribe on a full disk${noDisk}`, () => {
  let disk: string;

  beforeEach(() => {
    disk = at('disk');
    mkdirSync(disk);
    mountSmall(disk);
  });

  afterEach(() => execFileSync('umount', [disk]));

  test('says so, does the recordings of other disks, and goes on when there is room', async () => {
    const cramped = copy(CLIP, 'disk', 'cramped.wav');
    const roomy = copy(CLIP, 'roomy.wav');
    const filler = path.join(disk, 'filler');
    fill(filler);
    const full = await run(cramped, roomy);
    expect(full.exitCode).toBe(3);
    expect(full.stderr).toMatch(/cramped\.wav: .*the disk is full.*\(output_unwritable\)/u);
    expect(textOf('roomy.txt')).toBe(CLIP_TEXT);
    expect(readdirSync(disk).filter((name) => /\.(srt|txt)/u.test(name))).toEqual([]);

    rmSync(filler);
    expect((await run(cramped, roomy)).exitCode).toBe(0);
    expect(textOf('disk', 'cramped.txt')).toBe(CLIP_TEXT);
    expect(readdirSync(disk).sort()).toEqual(['cramped.srt', 'cramped.txt', 'cramped.wav']);
  });

  /** Takes all there is, to the last page. */
  function fill(filler: string): void {
    const page = Buffer.alloc(4096);
    for (;;) {
      try {
        appendFileSync(filler, page);
      } catch {
        return;
      }
    }
  }
});
