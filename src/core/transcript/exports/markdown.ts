import type { Transcript } from '../transcript.ts';
import { cleanText } from './clean-text.ts';
import { paragraphs } from './paragraphs.ts';
import { clockTime } from './timestamps.ts';

/** What CommonMark and GitHub's dialect give a meaning inside a line. */
const SPECIAL = /[\\`*[\]<>&~|#$]/gu;
/** Inside a word an underscore is an underscore, and escaping it would break an address. */
const UNDERSCORE_AT_EDGE = /(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;

/**
 * A title, what is known of the recording, and a paragraph for each stretch of speech, led by the time it starts.
 * Text is escaped: it renders as it was said.
 */
export function writeMarkdown(transcript: Transcript): string {
  const facts = [
    ['Date', transcript.createdAt],
    ['Duration', clockTime(Math.max(0, Math.round(transcript.durationMs) || 0))],
    ['Language', transcript.language],
    ['Model', transcript.model],
  ]
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `- ${name}: ${escapeMarkdown(cleanText(value as string))}`);
  const title = escapeMarkdown(cleanText(transcript.title)) || 'Transcript';
  const text = paragraphs(transcript.segments).map(
    (paragraph) => `**${clockTime(paragraph.startMs)}** ${escapeMarkdown(paragraph.text)}`,
  );
  return `${[`# ${title}`, facts.join('\n'), ...text].filter((block) => block !== '').join('\n\n')}\n`;
}

/** Text that stands behind other text in its line: marks that mean something only where a line begins stay. */
function escapeMarkdown(text: string): string {
  return text.replace(SPECIAL, '\\$&').replace(UNDERSCORE_AT_EDGE, '\\_');
}
