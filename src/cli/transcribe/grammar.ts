import { type Command, Option } from 'commander';
import { MAX_CONCURRENT } from '../../core/engine/concurrency.ts';
import { EXPORT_FORMATS } from '../../core/transcript/exports/export-transcript.ts';
import { wholeNumber } from '../options.ts';
import { DEFAULT_FORMATS, exportFormats, type TranscribeOptions } from './options.ts';

/** Adds `surtitle transcribe`. @param shared options that other commands have too. */
export function addTranscribe(
  program: Command,
  shared: { readonly model: Option; readonly threads: Option },
  run: (files: readonly string[], options: TranscribeOptions) => Promise<void>,
): void {
  program
    .command('transcribe')
    .argument('<files...>', 'recordings; folders with recordings; patterns such as "talks/*.mp3"')
    .description('transcribe recordings to subtitles and text')
    .addOption(
      new Option(
        '--format <names>',
        `${EXPORT_FORMATS.join(', ')}; several with commas between them (default: ${DEFAULT_FORMATS.join(',')})`,
      ).argParser(exportFormats),
    )
    .option('--output-dir <folder>', 'write into this folder instead of beside the recordings')
    .addOption(
      new Option('--stdout', 'print the transcript of one recording, as text or in one format')
        .default(false)
        .conflicts(['outputDir', 'force', 'json']),
    )
    .option('--force', 'do again what is done, and replace what is there', false)
    .addOption(shared.model)
    .option('--language <tag>', 'language of the speech, such as en, or auto', 'auto')
    .option('--translate', 'into English (with a multilingual model)', false)
    .option('--words', 'put a time for every word into JSON', false)
    .option('--prompt <text>', 'text that could come before: its style and spelling are kept to')
    .option('--vocabulary <terms>', 'names and terms with commas between them, or @FILE')
    .option(
      '--jobs <number>',
      'decodes at the same time (default: what suits the model and the cores)',
      wholeNumber(1, MAX_CONCURRENT),
    )
    .addOption(shared.threads)
    .option('--no-gpu', 'decode on the processor even where a GPU could')
    .option('--json', 'print a line of JSON for every recording, and one for all', false)
    .addHelpText(
      'after',
      `
Reads WAV, MP3, M4A, AAC, FLAC, Ogg, Opus, WebM, MP4, and with ffmpeg whatever
that reads. Recordings whose outputs are there are skipped. After Ctrl-C, a kill
or a crash, the same command goes on where it stopped.

Examples:
  $ surtitle transcribe talk.mp3
  $ surtitle transcribe --format vtt,json --words talk.mp3 interview.m4a
  $ surtitle transcribe --output-dir transcripts recordings/
  $ surtitle transcribe --stdout talk.mp3 | less`,
    )
    .action(async (files: string[], _options: unknown, command: Command) =>
      run(files, command.optsWithGlobals()),
    );
}
