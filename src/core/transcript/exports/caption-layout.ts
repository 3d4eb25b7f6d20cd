import type { TranscriptSegment } from '../transcript.ts';
import { breakCost, endsSentence, endsStrongClause, pauseBetween } from './break-costs.ts';
import { bestLineBreak, linesOf, type MeasuredWords, widthOf } from './caption-lines.ts';
import { type CaptionRules, DEFAULT_CAPTION_RULES } from './caption-rules.ts';
import { type SpokenCaption, timeCaptions } from './caption-timing.ts';
import { type CaptionWord, captionWords } from './caption-words.ts';

/** One caption on screen. Times are whole milliseconds from the start of the audio. */
export interface CaptionCue {
  readonly startMs: number;
  readonly endMs: number;
  /** Without line breaks, controls, or spaces at their ends; plain text, nothing escaped. */
  readonly lines: readonly string[];
}

const CAPTION_COST = 25;
/** A caption of a few letters that is no sentence of its own. */
const FRAGMENT_WIDTH = 16;
const FRAGMENT_COST_PER_CHARACTER = 8;
const SHORT_SENTENCE_COST = 25;
/** A caption that will be gone too soon, and text that is too fast. */
const HASTE_COST = 250;
const SPEED_COST = 120;
/** A sentence or clause that begins behind the end of another and is torn apart (BBC: one sentence a subtitle). */
const TORN_CLAUSE_COST = 30;
const INNER_SENTENCE_COST = 22;
const INNER_PAUSE_COST_PER_S = 70;
const NOTICED_PAUSE_MS = 200;

interface Run extends MeasuredWords {
  /** Cost of leaving the words before each word in one caption, summed from the start. */
  readonly joinedBefore: Float64Array;
  /** Whether a sentence ends before each word. */
  readonly sentenceBefore: readonly boolean[];
  /** The last word, up to each, that a sentence, or a clause that ends like one, ends before. */
  readonly latestClause: Int32Array;
}

/**
 * Lays a transcript out as captions. Breaks are chosen for the whole of what is said between two long pauses: of
 * all ways to cut it into captions that fit, the one whose breaks cost the reader least (dynamic programming, as
 * Knuth and Plass break paragraphs into lines).
 *
 * No word is dropped, doubled or moved. Every cue has one to `maxLines` lines of at most `maxLineWidth`, does not
 * overlap the next and lasts at most `maxDurationMs`; `minDurationMs` and the reading speed are kept where there
 * is room ({@link captionProblems} tells where not).
 *
 * @param segments in any order; overlapping or broken times are mended, never refused.
 */
export function layoutCaptions(
  segments: readonly TranscriptSegment[],
  rules: CaptionRules = DEFAULT_CAPTION_RULES,
): CaptionCue[] {
  const words = captionWords(segments, Math.floor(rules.maxLineWidth));
  const spoken: SpokenCaption[] = [];
  let from = 0;
  for (let to = 1; to <= words.length; to++) {
    if (to < words.length && !partsCaptions(words[to - 1] as CaptionWord, words[to] as CaptionWord, rules)) {
      continue;
    }
    spoken.push(...layOutRun(words.slice(from, to), words[to]?.startMs ?? Number.POSITIVE_INFINITY, rules));
    from = to;
  }
  return timeCaptions(spoken, rules);
}

/** Whether two words may never share a caption. */
function partsCaptions(before: CaptionWord, after: CaptionWord, rules: CaptionRules): boolean {
  return before.language !== after.language || pauseBetween(before, after) > rules.maxPauseMs;
}

