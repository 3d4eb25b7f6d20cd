import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { Toast as RadixToast } from 'radix-ui';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';
import { IconButton } from './icon-button.tsx';
import { useToasts } from './toast-store.ts';

/** Stands once in the window and shows what `useToasts().show` was told. F8 jumps to it. */
export function Toasts() {
  const { t } = useTranslation();
  const { toasts, dismiss } = useToasts();
  return (
    <RadixToast.Provider label={t('common.notification')} swipeDirection="right">
      {toasts.map((toast) => (
        <RadixToast.Root
          key={toast.id}
          duration={toast.durationMs}
          type={toast.tone === 'danger' ? 'foreground' : 'background'}
          onOpenChange={(open) => !open && dismiss(toast.id)}
          className="flex items-center gap-3 rounded-md bg-raised py-1 ps-4 pe-1 text-ink shadow-raised"
        >
          {toast.tone === 'success' ? (
            <CircleCheck aria-hidden className="size-5 shrink-0 text-success" />
          ) : null}
          {toast.tone === 'danger' ? (
            <CircleAlert aria-hidden className="size-5 shrink-0 text-danger" />
          ) : null}
          <RadixToast.Description className="min-w-0 flex-1 py-2 text-base">
            {toast.text}
          </RadixToast.Description>
          {toast.action ? (
            <RadixToast.Action asChild altText={toast.action.label}>
              <Button tone="quiet" size="small" className="text-accent" onClick={toast.action.run}>
                {toast.action.label}
              </Button>
            </RadixToast.Action>
          ) : null}
          <RadixToast.Close asChild>
            <IconButton icon={X} label={t('common.dismiss')} />
          </RadixToast.Close>
        </RadixToast.Root>
      ))}
      <RadixToast.Viewport className="fixed inset-x-4 bottom-20 z-50 mx-auto flex max-w-md flex-col gap-2 sm:bottom-4" />
    </RadixToast.Provider>
  );
}
