import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../../src/app/installation.ts';
import type { ProgramCall } from '../timed-process.ts';

/** A program that transcribes a recording to a text file. */
export interface Transcriber {
  readonly name: string;
  /** Transcribes `recording` to a file of its name with `.txt` in `folder`. */
  call(recording: string, folder: string): ProgramCall;
}

/** What both sides are given. */
export interface TranscriberOptions {
  /** Path of the model file. */
  readonly model: string;
  /** Threads that decode. */
  readonly threads: number;
}

/** `surtitle transcribe`, one decode of one thread for each of the threads. */
export function surtitleTranscriber({ model, threads }: TranscriberOptions): Transcriber {
  return {
    name: 'surtitle',
    call: (recording, folder) => ({
      program: process.execPath,
      args: [
        path.join(packageRoot, 'bin', 'surtitle.js'),
        ...['transcribe', recording, '--output-dir', folder, '--format', 'txt', '--force'],
        ...['--model', model, '--language', 'en', '--no-gpu'],
        ...['--threads', '1', '--jobs', String(threads)],
      ],
      // Neither the user's models nor their settings are touched.
      env: { SURTITLE_HOME: folder },
    }),
  };
}

/** whisper.cpp's command line as it comes, greedily, and greedily with the recording cut into one part a thread. */
export function whisperCppTranscribers(
  program: string,
  { model, threads }: TranscriberOptions,
): Transcriber[] {
  const greedy = ['-bs', '1', '-bo', '1'];
  const variants: [string, string[]][] = [
    ['beam 5, its default', ['-t', String(threads)]],
    ['greedy', ['-t', String(threads), ...greedy]],
  ];
  if (threads > 1) variants.push(['greedy, in parts', ['-t', '1', '-p', String(threads), ...greedy]]);
  return variants.map(([name, args]) => ({
    name,
    call: (recording, folder) => ({
      program,
      args: [
        ...['-m', model, '-f', recording, '-l', 'en', '-ng', '-np'],
        ...['-otxt', '-of', path.join(folder, path.parse(recording).name)],
        ...args,
      ],
    }),
  }));
}

/** The program, or why there is none. */
export type WhisperCpp =
  | { readonly kind: 'built'; readonly program: string }
  | { readonly kind: 'missing'; readonly reason: string };

/** Builds whisper.cpp's command line where that has not been done. */
export function provideWhisperCpp(): WhisperCpp {
  const script = fileURLToPath(new URL('../whisper-cpp/build.mjs', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  if (status === 0) return { kind: 'built', program: stdout.trim() };
  return { kind: 'missing', reason: stderr.trim().split('\n').at(-1) ?? '' };
}
