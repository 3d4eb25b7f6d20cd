import type { ReactNode } from 'react';

/** Rows between thin lines, on one card. */
export function List({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <ul
      aria-label={label}
      className="min-w-0 divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface text-ink"
    >
      {children}
    </ul>
  );
}

export interface ListRowProps {
  /** An icon, small. */
  readonly leading?: ReactNode;
  readonly title: ReactNode;
  readonly details?: ReactNode;
  readonly trailing?: ReactNode;
  /** Below the row’s line: progress, what went wrong. */
  readonly children?: ReactNode;
}

export function ListRow({ leading, title, details, trailing, children }: ListRowProps) {
  return (
    <li className="long-list-row flex flex-col gap-2 px-4 py-3">
      <div className="flex min-w-0 flex-wrap items-center gap-x-4 gap-y-2">
        {leading ? <div className="shrink-0 text-ink-muted">{leading}</div> : null}
        <div className="min-w-0 flex-1 basis-40">
          <div className="text-base font-medium wrap-anywhere">{title}</div>
          {details ? <div className="text-sm text-ink-muted wrap-anywhere">{details}</div> : null}
        </div>
        {trailing ? <div className="flex flex-wrap items-center gap-2">{trailing}</div> : null}
      </div>
      {children}
    </li>
  );
}
