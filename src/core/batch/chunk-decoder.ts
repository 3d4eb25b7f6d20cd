import { SampleBuffer } from '../audio/sample-buffer.ts';
import type { ActivityHistory } from '../recognition/activity-history.ts';
import type { HypothesisDecoder } from '../recognition/hypothesis-decoder.ts';
import { quietestPosition } from '../recognition/quietest-position.ts';
import { countSeamRepeats } from '../recognition/seam-repeats.ts';
import { shiftUnits, type TextUnit } from '../recognition/text-units.ts';
import { SAMPLES_PER_MS } from '../recognition/voice-activity.ts';
import type { Chunk } from './chunk-planner.ts';

/** Voice this long behind the last decoded word was not decoded: an early end token, or a loop cut short. */
const UNDECODED_VOICE_MS = 700;
/** The rest of a chunk is decoded again this often at most: each time it must have said something. */
const MOST_RESTS = 4;
/** Audio longer than this in which the decoder went round in circles is tried in halves. */
const LONGEST_LOOP = 6_000 * SAMPLES_PER_MS;
/** Halves are cut at the quietest moment this far from the middle. */
const MIDDLE = 1_000 * SAMPLES_PER_MS;
/** A word with more voice than this, and this for each of its letters, has swallowed its neighbours. */
const LONGEST_WORD_MS = 1_000;
const LONGEST_LETTER_MS = 150;
/** Words before a rest that it may repeat. */
const SEAM_WORDS = 5;

/** A chunk with what is known of its audio. */
export interface ChunkAudio {
  readonly chunk: Chunk;
  /** Those from `chunk.start` to `chunk.end`. */
  readonly samples: Float32Array;
  /** By position in the recording. */
  readonly activity: ActivityHistory;
}

/**
 * Decodes a chunk until its voice is accounted for.
 * @returns units with times in milliseconds from the start of the recording.
 * @throws {EngineError} when the engine cannot do it.
 */
export function decodeChunk(decoder: HypothesisDecoder, audio: ChunkAudio): Promise<TextUnit[]> {
  return decodeSpan(decoder, audio, audio.chunk.start, audio.chunk.end);
}

/** Positions are those of the recording. */
async function decodeSpan(
  decoder: HypothesisDecoder,
  audio: ChunkAudio,
  start: number,
  end: number,
): Promise<TextUnit[]> {
  const decode = async (from: number) => {
    const offset = audio.chunk.start;
    const hypothesis = await decoder.decode({
      audio: audio.samples.subarray(from - offset, end - offset),
      startMs: from / SAMPLES_PER_MS,
      speechProbability: audio.activity.speechProbability(from, end),
      priority: 'background',
    });
    return { ...hypothesis, units: shiftUnits(hypothesis.units, from / SAMPLES_PER_MS) };
  };
  const first = await decode(start);
  if (first.looped && end - start > LONGEST_LOOP) {
    const middle = quietMiddle(audio, start, end);
    const before = await decodeSpan(decoder, audio, start, middle);
    return [...before, ...(await decodeSpan(decoder, audio, middle, end))];
  }
  let { units } = first;
  for (let rests = 0; rests < MOST_RESTS; rests++) {
    const gap = findUndecoded(units, audio.activity, end);
    if (!gap) break;
    const from = Math.max(start, Math.round(gap.fromMs * SAMPLES_PER_MS));
    const { units: rest } = await decode(from);
    const seam = units
      .slice(0, gap.keep)
      .slice(-SEAM_WORDS)
      .map((unit) => unit.normalized);
    const repeats = countSeamRepeats(shiftUnits(rest, -from / SAMPLES_PER_MS), seam);
    // Not heard any better: music, or a word drawn out.
    if (rest.length - repeats <= units.length - gap.keep) break;
    units = [...units.slice(0, gap.keep), ...rest.slice(repeats)];
  }
  return units;
}

function quietMiddle({ chunk, samples }: ChunkAudio, start: number, end: number): number {
  const buffer = new SampleBuffer(chunk.start);
  buffer.append(samples);
  const middle = Math.round((start + end) / 2);
  return quietestPosition(buffer, { from: middle - MIDDLE, to: middle + MIDDLE }, { start, end });
}

/**
 * Where words are missing: behind the last one, or within one that lasts longer than anybody speaks it, because
 * the decoder left out what followed and the next time stamp stretched it.
 * @returns from when to decode again, and how many units before it hold; null where nothing is missing.
 */
function findUndecoded(
  units: readonly TextUnit[],
  activity: ActivityHistory,
  end: number,
): { readonly fromMs: number; readonly keep: number } | null {
  const voicedMs = (fromMs: number, toMs: number) =>
    activity.voicedMs(Math.round(fromMs * SAMPLES_PER_MS), Math.round(toMs * SAMPLES_PER_MS));
  const drawnOut = units.findIndex(
    (unit) => voicedMs(unit.startMs, unit.endMs) > LONGEST_WORD_MS + LONGEST_LETTER_MS * unit.word.length,
  );
  if (drawnOut >= 0) return { fromMs: (units[drawnOut] as TextUnit).startMs, keep: drawnOut };
  const last = units.at(-1);
  if (!last || voicedMs(last.endMs, end / SAMPLES_PER_MS) < UNDECODED_VOICE_MS) return null;
  return { fromMs: last.endMs, keep: units.length };
}
