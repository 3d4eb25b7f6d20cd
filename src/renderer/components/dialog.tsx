import { X } from 'lucide-react';
import { AlertDialog as RadixAlertDialog, Dialog as RadixDialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';
import { IconButton } from './icon-button.tsx';

const PANEL =
  'fixed top-1/2 left-1/2 z-40 flex max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] max-w-lg -translate-x-1/2 -translate-y-1/2 flex-col gap-4 overflow-y-auto rounded-lg bg-raised p-6 text-ink shadow-raised';

/** Radix’ own overlay locks scrolling by writing a `<style>` into the page, which our policy refuses. */
function Backdrop() {
  return <div aria-hidden className="fixed inset-0 z-40 bg-backdrop" />;
}

export interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly description?: string;
  readonly children: ReactNode;
  /** Buttons, the one that does it last. */
  readonly actions?: ReactNode;
}

export function Dialog({ open, onClose, title, description, children, actions }: DialogProps) {
  const { t } = useTranslation();
  return (
    <RadixDialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <RadixDialog.Portal>
        <Backdrop />
        <RadixDialog.Content className={PANEL} {...(description ? {} : { 'aria-describedby': undefined })}>
          <div className="flex items-start justify-between gap-4">
            <RadixDialog.Title className="text-lg font-semibold">{title}</RadixDialog.Title>
            <RadixDialog.Close asChild>
              <IconButton icon={X} label={t('common.close')} className="-m-2" />
            </RadixDialog.Close>
          </div>
          {description ? (
            <RadixDialog.Description className="text-base text-ink-muted">
              {description}
            </RadixDialog.Description>
          ) : null}
          {children}
          {actions ? <div className="flex flex-wrap justify-end gap-2">{actions}</div> : null}
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  );
}

export interface ConfirmDialogProps {
  readonly open: boolean;
  readonly title: string;
  /** What will happen, and whether it can be taken back. */
  readonly description: string;
  /** The deed, as a verb: "Erase everything". */
  readonly confirmLabel: string;
  readonly tone?: 'primary' | 'danger';
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}

/** Asks before something that cannot be undone. Cancel has the focus. */
export function ConfirmDialog({ tone = 'danger', ...props }: ConfirmDialogProps) {
  const { t } = useTranslation();
  return (
    <RadixAlertDialog.Root open={props.open} onOpenChange={(next) => !next && props.onCancel()}>
      <RadixAlertDialog.Portal>
        <Backdrop />
        <RadixAlertDialog.Content className={PANEL}>
          <RadixAlertDialog.Title className="text-lg font-semibold">{props.title}</RadixAlertDialog.Title>
          <RadixAlertDialog.Description className="text-base text-ink-muted">
            {props.description}
          </RadixAlertDialog.Description>
          <div className="flex flex-wrap justify-end gap-2">
            <RadixAlertDialog.Cancel asChild>
              <Button>{t('common.cancel')}</Button>
            </RadixAlertDialog.Cancel>
            <RadixAlertDialog.Action asChild>
              <Button tone={tone} onClick={props.onConfirm}>
                {props.confirmLabel}
              </Button>
            </RadixAlertDialog.Action>
          </div>
        </RadixAlertDialog.Content>
      </RadixAlertDialog.Portal>
    </RadixAlertDialog.Root>
  );
}
