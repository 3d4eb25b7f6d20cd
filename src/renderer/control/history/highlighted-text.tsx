import type { HistoryHitView } from '../../../ipc/views.ts';

/** An excerpt in which what was looked for stands out. */
export function HighlightedText({ text, matches }: Pick<HistoryHitView, 'text' | 'matches'>) {
  let at = 0;
  return (
    <>
      {matches.map(({ start, end }) => {
        const before = text.slice(at, start);
        at = end;
        return (
          <span key={start}>
            {before}
            <mark className="rounded-sm bg-accent-soft font-semibold text-accent">
              {text.slice(start, end)}
            </mark>
          </span>
        );
      })}
      {text.slice(matches.at(-1)?.end ?? 0)}
    </>
  );
}
