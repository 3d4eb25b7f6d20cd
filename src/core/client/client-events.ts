import type {
  DrainingMessage,
  ErrorMessage,
  FinalMessage,
  FlowMessage,
  FlushedMessage,
  PartialMessage,
  ReadyMessage,
  SessionEndedMessage,
  SpeechEndedMessage,
  SpeechStartedMessage,
} from '../protocol/server-messages.ts';

/** What the server says that a user of the client may want to know; acknowledgements stay inside. */
export type ServerEvent =
  | SpeechStartedMessage
  | SpeechEndedMessage
  | PartialMessage
  | FinalMessage
  | FlushedMessage
  | FlowMessage
  | DrainingMessage
  | ErrorMessage
  | SessionEndedMessage;

/** How the connection is doing. */
export type ConnectionEvent = { readonly type: 'connection' } & (
  | {
      readonly state: 'connecting';
      /** 0 for the first attempt ever and after a good connection. */
      readonly attempt: number;
    }
  | { readonly state: 'open'; readonly ready: ReadyMessage }
  /** The session is still there: nothing was lost. */
  | { readonly state: 'resumed'; readonly ready: ReadyMessage }
  /**
   * The session was gone and a new one goes on behind the last committed audio. What the old one left
   * open has been closed: its partial withdrawn (empty text), its speech ended.
   */
  | { readonly state: 'restarted'; readonly ready: ReadyMessage }
  | { readonly state: 'lost'; readonly reason: string; readonly retry_in_ms: number }
  /** Last event of all. `complete`: every sample pushed was transcribed. */
  | { readonly state: 'closed'; readonly complete: boolean }
);

/** Audio that could not be sent again after a loss. Milliseconds from the start of the stream. */
export interface GapEvent {
  readonly type: 'gap';
  readonly start_ms: number;
  readonly end_ms: number;
  readonly reason: 'not_buffered';
}

/** The server sent something that is not in the protocol; it was left out. */
export interface ViolationEvent {
  readonly type: 'violation';
  readonly message: string;
}

export type ClientEvent = ServerEvent | ConnectionEvent | GapEvent | ViolationEvent;

/** A partial makes the one before it pointless, if both are of the same segment. */
export function supersedes(newer: ClientEvent, waiting: ClientEvent): boolean {
  return newer.type === 'partial' && waiting.type === 'partial' && newer.segment_id === waiting.segment_id;
}
