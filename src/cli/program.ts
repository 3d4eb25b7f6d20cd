import { Command, Help, Option } from 'commander';
import { packageVersion } from '../app/installation.ts';
import { AUDIO_ENCODINGS } from '../core/protocol/encodings.ts';
import { describeExitCodes } from './exit-codes.ts';
import { addHistory } from './history/history-grammar.ts';
import type { HistoryRequest } from './history/history-request.ts';
import { addModels } from './models/grammar.ts';
import type { ModelsActions } from './models/options.ts';
import {
  audioEncoding,
  channelCount,
  collect,
  type DemoOptions,
  type DoctorOptions,
  LOG_LEVELS,
  type ServeOptions,
  type StreamOptions,
  socketAddress,
  wholeNumber,
} from './options.ts';
import { addSettings } from './settings/settings-grammar.ts';
import type { SettingsRequest } from './settings/settings-request.ts';
import { addTranscribe } from './transcribe/grammar.ts';
import type { TranscribeOptions } from './transcribe/options.ts';

/** What the commands do; each gives the exit code. */
export interface CliActions {
  demo(options: DemoOptions): Promise<number>;
  serve(options: ServeOptions): Promise<number>;
  stream(input: string, options: StreamOptions): Promise<number>;
  transcribe(files: readonly string[], options: TranscribeOptions): Promise<number>;
  history(request: HistoryRequest): Promise<number>;
  settings(request: SettingsRequest): Promise<number>;
  doctor(options: DoctorOptions): Promise<number>;
  readonly models: ModelsActions;
}

const HIGHEST_PORT = 65_535;
const MOST_THREADS = 256;

/**
 * The command line's grammar, without anything behind it.
 * @param finish called with a command's exit code.
 */
export function createProgram(actions: CliActions, finish: (exitCode: number) => void): Command {
  const program = new Command('surtitle')
    .description('Live captions that never leave your machine.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print help for a command')
    .option('--verbose', 'show where unexpected errors come from', false)
    .configureHelp({ optionDescription: describeOption })
    .showHelpAfterError('Run with --help to see what is possible.')
    .addHelpText('after', `\n${describeExitCodes()}\n\nStart with: surtitle demo`);
  addDemo(program, actions, finish);
  addServe(program, actions, finish);
  addStream(program, actions, finish);
  addTranscribe(program, { model: modelOption(), threads: threadsOption() }, async (files, options) =>
    finish(await actions.transcribe(files, options)),
  );
  addModels(program, actions.models, finish);
  addHistory(program, async (request) => finish(await actions.history(request)));
  addSettings(program, async (request) => finish(await actions.settings(request)));
  addDoctor(program, actions, finish);
  return program;
}

function addDemo(program: Command, actions: CliActions, finish: (exitCode: number) => void): void {
  program
    .command('demo')
    .description('caption the bundled talk, from server to screen, and say how well it went')
    .option('--fast', 'as fast as it decodes, instead of at the pace of the talk', false)
    .addOption(modelOption())
    .addOption(threadsOption())
    .addHelpText('after', examples('surtitle demo', 'surtitle demo --fast', 'surtitle demo --model base.en'))
    .action(async (_options: unknown, command: Command) =>
      finish(await actions.demo(command.optsWithGlobals())),
    );
}

function addServe(program: Command, actions: CliActions, finish: (exitCode: number) => void): void {
  program
    .command('serve')
    .description('serve captions: a page for browsers, and speech-to-text for programs')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 takes a free one', wholeNumber(0, HIGHEST_PORT), 8000)
    .addOption(modelOption())
    .addOption(tokenOption('the token clients must show (better in a file: others see your command line)'))
    .option('--token-file <path>', 'read the token from a file (default: one made in the data folder)')
    .option('--max-sessions <number>', 'streams at the same time', wholeNumber(1, 10_000), 16)
    .option('--max-upload <megabytes>', 'largest file to transcribe', wholeNumber(1, 1_000_000), 500)
    .option('--max-upload-minutes <minutes>', 'longest recording in a file', wholeNumber(1, 100_000), 240)
    .option('--allow-host <host>', 'also answer to this Host header; may be repeated', collect, [])
    .option('--allow-origin <origin>', 'also accept web pages of this origin; may be repeated', collect, [])
    .option('--allow-remote', 'needed to listen on anything but the loopback address', false)
    .addOption(
      new Option('--log-format <format>', 'of the log on stderr').choices(['text', 'json']).default('text'),
    )
    .addOption(new Option('--log-level <level>', 'what to log').choices(LOG_LEVELS).default('info'))
    .addOption(threadsOption())
    .option('--no-gpu', 'decode on the processor even where a GPU could')
    .option(
      '--print-link',
      "print the page's link with its token even where the output is no terminal",
      false,
    )
    .addHelpText(
      'after',
      `
The first line on stdout ends in the address and is printed when the server is
ready; the second says where the token is. On a terminal the links of the page
follow, with their tokens. Logs go to stderr. Ctrl-C ends politely, a second one
at once.

Environment:
  SURTITLE_TOKEN      the token
  SURTITLE_HOME       folder of Surtitle's own data (token, models)
  WHISPER_MODEL_SIZE  the model, where --model is not given; without both, the
                      setting captions.model
${examples(
  'surtitle serve',
  'surtitle serve --port 0 --model base.en --log-format json',
  'surtitle serve --host 0.0.0.0 --allow-remote --allow-host captions.lan:8000',
)}`,
    )
    .action(async (_options: unknown, command: Command) =>
      finish(await actions.serve(command.optsWithGlobals())),
    );
}

