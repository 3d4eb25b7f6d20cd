import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { TranscriptSegment } from '../../../core/transcript/transcript.ts';
import { classes } from '../../components/classes.ts';
import { clockTime } from '../time-words.ts';

export interface TranscriptLinesProps {
  readonly segments: readonly TranscriptSegment[];
  /** The line that was looked for, by its index. */
  readonly marked: number | null;
}

/** Finished text with its times. */
export function TranscriptLines({ segments, marked }: TranscriptLinesProps) {
  const { t } = useTranslation();
  const line = useRef<HTMLLIElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another line is another place
  useEffect(() => line.current?.scrollIntoView({ block: 'center' }), [marked]);
  if (segments.length === 0) return <p className="text-ink-muted">{t('history.noText')}</p>;
  return (
    <ol className="flex flex-col rounded-lg border border-line bg-surface py-2">
      {segments.map(({ startMs, text, language }, index) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: lines are only added, and may begin at the same time
          key={index}
          ref={index === marked ? line : null}
          className={classes('long-list-row flex gap-4 px-4 py-1', index === marked && 'bg-accent-soft')}
        >
          <span className="w-14 shrink-0 text-sm leading-6 text-ink-muted tabular-nums select-none">
            {clockTime(startMs)}
          </span>
          <span lang={language} dir="auto" className="max-w-prose min-w-0 wrap-anywhere">
            {text}
          </span>
        </li>
      ))}
    </ol>
  );
}
