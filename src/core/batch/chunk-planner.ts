import { SpeechDetector } from '../recognition/speech-detector.ts';
import { SAMPLES_PER_MS, VOICE_ACTIVITY_WINDOW } from '../recognition/voice-activity.ts';

/** What to decode at once. All positions are samples at 16 kHz from the start of the recording. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
  /**
   * Speech goes on at `end`, maybe in the middle of a word. Only when the words are known can be said where
   * between two of them the next chunk should begin.
   */
  readonly endsInSpeech: boolean;
}

/** What comes next in a recording: something to decode, or nothing up to `end`. */
export type PlannedStep =
  | { readonly kind: 'chunk'; readonly chunk: Chunk }
  | { readonly kind: 'silence'; readonly end: number };

/** Speech probabilities, as far as they are known. */
export interface ActivityView {
  readonly end: number;
  probabilityAt(position: number): number;
}

/** Decides how a recording is cut into pieces that an engine can decode. */
export interface ChunkPlanner {
  /**
   * The step that begins at `from`. It depends on the audio from there on alone, so planning can be taken up at
   * the end of any step and goes on in the same way.
   * @param from where to begin; only within speech need it not be a multiple of the voice activity's window.
   * @param isInSpeech the step before ended within speech, so this one begins with a word.
   * @param audioEnd where the audio ends, or null while that is not known.
   * @returns null when more of the audio must be known first.
   */
  next(view: ActivityView, from: number, isInSpeech: boolean, audioEnd: number | null): PlannedStep | null;
}

/** Lengths in samples that have to lie on the grid of voice activity windows. */
const onGrid = (milliseconds: number) =>
  Math.round((milliseconds * SAMPLES_PER_MS) / VOICE_ACTIVITY_WINDOW) * VOICE_ACTIVITY_WINDOW;

/**
 * Whisper hears 30 s at once, of which the engine fills 1.2 s with silence, and windows filled to the end go wrong.
 * Measured on the starter model's long talk: 0 of 340 words wrong with 24 s, 2 with 28 s, at the same speed.
 */
const LONGEST_CHUNK_MS = 24_000;
/**
 * Beside live captions, half of what the engine could take: nothing stops a decode, and someone may be waiting for
 * captions.
 */
export const LONGEST_BACKGROUND_CHUNK_MS = 12_000;
/** A silence this long ends a piece of speech; between the words of a phrase it is shorter. */
const PAUSE = onGrid(320);
/** A silence this long always ends a chunk: hearing it would cost more than another chunk does. */
const LONG_PAUSE = onGrid(2_000);
/** Kept behind speech: the network hears its soft end as silence. Less than {@link PAUSE}. */
const TAIL = onGrid(256);
/** Silence is passed over in steps of at least this, so that its audio can be forgotten. */
const SILENCE_STEP = onGrid(10_000);
/** Where nobody pauses, a chunk ends at the moment in its last part, from this share on, with the least speech. */
const EARLIEST_END_IN_SPEECH = 0.9;

/** Speech without a pause inside. */
interface SpeechRegion {
  readonly start: number;
  readonly end: number;
}

/**
 * Cuts at pauses, the longest one that still makes good use of the engine's window; where someone speaks
 * without a pause for as long as that, at the moment that sounds least like speech.
 */
export class PausePlanner implements ChunkPlanner {
  readonly #longest: number;

  /** @param longestChunkMs shorter chunks keep an engine free for others sooner, at the cost of speed. */
  constructor(longestChunkMs: number = LONGEST_CHUNK_MS) {
    this.#longest = onGrid(Math.min(longestChunkMs, LONGEST_CHUNK_MS));
  }

