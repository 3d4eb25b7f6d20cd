import type { ResolvedModel } from '../../app/model-resolution.ts';
import { openMediaFile } from '../../core/audio/media/open-media-file.ts';
import { transcribeFile } from '../../core/batch/transcribe-file.ts';
import { SurtitleError } from '../../core/foundation/errors.ts';
import { exportTranscript } from '../../core/transcript/exports/export-transcript.ts';
import { EXIT } from '../exit-codes.ts';
import { listenForInterrupt } from '../interrupt.ts';
import { textLogger } from '../logging.ts';
import { printable } from '../terminal/cell-width.ts';
import { openBatchEngine } from './batch-engine.ts';
import type { FoundRecordings } from './find-recordings.ts';
import type { TranscribeOptions } from './options.ts';
import { askOf, type SpeechContext } from './speech-options.ts';

export interface PrintRequest {
  readonly found: FoundRecordings;
  readonly options: TranscribeOptions;
  readonly model: ResolvedModel;
  readonly context: SpeechContext;
  beforeLoading(): void;
}

/**
 * Transcribes one recording to standard output; nothing is written to disk, so nothing can be gone on with.
 * @returns the exit code.
 * @throws {SurtitleError} `usage`; whatever keeps the recording from being transcribed.
 */
export async function printTranscript(request: PrintRequest): Promise<number> {
  const { options, model, context } = request;
  const { file, format } = whatToPrint(request);
  request.beforeLoading();
  const note = (line: string) => process.stderr.write(`${line}\n`);
  const logger = textLogger(options.verbose ? 'debug' : 'warn', (line) => process.stderr.write(line));
  const interrupt = listenForInterrupt(() => process.exit(EXIT.interrupted));
  const { engine, scheduler, voiceActivity, concurrency, close } = await openBatchEngine({
    ...options,
    model,
    logger,
  });
  try {
    const { transcript, warnings } = await transcribeFile(file, askOf(engine.model, options, context), {
      lane: scheduler.backgroundLane(file),
      openAudio: (path, stop) => openMediaFile(path, stop ? { signal: stop } : {}),
      voiceActivity,
      concurrency,
      now: () => new Date(),
      signal: interrupt.polite,
    });
    for (const warning of warnings) note(`warning: ${printable(warning)}`);
    process.stdout.write(exportTranscript(transcript, format, { words: options.words }));
    return EXIT.ok;
  } catch (error) {
    if (!interrupt.polite.aborted) throw error;
    return EXIT.interrupted;
  } finally {
    interrupt.release();
    await close();
  }
}

function whatToPrint({ found, options }: PrintRequest) {
  const [problem] = found.problems;
  if (problem) throw problem.error;
  const { format: formats = ['txt'] } = options;
  const [format] = formats;
  const [recording] = found.recordings;
  if (!recording || found.recordings.length > 1 || !format || formats.length > 1) {
    throw new SurtitleError(
      'usage',
      '--stdout prints one recording in one format. Leave it out to have files written.',
    );
  }
  return { file: recording.file, format };
}
