import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileBytes } from '../../../../src/core/audio/media/file-bytes.ts';
import { type FileKind, recogniseFile } from '../../../../src/core/audio/media/file-kind.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'surtitle-kinds-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function kindOf(content: string | Uint8Array): FileKind {
  const path = join(folder, 'file');
  writeFileSync(path, typeof content === 'string' ? Buffer.from(content, 'latin1') : content);
  const file = new FileBytes(path);
  try {
    return recogniseFile(file);
  } finally {
    file.close();
  }
}

/** MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes. */
function mp3Frames(count: number): Buffer {
  const frame = Buffer.alloc(417);
  frame.set([0xff, 0xfb, 0x90, 0x00]);
  return Buffer.concat(Array.from({ length: count }, () => frame));
}

/** AAC LC, 44.1 kHz, mono: 32 bytes. */
function adtsFrames(count: number): Buffer {
  const frame = Buffer.alloc(32);
  frame.set([0xff, 0xf1, 0x50, 0x40, 0x04, 0x1f, 0xfc]);
  return Buffer.concat(Array.from({ length: count }, () => frame));
}

function id3(length: number): Buffer {
  const tag = Buffer.alloc(10 + length, 0xff);
  tag.set(Buffer.from('ID3\x04\0\0', 'latin1'));
  tag.set([0, (length >> 14) & 0x7f, (length >> 7) & 0x7f, length & 0x7f], 6);
  return tag;
}

