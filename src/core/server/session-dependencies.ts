import type { Resampler } from '../audio/resampler.ts';
import type { Clock } from '../foundation/clock.ts';
import type { Logger } from '../foundation/logger.ts';
import type { RecognitionEvent } from '../recognition/events.ts';
import type { StreamRecognizer } from '../recognition/recognizer-types.ts';
import type { ServerObserver } from './observer.ts';
import type { StreamSession } from './session.ts';
import type { SessionMessage } from './session-messages.ts';

/** What a session is told to make its recogniser with. */
export interface RecognizerHooks {
  onEvent(event: RecognitionEvent): void;
  onFailure(error: Error): void;
}

/** Who keeps the session. */
export interface SessionKeeper {
  /** The consumer is gone; the session goes on without. */
  sessionDetached(session: StreamSession): void;
  /** The session reached `ended`. */
  sessionEnded(session: StreamSession): void;
  /** The session reached `dropped`. */
  sessionDropped(session: StreamSession): void;
}

/** Listens to a session beside its consumer. */
export interface SessionListener {
  message(message: SessionMessage): void;
  /** Nothing more will come. */
  over(): void;
}

export interface SessionDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  /** From the client's rate to the engine's. The session closes it. */
  readonly resampler: Resampler;
  readonly keeper: SessionKeeper;
  readonly observer: ServerObserver;
  createRecognizer(hooks: RecognizerHooks): StreamRecognizer;
  /** Gives back what the recogniser was given. Called once. */
  release(): void;
}
