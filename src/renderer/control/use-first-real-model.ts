import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { STARTER_MODEL } from '../../core/models/catalogue.ts';
import { useToasts } from '../components/toast-store.ts';
import { useBridge, useFailureToast } from './control-context.ts';
import { useModels } from './use-models.ts';

/**
 * Whoever captions with the demo model and downloads the recommended one wants it: it is used as soon as it is there.
 * Only a download that this window saw running counts, and the toast takes it back.
 */
export function useFirstRealModel(): void {
  const { t } = useTranslation();
  const bridge = useBridge();
  const tell = useFailureToast();
  const show = useToasts((state) => state.show);
  const { answer } = useModels();
  const models = answer.state === 'there' ? answer.value : null;
  const awaited = useRef<string | null>(null);
  useEffect(() => {
    if (!models) return;
    const recommended = models.available.find((model) => model.recommended);
    if (!recommended) return;
    const { name, installed } = recommended;
    if (models.downloads.some((download) => download.name === name && download.error === null)) {
      awaited.current = name;
      return;
    }
    if (!installed || awaited.current !== name) return;
    awaited.current = null;
    if (models.inUse !== STARTER_MODEL) return;
    const use = (wanted: string) => bridge.call('models.use', { name: wanted });
    use(name).then(
      () =>
        show({
          text: t('firstRun.nowUsing', { name }),
          tone: 'success',
          action: { label: t('common.undo'), run: () => void use(STARTER_MODEL).catch(tell) },
        }),
      tell,
    );
  }, [models, bridge, show, t, tell]);
}