describe('recogniseFile', () => {
  it.each([
    ['RIFF____WAVEfmt ', 'wav'],
    ['RF64____WAVEds64', 'wav'],
    ['BW64____WAVEds64', 'wav'],
    ['fLaC\0\0\0\x22', 'flac'],
    ['OggS\0\x02', 'ogg'],
    ['\x1a\x45\xdf\xa3\x9f\x42\x86', 'matroska'],
    ['\0\0\0\x20ftypM4A \0\0\0\0', 'mp4'],
    ['\0\0\0\x14ftypqt  ', 'mp4'],
    ['\0\0\0\x08wide\0\0\0\0mdat', 'mp4'],
    ['\0\0\x20\0moov\0\0\0\x6cmvhd', 'mp4'],
  ])('knows %j as %s', (head, container) => {
    expect(kindOf(`${head}\0\0\x01\xff`)).toEqual({ name: 'native', container, start: 0 });
  });

  it.each([
    ['FORM____AIFFCOMM', 'aiff'],
    ['FORM____AIFCFVER', 'aiff'],
    ['RIFF____AVI LIST', 'avi'],
    ['#!AMR\n<', 'amr'],
    ['caff\0\x01\0\0', 'caf'],
    ['\x30\x26\xb2\x75\x8e\x66\xcf\x11', 'asf'],
    ['.snd\0\0\0\x18', 'au'],
    ['wvpk\0\0', 'wv'],
    ['NIST_1A\n   1024\n', 'nistsphere'],
    ['\x0b\x77\0\0\x10\x40', 'ac3'],
    ['\x0b\x77\0\0\x10\x80', 'eac3'],
  ])('leaves %j to ffmpeg, as %s and nothing else', (head, demuxer) => {
    expect(kindOf(`${head}\0\0\x01\xff`)).toEqual({ name: 'ffmpeg', demuxer });
  });

  it('knows MPEG transport streams by their rhythm', () => {
    const stream = Buffer.alloc(188 * 5);
    for (let at = 0; at < stream.length; at += 188) stream[at] = 0x47;
    expect(kindOf(stream)).toEqual({ name: 'ffmpeg', demuxer: 'mpegts' });
  });

  it('tells MP3 from ADTS', () => {
    expect(kindOf(mp3Frames(10))).toEqual({ name: 'native', container: 'mp3', start: 0 });
    expect(kindOf(adtsFrames(10))).toEqual({ name: 'native', container: 'aac', start: 0 });
  });

  it.each([100, 300_000])('looks behind a tag of %d bytes', (length) => {
    const start = length + 10;
    expect(kindOf(Buffer.concat([id3(length), mp3Frames(9)]))).toEqual({
      name: 'native',
      container: 'mp3',
      start,
    });
    expect(kindOf(Buffer.concat([id3(length), adtsFrames(9)]))).toEqual({
      name: 'native',
      container: 'aac',
      start,
    });
    const flac = Buffer.from('fLaC\0\0\0\x22');
    expect(kindOf(Buffer.concat([id3(length), flac]))).toEqual({ name: 'native', container: 'flac', start });
  });

  it('finds MP3 frames behind the rest of one that was cut', () => {
    const cut = Buffer.concat([Buffer.alloc(200, 0x5a), mp3Frames(9)]);
    expect(kindOf(cut)).toEqual({ name: 'native', container: 'mp3', start: 200 });
  });

  it('does not take a chance sync word for MP3', () => {
    const bytes = Buffer.alloc(60_000, 0x5a);
    bytes.set([0xff, 0xfb, 0x90, 0x00], 1000);
    expect(kindOf(bytes)).toEqual({ name: 'ffmpeg', demuxer: null });
  });

  it.each([
    ['#EXTM3U\n#EXTINF:1,\n/etc/passwd\n', 'a playlist (M3U)'],
    ['\xef\xbb\xbf#EXTM3U\n', 'a playlist (M3U)'],
    ['  \n#EXTM3U\n', 'a playlist (M3U)'],
    ['#EXTM3U\n\0\x01\x02', 'a playlist (M3U)'],
    ['[playlist]\nFile1=/etc/passwd\n', 'a playlist (PLS)'],
    ["ffconcat version 1.0\nfile '/etc/passwd'\n", 'a playlist (ffconcat)'],
    ['<?xml version="1.0"?>\n<!-- a --><!-- b -->\n<playlist version="1">', 'a playlist (XSPF)'],
    ['<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011">', 'a playlist (MPEG-DASH)'],
    ['<asx version="3.0">', 'a playlist'],
    ['v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n', 'a description of a network stream (SDP)'],
    ['[Reference]\nRef1=http://example.org/a.asf', 'a pointer to a network stream'],
    ['REM GENRE Talk\nFILE "secret.wav" WAVE\n  TRACK 01 AUDIO\n', 'a cue sheet'],
    ['<!DOCTYPE html><html>', 'a web page'],
    ['WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n', 'subtitles (WebVTT)'],
    ['/home/me/a.mp3\n/home/me/b.mp3\n', 'a text file'],
    ['{"a": 1}', 'a text file'],
    ['\xff\xfeH\0e\0l\0l\0o\0', 'a text file'],
    ['Gr\xc3\xbc\xc3\x9fe', 'a text file'],
    ['%PDF-1.7\n%\xe2\xe3', 'a PDF document'],
    ['PK\x03\x04\x14\0', 'a ZIP archive or an office document'],
    ['\x89PNG\r\n\x1a\n', 'a picture (PNG)'],
    ['\xff\xd8\xff\xe0\0\x10JFIF', 'a picture (JPEG)'],
    ['\0\0\0\x18ftypheic\0\0\0\0', 'a picture (HEIC)'],
    ['RIFF____WEBPVP8 ', 'a picture (WebP)'],
    ['MThd\0\0\0\x06', 'a MIDI file, which holds notes and no sound'],
    ['\x7fELF\x02\x01', 'a program'],
  ])('refuses %j as what it is', (content, what) => {
    expect(kindOf(content)).toEqual({ name: 'refused', what });
  });

  it('judges a long row of comments in linear time', () => {
    const comments = `<?xml version="1.0"?>${'<!-- -->'.repeat(490)}<x>`;
    expect(kindOf(comments)).toEqual({ name: 'refused', what: 'an XML document' });
  });
});
