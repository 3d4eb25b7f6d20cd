import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import { TextInput } from '../../components/text-input.tsx';
import { useToasts } from '../../components/toast-store.ts';
import { useBridge, useFailureToast } from '../control-context.ts';

/** Deletes every session, once the user has typed that they mean it. */
export function EraseAll({ count }: { readonly count: number }) {
  const { t } = useTranslation();
  const bridge = useBridge();
  const tell = useFailureToast();
  const show = useToasts((state) => state.show);
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const word = t('history.eraseWord');
  const isMeant = typed.trim().toLowerCase() === word;
  const close = (): void => {
    setOpen(false);
    setTyped('');
  };
  const erase = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!isMeant) return;
    setBusy(true);
    try {
      const { erased } = await bridge.call('history.eraseAll');
      show({ text: t('history.erased', { count: erased }), tone: 'success' });
      close();
    } catch (error) {
      tell(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
      <div className="min-w-0 flex-1 basis-56">
        <p className="font-medium">{t('history.eraseAll')}</p>
        <p className="text-sm text-ink-muted">{t('history.eraseHint', { count })}</p>
      </div>
      <Button tone="danger" disabled={count === 0} onClick={() => setOpen(true)}>
        {t('history.eraseButton')}
      </Button>
      <Dialog
        open={open}
        onClose={close}
        title={t('history.eraseTitle')}
        description={t('history.eraseWarning', { count })}
      >
        <form onSubmit={(event) => void erase(event)} className="flex flex-col gap-4">
          <Field label={t('history.eraseType', { word })}>
            {(control) => (
              <TextInput
                {...control}
                autoFocus
                autoComplete="off"
                spellCheck={false}
                value={typed}
                onChange={({ target }) => setTyped(target.value)}
              />
            )}
          </Field>
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={close}>{t('common.cancel')}</Button>
            <Button type="submit" tone="danger" disabled={!isMeant} busy={busy}>
              {t('history.eraseButton')}
            </Button>
          </div>
        </form>
      </Dialog>
    </div>
  );
}
