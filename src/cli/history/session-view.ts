import type { HistorySession } from '../../core/transcript/history.ts';
import { type CaptionOutput, CaptionView, type Colors, formatTime } from '../terminal/caption-view.ts';
import { printable } from '../terminal/cell-width.ts';
import { localTime } from './session-table.ts';

const STATE_NOTES: Readonly<Record<string, string>> = {
  live: 'still running',
  interrupted: 'cut off',
};

/** Prints a session: what is known about it, then its captions. */
export function showSession(
  { entry, transcript }: HistorySession,
  output: CaptionOutput,
  colors: Colors,
): void {
  const facts = [
    localTime(entry.startedAt),
    formatTime(entry.durationMs).trim(),
    `${entry.words} ${entry.words === 1 ? 'word' : 'words'}`,
    entry.model,
    STATE_NOTES[entry.state] ?? '',
  ];
  output.write(`${colors.bold(printable(entry.title))}\n`);
  output.write(`${colors.dim(printable(facts.filter((fact) => fact !== '').join(' · ')))}\n\n`);
  const view = new CaptionView(output, colors);
  for (const segment of transcript.segments) view.showFinal(segment);
}
