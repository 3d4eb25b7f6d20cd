import type { DecodeLane } from '../engine/engine.ts';
import type { Clock } from '../foundation/clock.ts';
import type { FlushId } from '../protocol/client-messages.ts';
import type { RecognitionEvent } from './events.ts';
import type { VoiceActivityModel } from './voice-activity.ts';

/** What a session asks of its recogniser. */
export interface RecognizerOptions {
  /** Two-letter code, or `auto` to detect it from the first speech. */
  readonly language: string;
  /** Silence after which an utterance is over, in milliseconds. */
  readonly endpointingMs: number;
  /** Whether partials are decoded and emitted. */
  readonly interimResults: boolean;
  readonly wordTimestamps: boolean;
  readonly prompt?: string;
  readonly vocabulary?: readonly string[];
  readonly translate: boolean;
  /** Time of the first sample pushed, in milliseconds from the start of the stream. */
  readonly startMs: number;
  /** Id of the first segment. */
  readonly firstSegmentId: number;
}

/** Why a hypothesis was thrown away. */
export type SuppressionReason =
  | 'no_speech_probability'
  | 'repetition'
  | 'after_audio'
  | 'invented_phrase'
  | 'seam_repeat';

/** Counts for the metrics; never any text. */
export interface RecognitionObserver {
  suppressed?(reason: SuppressionReason): void;
  /** A final went out, so long after the last sample of its speech was received, in milliseconds. */
  finalLatency?(latencyMs: number): void;
  /** A partial went out, so long after its last sample was received, in milliseconds. */
  partialLatency?(latencyMs: number): void;
}

export interface RecognizerDependencies {
  readonly lane: DecodeLane;
  readonly voiceActivity: VoiceActivityModel;
  readonly clock: Clock;
  readonly observer?: RecognitionObserver;
  /** Receives every event, in order, synchronously. */
  onEvent(event: RecognitionEvent): void;
  /** The engine failed for good; nothing more will be emitted. Called at most once. */
  onFailure(error: Error): void;
}

/** Turns one stream of audio into transcript events. */
export interface StreamRecognizer {
  /** Takes audio, mono, 16 kHz, -1 to 1; any length. The array is kept, so do not reuse it. */
  push(audio: Float32Array): void;
  /**
   * While held, audio that stops arriving is not taken for silence: the connection is lost, and the
   * client will go on exactly where it was cut.
   */
  holdStall(held: boolean): void;
  /** Finalises everything pushed so far, then emits `flushed`. */
  flush(id: FlushId): void;
  /** No more audio will come. Resolves when every final is out (or after `onFailure`). Safe to call twice. */
  end(): Promise<void>;
  /** Drops everything at once; emits nothing more. */
  close(): void;
  /** Audio pushed but not yet accounted for by voice activity or a decode, in milliseconds. */
  readonly backlogMs: number;
}
