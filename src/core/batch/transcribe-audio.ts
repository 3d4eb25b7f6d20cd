import { setMaxListeners } from 'node:events';
import { SampleBuffer } from '../audio/sample-buffer.ts';
import type { DecodeLane } from '../engine/engine.ts';
import { HypothesisDecoder } from '../recognition/hypothesis-decoder.ts';
import type { RecognitionObserver } from '../recognition/recognizer-types.ts';
import type { TextUnit } from '../recognition/text-units.ts';
import { SAMPLES_PER_MS, type StretchVoiceActivity } from '../recognition/voice-activity.ts';
import type { TranscriptSegment } from '../transcript/transcript.ts';
import { ActivityMap } from './activity-map.ts';
import { type CutChunk, cutChunk } from './chunk-cut.ts';
import { type ChunkAudio, decodeChunk } from './chunk-decoder.ts';
import { type Chunk, type ChunkPlanner, PausePlanner, type PlannedStep } from './chunk-planner.ts';
import { toTranscriptSegments } from './transcript-segments.ts';

/** What is asked of a transcription; all of it can change the text. */
export interface TranscriptionOptions {
  /** Two-letter code, or `auto` to detect it from the first speech. */
  readonly language: string;
  /** Translate into English. */
  readonly translate: boolean;
  readonly prompt?: string;
  readonly vocabulary?: readonly string[];
}

/** A chunk that has been decoded. With those before it, all that is needed to go on behind it. */
export interface DecodedChunk {
  /** Position up to which the recording is accounted for, in samples at 16 kHz. */
  readonly end: number;
  /** Speech goes on there. */
  readonly endsInSpeech: boolean;
  /** Two-letter code of what is spoken in the recording, as far as is known behind it. */
  readonly language: string;
  /** Times are milliseconds from the start of the recording. */
  readonly units: readonly TextUnit[];
}

export interface TranscriptionProgress {
  /** Audio that has been accounted for, from the start, in milliseconds. */
  readonly doneMs: number;
}

export interface TranscriptionDependencies {
  readonly lane: DecodeLane;
  readonly voiceActivity: StretchVoiceActivity;
  /** Chunks decoded at the same time. */
  readonly concurrency: number;
  readonly planner?: ChunkPlanner;
  readonly observer?: RecognitionObserver;
  /** Ends the transcription with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Chunks of the same audio, decoded earlier with the same options, from its start on and without a gap. */
  readonly decoded?: readonly DecodedChunk[];
  /**
   * Called for every further chunk in order; the transcription waits for it. Chunks that come together belong
   * together: without all of them, going on would not lead to the same text.
   */
  onChunks?(chunks: readonly DecodedChunk[]): Promise<void> | void;
  onProgress?(progress: TranscriptionProgress): void;
}

export interface AudioTranscription {
  readonly segments: readonly TranscriptSegment[];
  /** Two-letter code of the language the text is in. */
  readonly language: string;
  readonly durationMs: number;
}

/** Chunks with words after which the language is taken for what it seemed to be so far. */
const LANGUAGE_CHUNKS = 3;

/**
 * Chunks that may be decoded ahead of the one that is reported next, for each that is decoded at the same time: enough
 * for a slow one in front, and few enough to hold their audio while a disk is slower than the engine.
 */
const CHUNKS_AHEAD = 4;

/**
 * Transcribes a recording of any length in bounded memory: voice activity finds the speech, it is cut into chunks
 * at pauses, chunks are decoded side by side, and their words are joined. No text is carried from chunk to chunk,
 * so the result depends on the audio and the options alone.
 *
 * @param audio mono, 16 kHz, -1 to 1, from the start of the recording. It is read no faster than it is decoded.
 * @throws {EngineError} when the engine cannot do it; whatever reading the audio throws; the signal's reason.
 */
export async function transcribeAudio(
  audio: AsyncIterable<Float32Array>,
  options: TranscriptionOptions,
  dependencies: TranscriptionDependencies,
): Promise<AudioTranscription> {
  const run = new Transcription(options, dependencies);
  try {
    return await run.transcribe(audio);
  } finally {
    await run.end();
  }
}

class Transcription {
  readonly #dependencies: TranscriptionDependencies;
  readonly #planner: ChunkPlanner;
  readonly #decoder: HypothesisDecoder;
  readonly #abort = new AbortController();
  readonly #buffer: SampleBuffer;
  readonly #activity: ActivityMap;
  readonly #decoded: DecodedChunk[];
  /** Where the next step of the plan begins, and whether that is within speech. */
  #from: number;
  #isInSpeech: boolean;
  /** Chunks in the engine. */
  readonly #pending = new Set<Promise<void>>();
  /** Chunks that are not reported yet, whether decoded or not; each with its audio. */
  readonly #unreported = new Set<Promise<void>>();
  /** Settles when every chunk so far is decoded and reported, or one of them failed. */
  #reported: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | null = null;
  /** How many of the decoded chunks have been given to `onChunks`. */
  #kept: number;

