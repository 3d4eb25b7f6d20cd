import { useEffect } from 'react';

/** Keeps a phone’s screen on while its page shows captions; where the browser does not let it, nothing happens. */
export function useWakeLock(wanted: boolean): void {
  useEffect(() => {
    const { wakeLock } = navigator as { readonly wakeLock?: WakeLock };
    if (!wanted || !wakeLock) return;
    const gone = new AbortController();
    let lock: WakeLockSentinel | null = null;
    const request = async (): Promise<void> => {
      if (document.visibilityState !== 'visible') return;
      try {
        lock = await wakeLock.request('screen');
        if (gone.signal.aborted) await lock.release();
      } catch {
        // Refused to save the battery, or by the browser’s rules: the screen goes off as it always does.
        lock = null;
      }
    };
    // The browser lets go of it whenever the page is out of sight.
    document.addEventListener('visibilitychange', () => void request(), { signal: gone.signal });
    void request();
    return () => {
      gone.abort();
      void lock?.release();
    };
  }, [wanted]);
}
