/** Quieter than this is the meter’s empty end. A quiet room through a laptop’s microphone lies about here. */
const FLOOR_DB = -60;

/** Where a loudness in dB below full scale stands on a meter, 0 to 1. */
export function levelShare(db: number): number {
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
}
