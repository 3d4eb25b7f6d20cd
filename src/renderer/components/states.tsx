import { CircleAlert, LoaderCircle, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';

interface StateProps {
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}

function State({ icon, title, children, actions }: StateProps & { readonly icon: ReactNode }) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-3 px-4 py-12 text-center">
      {icon}
      <p className="text-lg font-semibold text-ink">{title}</p>
      {children ? <div className="text-base text-balance text-ink-muted">{children}</div> : null}
      {actions ? <div className="mt-2 flex flex-wrap justify-center gap-2">{actions}</div> : null}
    </div>
  );
}

/** Nothing is there yet: says what will be, and how to get it. */
export function EmptyState({ icon: Icon, ...rest }: StateProps & { readonly icon: LucideIcon }) {
  return <State {...rest} icon={<Icon aria-hidden className="size-8 text-ink-muted" strokeWidth={1.5} />} />;
}

export interface ErrorStateProps {
  readonly title: string;
  /** What happened and what to do. */
  readonly message: string;
  readonly onRetry?: () => void;
}

export function ErrorState({ title, message, onRetry }: ErrorStateProps) {
  const { t } = useTranslation();
  return (
    <div role="alert">
      <State
        icon={<CircleAlert aria-hidden className="size-8 text-danger" strokeWidth={1.5} />}
        title={title}
        actions={onRetry ? <Button onClick={onRetry}>{t('common.retry')}</Button> : null}
      >
        <p className="wrap-anywhere">{message}</p>
      </State>
    </div>
  );
}

export function LoadingState({ label }: { readonly label?: string }) {
  const { t } = useTranslation();
  return (
    <div role="status" className="flex items-center justify-center gap-2 px-4 py-12 text-ink-muted">
      <LoaderCircle aria-hidden className="size-5 animate-spin" />
      {label ?? t('common.loading')}
    </div>
  );
}