  next(view: ActivityView, from: number, isInSpeech: boolean, audioEnd: number | null): PlannedStep | null {
    const end = audioEnd ?? view.end;
    const regions: SpeechRegion[] = [];
    const scan = new RegionScan(from, isInSpeech);
    for (let position = gridBefore(from); position < end; position += VOICE_ACTIVITY_WINDOW) {
      const windowEnd = Math.min(position + VOICE_ACTIVITY_WINDOW, end);
      const region = scan.push(view.probabilityAt(position), windowEnd);
      if (region) regions.push(region);
      const start = regions[0]?.start ?? scan.start;
      if (start === null) {
        if (scan.settled - from >= SILENCE_STEP) return { kind: 'silence', end: gridBefore(scan.settled) };
        continue;
      }
      const last = regions.at(-1);
      if (last && scan.start === null && windowEnd - last.end >= LONG_PAUSE) {
        return endingInPause(start, last.end);
      }
      if (windowEnd - start < this.#longest) continue;
      const pause = this.#bestPause(start, regions, scan.start ?? windowEnd);
      if (pause !== null) return endingInPause(start, pause);
      // The moment behind the last one to cut at counts too.
      if (audioEnd === null && view.end < gridBefore(start + this.#longest) + VOICE_ACTIVITY_WINDOW)
        return null;
      return this.#endingInSpeech(view, start);
    }
    if (audioEnd === null) return null;
    const rest = scan.finish(audioEnd);
    const [first] = [...regions, ...rest];
    const last = [...regions, ...rest].at(-1);
    if (!first || !last) return { kind: 'silence', end: audioEnd };
    return endingInPause(first.start, last.end);
  }

  /**
   * The end of the region before the best pause, or null where nobody paused.
   * @param pauseEnd where the pause behind the last region ends, as far as is known.
   */
  #bestPause(start: number, regions: readonly SpeechRegion[], pauseEnd: number): number | null {
    let best: number | null = null;
    let bestScore = 0;
    for (const [index, region] of regions.entries()) {
      const next = regions[index + 1]?.start ?? pauseEnd;
      const pause = Math.min(next - region.end + PAUSE, LONG_PAUSE);
      // Short chunks cost speed: every one brings silence of its own.
      const score = pause * ((region.end - start) / this.#longest) ** 2;
      if (score > bestScore) {
        best = region.end;
        bestScore = score;
      }
    }
    return best;
  }

  #endingInSpeech(view: ActivityView, start: number): PlannedStep {
    const latest = gridBefore(start + this.#longest);
    const end = quietestWindow(view, gridBefore(start + this.#longest * EARLIEST_END_IN_SPEECH), latest);
    return { kind: 'chunk', chunk: { start, end, endsInSpeech: true } };
  }
}

function endingInPause(start: number, end: number): PlannedStep {
  return { kind: 'chunk', chunk: { start, end, endsInSpeech: false } };
}

/** Finds speech regions window by window. */
class RegionScan {
  readonly #detector: SpeechDetector;
  /** Where speech goes on: the first region starts here, whatever is heard. */
  #continued: number | null;

  constructor(from: number, isInSpeech: boolean) {
    this.#detector = new SpeechDetector({ startPosition: gridBefore(from) });
    this.#continued = isInSpeech ? from : null;
  }

  /** Start of the region that is open; null in silence. */
  get start(): number | null {
    if (this.#continued !== null) return this.#continued;
    const { phase, speechStart } = this.#detector.state;
    return phase === 'speech' ? speechStart : null;
  }

  /** No region to come starts before this. */
  get settled(): number {
    return this.#detector.state.settledPosition;
  }

  /** @returns the region that this window ends, if it does. */
  push(probability: number, windowEnd: number): SpeechRegion | null {
    const { silenceSamples } = this.#detector.push(probability, windowEnd);
    const { start } = this;
    if (start === null || silenceSamples < PAUSE) return null;
    const end = windowEnd - silenceSamples + TAIL;
    this.#continued = null;
    this.#detector.endUtterance(end);
    return { start, end };
  }

  /** What is open at the end of the audio, even where it was too short yet to be sure that it is speech. */
  finish(audioEnd: number): SpeechRegion[] {
    const { speechStart, silenceSamples } = this.#detector.state;
    const start = this.#continued ?? speechStart;
    if (start === null) return [];
    return [{ start, end: Math.min(audioEnd, audioEnd - silenceSamples + TAIL) }];
  }
}

/** The window in [`from`, `to`) around which there is least speech; the latest of several. */
function quietestWindow(view: ActivityView, from: number, to: number): number {
  let best = to;
  let least = Number.POSITIVE_INFINITY;
  for (let position = gridBefore(from); position < to; position += VOICE_ACTIVITY_WINDOW) {
    const around =
      view.probabilityAt(position - VOICE_ACTIVITY_WINDOW) +
      2 * view.probabilityAt(position) +
      view.probabilityAt(position + VOICE_ACTIVITY_WINDOW);
    if (around <= least) {
      least = around;
      best = position;
    }
  }
  return best;
}

function gridBefore(position: number): number {
  return Math.floor(position / VOICE_ACTIVITY_WINDOW) * VOICE_ACTIVITY_WINDOW;
}
