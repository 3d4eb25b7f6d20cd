import path from 'node:path';
import type { MediaAudio } from '../../core/audio/media/media-audio.ts';
import { openMediaFile } from '../../core/audio/media/open-media-file.ts';
import type { Clock } from '../../core/foundation/clock.ts';
import { SurtitleError } from '../../core/foundation/errors.ts';
import type { Logger } from '../../core/foundation/logger.ts';
import { exportTranscript } from '../../core/transcript/exports/export-transcript.ts';
import { openHistory } from '../../core/transcript/history.ts';
import type { Transcript } from '../../core/transcript/transcript.ts';
import type { Handlers } from '../../ipc/call.ts';
import type { SharedCalls } from '../../ipc/calls.ts';
import type { FileJob } from '../../ipc/views.ts';
import type { FileSpeech } from '../app-server.ts';
import { ChangePublisher } from '../change-publisher.ts';
import { fileNameOf } from '../history/export-name.ts';
import type { SettingsOwner } from '../settings-owner.ts';
import type { QueuedFile } from './file-job.ts';
import { FileQueue } from './file-queue.ts';

export interface FileHandlersDependencies {
  /** For what is remembered of unfinished recordings; made when it is needed. */
  readonly folder: string;
  readonly historyFolder: string;
  readonly settings: Pick<SettingsOwner, 'values' | 'trusted'>;
  /** The engine that runs now, or the one that is being loaded; rejects where none can be. */
  readonly speech: (stop: AbortSignal) => Promise<FileSpeech>;
  /** Default: as `openMediaFile` does. */
  readonly openAudio?: (file: string, signal: AbortSignal | undefined) => Promise<MediaAudio>;
  readonly onChange: (jobs: readonly FileJob[]) => void;
  /** A transcript was put into the history. */
  readonly onHistoryChange: () => void;
  readonly clock: Clock;
  readonly now: () => Date;
  readonly logger: Logger;
}

export type FileCalls = Pick<
  SharedCalls,
  'files.list' | 'files.add' | 'files.cancel' | 'files.retry' | 'files.remove' | 'files.export'
>;

export interface FileHandlers {
  readonly handlers: Handlers<FileCalls>;
  /** Paths of the recordings on the list. Never rejects. */
  recordings(): Promise<readonly string[]>;
  /** Stops; what ran and what waits goes on at the next start. */
  close(): Promise<void>;
}

/** A reference to what a browser uploaded; all others are paths. */
const UPLOAD = /^upload:/u;
const PROGRESS_INTERVAL_MS = 250;

/** Answers what the Files page asks, and transcribes recordings one after the other with the server's engine. */
export function createFileHandlers(dependencies: FileHandlersDependencies): FileHandlers {
  const { onChange, onHistoryChange, clock, now, logger } = dependencies;
  const history = openHistory({ folder: dependencies.historyFolder, now, logger });
  const view = () => queue.files.map((file) => file.view);
  const publisher = new ChangePublisher({
    clock,
    logger,
    intervalMs: PROGRESS_INTERVAL_MS,
    view,
    publish: onChange,
  });
  const queue: FileQueue = new FileQueue({
    openAudio: (file, signal) => openMediaFile(file, { ...(signal ? { signal } : {}), logger, clock }),
    ...dependencies,
    onProgress: () => publisher.soon(),
    onChange: () => publisher.now(),
    onKept: onHistoryChange,
  });
  const opened = queue.open();
  const transcriptOf = async ({ transcript, historyId }: QueuedFile): Promise<Transcript> => {
    if (transcript) return transcript;
    if (historyId === null) throw transcriptMissing();
    return (await history.read(historyId)).transcript;
  };

  return {
    handlers: {
      async 'files.list'() {
        await opened;
        return view();
      },
      async 'files.add'({ files }, { resolveFile }) {
        // All are looked up before any is added.
        const recordings = files.map((reference) => ({
          file: path.resolve(resolveFile(reference)),
          uploaded: UPLOAD.test(reference),
        }));
        await opened;
        await queue.add(recordings);
        return view();
      },
      'files.cancel': ({ id }) => queue.cancel(id),
      'files.retry': ({ id }) => queue.retry(id),
      'files.remove': ({ id }) => queue.remove(id),
      async 'files.export'({ id, format }) {
        const file = queue.find(id);
        return {
          fileName: `${fileNameOf(path.parse(file.fileName).name, 'transcript')}.${format}`,
          text: exportTranscript(await transcriptOf(file), format),
        };
      },
    },
    async recordings() {
      await opened;
      return queue.files.map(({ pending }) => pending.file);
    },
    async close() {
      publisher.close();
      await opened;
      await queue.close();
    },
  };
}

function transcriptMissing(): SurtitleError {
  return new SurtitleError('transcript_missing', 'There is no transcript of this recording yet.');
}
