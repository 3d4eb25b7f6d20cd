import { useCallback } from 'react';
import type { AppInfo } from '../../ipc/views.ts';
import { useBridge } from './control-context.ts';
import { useAnswer } from './use-answer.ts';

/** What is known of the program; `null` until it answered. */
export function useAppInfo(): AppInfo | null {
  const bridge = useBridge();
  const { answer } = useAnswer(useCallback(() => bridge.call('app.info'), [bridge]));
  return answer.state === 'there' ? answer.value : null;
}
