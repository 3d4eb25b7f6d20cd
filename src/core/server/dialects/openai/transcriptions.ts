import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { openMediaFile } from '../../../audio/media/open-media-file.ts';
import { LONGEST_BACKGROUND_CHUNK_MS, PausePlanner } from '../../../batch/chunk-planner.ts';
import { type FileTranscription, transcribeFile } from '../../../batch/transcribe-file.ts';
import type { Clock } from '../../../foundation/clock.ts';
import { describeError } from '../../../foundation/errors.ts';
import type { Logger } from '../../../foundation/logger.ts';
import type { RecognitionObserver } from '../../../recognition/recognizer-types.ts';
import type { StretchVoiceActivity } from '../../../recognition/voice-activity.ts';
import type { EngineSource, SpeechService } from '../../engine-source.ts';
import type { HttpRoute } from '../../http.ts';
import { isBodyComing } from '../../linger.ts';
import { sendOpenAiError, toOpenAiError } from './answer-error.ts';
import { announcesTooMuch, receiveForm, storageError, tooLarge } from './multipart-form.ts';
import { OpenAiError, openAiErrorBody } from './openai-error.ts';
import { formatTranscription, type TranscriptionAnswer } from './transcription-answer.ts';
import { parseTranscriptionRequest } from './transcription-request.ts';
import { UploadFolder } from './upload-folder.ts';

/** How a request ended. `refused`: the client's mistake; `unavailable`: it may be tried again. */
export type TranscriptionOutcome = 'done' | 'refused' | 'unavailable' | 'cancelled' | 'failed';

/** Counts transcriptions of uploaded files, for the metrics. Must not throw; is never given any text. */
export interface TranscriptionObserver extends RecognitionObserver {
  /** The requests being worked on, after every change. */
  transcriptionsInFlight?(count: number): void;
  transcriptionEnded?(outcome: TranscriptionOutcome): void;
  /** Audio was transcribed and answered for. */
  fileTranscribed?(audioSeconds: number): void;
}

export interface TranscriptionOptions {
  /** Folder for uploads; made when it is needed. Files in it live as long as their request. */
  readonly folder: string;
  readonly voiceActivity: StretchVoiceActivity;
  /** Largest file, in bytes. Default 500 MB. */
  readonly maxFileBytes?: number;
  /** Longest recording, in milliseconds. Default four hours. */
  readonly maxDurationMs?: number;
  /** Requests worked on at the same time. Default 4. */
  readonly maxRequests?: number;
}

export interface TranscriptionDependencies {
  readonly engine: EngineSource;
  readonly observer: TranscriptionObserver;
  readonly clock: Clock;
  readonly logger: Logger;
}

const DEFAULT_MAX_FILE_BYTES = 500_000_000;
const DEFAULT_MAX_DURATION_MS = 4 * 3_600_000;
const DEFAULT_MAX_REQUESTS = 4;
/** A model is loaded, and a server started again, within about this time. */
const RETRY_SOON_S = 5;
/** Others' recordings take their time. */
const RETRY_LATER_S = 15;

/** `POST /v1/audio/transcriptions` as OpenAI has it, on files that live no longer than their request. */
export class Transcriptions {
  readonly route: HttpRoute;
  readonly #options: TranscriptionOptions;
  readonly #dependencies: TranscriptionDependencies;
  readonly #folder: UploadFolder;
  readonly #running = new Map<AbortController, Promise<void>>();
  #closed = false;

  constructor(options: TranscriptionOptions, dependencies: TranscriptionDependencies) {
    this.#options = options;
    this.#dependencies = dependencies;
    this.#folder = new UploadFolder(options.folder, dependencies.logger);
    this.route = {
      method: 'POST',
      path: '/v1/audio/transcriptions',
      scope: 'full',
      errorBody: openAiErrorBody,
      handle: (request, response) => this.#track(request, response),
    };
  }

  /** Removes what a killed server left. */
  sweep(): Promise<void> {
    return this.#folder.sweep();
  }

