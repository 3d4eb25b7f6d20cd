import { Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { addTranscribe } from '../../../../src/cli/transcribe/grammar.ts';
import type { TranscribeOptions } from '../../../../src/cli/transcribe/options.ts';

/** Parses a command line behind `surtitle transcribe`. */
async function parse(...args: string[]) {
  let ran: { files: readonly string[]; options: TranscribeOptions } | null = null;
  let complaint = '';
  const program = new Command('surtitle');
  addTranscribe(
    program,
    { model: new Option('--model <name>'), threads: new Option('--threads <n>') },
    (files, options) => {
      ran = { files, options };
      return Promise.resolve();
    },
  );
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeErr: (text) => {
        complaint += text;
      },
    });
  }
  await program.parseAsync(['node', 'surtitle', 'transcribe', ...args]).catch(() => undefined);
  return { ran: ran as { files: readonly string[]; options: TranscribeOptions } | null, complaint };
}

describe('surtitle transcribe', () => {
  it('needs nothing but files', async () => {
    expect((await parse('a.mp3', 'folder')).ran).toEqual({
      files: ['a.mp3', 'folder'],
      options: {
        language: 'auto',
        translate: false,
        words: false,
        force: false,
        stdout: false,
        json: false,
        gpu: true,
      },
    });
    expect((await parse()).complaint).toContain('files');
  });

  it('takes formats with commas between them, each once', async () => {
    const { ran } = await parse('a.mp3', '--format', 'srt, VTT,json,srt');
    expect(ran?.options.format).toEqual(['srt', 'vtt', 'json']);
  });

  it.each([
    [['--format', 'doc'], 'srt, vtt, txt, md, json'],
    [['--format', ''], 'srt, vtt, txt, md, json'],
    [['--jobs', '0'], '1 to 8'],
    [['--jobs', '9'], '1 to 8'],
    [['--stdout', '--output-dir', 'out'], 'cannot be used with'],
    [['--stdout', '--json'], 'cannot be used with'],
    [['--unknown'], 'unknown option'],
  ])('refuses %j', async (args, complaint) => {
    const result = await parse('a.mp3', ...args);
    expect(result.ran).toBeNull();
    expect(result.complaint).toContain(complaint);
  });
});
