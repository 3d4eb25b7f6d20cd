import { dataFolder } from '../../app/data-folder.ts';
import { tokenForServer } from '../../app/token-file.ts';
import { connectFromNode } from '../../core/client/node-socket.ts';
import { createStreamingClient, type StreamingClient } from '../../core/client/streaming-client.ts';
import { systemClock } from '../../core/foundation/clock.ts';
import { SurtitleError } from '../../core/foundation/errors.ts';
import type { AudioFormat } from '../../core/protocol/encodings.ts';
import { type AudioInput, openAudioStream, openWavFile } from '../audio/audio-input.ts';
import { EXIT } from '../exit-codes.ts';
import { openStreamHistory } from '../history/stream-history.ts';
import { listenForInterrupt } from '../interrupt.ts';
import type { StreamOptions } from '../options.ts';
import { CaptionPrinter } from '../streaming/caption-printer.ts';
import { type CaptionStreamListener, streamCaptions } from '../streaming/caption-stream.ts';
import { EventLogFile, JsonEventWriter } from '../streaming/event-writers.ts';
import { colorsFor } from '../terminal/colors.ts';

/** Sends a file or stdin to a server and prints what comes back. */
export async function stream(inputName: string, options: StreamOptions): Promise<number> {
  const input = await openInput(inputName, options);
  const token = await tokenForServer(options.url, options, dataFolder());
  const note = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  const printer = new CaptionPrinter(process.stdout, colorsFor(process.stdout), note);
  const interrupt = listenForInterrupt(() => {
    printer.clear();
    process.exit(EXIT.interrupted);
  });
  const logFailed = (): void => {
    printer.clear();
    note('The log can no longer be written; captions go on.');
  };
  interrupt.polite.addEventListener('abort', () => {
    printer.clear();
    note('Ending; the last captions are on their way. Ctrl-C again gives up.');
  });
  const history = await openStreamHistory(inputName, options.history, (line) => {
    printer.clear();
    note(line);
  });
  const log = options.log === undefined ? null : await EventLogFile.open(options.log, logFailed);
  try {
    const result = await streamCaptions({
      client: createClient(options, input.format, token),
      input,
      realTime: !options.fast,
      clock: systemClock,
      // A final is kept before it is shown.
      listener: inTurn([
        ...(log ? [log] : []),
        ...(history.journal ? [history.journal] : []),
        options.json
          ? new JsonEventWriter((line) => process.stdout.write(line))
          : printedEvents(printer, options.fast),
      ]),
      stop: interrupt.polite,
    });
    if (result.audioMs === 0 && !interrupt.polite.aborted) throw withoutAudio(inputName);
    if (result.complete) return EXIT.ok;
    note('The transcript may be incomplete: the server ended before everything was transcribed.');
    return EXIT.incomplete;
  } finally {
    printer.clear();
    interrupt.release();
    // A pipe that is still open would keep the process waiting for more.
    if (inputName === '-') process.stdin.destroy();
    await history.close();
    await log?.close();
  }
}

function openInput(name: string, { encoding, sampleRate, channels }: StreamOptions): Promise<AudioInput> {
  if (name !== '-') return openWavFile(name);
  if (process.stdin.isTTY) {
    throw new SurtitleError(
      'input_unreadable',
      'Standard input is the keyboard. Pipe audio into it, as in: arecord -q -f S16_LE -r 16000 -c 1 -t raw | surtitle stream -',
    );
  }
  return openAudioStream(process.stdin, { encoding, sampleRate, channels });
}

function withoutAudio(inputName: string): SurtitleError {
  const where =
    inputName === '-' ? 'Standard input ended before any audio came.' : `${inputName} has no audio.`;
  return new SurtitleError('audio_file_invalid', `${where} Check what is recorded or piped.`);
}

function createClient(
  options: StreamOptions,
  format: AudioFormat,
  token: string | undefined,
): StreamingClient {
  const { url, language, model, wordTimestamps, endpointing } = options;
  return createStreamingClient({
    url,
    connect: connectFromNode,
    clock: systemClock,
    ...(token === undefined ? {} : { token }),
    config: {
      language,
      encoding: format.encoding,
      sample_rate: format.sampleRate,
      channels: format.channels,
      word_timestamps: wordTimestamps,
      ...(model === undefined ? {} : { model }),
      ...(endpointing === undefined ? {} : { endpointing_ms: endpointing }),
    },
  });
}

/** Faster than real time, captions are behind by intention: nobody needs to be told. */
function printedEvents(printer: CaptionPrinter, fast: boolean): CaptionStreamListener {
  return {
    event: (atMs, event) => {
      if (event.type !== 'flow' || !fast) printer.event(atMs, event);
    },
  };
}

function inTurn(listeners: readonly CaptionStreamListener[]): CaptionStreamListener {
  return {
    event: async (atMs, event) => {
      for (const listener of listeners) await listener.event(atMs, event);
    },
    sent: (atMs, endMs) => {
      for (const listener of listeners) listener.sent?.(atMs, endMs);
    },
  };
}
