import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { clockText } from '../amounts.ts';
import type { TranscriptLine, UnstableLine } from '../stores/transcript-lines.ts';
import { piecesOf } from './transcript-search.ts';

/** Time in front, words behind; the time is not copied with a selection. */
const ROW = 'grid grid-cols-[3.5rem_1fr] gap-x-3 px-4 py-1.5 scroll-my-16';
const TIME = 'pt-0.5 text-end text-sm tabular-nums text-ink-muted select-none';

export interface FinalRowsProps {
  readonly lines: readonly TranscriptLine[];
  readonly query: string;
  /** Index of the match that is looked at; -1 for none. */
  readonly current: number;
}

/** Apart from the words that still change, so that hours of lines are not gone through ten times a second. */
export const FinalRows = memo(function FinalRows({ lines, query, current }: FinalRowsProps) {
  return lines.map((line, index) => (
    <FinalRow key={line.key} line={line} query={query} isCurrent={index === current} />
  ));
});

interface FinalRowProps {
  readonly line: TranscriptLine;
  readonly query: string;
  readonly isCurrent: boolean;
}

const FinalRow = memo(function FinalRow({ line, query, isCurrent }: FinalRowProps) {
  const { t } = useTranslation();
  const time = <span className={TIME}>{clockText(line.startMs)}</span>;
  if (line.kind === 'gap') {
    return (
      <li className={`long-list-row ${ROW} text-base text-warning`}>
        {time}
        <span>{t('captions.gap', { seconds: Math.ceil((line.endMs - line.startMs) / 1_000) })}</span>
      </li>
    );
  }
  return (
    <li
      data-current={isCurrent || undefined}
      className={`long-list-row ${ROW} text-lg data-current:bg-accent-soft`}
    >
      {time}
      <span className="min-w-0 wrap-anywhere">
        {query === '' ? line.text : <Marked line={line.text} query={query} />}
      </span>
    </li>
  );
});

function Marked({ line, query }: { readonly line: string; readonly query: string }) {
  let position = 0;
  return piecesOf(line, query).map(({ text, found }) => {
    const key = position;
    position += text.length;
    return found ? (
      <mark key={key} className="rounded-sm bg-accent text-on-accent">
        {text}
      </mark>
    ) : (
      <span key={key}>{text}</span>
    );
  });
}

/** What may still change, dimmed; what will not, as the rest. Not read aloud: it would be read again and again. */
export function UnstableRow({ line }: { readonly line: UnstableLine }) {
  return (
    <li aria-hidden className={`${ROW} text-lg`} data-testid="partial">
      <span className={TIME}>{clockText(line.startMs)}</span>
      <span className="min-w-0 wrap-anywhere">
        {line.stable}
        <span className="text-ink-muted italic">{line.unstable}</span>
      </span>
    </li>
  );
}
