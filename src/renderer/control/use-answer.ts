import { useCallback, useEffect, useState } from 'react';
import { describeError } from '../../core/foundation/errors.ts';

/** Something that was asked for when a page was opened. */
export type Answer<Value> =
  | { readonly state: 'loading' }
  | { readonly state: 'there'; readonly value: Value }
  | { readonly state: 'failed'; readonly message: string };

/**
 * Asks once, and again by `again`. `ask` must stay the same function (`useCallback`) while it means the same.
 * `put` sets a value that was told by other ways, such as a push.
 */
export function useAnswer<Value>(ask: () => Promise<Value>): {
  readonly answer: Answer<Value>;
  readonly again: () => void;
  readonly put: (value: Value) => void;
} {
  const [answer, setAnswer] = useState<Answer<Value>>({ state: 'loading' });
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round asks again
  useEffect(() => {
    let outdated = false;
    setAnswer((before) => (before.state === 'failed' ? { state: 'loading' } : before));
    ask().then(
      (value) => {
        if (!outdated) setAnswer({ state: 'there', value });
      },
      (error: unknown) => {
        if (!outdated) setAnswer({ state: 'failed', message: describeError(error) });
      },
    );
    return () => {
      outdated = true;
    };
  }, [ask, round]);
  const put = useCallback((value: Value) => setAnswer({ state: 'there', value }), []);
  const again = useCallback(() => setRound((before) => before + 1), []);
  return { answer, again, put };
}
