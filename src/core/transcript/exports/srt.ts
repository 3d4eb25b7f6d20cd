import type { CaptionCue } from './caption-layout.ts';
import { timestamp } from './timestamps.ts';

/**
 * Captions as SubRip text, with LF line ends: every player takes them, and readers that cut at LF keep a CR in
 * the text. SubRip has no escapes, so text goes out as it is (a player may take `<i>` or `{\an8}` for markup) but
 * for `-->`, which readers take for a time line: it becomes an arrow.
 *
 * @returns empty where there are no captions.
 */
export function writeSrt(cues: readonly CaptionCue[]): string {
  return cues
    .map((cue, index) => {
      const times = `${timestamp(cue.startMs, ',')} --> ${timestamp(cue.endMs, ',')}`;
      return `${index + 1}\n${times}\n${cue.lines.join('\n').replaceAll('-->', '→')}\n`;
    })
    .join('\n');
}
