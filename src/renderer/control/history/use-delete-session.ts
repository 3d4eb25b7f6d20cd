import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useToasts } from '../../components/toast-store.ts';
import { useBridge, useFailureToast } from '../control-context.ts';

/** Pressed in the last moment, it would come too late. */
const SPARE_MS = 500;

/** Deletes a session, with a notice that takes it back. */
export function useDeleteSession(): (id: string, title: string) => Promise<void> {
  const { t } = useTranslation();
  const bridge = useBridge();
  const tell = useFailureToast();
  const show = useToasts((state) => state.show);
  return useCallback(
    async (id, title) => {
      try {
        const { undoMs } = await bridge.call('history.delete', { id });
        show({
          text: t('history.deleted', { title }),
          action: {
            label: t('common.undo'),
            run: () => void bridge.call('history.undoDelete', { id }).catch(tell),
          },
          durationMs: undoMs - SPARE_MS,
        });
      } catch (error) {
        tell(error);
      }
    },
    [bridge, show, t, tell],
  );
}
