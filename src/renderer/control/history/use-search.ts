import { useCallback, useEffect, useState } from 'react';
import { describeError } from '../../../core/foundation/errors.ts';
import type { HistoryMatchView } from '../../../ipc/views.ts';
import { useBridge } from '../control-context.ts';
import type { Answer } from '../use-answer.ts';

/** Nobody waits for what half a word finds. */
const TYPING_MS = 200;

/** Looks for `query` a moment after it was typed; what an older one found is never shown. */
export function useSearch(query: string): {
  readonly answer: Answer<readonly HistoryMatchView[]>;
  readonly again: () => void;
} {
  const bridge = useBridge();
  const [answer, setAnswer] = useState<Answer<readonly HistoryMatchView[]>>({ state: 'loading' });
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round asks again
  useEffect(() => {
    if (query === '') return;
    let outdated = false;
    const timer = setTimeout(() => {
      bridge.call('history.search', { query }).then(
        (value) => !outdated && setAnswer({ state: 'there', value }),
        (error: unknown) => !outdated && setAnswer({ state: 'failed', message: describeError(error) }),
      );
    }, TYPING_MS);
    return () => {
      outdated = true;
      clearTimeout(timer);
    };
  }, [bridge, query, round]);
  const again = useCallback(() => setRound((before) => before + 1), []);
  return { answer, again };
}
