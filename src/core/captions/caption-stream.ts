import type { StreamingClient } from '../client/streaming-client.ts';
import type { FinalMessage } from '../protocol/server-messages.ts';

/** Keeps finals, durably: a final is shown when its promise is settled. */
export interface CaptionKeeper {
  final(message: FinalMessage): Promise<void>;
  /** The session is over; `audioMs` of it were captured. */
  close(audioMs: number): Promise<void>;
}

/** A session as it begins: its connection, and where its finals are kept. */
export interface CaptionStream {
  readonly client: StreamingClient;
  /** `null` where nothing is to be kept. */
  readonly keeper: CaptionKeeper | null;
}
