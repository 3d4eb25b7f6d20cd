import type { CaptionCue } from './caption-layout.ts';
import { timestamp } from './timestamps.ts';

/**
 * Captions as WebVTT (https://www.w3.org/TR/webvtt1/): no identifiers, settings or comments, all text escaped.
 *
 * @returns the header alone where there are no captions.
 */
export function writeWebVtt(cues: readonly CaptionCue[]): string {
  const blocks = cues.map((cue) => {
    const times = `${timestamp(cue.startMs, '.')} --> ${timestamp(cue.endMs, '.')}`;
    return `${times}\n${cue.lines.map(escapeCueText).join('\n')}\n`;
  });
  return ['WEBVTT\n', ...blocks].join('\n');
}

/** With every `>` escaped no `-->` is left either. */
function escapeCueText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
