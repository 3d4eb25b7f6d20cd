import { useCallback, useEffect } from 'react';
import type { ModelsView } from '../../ipc/views.ts';
import { useBridge } from './control-context.ts';
import { type Answer, useAnswer } from './use-answer.ts';

/** The models as they stand, kept up to date. */
export function useModels(): { readonly answer: Answer<ModelsView>; readonly again: () => void } {
  const bridge = useBridge();
  const ask = useCallback(() => bridge.call('models.list'), [bridge]);
  const { answer, again, put } = useAnswer(ask);
  useEffect(() => {
    const gone = new AbortController();
    bridge.on('models.changed', put, gone.signal);
    return () => gone.abort();
  }, [bridge, put]);
  return { answer, again };
}
