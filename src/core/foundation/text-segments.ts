/** Longer text is cut before it is segmented: the time V8 takes grows with the square of the length. */
const CHUNK_LENGTH = 1000;

/**
 * What a segmenter finds in text of any length, in time that grows with the length. A single segment over 1,000
 * characters (UTF-16), which is none of a real script, is cut.
 */
export function* segmentsOf(segmenter: Intl.Segmenter, text: string): Generator<Intl.SegmentData> {
  let start = 0;
  while (text.length - start > CHUNK_LENGTH) {
    const splitsPair = /[\ud800-\udbff]/u.test(text.charAt(start + CHUNK_LENGTH - 1));
    const end = start + CHUNK_LENGTH - (splitsPair ? 1 : 0);
    const found = Array.from(segmenter.segment(text.slice(start, end)));
    // The last one may go on behind the cut.
    const whole = found.length > 1 ? found.slice(0, -1) : found;
    yield* whole;
    start += whole.reduce((length, { segment }) => length + segment.length, 0);
  }
  if (start < text.length) yield* segmenter.segment(text.slice(start));
}
