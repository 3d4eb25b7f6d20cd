import type { FlushId } from '../protocol/client-messages.ts';
import type { FlowMessage, PartialMessage, WordTiming } from '../protocol/server-messages.ts';

/** Someone began to speak. */
export interface SpeechStartedEvent {
  readonly type: 'speech_started';
  readonly time_ms: number;
}

/** They stopped; every final of what they said came before. */
export interface SpeechEndedEvent {
  readonly type: 'speech_ended';
  readonly time_ms: number;
}

/** A segment is finished and will never change. */
export interface FinalEvent {
  readonly type: 'final';
  readonly segment_id: number;
  readonly text: string;
  readonly language: string;
  readonly start_ms: number;
  readonly end_ms: number;
  readonly confidence: number;
  /** Present when the recogniser was asked for word timestamps. */
  readonly words?: readonly WordTiming[];
  readonly from_flush?: true;
  /** As {@link CommittedEvent.position}, once this final is taken into account. */
  readonly position: number;
}

/** All audio before `position` is accounted for, by finals or as silence. Never goes back. */
export interface CommittedEvent {
  readonly type: 'committed';
  /** Samples at 16 kHz from the first sample this recogniser was given. */
  readonly position: number;
}

/** A flush is done; its finals came before. */
export interface FlushedEvent {
  readonly type: 'flushed';
  readonly id: FlushId;
}

/**
 * Whether to take more audio in. Shut while over 20 s wait and open again a little below that, so that the
 * reported `flow` need not flap: it stays `paused` until the work has really been caught up.
 */
export interface IntakeEvent {
  readonly type: 'intake';
  readonly open: boolean;
}

/**
 * What a recogniser says, in the wire's own words but for what only a session knows (sequence numbers,
 * positions at the client's sample rate). Times are milliseconds from the start of the stream.
 */
export type RecognitionEvent =
  | SpeechStartedEvent
  | SpeechEndedEvent
  | PartialMessage
  | FinalEvent
  | CommittedEvent
  | FlushedEvent
  | FlowMessage
  | IntakeEvent;
