import { audibleFrames, FRAME_MS } from './loudness.ts';

/** Pauses shorter than this belong to the speech around them: closures of consonants, mostly. */
const SHORTEST_PAUSE_FRAMES = 15;
/** A word that seems to lie on both sides of a pause this long lies on one of them. */
const DIVIDING_PAUSE_FRAMES = 25;
/** Between two words there is a little time of its own, about that of a letter. */
const WORD_WEIGHT = 1;
/** A digit is a word when spoken; whisper.cpp counts it as three letters as well. */
const DIGIT_WEIGHT = 3;

/** A stretch of time in milliseconds. */
export interface TimeSpan {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Gives each word of a segment its time: the audible part of the segment is shared out in proportion to the
 * words' lengths. Measured on the starter model's clips (195 words): half of the starts are within 60 ms, where
 * whisper.cpp's own token times are early by 250 ms, since a segment's start is the end of the one before it.
 * @param words their texts
 * @param energies of the whole request's frames, from `frameEnergies`
 * @param segment where the words lie; what of it is beyond the audio counts only if nothing else is left
 */
export function timeWords(words: readonly string[], energies: Float64Array, segment: TimeSpan): TimeSpan[] {
  const first = Math.floor(segment.startMs / FRAME_MS);
  const last = Math.min(Math.ceil(segment.endMs / FRAME_MS), energies.length);
  if (last <= first) return words.map(() => segment);
  const frames = spokenFrames(energies.subarray(first, last)).map((frame) => frame + first);
  const weights = words.map(spokenLength);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let before = 0;
  return weights.map((weight) => {
    const from = Math.min(frames.length - 1, Math.floor((before / total) * frames.length));
    before += weight;
    const to = Math.max(from + 1, Math.round((before / total) * frames.length));
    const own = onOneSideOfPause(frames.slice(from, to));
    return {
      startMs: Math.max(segment.startMs, (own[0] as number) * FRAME_MS),
      endMs: Math.min(segment.endMs, ((own.at(-1) as number) + 1) * FRAME_MS),
    };
  });
}

/** Indices of the audible frames, short pauses among them filled. */
function spokenFrames(energies: Float64Array): number[] {
  const audible = audibleFrames(energies);
  const frames: number[] = [];
  for (const [i, isAudible] of audible.entries()) {
    if (!isAudible) continue;
    const previous = frames.at(-1);
    if (previous !== undefined && i - previous <= SHORTEST_PAUSE_FRAMES) {
      for (let k = previous + 1; k < i; k++) frames.push(k);
    }
    frames.push(i);
  }
  return frames;
}

function onOneSideOfPause(frames: number[]): number[] {
  const gap = frames.findIndex(
    (frame, i) => i > 0 && frame - (frames[i - 1] as number) > DIVIDING_PAUSE_FRAMES,
  );
  if (gap < 0) return frames;
  return gap * 2 >= frames.length ? frames.slice(0, gap) : frames.slice(gap);
}

function spokenLength(word: string): number {
  const letters = word.match(/\p{L}/gu)?.length ?? 0;
  const digits = word.match(/\p{N}/gu)?.length ?? 0;
  return WORD_WEIGHT + letters + digits * DIGIT_WEIGHT;
}
