import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFfmpegAudio } from '../../../src/core/audio/media/ffmpeg/ffmpeg-audio.ts';
import { findFfmpeg } from '../../../src/core/audio/media/ffmpeg/find-ffmpeg.ts';
import { openMediaFile } from '../../../src/core/audio/media/open-media-file.ts';
import { systemClock } from '../../../src/core/foundation/clock.ts';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import { compare, fixture, loadSpeech, readMedia, SPEECH_WAV } from '../../fixtures/media/audio.ts';

const ffmpeg = findFfmpeg();
const reason = ffmpeg ? '' : ' (skipped: ffmpeg is not installed)';
if (!ffmpeg) console.warn('Tests on ffmpeg are skipped: it is not installed.');
const program = ffmpeg ?? '';

let folder: string;
let speech: Float32Array;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'surtitle-ffmpeg-'));
  speech = await loadSpeech();
});

afterAll(() => rm(folder, { recursive: true }));

async function encode(name: string, ...options: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await promisify(execFile)(program, ['-v', 'error', '-y', '-i', SPEECH_WAV, ...options, path]);
  return path;
}

function openDirectly(path: string, demuxer: string | null = null) {
  const limits = { maxDurationMs: 3_600_000, stallMs: 60_000 };
  return openFfmpegAudio({
    path,
    ffmpeg: program,
    demuxer,
    ...limits,
    clock: systemClock,
    logger: silentLogger,
  });
}

describe.skipIf(!ffmpeg)(`a file that only ffmpeg reads${reason}`, () => {
  it.each([
    { name: 'talk.aiff', options: [] },
    { name: 'talk.ac3', options: ['-ar', '48000'] },
    { name: 'talk.ts', options: ['-c:a', 'aac', '-ar', '44100'] },
    { name: 'talk-adpcm.wav', options: ['-c:a', 'adpcm_ms'] },
    { name: 'talk-slow.wav', options: ['-ar', '6000'] },
    { name: 'talk-ac3.mkv', options: ['-c:a', 'ac3'] },
  ])('sounds like what it was made from: $name', async ({ name, options }) => {
    const { audio, samples } = await readMedia(await encode(name, ...options));
    const { correlation, offsetMs } = compare(speech, samples);
    expect(audio.format).toBe('ffmpeg');
    expect(audio.warnings).toEqual([]);
    expect(correlation).toBeGreaterThan(0.95);
    expect(Math.abs(offsetMs)).toBeLessThan(50);
    expect(Math.abs((audio.durationMs ?? 0) - speech.length / 16)).toBeLessThan(300);
  });

  it('says that there is no sound in it', async () => {
    const path = join(folder, 'silent-film.avi');
    spawnSync(program, ['-v', 'error', '-y', '-i', fixture('video-without-sound.mp4'), path]);
    await expect(openMediaFile(path)).rejects.toMatchObject({ code: 'audio_file_without_audio' });
  });

  it('is no longer read once it is closed', async () => {
    const audio = await openMediaFile(await encode('long.aiff', '-af', 'aloop=loop=200:size=70000'));
    for await (const piece of audio) {
      expect(piece).toHaveLength(32_000);
      break;
    }
    await audio.close();
    expect(children()).toBe(0);
  });

  it('is not read beyond the duration that is allowed', async () => {
    const path = await encode('minute.aiff', '-af', 'aloop=loop=20:size=70000');
    await expect(readMedia(path, { maxDurationMs: 10_000 })).rejects.toMatchObject({
      code: 'audio_file_too_long',
    });
  });

  it('says what is wrong where nothing can be decoded', async () => {
    const path = join(folder, 'broken.aiff');
    await writeFile(path, Buffer.concat([Buffer.from('FORM\0\0\xff\xffAIFF', 'latin1'), Buffer.alloc(500)]));
    await expect(openMediaFile(path)).rejects.toMatchObject({ code: 'audio_file_unsupported' });
  });
});

describe.skipIf(!ffmpeg)(`a playlist${reason}`, () => {
  /** Each would play another file, were it opened. */
  const playlists: readonly (readonly [string, (secret: string) => string])[] = [
    [
      'list.m3u8',
      (secret) => `#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile://${secret}\n#EXT-X-ENDLIST\n`,
    ],
    ['list.ffconcat', (secret) => `ffconcat version 1.0\nfile '${secret}'\n`],
    ['list.mpd', mpd],
    [
      'list.sdp',
      () => 'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n',
    ],
  ];

  it.each(playlists)('is refused by name: %s', async (name, content) => {
    const path = join(folder, `${name}.mp3`);
    await writeFile(path, content(await encode('secret.ts', '-c:a', 'aac')));
    await expect(openMediaFile(path)).rejects.toMatchObject({
      code: 'audio_file_unsupported',
      message: expect.stringMatching(/playlist|network stream/),
    });
  });

  it.each(playlists)('is not opened by ffmpeg either: %s', async (name, content) => {
    const path = join(folder, name);
    await writeFile(path, content(await encode('secret.ts', '-c:a', 'aac')));
    await expect(openDirectly(path)).rejects.toMatchObject({ code: 'audio_file_unsupported' });
  });

  it('would have been opened by an ffmpeg without our limits', async () => {
    const path = join(folder, 'control.ffconcat');
    await writeFile(path, `ffconcat version 1.0\nfile '${await encode('secret.ts', '-c:a', 'aac')}'\n`);
    const { stdout } = spawnSync(program, ['-v', 'error', '-safe', '0', '-i', path, '-f', 's16le', '-']);
    expect(stdout.length).toBeGreaterThan(10_000);
  });

  it('is not spoken through a name either', async () => {
    const secret = await encode('secret.ts', '-c:a', 'aac');
    await expect(openDirectly(`concat:${secret}|${secret}`)).rejects.toMatchObject({
      code: 'audio_file_unsupported',
    });
  });

  it('leaves no file behind that ffmpeg was told to write', async () => {
    const before = process.env.FFREPORT;
    process.env.FFREPORT = `file=${join(folder, 'report.log')}`;
    try {
      await readMedia(await encode('reported.aiff'));
      await rm(join(folder, 'report.log'), { force: true });
      await readMedia(join(folder, 'reported.aiff'));
    } finally {
      if (before === undefined) delete process.env.FFREPORT;
      else process.env.FFREPORT = before;
    }
    expect(await readdir(folder)).not.toContain('report.log');
  });
});

describe('ffmpeg that cannot be started', () => {
  it('is missing', async () => {
    const path = join(folder, 'voice.amr');
    await writeFile(path, Buffer.from('#!AMR\n\0\0\0'));
    await expect(openMediaFile(path, { ffmpeg: join(folder, 'no-ffmpeg') })).rejects.toMatchObject({
      code: 'ffmpeg_missing',
      message: expect.stringContaining('no-ffmpeg'),
    });
  });
});

function mpd(secret: string): string {
  return `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT4S" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><Period><AdaptationSet mimeType="audio/mp4"><Representation id="1" bandwidth="1"><BaseURL>file://${secret}</BaseURL></Representation></AdaptationSet></Period></MPD>`;
}

/** Processes named ffmpeg that this one has started and that still run. */
function children(): number {
  const { stdout } = spawnSync('ps', ['-o', 'comm=', '--ppid', String(process.pid)], { encoding: 'utf8' });
  return stdout.split('\n').filter((name) => name.trim() === 'ffmpeg').length;
}
