import type { FinalMessage, PartialMessage, ServerMessage } from './server-messages.ts';

/** What is known of a segment that has no final yet. */
interface OpenSegment {
  readonly stableText: string;
  readonly revision: number;
}

/**
 * Checks what a server promises of every session, message by message: stable text only grows and ends up
 * in its final; one final a segment, in order; no gap in `seq`; `committed_samples` never falls and never
 * passes `received_samples`; nothing after `session_ended`.
 *
 * Feed it every message of every connection of one stream in order of arrival, leaving out what arrived on
 * a connection after its replacement was opened. A `ready` with `resumed: false` starts a new session.
 */
export class InvariantChecker {
  #open = new Map<number, OpenSegment>();
  #lastFinal: FinalMessage | null = null;
  #lastSeq = 0;
  #committed = 0;
  #received = 0;
  #speaking = false;
  #ended = false;
  /** The current partial is sent again after a resume, with the revision it had. */
  #mayRepeatRevision = false;

  /**
   * Takes one message.
   * @param sentSamples position up to which the client has sent audio; the server cannot have more.
   * @returns one sentence for every promise it breaks, without any transcript text.
   */
  check(message: ServerMessage, sentSamples = Number.POSITIVE_INFINITY): string[] {
    const broken: string[] = [];
    const require = (holds: boolean, otherwise: string) => {
      if (!holds) broken.push(otherwise);
    };
    if (message.type === 'ready') {
      this.#ready(message, require);
      return broken;
    }
    require(!this.#ended, `${message.type} came after session_ended.`);
    if ('seq' in message) {
      require(message.seq === this.#lastSeq + 1, `seq went from ${this.#lastSeq} to ${message.seq}.`);
      this.#lastSeq = message.seq;
    }
    switch (message.type) {
      case 'partial':
        this.#partial(message, require);
        break;
      case 'final':
        this.#final(message, require);
        break;
      case 'ack':
        require(message.received_samples >=
          this.#received, `received_samples fell from ${this.#received} to ${message.received_samples}.`);
        require(message.received_samples <=
          sentSamples, `received_samples is ${message.received_samples}, but only ${sentSamples} were sent.`);
        require(message.committed_samples <=
          message.received_samples, `committed_samples ${message.committed_samples} passes received_samples ${message.received_samples}.`);
        this.#received = message.received_samples;
        this.#commit(message.committed_samples, require);
        break;
      case 'speech_started':
      case 'speech_ended':
        require(this.#speaking ===
          (message.type === 'speech_ended'), `${message.type} came twice without its counterpart.`);
        this.#speaking = message.type === 'speech_started';
        break;
      case 'session_ended':
        if (message.reason === 'end_of_stream') this.#allFinal(Number.POSITIVE_INFINITY, require);
        this.#ended = true;
        break;
      case 'flushed':
      case 'flow':
      case 'draining':
      case 'error':
        break;
    }
    return broken;
  }

  #ready(message: Extract<ServerMessage, { type: 'ready' }>, require: Require): void {
    if (!message.resumed) {
      this.#open = new Map();
      this.#lastFinal = null;
      this.#lastSeq = 0;
      this.#committed = message.next_sample;
      this.#received = message.next_sample;
      this.#speaking = false;
      this.#ended = false;
      return;
    }
    require(message.last_seq >=
      this.#lastSeq, `The session resumed at seq ${message.last_seq} after ${this.#lastSeq} had been seen.`);
    require(message.next_sample >=
      this
        .#received, `The session resumed at sample ${message.next_sample} after ${this.#received} had been received.`);
    this.#received = Math.max(this.#received, message.next_sample);
    this.#mayRepeatRevision = true;
  }

  #partial(message: PartialMessage, require: Require): void {
    const { segment_id: id, revision, text, stable_text: stable } = message;
    require(id > (this.#lastFinal?.segment_id ?? -1), `A partial came for segment ${id} after its final.`);
    require(text.startsWith(stable), `The stable text of segment ${id} is no prefix of its text.`);
    const known = this.#open.get(id);
    if (known) {
      require(stable.startsWith(known.stableText), `The stable text of segment ${id} changed or shrank.`);
      require(revision > known.revision ||
        (this.#mayRepeatRevision &&
          revision ===
            known.revision), `The revision of segment ${id} went from ${known.revision} to ${revision}.`);
    }
    this.#mayRepeatRevision = false;
    // Empty text withdraws the segment; its id starts afresh.
    if (text === '') this.#open.delete(id);
    else this.#open.set(id, { stableText: stable, revision });
  }

  #final(message: FinalMessage, require: Require): void {
    const { segment_id: id, text } = message;
    const last = this.#lastFinal;
    if (last) {
      require(id === last.segment_id + 1, `Final ${id} followed final ${last.segment_id}.`);
      require(message.start_ms >=
        last.end_ms, `Final ${id} starts at ${message.start_ms} ms, before final ${last.segment_id} ends at ${last.end_ms} ms.`);
    }
    require(message.end_ms >= message.start_ms, `Final ${id} ends before it starts.`);
    require(text !== '' && text === text.trim(), `The text of final ${id} is empty or not trimmed.`);
    const stable = this.#open.get(id)?.stableText ?? '';
    require(text.startsWith(stable), `Final ${id} does not begin with its segment's stable text.`);
    this.#open.delete(id);
    this.#allFinal(id, require);
    this.#lastFinal = message;
    this.#commit(message.committed_samples, require);
  }

  #commit(position: number, require: Require): void {
    require(position >= this.#committed, `committed_samples fell from ${this.#committed} to ${position}.`);
    this.#committed = Math.max(this.#committed, position);
  }

  /** Segments below `before` that showed stable text must have had their final. */
  #allFinal(before: number, require: Require): void {
    for (const [id, { stableText }] of this.#open) {
      if (id >= before) continue;
      require(stableText === '', `Segment ${id} showed stable text and got no final.`);
      this.#open.delete(id);
    }
  }
}

type Require = (holds: boolean, otherwise: string) => void;
