import { endsSentence, type TextUnit, unitsText } from './text-units.ts';

/** What a viewer sees of a segment. `stable` is a prefix of `text`. */
export interface SegmentText {
  readonly stable: string;
  readonly text: string;
}

/** How much of what two hypotheses agree on may become stable. */
export type CommitLimit = 'all' | 'sentence';

/**
 * LocalAgreement-2: words are stable once two successive hypotheses of the same audio begin with them.
 *
 * Liu et al., "Low-Latency Sequence-to-Sequence Speech Recognition and Translation by Partial Hypothesis
 * Selection", Interspeech 2020; used for Whisper by Macháček et al., "Turning Whisper into Real-Time
 * Transcription System", 2023. Two additions: punctuation after the last stable word stays open until
 * the next word is stable (a decoder ends every hypothesis with a full stop), and a hypothesis that revises
 * a stable word is aligned with the stable text instead of being compared from its start.
 */
export class StableText {
  /** Stable words; the last one's trailing punctuation is not part of the stable text. */
  #stable: TextUnit[] = [];
  /** What the previous hypothesis had behind the stable words. */
  #pending: readonly TextUnit[] = [];

  /** Stable words so far. */
  get units(): readonly TextUnit[] {
    return this.#stable;
  }

  /** Characters that will never change, a prefix of every later text of this segment. */
  get text(): string {
    return withoutOpenPunctuation(this.#stable);
  }

  /**
   * Takes the next hypothesis of the whole segment.
   * @param limit `sentence`: where a sentence ends in what was newly agreed on, commit only up to there.
   * @param settledMs words that end after this are still too near the end of the audio to be committed.
   */
  update(
    hypothesis: readonly TextUnit[],
    limit: CommitLimit = 'all',
    settledMs = Number.POSITIVE_INFINITY,
  ): SegmentText {
    const rest = this.#behindStable(hypothesis);
    let agreed = 0;
    while (
      agreed < rest.length &&
      agreed < this.#pending.length &&
      (rest[agreed] as TextUnit).endMs <= settledMs &&
      (rest[agreed] as TextUnit).normalized === (this.#pending[agreed] as TextUnit).normalized
    ) {
      agreed++;
    }
    if (limit === 'sentence') {
      // The very last word's stop is the decoder's habit, not the speaker's.
      const end = lastIndexWhere(rest.slice(0, Math.min(agreed, rest.length - 1)), endsSentence);
      if (end >= 0) agreed = end + 1;
    }
    this.#commit(rest.slice(0, agreed));
    this.#pending = rest.slice(agreed);
    return { stable: this.text, text: unitsText(this.#stable) + unitsText(this.#pending) };
  }

  /** The hypothesis as it would stand behind the stable text, without committing anything. */
  finish(hypothesis: readonly TextUnit[]): TextUnit[] {
    const rest = this.#behindStable(hypothesis);
    return [...this.#stable, ...rest];
  }

  /** What the latest hypothesis has behind the stable words. */
  get pending(): readonly TextUnit[] {
    return this.#pending;
  }

  /**
   * Starts the text of the segment that follows a cut, keeping what the latest hypothesis said behind it,
   * so that agreement goes on without a gap.
   */
  restart(pending: readonly TextUnit[]): void {
    this.#stable = [];
    this.#pending = pending;
  }

  /** The part of a hypothesis behind the stable words; also takes over their open punctuation. */
  #behindStable(hypothesis: readonly TextUnit[]): readonly TextUnit[] {
    const count = this.#stable.length;
    if (count === 0) return hypothesis;
    const covered = alignPrefix(this.#stable, hypothesis);
    const last = this.#stable[count - 1] as TextUnit;
    const counterpart = hypothesis[covered - 1];
    // A hypothesis that lost the stable words has no say in their punctuation.
    const trailing = counterpart?.normalized === last.normalized ? counterpart.trailing : last.trailing;
    this.#stable[count - 1] = { ...last, trailing };
    return hypothesis.slice(covered);
  }

  #commit(units: readonly TextUnit[]): void {
    this.#stable.push(...units);
  }
}

/** The text without the punctuation that the last word may still lose or change. */
function withoutOpenPunctuation(units: readonly TextUnit[]): string {
  const last = units.at(-1);
  if (!last) return '';
  const text = unitsText(units);
  return text.slice(0, text.length - last.trailing.length);
}

/**
 * How many units of `hypothesis` say what `stable` says: the prefix with the least edit distance to it
 * (Levenshtein over words; among equals the one that ends nearest in time).
 */
export function alignPrefix(stable: readonly TextUnit[], hypothesis: readonly TextUnit[]): number {
  const count = stable.length;
  if (
    hypothesis.length >= count &&
    stable.every((unit, index) => unit.normalized === (hypothesis[index] as TextUnit).normalized)
  ) {
    return count;
  }
  let previous = Array.from({ length: hypothesis.length + 1 }, (_, index) => index);
  for (let row = 1; row <= count; row++) {
    const current = [row];
    for (let column = 1; column <= hypothesis.length; column++) {
      const same =
        (stable[row - 1] as TextUnit).normalized === (hypothesis[column - 1] as TextUnit).normalized;
      current[column] = Math.min(
        (previous[column - 1] as number) + (same ? 0 : 1),
        (previous[column] as number) + 1,
        (current[column - 1] as number) + 1,
      );
    }
    previous = current;
  }
  const stableEndMs = stable[count - 1]?.endMs ?? 0;
  const offMs = (column: number) => Math.abs((hypothesis[column - 1]?.endMs ?? 0) - stableEndMs);
  let best = 0;
  for (let column = 1; column < previous.length; column++) {
    const difference = (previous[column] as number) - (previous[best] as number);
    if (difference < 0 || (difference === 0 && offMs(column) < offMs(best))) best = column;
  }
  return best;
}

function lastIndexWhere<T>(items: readonly T[], test: (item: T) => boolean): number {
  for (let index = items.length - 1; index >= 0; index--) {
    if (test(items[index] as T)) return index;
  }
  return -1;
}
