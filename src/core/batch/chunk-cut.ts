import { SampleBuffer } from '../audio/sample-buffer.ts';
import { quietestPosition } from '../recognition/quietest-position.ts';
import { endsSentence, type TextUnit } from '../recognition/text-units.ts';
import { SAMPLES_PER_MS } from '../recognition/voice-activity.ts';
import type { ChunkAudio } from './chunk-decoder.ts';

/** The word behind a cut must end this long before the audio does: later ones were heard without what follows. */
const HEARD_BEHIND_MS = 700;
/** A cut in the first part of a chunk would leave most of it to be decoded again. */
const EARLIEST_SHARE = 0.4;
/** What the end of a sentence is worth, in milliseconds of pause. */
const SENTENCE_MS = 1_000;
/** What cutting at the very end rather than at the start of a chunk is worth. */
const LATENESS_MS = 400;

/** A chunk that ended within speech, up to the place between two words where the next one takes over. */
export interface CutChunk {
  /** Position in the recording, 16 kHz samples. */
  readonly end: number;
  readonly units: readonly TextUnit[];
}

/**
 * Cuts a chunk that ended within speech, where it can be done without harm: behind a sentence, or at the longest
 * pause between words that were both heard whole; there at the quietest moment. The next chunk hears the rest
 * from its beginning, so nothing has to be joined. whisper.cpp and OpenAI's Whisper go on likewise, at their
 * last time stamp.
 */
export function cutChunk(audio: ChunkAudio, units: readonly TextUnit[]): CutChunk {
  const { start, end } = audio.chunk;
  const after = bestWordToCutAfter(units, start / SAMPLES_PER_MS, end / SAMPLES_PER_MS);
  const last = units[after];
  const next = units[after + 1];
  if (!last || !next) return { end, units };
  const buffer = new SampleBuffer(start);
  buffer.append(audio.samples);
  const gap = {
    from: Math.round(last.endMs * SAMPLES_PER_MS),
    to: Math.round(Math.max(last.endMs, next.startMs) * SAMPLES_PER_MS),
  };
  // Going on must lead on.
  const earliest = Math.min(end, start + SAMPLES_PER_MS * 1_000);
  const position = quietestPosition(buffer, gap, { start: earliest, end });
  return { end: position, units: units.slice(0, after + 1) };
}

/** @returns an index, or -1 where there is no place to cut. */
function bestWordToCutAfter(units: readonly TextUnit[], startMs: number, endMs: number): number {
  let best = -1;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (let index = 0; index + 1 < units.length; index++) {
    const unit = units[index] as TextUnit;
    const next = units[index + 1] as TextUnit;
    const share = (unit.endMs - startMs) / (endMs - startMs);
    if (share < EARLIEST_SHARE || next.endMs > endMs - HEARD_BEHIND_MS) continue;
    const pauseMs = Math.max(0, next.startMs - unit.endMs);
    const score = pauseMs + (endsSentence(unit) ? SENTENCE_MS : 0) + share * LATENESS_MS;
    if (score > bestScore) {
      best = index;
      bestScore = score;
    }
  }
  return best;
}
