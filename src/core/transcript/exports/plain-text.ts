import type { Transcript } from '../transcript.ts';
import { paragraphs } from './paragraphs.ts';

/** The text alone: a paragraph a line, an empty line between two. Empty where nothing was said. */
export function writePlainText(transcript: Transcript): string {
  return paragraphs(transcript.segments)
    .map(({ text }) => `${text}\n`)
    .join('\n');
}
