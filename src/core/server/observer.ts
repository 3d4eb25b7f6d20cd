import type { ProtocolErrorCode } from '../protocol/errors.ts';
import type { RecognitionObserver } from '../recognition/recognizer-types.ts';

/** Why an upgrade or a request was turned away at the gate. */
export type RejectionReason =
  | 'host'
  | 'origin'
  | 'token'
  | 'scope'
  | 'rate'
  | 'not_found'
  | 'bad_request'
  | 'shutting_down';

/** Counts what the server does, for the metrics. Must not throw; is never given any text. */
export interface ServerObserver extends RecognitionObserver {
  /** Audio arrived. */
  audioReceived?(seconds: number): void;
  /** An `error` was sent. */
  errorSent?(code: ProtocolErrorCode): void;
  /** A WebSocket upgrade was refused. */
  upgradeRejected?(reason: RejectionReason): void;
  /** A lost session was taken up again. */
  sessionResumed?(): void;
}
