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
/** Between two words it has to be this long: their times are estimates. */
const SKIPPED_VOICE_MS = 1_500;
/** Audio with more voice than this in which nothing was heard is tried in halves too. */
const UNHEARD_VOICE_MS = 3_000;
/** The rest of a chunk is decoded again this often at most. */
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
  const { activity } = audio;
  const first = await decodeBetween(decoder, audio, start, end);
  const notHeard = first.units.length === 0 && activity.voicedMs(start, end) >= UNHEARD_VOICE_MS;
  if ((first.looped || notHeard) && end - start > LONGEST_LOOP) {
    const middle = quietMiddle(audio, start, end);
    const before = await decodeSpan(decoder, audio, start, middle);
    return [...before, ...(await decodeSpan(decoder, audio, middle, end))];
  }
  let { units } = first;
  /** Holes that were listened to in vain: music, or a word drawn out. */
  const deaf = new Set<number>();
  for (let rests = 0; rests < MOST_RESTS; rests++) {
    const hole = findHoles(units, activity, start, end).find(({ from }) => !deaf.has(from));
    if (!hole) break;
    const { units: rest } = await decodeBetween(decoder, audio, hole.from, hole.to);
    const kept = units.slice(0, hole.keep);
    const seam = kept.slice(-SEAM_WORDS).map((unit) => unit.normalized);
    const heard = rest.slice(countSeamRepeats(shiftUnits(rest, -hole.from / SAMPLES_PER_MS), seam));
    if (heard.length > hole.goOn - hole.keep) units = [...kept, ...heard, ...units.slice(hole.goOn)];
    else deaf.add(hole.from);
  }
  return units;
}

async function decodeBetween(
  decoder: HypothesisDecoder,
  { chunk, samples, activity }: ChunkAudio,
  from: number,
  to: number,
): Promise<{ readonly units: TextUnit[]; readonly looped: boolean }> {
  const { units, looped } = await decoder.decode({
    audio: samples.subarray(from - chunk.start, to - chunk.start),
    startMs: from / SAMPLES_PER_MS,
    speechProbability: activity.speechProbability(from, to),
    priority: 'background',
  });
  return { units: shiftUnits(units, from / SAMPLES_PER_MS), looped };
}

function quietMiddle({ chunk, samples }: ChunkAudio, start: number, end: number): number {
  const buffer = new SampleBuffer(chunk.start);
  buffer.append(samples);
  const middle = Math.round((start + end) / 2);
  return quietestPosition(buffer, { from: middle - MIDDLE, to: middle + MIDDLE }, { start, end });
}

/** A stretch of voice that too few words account for. */
interface Hole {
  /** What to decode again; positions in the recording. */
  readonly from: number;
  readonly to: number;
  /** The units before this index hold, and those from `goOn` on; what lies between is to be replaced. */
  readonly keep: number;
  readonly goOn: number;
}

/**
 * Where words are missing: between two of them, behind the last one, or within one that lasts longer than anybody
 * speaks it, because the decoder left out what followed and the next time stamp stretched it.
 */
function findHoles(
  units: readonly TextUnit[],
  activity: ActivityHistory,
  start: number,
  end: number,
): Hole[] {
  const position = (milliseconds: number) =>
    Math.min(end, Math.max(start, Math.round(milliseconds * SAMPLES_PER_MS)));
  const holes: Hole[] = [];
  for (const [index, unit] of units.entries()) {
    const from = position(unit.startMs);
    const to = position(unit.endMs);
    const longestMs = LONGEST_WORD_MS + LONGEST_LETTER_MS * unit.word.length;
    if (activity.voicedMs(from, to) > longestMs)
      holes.push({ from, to: end, keep: index, goOn: units.length });
    const next = units[index + 1];
    const nextStart = next ? position(next.startMs) : end;
    const missing = next ? SKIPPED_VOICE_MS : UNDECODED_VOICE_MS;
    if (activity.voicedMs(to, nextStart) >= missing) {
      holes.push({ from: to, to: nextStart, keep: index + 1, goOn: index + 1 });
    }
  }
  return holes;
}
