import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SurtitleError } from '../../../core/foundation/errors.ts';
import { useToasts } from '../../components/toast-store.ts';
import { useBridge, useFailureToast } from '../control-context.ts';
import { useErrorWords } from '../use-error-words.ts';

export interface ModelActions {
  /** The model that is being loaded. */
  readonly loading: string | null;
  pull(name: string): void;
  pause(name: string): void;
  discard(name: string): void;
  use(name: string): void;
  remove(name: string): void;
}

/** What can be done with models; what fails is told in a toast. */
export function useModelActions(): ModelActions {
  const { t } = useTranslation();
  const bridge = useBridge();
  const fail = useFailureToast();
  const words = useErrorWords();
  const show = useToasts((state) => state.show);
  const [loading, setLoading] = useState<string | null>(null);
  const tell = (error: unknown): void => {
    if (error instanceof SurtitleError) show({ text: words(error), tone: 'danger' });
    else fail(error);
  };
  return {
    loading,
    pull: (name) => void bridge.call('models.pull', { name }).catch(tell),
    pause: (name) => void bridge.call('models.stopPull', { name, discard: false }).catch(tell),
    discard: (name) => void bridge.call('models.stopPull', { name, discard: true }).catch(tell),
    use(name) {
      setLoading(name);
      bridge
        .call('models.use', { name })
        .then(() => show({ text: t('models.usedNow', { name }), tone: 'success' }), tell)
        .finally(() => setLoading(null));
    },
    remove: (name) => void bridge.call('models.remove', { name }).catch(tell),
  };
}
