/**
 * Positions count samples per channel from the start of the stream; times are whole milliseconds of the
 * same clock. Rounding is down in both directions, so that a time never points past the audio it names.
 */

/** The time of a position. */
export function millisecondsAt(position: number, sampleRate: number): number {
  return Math.floor((position * 1000) / sampleRate);
}

/** The first position at or before a time. */
export function positionAt(timeMs: number, sampleRate: number): number {
  return Math.floor((timeMs * sampleRate) / 1000);
}

/** The same moment counted at another sample rate, rounded down. */
export function rescalePosition(position: number, fromRate: number, toRate: number): number {
  return Math.floor((position * toRate) / fromRate);
}