function addStream(program: Command, actions: CliActions, finish: (exitCode: number) => void): void {
  program
    .command('stream')
    .argument('<file>', 'a WAV file, or - for raw audio (or WAV) on stdin')
    .description('send audio to a running server and print the captions')
    .option('--url <address>', 'the server', socketAddress, 'ws://127.0.0.1:8000/ws')
    .addOption(tokenOption('the token of the server'))
    .option('--token-file <path>', "file that holds the token (default: the local server's)")
    .option('--json', 'print every event as one line of JSON, with the time it came in at_ms', false)
    .option('--log <path>', 'also write events and sending times to a file, for the benchmark')
    .option('--fast', 'as fast as the server reads, instead of at the pace of the recording', false)
    .option('--no-history', 'do not keep this session in the history')
    .option('--language <tag>', 'language of the speech, such as en, or auto', 'auto')
    .option('--model <name>', 'one of the models the server has')
    .option('--word-timestamps', 'have a time for every word (shown with --json)', false)
    .option('--endpointing <ms>', 'silence that ends a sentence', wholeNumber(100, 5000))
    .option('--encoding <name>', `of raw audio: ${AUDIO_ENCODINGS.join(', ')}`, audioEncoding, 'pcm_s16le')
    .option('--sample-rate <hz>', 'of raw audio', wholeNumber(8000, 48_000), 16_000)
    .option('--channels <number>', 'of raw audio: 1 or 2', channelCount, 1)
    .addHelpText(
      'after',
      `
Ctrl-C ends the recording and waits for the last captions; a second one gives
up at once. Finished captions are kept on this machine (surtitle history);
--no-history or the setting history.enabled keeps none.
${examples(
  'surtitle stream talk.wav',
  'surtitle stream --fast --json talk.wav > events.jsonl',
  'arecord -q -f S16_LE -r 16000 -c 1 -t raw | surtitle stream -',
)}`,
    )
    .action(async (input: string, _options: unknown, command: Command) =>
      finish(await actions.stream(input, command.optsWithGlobals())),
    );
}

function addDoctor(program: Command, actions: CliActions, finish: (exitCode: number) => void): void {
  program
    .command('doctor')
    .description('check that everything Surtitle needs works here, and how fast')
    .option('--json', 'print the findings as JSON', false)
    .addOption(modelOption())
    .option('--port <number>', 'the port that should be free', wholeNumber(1, HIGHEST_PORT), 8000)
    .addHelpText(
      'after',
      examples('surtitle doctor', 'surtitle doctor --json', 'surtitle doctor --model base.en'),
    )
    .action(async (_options: unknown, command: Command) =>
      finish(await actions.doctor(command.optsWithGlobals())),
    );
}

function modelOption(): Option {
  return new Option(
    '--model <name|path>',
    'model name, or path to a GGML file (default: starter.en, a demo)',
  );
}

function threadsOption(): Option {
  return new Option('--threads <number>', 'processor threads of one decode').argParser(
    wholeNumber(1, MOST_THREADS),
  );
}

function tokenOption(description: string): Option {
  return new Option('--token <token>', description).env('SURTITLE_TOKEN');
}

/** What an option does. That a switch is off, and a list empty, where it is not given, needs no words. */
function describeOption(option: Option): string {
  return new Help().optionDescription(option).replace(/ \(default: (?:false|\[\])\)$/u, '');
}

function examples(...lines: string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  $ ${line}`)].join('\n');
}
