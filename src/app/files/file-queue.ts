import { randomUUID } from 'node:crypto';
import { rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { MediaAudio } from '../../core/audio/media/media-audio.ts';
import { removeLeftProgress } from '../../core/batch/progress-file.ts';
import type { Clock } from '../../core/foundation/clock.ts';
import { describeError, SurtitleError } from '../../core/foundation/errors.ts';
import type { Logger } from '../../core/foundation/logger.ts';
import type { FileSpeech } from '../app-server.ts';
import type { SettingsOwner } from '../settings-owner.ts';
import { wireErrorOf } from '../wire-error.ts';
import { QueuedFile } from './file-job.ts';
import { keepTranscript } from './keep-transcript.ts';
import { PendingFiles } from './pending-files.ts';
import { transcribeJob } from './transcribe-job.ts';

export interface FileQueueOptions {
  /** For what is remembered of unfinished recordings; made when it is needed. */
  readonly folder: string;
  readonly historyFolder: string;
  readonly settings: Pick<SettingsOwner, 'values' | 'trusted'>;
  /** The engine that runs now, or the one that is being loaded. */
  readonly speech: (stop: AbortSignal) => Promise<FileSpeech>;
  readonly openAudio: (file: string, signal: AbortSignal | undefined) => Promise<MediaAudio>;
  readonly clock: Clock;
  readonly now: () => Date;
  readonly logger: Logger;
  readonly onProgress: () => void;
  readonly onChange: () => void;
  /** A transcript was put into the history. */
  readonly onKept: () => void;
}

/** The program ends; what ran goes on at the next start. */
class Closing extends Error {}
/** The user wants it no more. */
class Cancelled extends Error {}

/** Transcribes recordings one after the other. Those that wait are remembered until the next start. */
export class FileQueue {
  readonly #options: FileQueueOptions;
  readonly #pending: PendingFiles;
  readonly #closing = new AbortController();
  #files: QueuedFile[] = [];
  #work: Promise<void> | null = null;

  constructor(options: FileQueueOptions) {
    this.#options = options;
    this.#pending = new PendingFiles(options.folder, options.logger);
  }

  /** In the order they were added. */
  get files(): readonly QueuedFile[] {
    return this.#files;
  }

  /** Takes up what an earlier run left. */
  async open(): Promise<void> {
    const left = await this.#pending.read();
    this.#files = left.map((pending) => new QueuedFile(pending));
    this.#go();
  }

  /** Adds recordings; those that wait or run already are left out. */
  async add(recordings: readonly { readonly file: string; readonly uploaded: boolean }[]): Promise<void> {
    const known = new Set(this.#files.filter(({ isOver }) => !isOver).map(({ pending }) => pending.file));
    for (const { file, uploaded } of recordings) {
      if (known.has(file)) continue;
      known.add(file);
      this.#files.push(new QueuedFile({ id: randomUUID(), file, uploaded }));
    }
    await this.#changed();
    this.#go();
  }

  /** @throws {SurtitleError} `file_job_unknown`. */
  find(id: string): QueuedFile {
    const file = this.#files.find((candidate) => candidate.id === id);
    if (file) return file;
    throw new SurtitleError('file_job_unknown', 'This recording is not on the list any more.');
  }

  async cancel(id: string): Promise<void> {
    const file = this.find(id);
    if (file.isOver) return;
    if (file.state === 'running') file.stop?.abort(new Cancelled());
    else file.end('cancelled', null);
    await this.#changed();
  }

  /** Tries one again that failed or was cancelled, from where it stopped. */
  async retry(id: string): Promise<void> {
    const file = this.find(id);
    if (file.state !== 'failed' && file.state !== 'cancelled') return;
    file.wait();
    await this.#changed();
    this.#go();
  }

  async remove(id: string): Promise<void> {
    const file = this.find(id);
    this.#files = this.#files.filter((candidate) => candidate !== file);
    file.stop?.abort(new Cancelled());
    if (file.state !== 'running') await this.#tidyUp(file);
    await this.#changed();
  }

  /** Stops; what ran and what waits goes on at the next start. */
  async close(): Promise<void> {
    this.#closing.abort(new Closing());
    await this.#work;
  }

  #go(): void {
    if (this.#closing.signal.aborted) return;
    this.#work ??= this.#runAll().finally(() => {
      this.#work = null;
      // One may have come as the last one ended.
      if (this.#next) this.#go();
    });
  }

  get #next(): QueuedFile | undefined {
    return this.#files.find(({ state }) => state === 'waiting');
  }

  async #runAll(): Promise<void> {
    for (let file = this.#next; file && !this.#closing.signal.aborted; file = this.#next) {
      await this.#run(file);
      await this.#changed();
    }
  }

  async #run(file: QueuedFile): Promise<void> {
    const { clock, logger, onChange } = this.#options;
    const stop = new AbortController();
    file.begin(stop, clock);
    onChange();
    const leaving = AbortSignal.any([stop.signal, this.#closing.signal]);
    let gone: AbortSignal | null = null;
    try {
      const speech = await this.#options.speech(leaving);
      gone = speech.gone;
      await this.#transcribe(file, speech, AbortSignal.any([leaving, speech.gone]));
    } catch (error) {
      if (stop.signal.aborted) file.end('cancelled', null);
      else if (this.#closing.signal.aborted || gone?.aborted) file.wait();
      else file.end('failed', wireErrorOf(error, 'A recording could not be transcribed.', logger));
    }
    file.stop = null;
    const isRemoved = !this.#files.includes(file);
    if (isRemoved || file.state === 'done') await this.#tidyUp(file);
  }

  async #transcribe(file: QueuedFile, speech: FileSpeech, signal: AbortSignal): Promise<void> {
    const { settings, openAudio, now, onProgress } = this.#options;
    let isFirst = true;
    const { transcript, warnings } = await transcribeJob({
      id: file.id,
      file: file.pending.file,
      progressFile: this.#progressFile(file),
      speech,
      settings: settings.values,
      signal,
      openAudio,
      now,
      onOpen: (durationMs) => {
        file.durationMs = durationMs;
      },
      onProgress: (progress) => {
        file.progress(progress, isFirst);
        isFirst = false;
        onProgress();
      },
    });
    // In doubt nothing is kept: it may have been forbidden.
    const keeping = settings.trusted && settings.values['history.enabled'];
    file.finish(transcript, warnings, keeping ? await this.#keep(file, transcript) : null);
  }

  async #keep(file: QueuedFile, transcript: QueuedFile['transcript'] & object): Promise<string | null> {
    const { historyFolder, clock, now, onKept } = this.#options;
    const id = await keepTranscript(transcript, {
      folder: historyFolder,
      fileName: file.fileName,
      clock,
      now,
    });
    if (id !== null) onKept();
    return id;
  }

  /** Removes what is only there for a recording that is under way. */
  async #tidyUp(file: QueuedFile): Promise<void> {
    try {
      await removeLeftProgress(this.#progressFile(file));
      if (!file.pending.uploaded) return;
      await rm(file.pending.file, { force: true });
      // Each upload has a folder of its own; where others share it, it stays.
      await rmdir(path.dirname(file.pending.file)).catch(() => undefined);
    } catch (error) {
      this.#options.logger.warn('What was left of a transcription could not be removed.', {
        reason: describeError(error),
      });
    }
  }

  #progressFile({ pending }: Pick<QueuedFile, 'pending'>): string {
    return path.join(this.#options.folder, `${pending.id}.surtitle-progress`);
  }

  async #changed(): Promise<void> {
    this.#options.onChange();
    await this.#pending.write(this.#files.filter(({ isOver }) => !isOver).map(({ pending }) => pending));
  }
}