/** The cheapest captions for words without a long pause. @param nextStartMs when the speech behind them starts. */
function layOutRun(words: readonly CaptionWord[], nextStartMs: number, rules: CaptionRules): SpokenCaption[] {
  const run = measure(words);
  const count = words.length;
  const cheapest = new Float64Array(count + 1).fill(Number.POSITIVE_INFINITY);
  const startOf = new Int32Array(count + 1);
  const secondLineOf = new Int32Array(count + 1).fill(-1);
  cheapest[0] = 0;
  for (let from = 0; from < count; from++) {
    for (let to = from + 1; to <= count; to++) {
      const spokenMs = (words[to - 1] as CaptionWord).endMs - (words[from] as CaptionWord).startMs;
      const alone = to === from + 1;
      if (!alone && spokenMs > rules.maxDurationMs) break;
      const lines = bestLineBreak(run, from, to, rules);
      if (lines === null) {
        if (widthOf(run, from, to) > rules.maxLineWidth * rules.maxLines) break;
        continue;
      }
      const until = words[to]?.startMs ?? nextStartMs;
      const cost = (cheapest[from] as number) + lines.cost + captionCost(run, from, to, until, rules);
      if (cost < (cheapest[to] as number)) {
        cheapest[to] = cost;
        startOf[to] = from;
        secondLineOf[to] = lines.secondLine;
      }
    }
  }
  const captions: SpokenCaption[] = [];
  for (let to = count; to > 0; to = startOf[to] as number) {
    const from = startOf[to] as number;
    captions.push({
      startMs: (words[from] as CaptionWord).startMs,
      endMs: (words[to - 1] as CaptionWord).endMs,
      lines: linesOf(words, from, to, secondLineOf[to] as number),
      width: widthOf(run, from, to),
    });
  }
  return captions.reverse();
}

function measure(words: readonly CaptionWord[]): Run {
  const widthBefore = new Float64Array(words.length + 1);
  const breakBefore = new Float64Array(words.length + 1);
  const joinedBefore = new Float64Array(words.length + 1);
  const sentenceBefore: boolean[] = [true];
  const latestClause = new Int32Array(words.length + 1);
  for (const [index, word] of words.entries()) {
    const next = index + 1;
    widthBefore[next] = (widthBefore[index] as number) + word.width + (word.spaced ? 1 : 0);
    const after = words[next];
    const endsHere = endsSentence(word, after);
    sentenceBefore.push(endsHere);
    latestClause[next] = endsHere || endsStrongClause(word) ? next : (latestClause[index] as number);
    if (!after) continue;
    const pauseMs = pauseBetween(word, after);
    breakBefore[next] = breakCost(word, after);
    joinedBefore[next] =
      (joinedBefore[index] as number) +
      (endsHere ? INNER_SENTENCE_COST : 0) +
      (pauseMs > NOTICED_PAUSE_MS ? (INNER_PAUSE_COST_PER_S * pauseMs) / 1000 : 0);
  }
  return { words, widthBefore, breakBefore, joinedBefore, sentenceBefore, latestClause };
}

/** What it costs to show the words from `from` to `to` (exclusive) as one caption, but for its lines. */
function captionCost(run: Run, from: number, to: number, untilMs: number, rules: CaptionRules): number {
  const width = widthOf(run, from, to);
  const isLast = to === run.words.length;
  const isSentence = run.sentenceBefore[from] === true && run.sentenceBefore[to] === true;
  let cost = CAPTION_COST + (isLast ? 0 : (run.breakBefore[to] as number));
  cost += (run.joinedBefore[to - 1] as number) - (run.joinedBefore[from] as number);
  const endsClause = isLast || run.latestClause[to] === to;
  if (!endsClause && (run.latestClause[to] as number) > from) cost += TORN_CLAUSE_COST;
  const isWhole = from === 0 && isLast;
  if (width < FRAGMENT_WIDTH && !isWhole) {
    cost += isSentence ? SHORT_SENTENCE_COST : FRAGMENT_COST_PER_CHARACTER * (FRAGMENT_WIDTH - width);
  }
  const roomMs = untilMs - (run.words[from] as CaptionWord).startMs;
  if (roomMs < rules.minDurationMs) cost += HASTE_COST * (1 - roomMs / rules.minDurationMs);
  const readingMs = (width * 1000) / rules.maxCharactersPerSecond;
  if (roomMs < readingMs) cost += SPEED_COST * Math.min(2, readingMs / Math.max(1, roomMs) - 1);
  return cost;
}
