import type { Clock } from '../foundation/clock.ts';
import type { Logger } from '../foundation/logger.ts';
import type { ConnectionHandler } from './connection.ts';
import type { EngineSource, SpeechService } from './engine-source.ts';
import type { ServerObserver } from './observer.ts';
import type { StreamSession } from './session.ts';
import type { StreamSettings } from './session-messages.ts';
import type { SessionRegistry } from './session-registry.ts';

/** What a connection of any dialect works with. */
export interface StreamingContext {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer: ServerObserver;
  readonly engine: EngineSource;
  readonly registry: SessionRegistry;
  /** Sets up a session; it is in nobody's keeping yet. */
  openSession(id: string, settings: StreamSettings, service: SpeechService): Promise<StreamSession>;
  /** A session opened with this context now has its place and its client. */
  opened(session: StreamSession): void;
}

/** A dialect's side of one connection. */
export interface DialectConnection extends ConnectionHandler {
  /** The server is going down: tell the client in the dialect's words, and close. */
  shutdown(): void;
}
