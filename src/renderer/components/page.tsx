import type { ReactNode } from 'react';
import { classes } from './classes.ts';

export interface PageProps {
  readonly title: string;
  readonly description?: ReactNode;
  /** Buttons at the end of the heading’s line. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** `fill`: the page scrolls inside itself, as the live transcript does. */
  readonly layout?: 'scroll' | 'fill';
}

/** One page of the control window, with its heading. */
export function Page({ title, description, actions, children, layout = 'scroll' }: PageProps) {
  return (
    <div
      className={classes(
        'mx-auto flex w-full max-w-4xl flex-col gap-6 p-4 sm:p-8',
        layout === 'fill' && 'h-full min-h-0',
      )}
    >
      <PageHeader title={title} description={description} actions={actions} />
      {children}
    </div>
  );
}

export function PageHeader({
  title,
  description,
  actions,
}: Pick<PageProps, 'title' | 'description' | 'actions'>) {
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 flex-1 basis-48">
        <h1 id="page-title" tabIndex={-1} className="text-xl font-semibold text-ink outline-none">
          {title}
        </h1>
        {description ? <p className="max-w-prose text-base text-ink-muted">{description}</p> : null}
      </div>
      {actions ? <div className="flex flex-wrap gap-2">{actions}</div> : null}
    </header>
  );
}

export interface SectionProps {
  readonly title: string;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a page under its own heading, on a card. */
export function Section({ title, description, actions, children }: SectionProps) {
  return (
    <section aria-label={title} className="flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
        <div className="min-w-0 flex-1 basis-48">
          <h2 className="text-lg font-semibold text-ink">{title}</h2>
          {description ? <p className="max-w-prose text-base text-ink-muted">{description}</p> : null}
        </div>
        {actions ? <div className="flex flex-wrap gap-2">{actions}</div> : null}
      </div>
      <Card>{children}</Card>
    </section>
  );
}

export function Card({ children }: { readonly children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-4 rounded-lg border border-line bg-surface p-4 text-ink">
      {children}
    </div>
  );
}
