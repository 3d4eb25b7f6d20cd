import type { ActivityHistory } from '../recognition/activity-history.ts';
import type { HypothesisDecoder } from '../recognition/hypothesis-decoder.ts';
import { countSeamRepeats } from '../recognition/seam-repeats.ts';
import { shiftUnits, type TextUnit } from '../recognition/text-units.ts';
import { SAMPLES_PER_MS } from '../recognition/voice-activity.ts';
import type { Chunk } from './chunk-planner.ts';
import { joinAtCut } from './seam.ts';

/** Voice this long behind the last decoded word was not decoded: an early end token, or a loop cut short. */
const UNDECODED_VOICE_MS = 700;
/** The rest of a chunk is decoded again this often at most: each time it must have said something. */
const MOST_RESTS = 4;
/** A chunk with more voice than this and no word was not understood as a whole; perhaps it is in halves. */
const UNHEARD_VOICE_MS = 3_000;
/** Words before a rest that it may repeat. */
const SEAM_WORDS = 5;
/** What the halves of a chunk both hear. */
const HALVES_OVERLAP_MS = 1_000;

/** A chunk with what is known of its audio. */
export interface ChunkAudio {
  readonly chunk: Chunk;
  /** The samples from `chunk.audioStart` to `chunk.audioEnd`. */
  readonly samples: Float32Array;
  /** By position in the recording. */
  readonly activity: ActivityHistory;
}

/**
 * Decodes a chunk until its voice is accounted for.
 * @returns units with times in milliseconds from the start of the recording.
 * @throws {EngineError} when the engine cannot do it.
 */
export async function decodeChunk(decoder: HypothesisDecoder, audio: ChunkAudio): Promise<TextUnit[]> {
  const { audioStart, audioEnd } = audio.chunk;
  const units = await decodeSpan(decoder, audio, audioStart, audioEnd);
  if (units.length > 0 || audio.activity.voicedMs(audioStart, audioEnd) < UNHEARD_VOICE_MS) return units;
  const cut = Math.round((audioStart + audioEnd) / 2);
  const overlap = HALVES_OVERLAP_MS * SAMPLES_PER_MS;
  const before = await decodeSpan(decoder, audio, audioStart, cut + overlap);
  const behind = await decodeSpan(decoder, audio, cut - overlap, audioEnd);
  return joinAtCut(before, behind, cut / SAMPLES_PER_MS, HALVES_OVERLAP_MS);
}

/** Positions are those of the recording. */
async function decodeSpan(
  decoder: HypothesisDecoder,
  audio: ChunkAudio,
  start: number,
  end: number,
): Promise<TextUnit[]> {
  const decode = async (from: number): Promise<TextUnit[]> => {
    const { audioStart } = audio.chunk;
    const hypothesis = await decoder.decode({
      audio: audio.samples.subarray(from - audioStart, end - audioStart),
      startMs: from / SAMPLES_PER_MS,
      speechProbability: audio.activity.speechProbability(from, end),
      priority: 'background',
    });
    return shiftUnits(hypothesis.units, from / SAMPLES_PER_MS);
  };
  let units = await decode(start);
  for (let rests = 0; rests < MOST_RESTS; rests++) {
    const last = units.at(-1);
    if (!last) break;
    const from = Math.max(start, Math.round(last.endMs * SAMPLES_PER_MS));
    if (from >= end || audio.activity.voicedMs(from, end) < UNDECODED_VOICE_MS) break;
    const rest = await decode(from);
    const seam = units.slice(-SEAM_WORDS).map((unit) => unit.normalized);
    const repeats = countSeamRepeats(shiftUnits(rest, -from / SAMPLES_PER_MS), seam);
    if (rest.length === repeats) break;
    units = [...units, ...rest.slice(repeats)];
  }
  return units;
}
