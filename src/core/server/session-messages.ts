import type { AudioFormat } from '../protocol/encodings.ts';
import type { ProtocolError } from '../protocol/errors.ts';
import type {
  AckMessage,
  DrainingMessage,
  FlowMessage,
  PartialMessage,
  SequencedMessage,
  SessionEndedMessage,
} from '../protocol/server-messages.ts';

/** What a stream was set up with, whatever dialect its client speaks. */
export interface StreamSettings {
  readonly format: AudioFormat;
  /** Position of the first sample. */
  readonly startSample: number;
  /** Two-letter code, or `auto` on a multilingual model. */
  readonly language: string;
  readonly endpointingMs: number;
  readonly interimResults: boolean;
  readonly wordTimestamps: boolean;
  readonly prompt?: string;
  readonly vocabulary?: readonly string[];
  readonly translate: boolean;
  /** Shown to viewers. */
  readonly publish: boolean;
}

/** What a session says; the native dialect's own words, which other dialects translate. */
export type SessionMessage = SequencedMessage | PartialMessage | AckMessage | FlowMessage | DrainingMessage;

/** The one consumer of a session: a connection of some dialect. */
export interface SessionSink {
  /** One message, in order. After `session_ended` nothing follows. */
  message(message: SessionMessage): void;
  /**
   * The session failed. With `ended` it is over; without, the client may start again where it was
   * committed. Nothing follows.
   */
  failed(error: ProtocolError, ended: SessionEndedMessage | null): void;
  /** A newer connection took the session over. Nothing follows. */
  replaced(): void;
  /** Whether audio should be read: false while so much waits that more would only pile up here. */
  intake(open: boolean): void;
}
