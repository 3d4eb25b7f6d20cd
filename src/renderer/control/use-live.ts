import { useCallback, useEffect } from 'react';
import type { ResponseOf } from '../../ipc/call.ts';
import type { SharedCalls } from '../../ipc/calls.ts';
import type { SharedPushes } from '../../ipc/pushes.ts';
import { useBridge } from './control-context.ts';
import { type Answer, useAnswer } from './use-answer.ts';

/** Calls that a push tells the new answer of. */
interface LiveCalls {
  readonly 'files.list': 'files.changed';
  readonly 'models.list': 'models.changed';
  readonly 'server.status': 'server.changed';
}

/** Something that is asked for once and told anew whenever it changes; the bridge tells it too when a lost connection is back. */
export function useLive<Name extends keyof LiveCalls>(
  name: Name,
  push: LiveCalls[Name],
): { readonly answer: Answer<ResponseOf<SharedCalls[Name]>>; readonly again: () => void } {
  const bridge = useBridge();
  const ask = useCallback(
    () => (bridge.call as (name: Name) => Promise<ResponseOf<SharedCalls[Name]>>)(name),
    [bridge, name],
  );
  const { answer, again, put } = useAnswer(ask);
  useEffect(() => {
    const gone = new AbortController();
    bridge.on(push, (value) => put(value as ResponseOf<SharedCalls[Name]>), gone.signal);
    return () => gone.abort();
  }, [bridge, push, put]);
  return { answer, again };
}

/** Hears of something as long as the component is shown. `listener` must stay the same (`useCallback`). */
export function usePush<Name extends keyof SharedPushes>(
  name: Name,
  listener: (payload: SharedPushes[Name]) => void,
): void {
  const bridge = useBridge();
  useEffect(() => {
    const gone = new AbortController();
    bridge.on(name, listener, gone.signal);
    return () => gone.abort();
  }, [bridge, name, listener]);
}
