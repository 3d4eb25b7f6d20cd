import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';
import { IconButton } from './icon-button.tsx';
import { useToasts } from './toast-store.ts';

/** As long as a glance takes. */
const DONE_SHOWN_MS = 1_500;

export interface CopyButtonProps {
  /** What is copied; asked for when it is pressed, since it may be long or secret. */
  readonly text: () => string | Promise<string>;
  /** What it does, such as "Copy the address". */
  readonly label: string;
  readonly look?: 'icon' | 'button';
  readonly disabled?: boolean;
}

export function CopyButton({ text, label, look = 'icon', disabled = false }: CopyButtonProps) {
  const { t } = useTranslation();
  const show = useToasts((state) => state.show);
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), DONE_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(await text());
      setDone(true);
      show({ text: t('common.copied'), tone: 'success', durationMs: DONE_SHOWN_MS });
    } catch {
      show({ text: t('common.copyFailed'), tone: 'danger' });
    }
  };
  const icon = done ? Check : Copy;
  return look === 'icon' ? (
    <IconButton icon={icon} label={label} disabled={disabled} onClick={() => void copy()} />
  ) : (
    <Button icon={icon} disabled={disabled} onClick={() => void copy()}>
      {label}
    </Button>
  );
}
