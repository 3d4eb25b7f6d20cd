/**
 * How far a recogniser is behind the speaker. The stream is laid out on the clock as if spoken live: sample
 * `p` was due at `anchor + p`. Audio that comes later than due moves the anchor (the speaker or the network
 * paused); audio that comes early does not (a file is being poured in). So a stream fed faster than real time
 * counts as behind only once it falls behind a live one, and its partials, and hence its text, are those of a
 * live stream.
 */
export class RealTimeSchedule {
  #anchorMs = Number.NEGATIVE_INFINITY;

  /** Audio arrived. @param startMs stream time of its first sample. */
  arrived(startMs: number, nowMs: number): void {
    this.#anchorMs = Math.max(this.#anchorMs, nowMs - startMs);
  }

  /** Milliseconds by which work on the audio before `processedMs` of stream time is late; 0 when it is not. */
  lagMs(processedMs: number, nowMs: number): number {
    return Math.max(0, nowMs - (this.#anchorMs + processedMs));
  }
}