  /** Answers all requests with 503, and removes their files. Safe to call twice. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const cancel of this.#running.keys()) cancel.abort(shuttingDown());
    await Promise.allSettled(this.#running.values());
    await this.#folder.close();
  }

  async #track(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { observer } = this.#dependencies;
    const cancel = new AbortController();
    response.once('close', () => cancel.abort(new ClientGone()));
    const handling = this.#handle(request, response, cancel.signal);
    this.#running.set(cancel, handling);
    observer.transcriptionsInFlight?.(this.#running.size);
    try {
      await handling;
    } finally {
      this.#running.delete(cancel);
      observer.transcriptionsInFlight?.(this.#running.size);
    }
  }

  async #handle(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const id = randomUUID();
    response.setHeader('X-Request-Id', id);
    let outcome: TranscriptionOutcome = 'done';
    let isComing = isBodyComing(request);
    try {
      const service = this.#admit(request);
      if (request.headers.expect !== undefined) response.writeContinue();
      isComing = true;
      const { contentType, body } = await this.#transcribe(request, service, { id, signal });
      response.writeHead(200, { 'Content-Type': contentType }).end(body);
    } catch (error) {
      const reason: unknown = signal.aborted ? signal.reason : error;
      if (reason instanceof ClientGone) {
        this.#dependencies.logger.info('A client left before its transcript was done.', { request: id });
        outcome = 'cancelled';
      } else {
        const refusal = toOpenAiError(reason);
        sendOpenAiError(request, response, refusal, {
          isBodyComing: isComing,
          clock: this.#dependencies.clock,
        });
        outcome = this.#report(refusal, id);
      }
    }
    this.#dependencies.observer.transcriptionEnded?.(outcome);
  }

  /** Decides on a request by its head. @throws {OpenAiError} */
  #admit(request: IncomingMessage): SpeechService {
    const { engine } = this.#dependencies;
    const { maxFileBytes = DEFAULT_MAX_FILE_BYTES, maxRequests = DEFAULT_MAX_REQUESTS } = this.#options;
    if (this.#closed) throw shuttingDown();
    if (engine.state === 'failed') {
      throw new OpenAiError(500, 'engine_error', 'The speech engine failed. The log of the server says why.');
    }
    if (!engine.service) {
      throw new OpenAiError(503, 'model_loading', 'The model is still being loaded. Try again in a moment.', {
        retryAfterS: RETRY_SOON_S,
      });
    }
    if (this.#running.size >= maxRequests) {
      throw new OpenAiError(
        429,
        'rate_limit_exceeded',
        `The server works on ${maxRequests} recordings already. Try again when one is done.`,
        { retryAfterS: RETRY_LATER_S },
      );
    }
    if (announcesTooMuch(request, maxFileBytes)) throw tooLarge(maxFileBytes);
    return engine.service;
  }

  async #transcribe(
    request: IncomingMessage,
    service: SpeechService,
    { id, signal }: { readonly id: string; readonly signal: AbortSignal },
  ): Promise<TranscriptionAnswer> {
    const { clock, logger, observer } = this.#dependencies;
    const { maxFileBytes = DEFAULT_MAX_FILE_BYTES } = this.#options;
    const startedMs = clock.now();
    const target = await this.#newFile();
    try {
      const { fields, fileBytes } = await receiveForm(request, { target, maxFileBytes, clock, signal });
      const { format, granularities, ...options } = parseTranscriptionRequest(fields, service.model);
      const receivedMs = clock.now();
      const transcription = await this.#decode(target, options, service, { id, signal });
      const { transcript, warnings } = transcription;
      const audioSeconds = transcript.durationMs / 1_000;
      logger.info('A recording was transcribed.', {
        request: id,
        fileBytes,
        audioSeconds,
        warnings: warnings.length,
        uploadMs: Math.round(receivedMs - startedMs),
        transcriptionMs: Math.round(clock.now() - receivedMs),
      });
      observer.fileTranscribed?.(audioSeconds);
      return formatTranscription(transcription, format, granularities);
    } finally {
      await this.#folder.remove(target);
    }
  }

  async #newFile(): Promise<string> {
    try {
      return await this.#folder.newFile();
    } catch (error) {
      throw storageError(error);
    }
  }

  async #decode(
    file: string,
    options: { readonly language: string; readonly prompt?: string },
    service: SpeechService,
    { id, signal }: { readonly id: string; readonly signal: AbortSignal },
  ): Promise<FileTranscription> {
    const { clock, logger, observer } = this.#dependencies;
    const { voiceActivity, maxDurationMs = DEFAULT_MAX_DURATION_MS } = this.#options;
    const lane = service.backgroundLane(id);
    try {
      return await transcribeFile(
        file,
        { ...options, translate: false },
        {
          lane,
          voiceActivity,
          concurrency: service.maxConcurrent,
          openAudio: (path) => openMediaFile(path, { maxDurationMs, signal, logger, clock }),
          now: () => new Date(),
          planner: new PausePlanner(LONGEST_BACKGROUND_CHUNK_MS),
          observer,
          signal,
        },
      );
    } finally {
      lane.close();
    }
  }

  #report(error: OpenAiError, id: string): TranscriptionOutcome {
    const { logger } = this.#dependencies;
    const { status, code, retryAfterS, cause } = error;
    if (retryAfterS === null && status >= 500) {
      const reason = describeError(cause ?? error);
      logger.error('A recording was not transcribed.', { request: id, status, code, reason });
      return 'failed';
    }
    logger.info('A recording was refused.', { request: id, status, code });
    return retryAfterS === null ? 'refused' : 'unavailable';
  }
}

/** Nobody waits for the answer any more. */
class ClientGone extends Error {}

function shuttingDown(): OpenAiError {
  return new OpenAiError(503, 'shutting_down', 'The server is shutting down. Try again in a moment.', {
    retryAfterS: RETRY_SOON_S,
  });
}
