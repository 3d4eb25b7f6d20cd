import { FileInput } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SurtitleError } from '../../../core/foundation/errors.ts';
import { Button } from '../../components/button.tsx';
import { useToasts } from '../../components/toast-store.ts';
import { useBridge, useFailureToast } from '../control-context.ts';
import { useErrorWords } from '../use-error-words.ts';
import { TrustDialog } from './trust-dialog.tsx';

/** Takes a model file from this machine, and asks about one that nobody has checked. */
export function ImportModel() {
  const { t } = useTranslation();
  const bridge = useBridge();
  const fail = useFailureToast();
  const words = useErrorWords();
  const show = useToasts((state) => state.show);
  const [busy, setBusy] = useState(false);
  const [untrusted, setUntrusted] = useState<string | null>(null);

  const take = async (file: string, trustAs?: string): Promise<void> => {
    setBusy(true);
    try {
      const request = trustAs === undefined ? { file } : { file, trustAs };
      const { name } = await bridge.call('models.import', request);
      setUntrusted(null);
      show({ text: t('models.imported', { name }), tone: 'success' });
    } catch (error) {
      const code = error instanceof SurtitleError ? error.code : '';
      if (code === 'model_untrusted') setUntrusted(file);
      else if (error instanceof SurtitleError) show({ text: words(error), tone: 'danger' });
      else fail(error);
    } finally {
      setBusy(false);
    }
  };
  const choose = async (): Promise<void> => {
    try {
      const [file] = await bridge.chooseFiles('model');
      if (file !== undefined) await take(file);
    } catch (error) {
      fail(error);
    }
  };
  return (
    <>
      <Button icon={FileInput} busy={busy} onClick={() => void choose()}>
        {busy ? t('models.importing') : t('models.import')}
      </Button>
      {untrusted === null ? null : (
        <TrustDialog
          file={untrusted}
          busy={busy}
          onClose={() => setUntrusted(null)}
          onTrust={(name) => void take(untrusted, name)}
        />
      )}
    </>
  );
}
