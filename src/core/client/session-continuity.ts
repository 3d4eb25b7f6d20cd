import type {
  PartialMessage,
  ReadyMessage,
  SequencedMessage,
  SpeechEndedMessage,
} from '../protocol/server-messages.ts';
import type { ServerEvent } from './client-events.ts';

/** How a connection's `ready` relates to what came before. */
export type Continuation = 'open' | 'resumed' | 'restarted';

/**
 * What must be remembered from one connection to the next, and from one session to its successor: what to
 * resume with, which events were seen, and how the server's segment ids map to the user's, which keep
 * rising when a restarted server counts from the beginning again.
 */
export class SessionContinuity {
  #resumeToken: string | null = null;
  #lastSeq = 0;
  /** What to add to the server's segment ids; `null` until the first segment of a restarted session. */
  #segmentOffset: number | null = 0;
  #highestSegment = -1;
  /** The partial the user sees. */
  #partial: PartialMessage | null = null;
  #speakingSinceMs: number | null = null;

  /** The newest event seen. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** What a `config` resumes with; `null` before the first `ready`. */
  get resume(): { resume_token: string; last_seq: number } | null {
    return this.#resumeToken === null ? null : { resume_token: this.#resumeToken, last_seq: this.#lastSeq };
  }

  /** Takes a connection's `ready`. */
  begin(ready: ReadyMessage): Continuation {
    const first = this.#resumeToken === null;
    this.#resumeToken = ready.resume_token;
    if (ready.resumed) return 'resumed';
    this.#lastSeq = 0;
    if (first) return 'open';
    this.#segmentOffset = null;
    return 'restarted';
  }

  /**
   * Closes what a lost session left open towards the user: its partial is withdrawn, its speech ended.
   * @param timeMs where the new session begins.
   */
  closeOpenEnds(timeMs: number): (PartialMessage | SpeechEndedMessage)[] {
    const events: (PartialMessage | SpeechEndedMessage)[] = [];
    if (this.#partial && this.#partial.text !== '') {
      const { revision } = this.#partial;
      events.push({ ...this.#partial, revision: revision + 1, text: '', stable_text: '' });
    }
    if (this.#speakingSinceMs !== null) {
      const endMs = Math.max(timeMs, this.#speakingSinceMs);
      events.push({ type: 'speech_ended', time_ms: endMs, seq: this.#lastSeq });
    }
    this.#partial = null;
    this.#speakingSinceMs = null;
    return events;
  }

  /** Whether a sequenced event is new. It is then counted as seen. */
  accept(event: SequencedMessage): boolean {
    if (event.seq <= this.#lastSeq) return false;
    this.#lastSeq = event.seq;
    return true;
  }

  /** The event as the user is to see it. */
  translate(event: ServerEvent): ServerEvent {
    switch (event.type) {
      case 'partial': {
        const translated = { ...event, segment_id: this.#userSegment(event.segment_id) };
        this.#partial = translated;
        return translated;
      }
      case 'final':
        this.#partial = null;
        return { ...event, segment_id: this.#userSegment(event.segment_id) };
      case 'speech_started':
        this.#speakingSinceMs = event.time_ms;
        return event;
      case 'speech_ended':
        this.#speakingSinceMs = null;
        return event;
      default:
        return event;
    }
  }

  #userSegment(segment: number): number {
    this.#segmentOffset ??= Math.max(0, this.#highestSegment + 1 - segment);
    const translated = segment + this.#segmentOffset;
    this.#highestSegment = Math.max(this.#highestSegment, translated);
    return translated;
  }
}
