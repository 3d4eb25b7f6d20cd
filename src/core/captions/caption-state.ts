import type { GapEvent } from '../client/client-events.ts';
import type {
  FinalMessage,
  PartialMessage,
  SpeechEndedMessage,
  SpeechStartedMessage,
} from '../protocol/server-messages.ts';
import type { CapturePath, CaptureSource } from './capture-types.ts';

/** `paused`: nothing is captured, and the session waits. `stopping`: the last words are still being recognised. */
export type CaptionPhase = 'idle' | 'starting' | 'listening' | 'paused' | 'stopping';

/** What a user must know about the captions that run, or that could not. */
export interface CaptionProblem {
  readonly code: string;
  /** What happened and what to do. */
  readonly message: string;
  /** `error`: captions do not run. `warning`: they run, but not as wanted. `notice`: it is over. */
  readonly severity: 'notice' | 'warning' | 'error';
}

/** Everything the interface shows about live captions besides their text. Told whole, on every change. */
export interface CaptionState {
  readonly phase: CaptionPhase;
  readonly source: CaptureSource | null;
  /** The device in use, for people. */
  readonly sourceLabel: string | null;
  readonly path: CapturePath | null;
  /** ISO 8601 in UTC; of the session that runs. */
  readonly startedAt: string | null;
  readonly model: string | null;
  /** Two-letter code, or `auto`. */
  readonly language: string | null;
  /** Of the client to its server. */
  readonly connection: 'none' | 'connecting' | 'open' | 'lost';
  /** `silent`: digital silence, nothing reaches Surtitle. `lost`: the device is away. */
  readonly audio: 'none' | 'flowing' | 'silent' | 'lost';
  readonly speaking: boolean;
  /** How far captions are behind, in milliseconds, where that is worth telling; otherwise 0. */
  readonly lagMs: number;
  /** Whether the session is kept in the history. `failing`: it should be, but the disk does not take it. */
  readonly keeping: 'off' | 'on' | 'failing';
  readonly problem: CaptionProblem | null;
}

export const IDLE_STATE: CaptionState = {
  phase: 'idle',
  source: null,
  sourceLabel: null,
  path: null,
  startedAt: null,
  model: null,
  language: null,
  connection: 'none',
  audio: 'none',
  speaking: false,
  lagMs: 0,
  keeping: 'off',
  problem: null,
};

/** What captions are made of, in order; a viewer that joins later begins with a {@link CaptionSnapshot}. */
export type CaptionMessage =
  /** A session begins; what was shown before belongs to another. */
  | { readonly type: 'session_started' }
  | SpeechStartedMessage
  | SpeechEndedMessage
  | PartialMessage
  | FinalMessage
  | GapEvent;

/** What a window that opens late shows first. */
export interface CaptionSnapshot {
  /** Of this session, oldest first. */
  readonly finals: readonly FinalMessage[];
  readonly partial: PartialMessage | null;
}
