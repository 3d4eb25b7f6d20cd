import path from 'node:path';
import { dataFolder } from '../../app/data-folder.ts';
import { samplesFolder } from '../../app/installation.ts';
import { startLocalServer } from '../../app/local-server.ts';
import { realModelHint, requestedModel, resolveModel, STARTER_NOTICE } from '../../app/model-resolution.ts';
import type { ClientEvent } from '../../core/client/client-events.ts';
import { connectFromNode } from '../../core/client/node-socket.ts';
import { createStreamingClient } from '../../core/client/streaming-client.ts';
import { systemClock } from '../../core/foundation/clock.ts';
import { SurtitleError } from '../../core/foundation/errors.ts';
import { openWavFile } from '../audio/audio-input.ts';
import { layOut, summarize } from '../demo/summary.ts';
import { EXIT } from '../exit-codes.ts';
import { listenForInterrupt } from '../interrupt.ts';
import { textLogger } from '../logging.ts';
import { EventLogRecorder } from '../measures/event-log.ts';
import { readSamples, type Sample } from '../measures/samples.ts';
import type { DemoOptions } from '../options.ts';
import { CaptionPrinter } from '../streaming/caption-printer.ts';
import { streamCaptions } from '../streaming/caption-stream.ts';
import { wrap } from '../terminal/cell-width.ts';
import { colorsFor } from '../terminal/colors.ts';

const TALK = 'talk.wav';
const WIDEST_COLUMNS = 100;

/** Captions the bundled talk through a server, a client and an engine of its own. */
export async function demo(options: DemoOptions): Promise<number> {
  const places = { dataFolder: dataFolder() };
  const model = resolveModel(requestedModel(options.model, process.env), places);
  const sample = findTalk();
  const colors = colorsFor(process.stdout);
  const columns = Math.min(process.stdout.columns ?? WIDEST_COLUMNS, WIDEST_COLUMNS) - 1;
  const print = (...lines: readonly string[]): void => {
    process.stdout.write(`${lines.join('\n')}\n`);
  };
  print(
    ...wrap(
      `A talk of ${Math.round(sample.durationMs / 1000)} seconds, captioned on this machine by ${model.name}: server, client and engine are the real ones, only the microphone is a file.`,
      columns,
    ),
    '',
  );

  const logger = textLogger(options.verbose ? 'debug' : 'warn', (line) => process.stderr.write(line));
  const decoding = { decodeMs: 0, audioMs: 0 };
  const server = await startLocalServer({
    model,
    host: '127.0.0.1',
    port: 0,
    threads: options.threads,
    gpu: true,
    maxSessions: 1,
    tokens: 'temporary',
    logger,
    onDecoded: (decodeMs, audioMs) => {
      decoding.decodeMs += decodeMs;
      decoding.audioMs += audioMs;
    },
  });
  const printer = new CaptionPrinter(process.stdout, colors, (line) => process.stderr.write(`${line}\n`));
  const interrupt = listenForInterrupt(() => {
    printer.clear();
    process.exit(EXIT.interrupted);
  });
  try {
    const input = await openWavFile(sample.file);
    const log = new EventLogRecorder();
    const result = await streamCaptions({
      client: createStreamingClient({
        url: server.url,
        token: server.token,
        connect: connectFromNode,
        clock: systemClock,
        logger,
        config: { language: 'en', encoding: input.format.encoding, sample_rate: input.format.sampleRate },
      }),
      input,
      realTime: !options.fast,
      clock: systemClock,
      stop: interrupt.polite,
      listener: {
        event: (atMs, event) => {
          record(log, atMs, event);
          // Faster than real time is behind by intention.
          if (event.type !== 'flow' || !options.fast) printer.event(atMs, event);
        },
        sent: (atMs, endMs) => log.audio(atMs, endMs),
      },
    });
    if (interrupt.polite.aborted) return EXIT.ok;
    const run = { sample, log, realTime: !options.fast, wallMs: result.wallMs, decoding };
    print('', ...summarize(run, columns));
    print(...layOut('Model', model.starter ? STARTER_NOTICE : model.name, columns));
    if (model.starter) print(...layOut('', realModelHint(places), columns));
    return result.complete ? EXIT.ok : EXIT.incomplete;
  } finally {
    printer.clear();
    interrupt.release();
    await server.close();
  }
}

function record(log: EventLogRecorder, atMs: number, event: ClientEvent): void {
  if (event.type === 'partial' || event.type === 'final') log.caption(atMs, event);
}

function findTalk(): Sample {
  const sample = readSamples(samplesFolder).find(({ name }) => name === TALK);
  if (sample) return sample;
  throw new SurtitleError(
    'input_not_found',
    `The bundled talk ${path.join(samplesFolder, TALK)} is missing. Install Surtitle again.`,
  );
}