  constructor(options: TranscriptionOptions, dependencies: TranscriptionDependencies) {
    this.#dependencies = dependencies;
    this.#planner = dependencies.planner ?? new PausePlanner();
    this.#decoded = [...(dependencies.decoded ?? [])];
    this.#kept = this.#decoded.length;
    const last = this.#decoded.at(-1);
    this.#from = last?.end ?? 0;
    this.#isInSpeech = last?.endsInSpeech ?? false;
    const { signal, lane, observer = {}, voiceActivity } = dependencies;
    const aborted = signal ? AbortSignal.any([signal, this.#abort.signal]) : this.#abort.signal;
    // Every chunk in the engine listens to it.
    setMaxListeners(0, aborted);
    const language = last && options.language === 'auto' ? last.language : options.language;
    this.#decoder = new HypothesisDecoder(lane, { ...options, language }, observer, aborted);
    this.#buffer = new SampleBuffer(ActivityMap.audioNeededFrom(this.#from));
    this.#activity = new ActivityMap(voiceActivity, this.#buffer, this.#from);
  }

  /** Gives up chunks in flight, which would be decoded for nobody, and waits for whoever keeps the others. */
  async end(): Promise<void> {
    this.#abort.abort();
    await this.#reported;
  }

  async transcribe(audio: AsyncIterable<Float32Array>): Promise<AudioTranscription> {
    let position = 0;
    for await (const piece of audio) {
      this.#dependencies.signal?.throwIfAborted();
      const known = Math.min(piece.length, Math.max(0, this.#buffer.end - position));
      position += piece.length;
      this.#buffer.append(piece.subarray(known));
      if (this.#activity.isDue) await this.#advance(null);
    }
    await this.#advance(Math.max(position, this.#from));
    await this.#whenDecoded();
    const durationMs = Math.round(position / SAMPLES_PER_MS);
    this.#decoder.language.settle();
    const language = this.#decoder.textLanguage;
    return {
      segments: toTranscriptSegments(
        this.#decoded.flatMap((chunk) => chunk.units),
        language,
        durationMs,
      ),
      language,
      durationMs,
    };
  }

  /** Plans and starts whatever the audio so far allows. @param audioEnd where it ends, once that is known. */
  async #advance(audioEnd: number | null): Promise<void> {
    await this.#activity.judge(audioEnd !== null);
    while (audioEnd === null || this.#from < audioEnd) {
      const step = this.#planner.next(this.#activity, this.#from, this.#isInSpeech, audioEnd);
      if (!step) break;
      if (step.kind === 'chunk') await this.#start(step.chunk);
      this.#isInSpeech = step.kind === 'chunk' && step.chunk.endsInSpeech;
      this.#from = this.#isInSpeech ? (this.#decoded.at(-1)?.end ?? this.#from) : endOf(step);
      this.#activity.discardBefore(this.#from);
      // What is judged next begins with audio that was judged already.
      const needed = Math.min(this.#from, ActivityMap.audioNeededFrom(this.#activity.end));
      this.#buffer.discardBefore(Math.min(needed, this.#buffer.end));
    }
  }

  /** Starts decoding a chunk once there is a place for it. */
  async #start(chunk: Chunk): Promise<void> {
    // Until it is clear what language this is, one chunk must not overtake another.
    const places = this.#decoder.language.isSettled ? this.#dependencies.concurrency : 1;
    while (this.#pending.size >= places) await Promise.race(this.#pending);
    while (this.#unreported.size >= places * CHUNKS_AHEAD) await Promise.race(this.#unreported);
    this.#throwIfFailed();
    const decoding = this.#decode({
      chunk,
      samples: this.#buffer.slice(chunk.start, chunk.end),
      activity: this.#activity.historyOf(chunk.start, chunk.end),
    });
    this.#pending.add(decoding);
    void decoding.then(() => this.#pending.delete(decoding));
    // Where the next chunk begins depends on this one's words; or in what language it is decoded does.
    if (chunk.endsInSpeech || !this.#decoder.language.isSettled) await this.#whenDecoded();
  }

  /** Decodes a chunk and reports it after those before it. Never rejects: a failure is kept for whoever waits. */
  async #decode(audio: ChunkAudio): Promise<void> {
    const before = this.#reported;
    const decoding = decodeChunk(this.#decoder, audio);
    const reporting = decoding.then(async (units) => {
      await before;
      if (this.#failure) return;
      const { end, endsInSpeech } = audio.chunk;
      await this.#report(endsInSpeech ? cutChunk(audio, units) : { end, units }, endsInSpeech);
    });
    const reported = reporting.catch((error: unknown) => {
      this.#failure ??= { error };
    });
    this.#reported = reported;
    this.#unreported.add(reported);
    void reported.then(() => this.#unreported.delete(reported));
    // A place is free when the engine is done, not only when the slowest chunk before was reported.
    await decoding.catch(() => this.#reported);
  }

  async #whenDecoded(): Promise<void> {
    await this.#reported;
    this.#throwIfFailed();
  }

  #throwIfFailed(): void {
    this.#dependencies.signal?.throwIfAborted();
    if (this.#failure) throw this.#failure.error;
  }

  async #report({ end, units }: CutChunk, endsInSpeech: boolean): Promise<void> {
    const { language } = this.#decoder;
    this.#decoded.push({ end, endsInSpeech, language: language.current, units });
    if (!language.isSettled && this.#countHeard() >= LANGUAGE_CHUNKS) language.settle();
    // While the language may still change, going on from here later would give another text.
    if (language.isSettled) {
      const unkept = this.#decoded
        .slice(this.#kept)
        .map((chunk) => ({ ...chunk, language: language.current }));
      this.#kept = this.#decoded.length;
      await this.#dependencies.onChunks?.(unkept);
    }
    this.#dependencies.onProgress?.({ doneMs: end / SAMPLES_PER_MS });
  }

  #countHeard(): number {
    return this.#decoded.filter(({ units }) => units.length > 0).length;
  }
}

function endOf(step: PlannedStep): number {
  return step.kind === 'chunk' ? step.chunk.end : step.end;
}
